"""Check a set of answers against a form, and drop what was not shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from form_definitions.definition import FormDefinition, Page


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one answer. ``path`` is dotted with indexes: ``children.0.first_name``."""

    path: str
    code: str
    message: str

    @property
    def control(self) -> str:
        """The name of the control that asked, as the page has it: ``children-0-first_name``."""
        return self.path.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a check: what is wrong, and the answers as they would be stored."""

    errors: tuple[FieldError, ...]
    answers: dict[str, Any]

    @property
    def accepted(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors


@dataclass(frozen=True, slots=True)
class Visible:
    """What is shown for a set of answers. ``ended`` is the end page that stops the journey."""

    answers: dict[str, Any]
    questions: frozenset[str]
    pages: tuple[Page, ...]
    ended: Page | None = None


def check_answers(definition: FormDefinition, answers: Mapping[str, Any]) -> Outcome:
    raise NotImplementedError


def check_page(definition: FormDefinition, page: Page, answers: Mapping[str, Any]) -> Outcome:
    raise NotImplementedError


def visible(definition: FormDefinition, answers: Mapping[str, Any]) -> Visible:
    raise NotImplementedError


def prune(definition: FormDefinition, answers: Mapping[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
