"""One made-up answer to one question: accepted by it, and nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from re import _constants as ops  # type: ignore[attr-defined]
from typing import Any

from form_definitions.definition import FILE_KINDS, NESTED_KINDS, Kind, Question
from form_definitions.one_answer import leaf_problem
from form_definitions.pattern_linting import parsed
from form_definitions.tuples import in_order

#: Texts that each satisfy some format: the first that a question takes is its sample.
#: Nobody has these: Ofcom's and the NHS's numbers for examples, domains for documentation. Of other
#: identifiers there is no sample, because one that passes the check could be somebody's.
_TEXTS = (
    "An example answer",
    "sam@example.org",
    "01632 960001",
    "BT12 6BA",
    "9990000018",
    "2026-03-27",
    "2026-03",
    "10:30",
    "Yes",
    "A",
    "1",
)
_NAMES = {"name": "Sam Example", "given-name": "Sam", "family-name": "Example"}
SAMPLE_FILE_ID = "f" * 32
_NUMBERS = (3, 12, 30, 100, 1450, 1, 0)


def sample(question: Question) -> Any:
    """An answer that the question takes, or None if none is known."""
    if question.kind is Kind.REPEATING:
        return [_group(question)] * max(question.min_items or 0, 1)
    if question.kind is Kind.TUPLE:
        return in_order(_group(question), len(question.questions))
    if question.kind in NESTED_KINDS:
        return _group(question)
    values = candidates(question)
    return next((value for value in values if leaf_problem(question, value) is None), None)


def _group(question: Question) -> dict[str, Any]:
    answers = {child.name: sample(child) for child in question.questions}
    return {name: value for name, value in answers.items() if value is not None}


def candidates(question: Question) -> Iterator[Any]:
    """Answers that the question may take, the plainest first; the check says which it does."""
    yield from question.examples
    if question.kind is Kind.CHECKBOXES:
        values = [option.value for option in question.options]
        some = [value for value in values if value != question.exclusive]
        yield from (some[:count] for count in range(1, len(some) + 1))
    elif question.kind in FILE_KINDS:
        yield from _files(question)
    elif question.options:
        yield from (option.value for option in question.options)
    else:
        yield from _numbers(question)
        yield from _texts(question)


def _files(question: Question) -> Iterator[Any]:
    """Ids of files that are nowhere stored: whoever shows them gives them names."""
    if question.kind is Kind.FILE:
        yield SAMPLE_FILE_ID
    else:
        count = max(question.min_items or 0, 1)
        yield [SAMPLE_FILE_ID, *(f"{at:032x}" for at in range(1, count))]


def _numbers(question: Question) -> Iterator[Any]:
    limits = (question.schema.get(key) for key in ("minimum", "maximum"))
    yield from _NUMBERS
    yield from (limit for limit in limits if limit is not None)


def _texts(question: Question) -> Iterator[str]:
    if question.autocomplete in _NAMES:
        yield _NAMES[question.autocomplete]
    pattern = question.schema.get("pattern")
    if isinstance(pattern, str):
        yield _matching(parsed(pattern) or ())
    yield from _TEXTS
    shortest = question.schema.get("minLength", 0)
    yield ("An example answer. " * (shortest // 19 + 1))[: shortest or None].strip()
    yield "x" * shortest


def _matching(parts: Iterable[tuple[Any, Any]]) -> str:
    """A text that matches a simple pattern; of others some text, which the check then refuses."""
    return "".join(_MADE[code](value) for code, value in parts if code in _MADE)


def _member(members: list[tuple[Any, Any]]) -> str:
    code, value = members[0]
    if code is ops.RANGE:
        return chr(value[0])
    if code is ops.LITERAL:
        return chr(value)
    return "1" if value in {ops.CATEGORY_DIGIT, ops.CATEGORY_WORD} else "a"


_MADE: dict[Any, Any] = {
    ops.LITERAL: chr,
    ops.ANY: lambda _value: "a",
    ops.IN: _member,
    ops.BRANCH: lambda value: _matching(value[1][0]),
    ops.SUBPATTERN: lambda value: _matching(value[3]),
    ops.MAX_REPEAT: lambda value: _matching(value[2]) * min(max(value[0], 1), value[1]),
    ops.MIN_REPEAT: lambda value: _matching(value[2]) * value[0],
}
