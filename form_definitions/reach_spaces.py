"""The answers that a question can have, as far as conditions tell them apart.

Whether a condition can hold is a question about finitely many answers: the options of a choice, the
numbers round each limit, each text that is compared with and one that is none of them. A question
whose conditions cannot be told apart like that (a pattern, a count) is *opaque*: only whether it is
answered counts. So what is said to be impossible is impossible; the reverse is not claimed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from form_definitions.conditions import Comparison
from form_definitions.definition import NESTED_KINDS, ONE_OF_KINDS, Kind, Question
from form_definitions.one_answer import leaf_problem

MISSING = 0  # the number of "no answer" in every space

MOST_OPTIONS_TOGETHER = 6  # of checkboxes: 64 sets of ticked boxes, and as many with another one

_LOGIC = frozenset({"const", "enum", "not", "allOf", "anyOf", "oneOf"})
_NUMERIC = _LOGIC | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_CONTAINING = _LOGIC | {"contains", "items"}
_NUMBER_STEPS = {Kind.INTEGER: 1, Kind.MONEY: 0.01}
_SOMETHING = object()  # an answer of an opaque question


class Space:
    """The answers of one question, by number. Number 0 is no answer at all."""

    def __init__(self, values: tuple[Any, ...] | None, *, is_always_answered: bool) -> None:
        self.is_opaque = values is None
        self._values = (_SOMETHING,) if values is None else values
        first = MISSING + 1 if is_always_answered else MISSING
        self.all = frozenset(range(first, len(self._values) + 1))

    def where(self, comparison: Comparison, *, holds: bool) -> frozenset[int]:
        """The answers for which the comparison holds, or does not."""
        answered = self.all - {MISSING}
        if self.is_opaque:
            return answered if holds else self.all
        holding = {number for number in answered if self._holds(comparison, number)}
        return frozenset(holding if holds else self.all - holding)

    def _holds(self, comparison: Comparison, number: int) -> bool:
        answers: Any = self._values[number - 1]
        for step in reversed(comparison.path):
            is_place = step.isdigit()  # of a tuple
            answers = [*[None] * int(step), answers] if is_place else {step: answers}
        return comparison.holds(answers)


def space_of(
    question: Question, comparisons: Iterable[Comparison], *, is_always_answered: bool
) -> Space:
    """The space that is fine enough for these comparisons, all of them about ``question``."""
    expected = [comparison.expected for comparison in comparisons]
    return Space(_values(question, expected), is_always_answered=is_always_answered)


def _values(question: Question, expected: list[Mapping[str, Any]]) -> tuple[Any, ...] | None:
    if question.kind in ONE_OF_KINDS:
        return tuple(option.value for option in question.options)
    keywords = {keyword for schema in expected for keyword in _keywords(schema)}
    mentioned = list(dict.fromkeys(v for schema in expected for v in _mentioned(schema)))
    if question.kind is Kind.CHECKBOXES:
        return _ticked(question, mentioned) if keywords <= _CONTAINING else None
    if question.kind in _NUMBER_STEPS:
        return _numbers(question, mentioned) if keywords <= _NUMERIC else None
    if question.kind in NESTED_KINDS or not keywords <= _LOGIC:
        return None
    possible = (value for value in mentioned if leaf_problem(question, value) is None)
    return (*possible, "\x00 something else")


def _numbers(question: Question, mentioned: list[Any]) -> tuple[Any, ...]:
    step = _NUMBER_STEPS[question.kind]
    limits = [value for value in question.schema.values() if _is_number(value)]
    numbers = [value for value in (*mentioned, *limits, 0) if _is_number(value)]
    around = {round(n + d, 2) for n in numbers for d in (-step, 0, step)}
    return tuple(value for value in sorted(around) if leaf_problem(question, value) is None)


def _ticked(question: Question, mentioned: list[Any]) -> tuple[Any, ...] | None:
    """Every set of the options that are mentioned, with and without one that is not."""
    named = [value for value in mentioned if question.option(value)]
    if len(named) > MOST_OPTIONS_TOGETHER:
        return None
    others = [option.value for option in question.options if option.value not in named]
    chosen = itertools.chain.from_iterable(
        itertools.combinations(named, size) for size in range(len(named) + 1)
    )
    sets = [[*some, *extra] for some in chosen for extra in ([], others[:1])]
    # how many may be ticked is left out: others than those named may make up the number
    return tuple(answer for answer in sets if answer and _can_be_ticked(question, answer))


def _can_be_ticked(question: Question, answer: list[Any]) -> bool:
    return leaf_problem(question, answer) not in {"exclusive", "maxItems", "option"}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _keywords(schema: object) -> Iterator[str]:
    """Every keyword in a JSON Schema for one answer, at any depth."""
    if isinstance(schema, Mapping):
        for keyword, value in schema.items():
            yield keyword
            if keyword not in {"const", "enum"}:
                yield from _keywords(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from _keywords(part)


def _mentioned(schema: object) -> Iterator[Any]:
    """Every text, number, true and false that a JSON Schema compares with."""
    if isinstance(schema, Mapping):
        for value in schema.values():
            yield from _mentioned(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from _mentioned(part)
    elif isinstance(schema, str | int | float):
        yield schema
