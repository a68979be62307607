"""Say a condition in the form's own words, and which comparison decided it."""

from __future__ import annotations

from dataclasses import dataclass

from form_definitions.conditions import Comparison, Condition
from form_definitions.definition import FormDefinition


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether a condition holds, and the comparisons that decided it, each with its own result."""

    holds: bool
    deciding: tuple[tuple[Comparison, bool], ...]


def explain(condition: Condition, answers: object) -> Explained:
    raise NotImplementedError


def describe(comparison: Comparison, definition: FormDefinition) -> str:
    raise NotImplementedError


def describe_condition(condition: Condition, definition: FormDefinition) -> str:
    raise NotImplementedError
