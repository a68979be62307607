"""What a check of answers gives back: the errors, and the answers as they would be stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one answer. ``path`` is dotted with indexes: ``children.0.first_name``.

    ``steps`` are the path's where a name has a dot of its own, as a plain JSON Schema may have;
    ``asked_by`` is the control where that is not called as the path says.
    """

    path: str
    code: str
    message: str
    steps: tuple[str, ...] = field(default=(), repr=False, compare=False)
    asked_by: str = field(default="", repr=False, compare=False)

    @property
    def way(self) -> tuple[str, ...]:
        """The names and indexes of the path, one by one."""
        return self.steps or tuple(self.path.split("."))

    @property
    def root(self) -> str:
        """The name of the root question that it is about."""
        return self.way[0]

    @property
    def control(self) -> str:
        """The name of the control that asked, as the page has it: ``children-0-first_name``."""
        return self.asked_by or "-".join(self.way)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a check: what is wrong, and the answers as they would be stored."""

    errors: tuple[FieldError, ...]
    answers: dict[str, Any]

    @property
    def accepted(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors
