"""Which pages and questions are shown for a set of answers: one forward pass over a plan.

A condition looks only at answers that are themselves shown: a hidden question's old answer counts
as missing. The plan is made once per form version, so that the pass does no more than it must.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from form_definitions.conditions import PATTERN_OPTIONS, Test
from form_definitions.definition import Kind, Page, PageType, Question
from form_definitions.formats import TIDY, format_problem, tidy_line

#: What an empty answer cleans to: its key is left out.
ABSENT = object()

Clean = Callable[[Any], Any]
Entry = tuple[str, Test | None, Clean, bool]

_FORMATTED = frozenset(
    {Kind.EMAIL, Kind.TELEPHONE, Kind.POSTCODE, Kind.NHS_NUMBER, Kind.DATE, Kind.MONEY}
)


@dataclass(frozen=True, slots=True)
class Visible:
    """What is shown for a set of answers. ``ended`` is the end page where the journey stops.

    ``answers`` are those to shown questions, tidied; ``questions`` are names of root questions.
    """

    answers: dict[str, Any]
    questions: frozenset[str]
    pages: tuple[Page, ...]
    ended: Page | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """The same as lists, as the pass leaves them; ``missing`` are required and without answer."""

    answers: dict[str, Any]
    shown: list[str]
    pages: list[Page]
    missing: list[str]
    ended: Page | None


class AnswerPlan:
    """A form's pages, conditions and validators, laid out for checking answers fast."""

    def __init__(self, pages: tuple[Page, ...], schemas: Mapping[str, Any]) -> None:
        self._steps = [_step(page) for page in pages]
        self._validator = validator({"type": "object", "properties": dict(schemas)})
        questions = [question for page in pages for question in page.questions]
        self._formatted = tuple(
            (question.name, _formats_of(question))
            for question in questions
            if any(leaf.kind in _FORMATTED for leaf in question.leaves())
        )

    def walk(self, answers: Mapping[str, Any]) -> Pass:
        """One forward pass: what is shown, what of it is answered, what is missing."""
        seen: dict[str, Any] = {}
        found = Pass(seen, [], [], [], None)
        for page, when, is_end, entries in self._steps:
            if when is not None and not when(seen):
                continue
            found.pages.append(page)
            if is_end:
                return Pass(seen, found.shown, found.pages, found.missing, page)
            for name, shown_when, clean, required in entries:
                if shown_when is not None and not shown_when(seen):
                    continue
                found.shown.append(name)
                value = clean(answers[name]) if name in answers else ABSENT
                if value is not ABSENT:
                    seen[name] = value
                elif required:
                    found.missing.append(name)
        return found

    def is_valid(self, seen: dict[str, Any]) -> bool:
        """Whether shown answers satisfy their schemas and formats (not whether any is missing)."""
        if not is_valid(self._validator, seen):
            return False
        return all(check(seen[name]) is None for name, check in self._formatted if name in seen)


def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """A compiled validator that fetches nothing and leaves formats to formats.py."""
    return jsonschema_rs.Draft202012Validator(
        schema, offline=True, validate_formats=False, pattern_options=PATTERN_OPTIONS
    )


def is_valid(compiled: jsonschema_rs.Draft202012Validator, value: object) -> bool:
    """The validator's verdict; what JSON cannot hold (NaN, a set, a cycle) is not valid."""
    try:
        return compiled.is_valid(value)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return False


def _step(page: Page) -> tuple[Page, Test | None, bool, tuple[Entry, ...]]:
    when = page.when.holds if page.when else None
    return page, when, page.type is PageType.END, tuple(map(_entry, page.questions))


def _entry(question: Question) -> Entry:
    when = question.when.holds if question.when else None
    return question.name, when, cleaner(question), question.required


# -- cleaning: tidy what was given, leave out what is empty or not shown ---------------------------


def cleaner(question: Question) -> Clean:
    """A function from what was given to the answer as it would be stored, or ABSENT."""
    if question.kind in {Kind.GROUP, Kind.ADDRESS}:
        return _group_cleaner(question)
    if question.kind is Kind.REPEATING:
        return _repeating_cleaner(question)
    if question.kind is Kind.CHECKBOXES:
        return _clean_list
    if question.kind in {Kind.INTEGER, Kind.SCALE}:
        return _clean_integer
    return _text_cleaner(TIDY.get(question.kind, tidy_line))


def _text_cleaner(tidy: Callable[[str], str]) -> Clean:
    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return tidy(value) or ABSENT
        return ABSENT if value is None else value

    return clean


def _clean_integer(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)  # JSON Schema calls 3.0 an integer too
    if isinstance(value, str):
        return tidy_line(value) or ABSENT
    return ABSENT if value is None else value


def _clean_list(value: Any) -> Any:
    if isinstance(value, str):
        return tidy_line(value) or ABSENT
    return ABSENT if value is None or value == [] else value


def _group_cleaner(question: Question) -> Clean:
    entries = tuple(map(_entry, question.questions))

    def clean(value: Any) -> Any:
        if not isinstance(value, dict):
            return ABSENT if value is None or value == "" else value
        seen: dict[str, Any] = {}
        for name, when, clean_child, _required in entries:
            if name not in value or (when is not None and not when(seen)):
                continue
            child = clean_child(value[name])
            if child is not ABSENT:
                seen[name] = child
        return seen or ABSENT

    return clean


def _repeating_cleaner(question: Question) -> Clean:
    clean_item = _group_cleaner(question)

    def clean(value: Any) -> Any:
        if not isinstance(value, list):
            return ABSENT if value is None or value == "" else value
        items = [item for item in map(clean_item, value) if item is not ABSENT]
        return items or ABSENT

    return clean


# -- formats: what JSON Schema leaves to the application -------------------------------------------


def _formats_of(question: Question) -> Callable[[Any], str | None]:
    """A function that gives the first format problem anywhere inside an answer, or None.

    It runs on answers that satisfied the schema, so that a list is a list here.
    """
    if question.kind in {Kind.GROUP, Kind.ADDRESS, Kind.REPEATING}:
        return _nested_formats(question)
    return lambda value: format_problem(question, value)


def _nested_formats(question: Question) -> Callable[[Any], str | None]:
    checks = tuple((child.name, _formats_of(child)) for child in question.questions)

    def check_group(value: Any) -> str | None:
        problems = (check(value[name]) for name, check in checks if name in value)
        return next((problem for problem in problems if problem), None)

    def check_items(value: Any) -> str | None:
        return next((problem for problem in map(check_group, value) if problem), None)

    return check_items if question.kind is Kind.REPEATING else check_group
