"""Check what a JSON Schema leaves to the application: a check digit, 3.0 for 3, a tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from form_definitions.definition import NESTED_KINDS, Kind, Question
from form_definitions.formats import FORMAT_CHECKS

#: What is wrong with an answer that has the right JSON type, or None.
Check = Callable[[Any], str | None]

#: The names of questions, each with the check of its answer.
Checks = tuple[tuple[str, Check], ...]


def all_pass(answers: Mapping[str, Any], checks: Checks) -> bool:
    """Whether no check finds anything wrong with the answers that are there."""
    return not any(check(answers[name]) for name, check in checks if name in answers)


def format_checks(questions: Iterable[Question]) -> Checks:
    """The checks of formats, in answers that satisfy their schemas."""
    return _checks(questions, lambda question: FORMAT_CHECKS.get(question.kind))


def settled_checks(questions: Iterable[Question]) -> Checks:
    """What the schema of settled answers cannot see: a check digit, 3.0 for 3, a tuple."""
    return _checks(questions, _settled_check)


def _checks(questions: Iterable[Question], check_of: Callable[[Question], Check | None]) -> Checks:
    """The checks of those questions that have one, or hold a question that has one."""
    found = ((question.name, _check(question, check_of)) for question in questions)
    return tuple((name, check) for name, check in found if check)


def _check(question: Question, check_of: Callable[[Question], Check | None]) -> Check | None:
    """They run on answers that satisfied the schema, so that a group is a dict here."""
    if question.kind not in NESTED_KINDS:
        return check_of(question)
    inside = _checks(question.questions, check_of)
    if question.kind is Kind.TUPLE:
        return _tuple_check(inside)
    if not inside:
        return check_of(question)

    def check_group(answer: Any) -> str | None:
        return None if all_pass(answer, inside) else "format"

    def check_items(answer: Any) -> str | None:
        return next(filter(None, map(check_group, answer)), None)

    return check_items if question.kind is Kind.REPEATING else check_group


def _tuple_check(inside: Checks) -> Check:
    places = tuple((int(name), check) for name, check in inside)

    def check_places(answer: Any) -> str | None:
        if type(answer) is not list:
            return "type"
        given = len(answer)
        return "format" if any(at < given and check(answer[at]) for at, check in places) else None

    return check_places


#: Formats that the schema of settled answers already holds.
_SETTLED_BY_SCHEMA = frozenset(
    {
        Kind.DATE,
        Kind.EMAIL,
        Kind.FILE,
        Kind.GESTATION,
        Kind.HEALTH_POSTCODE,
        Kind.MONTH,
        Kind.NATIONAL_INSURANCE,
        Kind.POSTCODE,
        Kind.TELEPHONE,
        Kind.TIME,
    }
)


def _settled_check(question: Question) -> Check | None:
    if question.kind in _SETTLED_BY_SCHEMA:
        return None
    if question.kind in FORMAT_CHECKS:
        return FORMAT_CHECKS[question.kind]
    if question.kind in {Kind.CHECKBOXES, Kind.FILES}:
        return _list_check
    has_numbers = any(type(option.value) is int for option in question.options)
    return _whole_check if has_numbers else None


def _list_check(answer: Any) -> str | None:
    return None if type(answer) is list else "type"


def _whole_check(answer: Any) -> str | None:
    return "type" if isinstance(answer, float) else None
