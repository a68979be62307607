"""Which rules apply, without asking each of a thousand: most need one certain answer first."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from form_definitions import All, Comparison, Condition, Named


class Needed(NamedTuple):
    """A condition as one answer that it needs, and what else has to hold then."""

    question: str
    values: frozenset[str]
    rest: tuple[Condition, ...]


class RuleIndex:
    """The conditions of a file's rules by the answer that each needs, so that a referral about
    one borough does not pay for the rules of the others."""

    def __init__(self, conditions: Iterable[Condition | None]) -> None:
        self._tests = []
        self._without_need: list[int] = []
        self._by_answer: dict[str, dict[str, list[int]]] = {}
        for number, condition in enumerate(conditions):
            needed = needed_answer(condition) if condition else None
            rest = needed.rest if needed else (condition,) if condition else ()
            self._tests.append(tuple(part.holds for part in rest))
            if needed is None:
                self._without_need.append(number)
                continue
            by_value = self._by_answer.setdefault(needed.question, {})
            for value in needed.values:
                by_value.setdefault(value, []).append(number)

    def applying(self, answers: Mapping[str, Any]) -> list[int]:
        """Return the numbers of the rules that apply to these answers, in the file's order."""
        numbers = list(self._without_need)
        for question, by_value in self._by_answer.items():
            answer = answers.get(question)
            if isinstance(answer, str):
                numbers += by_value.get(answer, ())
        numbers.sort()
        return [number for number in numbers if self._holds(number, answers)]

    def _holds(self, number: int, answers: Mapping[str, Any]) -> bool:
        for test in self._tests[number]:  # noqa: SIM110 — all() with a generator takes twice as long
            if not test(answers):
                return False
        return True


def needed_answer(condition: Condition) -> Needed | None:
    """Return the answer that a condition needs, or None if that cannot be told at a glance."""
    if isinstance(condition, Named):
        return needed_answer(condition.condition)
    if isinstance(condition, All):
        return _needed_by_part(condition.parts)
    if isinstance(condition, Comparison) and len(condition.path) == 1:
        return _one_of_texts(condition)
    return None


def _needed_by_part(parts: tuple[Condition, ...]) -> Needed | None:
    for at, part in enumerate(parts):
        needed = needed_answer(part)
        if needed:
            return needed._replace(rest=(*needed.rest, *parts[:at], *parts[at + 1 :]))
    return None


def _one_of_texts(comparison: Comparison) -> Needed | None:
    expected = comparison.expected
    values = [expected["const"]] if "const" in expected else expected.get("enum")
    if not values or not all(isinstance(value, str) for value in values):
        return None
    # a schema that says more than these texts is judged as a whole as well
    rest = () if len(expected) == 1 else (comparison,)
    return Needed(comparison.path[0], frozenset(values), rest)
