"""The tests that conditions run for every answer set: each means exactly what its schema says.

What is written often (equality, one-of, contains, limits) is a plain Python function; everything
else is the schema's own validator, on that one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs

Test = Callable[[Any], bool]

MAX_BACKTRACKING = 10_000  # steps of a look-around pattern: plenty for an answer, a blink in time
PATTERN_OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=MAX_BACKTRACKING)


def is_scalar(value: object) -> bool:
    """Whether a value can be an answer by itself: a text, a number, true or false."""
    return isinstance(value, str | int | float)


_MISSING = object()


def reach(path: tuple[str, ...], expected: Mapping[str, Any]) -> Test:
    """The test of the answer that ``path`` leads to; a missing answer never holds."""
    *groups, name = path
    test = _leaf_test(expected)
    if not groups:
        return _at_root(name, expected, test)

    if any(step.isdigit() for step in path):
        return _through_places(path, test)

    def in_group(answers: Any) -> bool:
        for step in groups:
            answers = answers.get(step)
            if not isinstance(answers, dict):
                return False
        return name in answers and test(answers[name])

    return in_group


def _through_places(path: tuple[str, ...], test: Test) -> Test:
    """The test of an answer in a tuple, whose places are called by their positions."""

    def in_place(answers: Any) -> bool:
        for step in path:
            if step.isdigit():
                is_there = isinstance(answers, list) and int(step) < len(answers)
                answers = answers[int(step)] if is_there else None
            else:
                answers = answers.get(step) if isinstance(answers, dict) else None
            if answers is None:
                return False
        return test(answers)

    return in_place


def _at_root(name: str, expected: Mapping[str, Any], test: Test) -> Test:
    texts = _texts(expected)
    if len(texts) == 1:  # these two are by far the most frequent, so they take one call, not two
        [text] = texts
        return lambda answers: answers.get(name) == text
    if texts:
        return lambda answers: answers.get(name) in texts  # a tuple: an answer may be a list

    def at_root(answers: Any) -> bool:
        answer = answers.get(name, _MISSING)
        return answer is not _MISSING and test(answer)

    return at_root


def _texts(expected: Mapping[str, Any]) -> tuple[str, ...]:
    """The texts that a const or an enum of nothing else allows, or ()."""
    if expected.keys() == {"const"}:
        values = (expected["const"],)
    elif expected.keys() == {"enum"}:
        values = tuple(expected["enum"])
    else:
        return ()
    return values if all(isinstance(value, str) for value in values) else ()


def _leaf_test(expected: Mapping[str, Any]) -> Test:
    """A plain Python test where one means exactly the same, else the schema's own validator."""
    if len(expected) == 1:
        [(keyword, value)] = expected.items()
        if keyword == "const" and is_scalar(value):
            return _equals(value)
        if keyword == "enum" and all(map(is_scalar, value)):
            return _one_of(value)
        if keyword == "contains" and isinstance(value, dict) and value:
            return _contains(value)
        if keyword in _LIMITS:
            return _LIMITS[keyword](value)
    return _schema_test(expected)


def _equals(const: object) -> Test:
    """Equality as JSON Schema has it: 1 is 1.0, but True is not 1."""
    if isinstance(const, str):
        return lambda answer: answer == const
    if isinstance(const, bool):
        return lambda answer: answer is const
    return lambda answer: _is_number(answer) and answer == const


def _one_of(values: list[object]) -> Test:
    tests = tuple(_equals(value) for value in values if not isinstance(value, str))
    texts = frozenset(value for value in values if isinstance(value, str))
    if not tests:
        return lambda answer: isinstance(answer, str) and answer in texts

    def is_one_of(answer: object) -> bool:
        return (isinstance(answer, str) and answer in texts) or any(test(answer) for test in tests)

    return is_one_of


def _contains(item: Mapping[str, Any]) -> Test:
    """As in JSON Schema, ``contains`` says nothing about an answer that is no list."""
    test = _leaf_test(item)
    return lambda answer: not isinstance(answer, list) or any(map(test, answer))


def _is_number(answer: object) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool)


#: As in JSON Schema, a limit says nothing about an answer that is no number.
_LIMITS: dict[str, Callable[[float], Test]] = {
    "minimum": lambda limit: lambda answer: not (_is_number(answer) and answer < limit),
    "maximum": lambda limit: lambda answer: not (_is_number(answer) and answer > limit),
}


def _schema_test(expected: Mapping[str, Any]) -> Test:
    validator = jsonschema_rs.Draft202012Validator(
        dict(expected), offline=True, validate_formats=False, pattern_options=PATTERN_OPTIONS
    )

    def test(answer: object) -> bool:
        try:
            return validator.is_valid(answer)
        except (ValueError, TypeError, OverflowError):
            # what JSON cannot hold (NaN, a number of a thousand digits) satisfies nothing
            return False

    return test
