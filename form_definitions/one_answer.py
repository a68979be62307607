"""What is wrong with one answer that is no group: its type, its format, its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from form_definitions.definition import NUMBER_KINDS, ONE_OF_KINDS, Kind, Question
from form_definitions.file_kinds import IS_FILE_ID
from form_definitions.formats import format_problem
from form_definitions.schemas import compiled, is_valid

#: JSON Schema's keyword → the code of its message.
_CODES = {
    "exclusiveMinimum": "minimum",
    "exclusiveMaximum": "maximum",
    "backtrackLimitExceeded": "pattern",
}
#: Which of several failures is told: the one that a person would put right first.
_ORDER = (
    "uniqueItems",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
)


def leaf_problem(question: Question, value: object) -> str | None:
    """The code of what is wrong with one answer that is no group, or None."""
    check = _TYPE_CHECKS.get(question.kind, _text_problem)
    problem = check(question, value) or format_problem(question, value)
    return problem or failed_code(question.schema, value)


def _text_problem(_question: Question, value: object) -> str | None:
    return None if isinstance(value, str) else "type"


def _option_problem(question: Question, value: object) -> str | None:
    if question.option(value) is None:
        return "option"
    # a box that has to be ticked: the other answer is as good as none
    must_be = question.schema.get("const", value)
    return None if value == must_be else "required"


def _checkboxes_problem(question: Question, value: object) -> str | None:
    if not isinstance(value, list):
        return "type"
    if any(question.option(item) is None for item in value):
        return "option"
    if question.exclusive is not None and question.exclusive in value and len(value) > 1:
        return "exclusive"
    return None


def _file_problem(_question: Question, value: object) -> str | None:
    """An id that no page of ours gave out stands for a file that did not arrive."""
    is_id = isinstance(value, str) and IS_FILE_ID.fullmatch(value)
    return None if is_id else "fileUnreadable"


def _files_problem(question: Question, value: object) -> str | None:
    if not isinstance(value, list):
        return "fileUnreadable"
    return next(filter(None, (_file_problem(question, item) for item in value)), None)


_TYPE_CHECKS = {
    **dict.fromkeys(NUMBER_KINDS, format_problem),
    **dict.fromkeys(ONE_OF_KINDS, _option_problem),
    Kind.CHECKBOXES: _checkboxes_problem,
    Kind.FILE: _file_problem,
    Kind.FILES: _files_problem,
}


def failed_code(schema: Mapping[str, Any], value: object) -> str | None:
    """The first keyword of a schema that the answer fails, as a code, or None."""
    validator = compiled(schema)
    if is_valid(validator, value):
        return None
    failed = {_CODES.get(name, name) for name in _failed_keywords(validator, value)}
    return next((code for code in _ORDER if code in failed), "format")


def _failed_keywords(validator: Any, value: object) -> list[str]:
    try:
        return [error.kind.name for error in validator.iter_errors(value)]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return ["format"]
