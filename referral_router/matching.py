"""Which rules apply, without asking each of a thousand: most ask for one answer first."""

from collections.abc import Iterable, Mapping
from typing import Any

from form_definitions import All, Comparison, Condition, Named

Needed = tuple[str, frozenset[str]]


class RuleIndex:
    """The rules of a file by an answer that each needs, so that a referral about one borough does
    not pay for the rules of the others. What is found here is still judged by its condition."""

    def __init__(self, conditions: Iterable[Condition | None]) -> None:
        self._conditions = tuple(conditions)
        self._always_judged: list[int] = []
        self._by_answer: dict[str, dict[str, list[int]]] = {}
        for number, condition in enumerate(self._conditions):
            needed = needed_answer(condition)
            if needed is None:
                self._always_judged.append(number)
                continue
            question, values = needed
            for value in values:
                self._by_answer.setdefault(question, {}).setdefault(value, []).append(number)

    def applying(self, answers: Mapping[str, Any]) -> list[int]:
        """Return the numbers of the rules that apply to these answers, in the file's order."""
        numbers = list(self._always_judged)
        for question, by_value in self._by_answer.items():
            answer = answers.get(question)
            if isinstance(answer, str):
                numbers += by_value.get(answer, ())
        numbers.sort()
        return [number for number in numbers if self._holds(number, answers)]

    def _holds(self, number: int, answers: Mapping[str, Any]) -> bool:
        condition = self._conditions[number]
        return condition is None or condition.holds(answers)


def needed_answer(condition: Condition | None) -> Needed | None:
    """Return a question and the texts of which it must have one for the condition to hold, or
    None if that cannot be told at a glance."""
    if isinstance(condition, Named):
        return needed_answer(condition.condition)
    if isinstance(condition, All):
        found = (needed_answer(part) for part in condition.parts)
        return next((needed for needed in found if needed), None)
    if isinstance(condition, Comparison) and len(condition.path) == 1:
        return _one_of_texts(condition)
    return None


def _one_of_texts(comparison: Comparison) -> Needed | None:
    expected = comparison.expected
    values = [expected["const"]] if "const" in expected else expected.get("enum")
    if not values or not all(isinstance(value, str) for value in values):
        return None
    return comparison.path[0], frozenset(values)
