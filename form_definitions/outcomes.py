"""What a check of answers gives back: the errors, and the answers as they would be stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one answer. ``path`` is dotted with indexes: ``children.0.first_name``.

    ``steps`` are the path's where a name has a dot of its own, as a plain JSON Schema may have.
    """

    path: str
    code: str
    message: str
    steps: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def root(self) -> str:
        """The name of the root question that it is about."""
        return self.steps[0] if self.steps else self.path.partition(".")[0]

    @property
    def control(self) -> str:
        """The name of the control that asked, as the page has it: ``children-0-first_name``."""
        return "-".join(self.steps) or self.path.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a check: what is wrong, and the answers as they would be stored."""

    errors: tuple[FieldError, ...]
    answers: dict[str, Any]

    @property
    def accepted(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors
