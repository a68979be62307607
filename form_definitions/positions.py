"""Remember where each thing of a JSON file stands, so that a message can name line and column."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from typing import Any

Pointer = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """A JSON value with the offset of every value and key in its text."""

    text: str
    value: Any = None
    values: dict[Pointer, int] = field(default_factory=dict)
    keys: dict[Pointer, int] = field(default_factory=dict)
    repeated: list[tuple[Pointer, int]] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def offset(self, pointer: Pointer, *, of_key: bool = False) -> int:
        """Where ``pointer`` stands, or the nearest thing round it that does."""
        if of_key and pointer in self.keys:
            return self.keys[pointer]
        while pointer not in self.values and pointer:
            pointer = pointer[:-1]
        return self.values.get(pointer, 0)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Both counted from 1."""
        self._starts = self._starts or _line_starts(self.text)
        return _counted(self._starts, offset)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and column of an offset, both counted from 1."""
    return _counted(_line_starts(text), offset)


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _counted(starts: list[int], offset: int) -> tuple[int, int]:
    line = bisect.bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1
