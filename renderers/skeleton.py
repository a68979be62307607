"""Markup that is rendered once and kept as constants and holes; a request only joins them.

The holes are marked, while the macros run, by two private-use characters around a name. They are
gone once the markup is split, so that the same characters in somebody's answer mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import escape

FIRST_MARK, LAST_MARK = 0xE000, 0xF8FD  # the private-use area, but for the marks of shapes

SHORT = 200  # characters; up to here a search is faster than escaping

SPECIAL = re.compile("[&<>\"']").search
_BLANK_LINES = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Marks:
    """Two characters that occur in no text of the form, and so can mark the holes."""

    opening: str
    closing: str

    def hole(self, name: str) -> str:
        """What stands in the markup for the hole ``name`` until it is split."""
        return f"{self.opening}{name}{self.closing}"


def escaped(text: str) -> str:
    """The text as HTML, in an attribute or between tags; ``Markup`` is HTML already."""
    if type(text) is str and len(text) < SHORT and SPECIAL(text) is None:
        return text
    return str(escape(text))


def marks_for(text: str) -> Marks:
    """Marks that do not occur in ``text``: a form may have private-use characters in its own words.

    Raises StopIteration if all of some 6,400 occur.
    """
    used = set(text)
    free = (chr(code) for code in range(FIRST_MARK, LAST_MARK + 1) if chr(code) not in used)
    return Marks(next(free), next(free))


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Constant strings with holes between them; ``slots`` says which parts a named hole fills."""

    parts: list[str]
    slots: Mapping[str, tuple[int, ...]]

    def fill(self, values: Mapping[str, str]) -> str:
        """The markup with these values, escaped unless they are already ``Markup``."""
        parts = self.parts.copy()
        for name, value in values.items():
            for slot in self.slots.get(name, ()):
                parts[slot] = escaped(value)
        return "".join(parts)


def split(html: str, marks: Marks, defaults: Mapping[str, str] | None = None) -> Skeleton:
    """Cut marked markup into constants and holes, which hold ``defaults`` or nothing."""
    pieces = re.split(f"{marks.opening}([^{marks.closing}]*){marks.closing}", html)
    parts = pieces.copy()
    slots: dict[str, tuple[int, ...]] = {}
    for position in range(1, len(pieces), 2):
        name = pieces[position]
        slots[name] = (*slots.get(name, ()), position)
        parts[position] = (defaults or {}).get(name, "")
    return Skeleton(parts, slots)


def tidy(html: str) -> str:
    """Without the blank lines and indentation that the macros leave: a third of a page's bytes."""
    return _BLANK_LINES.sub("\n", html).strip()
