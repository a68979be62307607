"""Read a form file: check it, compile it, and say what is wrong by file, line and fix."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from form_definitions.definition import FormDefinition


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file. ``where`` is the place in the form's own words."""

    file: str
    line: int
    column: int
    where: str
    message: str
    fix: str

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.message}."
        return f"{text} {self.fix}" if self.fix else text


class FormFileError(Exception):
    """Raised if a form file cannot be used; ``problems`` holds everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load_form(path: Path) -> FormDefinition:
    raise NotImplementedError


def parse_form(text: str | bytes, source: str = "<form>") -> FormDefinition:
    raise NotImplementedError


def shipped_forms() -> dict[str, Path]:
    raise NotImplementedError
