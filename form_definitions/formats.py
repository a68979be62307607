"""Read what people type, check its format, and write it back for a control or for a reader."""

from __future__ import annotations

from form_definitions.definition import Question


def read_typed(question: Question, typed: str) -> object:
    raise NotImplementedError


def as_typed(question: Question, value: object) -> str:
    raise NotImplementedError


def read_date(day: str, month: str, year: str) -> str:
    raise NotImplementedError


def date_parts(value: object) -> tuple[str, str, str]:
    raise NotImplementedError


def display(question: Question, value: object) -> str | tuple[str, ...]:
    raise NotImplementedError


def format_problem(question: Question, value: object) -> str | None:
    raise NotImplementedError
