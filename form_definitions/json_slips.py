"""What people write that is nearly JSON, and what they meant by it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cf"})
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}\[\]]')
_CLOSES = {"{": "}", "[": "]"}
_NUMBER = re.compile(r"\+?(\.?[0-9][0-9.]*)")
_VALUES = {
    "yes": "Write true",
    "on": "Write true",
    "no": "Write false",
    "off": "Write false",
    "none": "Remove the key, or write null",
    "nil": "Remove the key, or write null",
    "undefined": "Remove the key, or write null",
}


def is_invisible(character: str) -> bool:
    """Whether a character between two values looks like a blank, or like nothing, and is none."""
    return character > "\x7f" and unicodedata.category(character) in _INVISIBLE


def value_meant(text: str, at: int, word: str) -> str:
    """What to write in place of what begins at ``at``, or "" where nobody can tell."""
    if text[at] == "'":
        return "Write \" in place of '"
    if word.lower() in {"true", "false", "null"}:
        return f"Write {word.lower()}, in small letters"
    number = _NUMBER.match(text, at)
    if number:
        return f"Write {'0' if number[1].startswith('.') else ''}{number[1]}"
    return _VALUES.get(word.lower(), "")


def is_thousands(text: str, at: int) -> bool:
    """Whether the digits at ``at`` follow a comma inside a number: 1,000."""
    return bool(re.match(r"[0-9],[0-9]{3}\b", text[max(at - 2, 0) : at + 3]))


def misplaced_bracket(text: str) -> tuple[int, str, str] | None:
    """Where brackets and the indentation of a file say different things, with words and a fix.

    A bracket that is missing, or one too many, shifts all that follow: JSON itself goes wrong at
    the end of the file only, and the lines tell where it began.
    """
    open_ones: list[tuple[str, int, int]] = []  # the bracket, its offset, its line's indentation
    closed: dict[int, int] = {}  # indentation → where the last one of it was closed
    for bracket, at, indent, is_first in _brackets(text):
        if bracket in _CLOSES:
            open_ones.append((bracket, at, indent))
            continue
        if not open_ones:
            break
        opened, opened_at, expected = open_ones.pop()
        if is_first and indent < expected:
            line = text.count("\n", 0, at) + 1
            words = f"this {opened} is not closed before line {line}"
            return opened_at, words, f"Write {_CLOSES[opened]} where it ends"
        if is_first and indent > expected and indent in closed:
            return closed[indent], f"there is one {text[closed[indent]]} too many", "Remove it"
        closed[expected] = at
    return None


def _brackets(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """Each bracket outside texts: its offset, its line's indentation, is it the first there."""
    start = 0
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        for token in _TOKEN.finditer(line):
            if not token[0].startswith('"'):
                yield token[0], start + token.start(), indent, token.start() == indent
        start += len(line) + 1
