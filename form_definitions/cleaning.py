"""Tidy what was given, and leave out what is empty or, inside a group, not shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from form_definitions.comparing import Test
from form_definitions.definition import Kind, Question
from form_definitions.formats import TIDY
from form_definitions.tidying import tidy_line
from form_definitions.tuples import tuple_cleaner

#: From what was given (never None) to the answer as it would be stored; None if it is empty.
Clean = Callable[[Any], Any]
#: A question's name, when it is shown, how it is cleaned, and whether it is required.
Entry = tuple[str, Test | None, Clean, bool]


def entry(question: Question) -> Entry:
    """What a pass needs to know of a question."""
    when = question.when.holds if question.when else None
    return question.name, when, cleaner(question), question.required


def cleaner(question: Question) -> Clean:
    """A function from what was given to the answer as it would be stored; None if it is empty."""
    if question.kind in {Kind.GROUP, Kind.ADDRESS, Kind.BIRTH_DATE}:
        return _group_cleaner(question)
    if question.kind is Kind.TUPLE:
        return tuple_cleaner(map(cleaner, question.questions))
    if question.kind is Kind.REPEATING:
        return _repeating_cleaner(question)
    if question.options:
        return _clean_choice
    if question.kind in {Kind.LIST, Kind.DATA, Kind.FILES}:
        return lambda value: None if value in ("", []) else value
    if question.kind is Kind.INTEGER:
        return _clean_integer
    if question.kind in TIDY:
        return _text_cleaner(TIDY[question.kind])
    return _clean_line


def _clean_line(value: Any) -> Any:
    if isinstance(value, str):
        return (value.strip() if value.isprintable() else tidy_line(value)) or None
    return value


def _text_cleaner(tidy: Callable[[str], str]) -> Clean:
    return lambda value: (tidy(value) or None) if isinstance(value, str) else value


def _clean_integer(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)  # JSON Schema calls 3.0 an integer too
    return _clean_line(value)


def _clean_choice(value: Any) -> Any:
    if isinstance(value, str | list):
        return value or None
    return _clean_integer(value)


def _group_cleaner(question: Question) -> Clean:
    entries = tuple(map(entry, question.questions))

    def clean(value: Any) -> Any:
        if not isinstance(value, dict):
            return None if value == "" else value
        seen: dict[str, Any] = {}
        for name, when, clean_child, _required in entries:
            child = value.get(name)
            if child is None or (when is not None and not when(seen)):
                continue
            child = clean_child(child)
            if child is not None:
                seen[name] = child
        return seen or None

    return clean


def _repeating_cleaner(question: Question) -> Clean:
    clean_item = _group_cleaner(question)

    def clean(value: Any) -> Any:
        if not isinstance(value, list):
            return None if value == "" else value
        items = [clean_item(item) for item in value if item is not None]
        return [item for item in items if item is not None] or None

    return clean
