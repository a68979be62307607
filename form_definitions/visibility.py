"""Which pages and questions are shown for a set of answers: one forward pass over a plan.

A condition looks only at answers that are themselves shown: a hidden question's old answer counts
as missing. The plan is made once per form version, so that the pass does no more than it must.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from form_definitions.conditions import PATTERN_OPTIONS, Test
from form_definitions.definition import Kind, Page, PageType, Question
from form_definitions.formats import FORMAT_CHECKS, SURE_SCHEMAS, TIDY, tidy_line

Clean = Callable[[Any], Any]
FormatCheck = Callable[[Any], str | None]
Entry = tuple[str, Test | None, Clean, bool]


@dataclass(frozen=True, slots=True)
class Visible:
    """What is shown for a set of answers. ``ended`` is the end page where the journey stops.

    ``answers`` are those to shown questions, tidied; ``questions`` are names of root questions.
    """

    answers: dict[str, Any]
    questions: frozenset[str]
    pages: tuple[Page, ...]
    ended: Page | None = None


@dataclass(slots=True)
class Pass:
    """What a pass found. ``missing`` are required questions that are shown and have no answer."""

    answers: dict[str, Any]
    pages: list[Page] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    ended: Page | None = None

    def shown(self) -> list[str]:
        """The names of the root questions that are shown, in order."""
        asked = (question.name for page in self.pages for question in page.questions)
        return [name for name in asked if name not in self.hidden]


class AnswerPlan:
    """A form's pages, conditions and validators, laid out for checking answers fast."""

    def __init__(self, pages: tuple[Page, ...]) -> None:
        questions = [question for page in pages for question in page.questions]
        self._steps = [_step(page) for page in pages]
        self._formats = _format_checks(questions, frozenset(FORMAT_CHECKS))
        self._validator = _validator_of(questions, _schema)
        self._other_formats = _format_checks(questions, FORMAT_CHECKS.keys() - SURE_SCHEMAS.keys())
        self._sure_validator = _validator_of(questions, _sure_schema)

    def walk(self, answers: Mapping[str, Any]) -> Pass:
        """One forward pass: what is shown, what of it is answered, what is missing."""
        seen: dict[str, Any] = {}
        found = Pass(seen)
        given = answers.get
        for page, when, is_end, entries in self._steps:
            if when is not None and not when(seen):
                continue
            found.pages.append(page)
            if is_end:
                found.ended = page
                break
            for name, shown_when, clean, required in entries:
                if shown_when is not None and not shown_when(seen):
                    found.hidden.add(name)
                    continue
                value = given(name)
                if value is not None:
                    value = clean(value)
                if value is not None:
                    seen[name] = value
                elif required:
                    found.missing.append(name)
        return found

    def is_valid(self, seen: dict[str, Any]) -> bool:
        """Whether shown answers satisfy their schemas and formats (not whether any is missing)."""
        if is_valid(self._sure_validator, seen) and _have_formats(seen, self._other_formats):
            return True
        return is_valid(self._validator, seen) and _have_formats(seen, self._formats)


def _validator_of(
    questions: list[Question], schema_of: Callable[[Question], Mapping[str, Any]]
) -> jsonschema_rs.Draft202012Validator:
    properties = {question.name: schema_of(question) for question in questions}
    # in these schemas only SURE_SCHEMAS names a format: the others are left to formats.py
    return validator({"type": "object", "properties": properties}, formats=True)


def _schema(question: Question) -> Mapping[str, Any]:
    return _mapped(question, _schema)


def _sure_schema(question: Question) -> Mapping[str, Any]:
    schema = _mapped(question, _sure_schema)
    if question.kind not in SURE_SCHEMAS:
        return schema
    return {**schema, "allOf": [SURE_SCHEMAS[question.kind]]}


def _mapped(
    question: Question, schema_of: Callable[[Question], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """The question's schema without its format; those inside it are made by ``schema_of``."""
    schema = {key: value for key, value in question.schema.items() if key != "format"}
    properties = {child.name: schema_of(child) for child in question.questions}
    if question.kind is Kind.REPEATING:
        return {**schema, "items": {**question.schema["items"], "properties": properties}}
    return {**schema, "properties": properties} if properties else schema


def _have_formats(seen: dict[str, Any], checks: tuple[tuple[str, FormatCheck], ...]) -> bool:
    return not any(problem(seen[name]) for name, problem in checks if name in seen)


def validator(
    schema: dict[str, Any], *, formats: bool = False
) -> jsonschema_rs.Draft202012Validator:
    """A compiled validator that fetches nothing."""
    return jsonschema_rs.Draft202012Validator(
        schema, offline=True, validate_formats=formats, pattern_options=PATTERN_OPTIONS
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
    """A function from what was given to the answer as it would be stored; None if it is empty."""
    if question.kind in {Kind.GROUP, Kind.ADDRESS}:
        return _group_cleaner(question)
    if question.kind is Kind.REPEATING:
        return _repeating_cleaner(question)
    if question.options:
        return _clean_choice
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
    entries = tuple(map(_entry, question.questions))

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


# -- formats: what JSON Schema leaves to the application -------------------------------------------


def _format_checks(
    questions: Iterable[Question], kinds: AbstractSet[Kind]
) -> tuple[tuple[str, FormatCheck], ...]:
    """The checks of those questions that are, or hold, an answer of one of these kinds."""
    return tuple(
        (question.name, _format_check(question, kinds))
        for question in questions
        if any(leaf.kind in kinds for leaf in question.leaves())
    )


def _format_check(question: Question, kinds: AbstractSet[Kind]) -> FormatCheck:
    """A function that gives the first format problem anywhere inside an answer, or None.

    It runs on answers that satisfied the schema, so that a list is a list here.
    """
    if question.kind in FORMAT_CHECKS:
        return FORMAT_CHECKS[question.kind]
    checks = _format_checks(question.questions, kinds)

    def check_group(value: Any) -> str | None:
        return None if _have_formats(value, checks) else "format"

    def check_items(value: Any) -> str | None:
        return next((problem for problem in map(check_group, value) if problem), None)

    return check_items if question.kind is Kind.REPEATING else check_group
