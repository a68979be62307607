"""Read JSON so that whatever is wrong with it is told at its place, with what to write.

Stricter than the standard library's reader: a repeated key, NaN, a number that a float cannot
hold and half of a surrogate pair are all errors, because each of them loses what its author meant.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from form_definitions.file_reading import MAX_BYTES
from form_definitions.json_slips import (
    is_invisible,
    is_thousands,
    misplaced_bracket,
    value_meant,
)
from form_definitions.positions import Document, Pointer, line_and_column

MAX_DEPTH = 64  # a form of groups in groups with nested conditions reaches 20

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]|\\.)*)"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
#: A text up to its first character that may not stand in one.
_CONTROL = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*([\x00-\x1f])')
_CURLY = frozenset("“”„‟«»‘’")
_COMMENT = frozenset("/#")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_DIGITS = 300  # the exponent that a float holds, and far below the limit of int()

_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


class JsonError(Exception):
    """Raised if text is not JSON. ``offset`` is the place in the text.

    ``readable``: the text up to there, where the rest of the file cannot be read.
    """

    def __init__(self, offset: int, message: str, fix: str, readable: str = "") -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message
        self.fix = fix
        self.readable = readable

    def line_and_column(self, text: str) -> tuple[int, int]:
        """Where it is, both counted from 1. ``text`` is empty if none could be read."""
        return line_and_column(text or self.readable, self.offset)


def decode(raw: str | bytes) -> str:
    """The text of a file, which has to be UTF-8. Raises JsonError."""
    if len(raw) > MAX_BYTES:
        raise JsonError(0, f"the file is larger than {MAX_BYTES:,} bytes", "Split it into forms")
    if isinstance(raw, str):
        lone = _SURROGATE.search(raw)
        if lone:
            raise JsonError(lone.start(), "this is not a character", "Save the file as UTF-8")
        return raw.removeprefix("\ufeff")
    if raw.startswith(_BYTE_ORDER_MARKS):
        raise JsonError(0, "the file is UTF-16 text", "Save it as UTF-8")
    if raw[:2].count(0) == 1:  # no byte order mark, and every second byte of its English is empty
        raise JsonError(0, "the file is UTF-16 text", "Save it as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        readable = raw[: error.start].decode("utf-8-sig")
        message = "the file is not UTF-8 text"
        raise JsonError(len(readable), message, "Save it as UTF-8", readable) from error


def read_json(text: str) -> Document:
    """Read the whole of ``text``. Repeated keys are noted, not raised. Raises JsonError."""
    reader = _Reader(text)
    reader.document.value = reader.read(())
    reader.skip_space()
    if reader.at < len(text):
        raise reader.misplaced() or reader.error(
            "there is more text after the end", "Remove what follows the last }"
        )
    return reader.document


class _Reader:
    """One pass over the text; ``at`` is the offset of what comes next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.document = Document(text)

    def error(self, message: str, fix: str, at: int | None = None) -> JsonError:
        return JsonError(self.at if at is None else at, message, fix)

    def misplaced(self) -> JsonError | None:
        """The bracket that is missing or too many, where the indentation tells."""
        found = misplaced_bracket(self.text)
        return found and self.error(found[1], found[2], found[0])

    def skip_space(self) -> str:
        """Skip white space; the character that follows, or "" at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        following = self.text[self.at : self.at + 1]
        if is_invisible(following):
            text = f"here is a character that cannot be seen (U+{ord(following):04X})"
            raise self.error(text, "Remove it, or write a plain space")
        return following

    def read(self, pointer: Pointer) -> Any:
        following = self.skip_space()
        self.document.values[pointer] = self.at
        if len(pointer) > MAX_DEPTH:
            raise self.error("this is nested too deeply", f"{MAX_DEPTH} levels are the most")
        if following == "{":
            return self._object(pointer)
        if following == "[":
            return self._array(pointer)
        if following == '"':
            return self._string()
        if following == "-" or following.isdigit():
            return self._number()
        return self._word()

    def _object(self, pointer: Pointer) -> dict[str, Any]:
        members: dict[str, Any] = {}
        start, self.at = self.at, self.at + 1
        if self.skip_space() == "}":
            self.at += 1
            return members
        while True:
            key_at = self.at
            key = self._key(start)
            member = (*pointer, key)
            if key in members:
                self.document.repeated.append((member, key_at))
            self.document.keys[member] = key_at
            if self.skip_space() != ":":
                raise self.error(f"a colon is missing after ‘{_short(key)}’", 'Write "key": value')
            self.at += 1
            members[key] = self.read(member)
            if self._ends("}", start):
                return members

    def _array(self, pointer: Pointer) -> list[Any]:
        items: list[Any] = []
        start, self.at = self.at, self.at + 1
        if self.skip_space() == "]":
            self.at += 1
            return items
        while True:
            items.append(self.read((*pointer, len(items))))
            if self._ends("]", start):
                return items

    def _ends(self, bracket: str, start: int) -> bool:
        """After a member: True at the closing bracket, False after a comma."""
        following = self.skip_space()
        if following == bracket:
            self.at += 1
            return True
        if following != ",":
            raise self._unclosed(bracket, start, following)
        comma, self.at = self.at, self.at + 1
        if self.skip_space() in {"}", "]"}:
            raise self.error("there is a comma after the last item", "Remove it", comma)
        return False

    def _unclosed(self, bracket: str, start: int, following: str) -> JsonError:
        if following:
            digit = self.text[self.at - 1 : self.at] == "0" and following.isdigit()
            if digit:
                return self.error("a number cannot begin with 0", "Write it without the 0")
            if following in _COMMENT:
                return self._comment()
            if following == ";":
                return self.error("items are separated by a comma, not by ;", "Write , here")
            if following in "}]":
                return self._other_bracket(bracket, start, following)
            return self.error("a comma is missing before this", "Write a comma between two items")
        line, _column = line_and_column(self.text, start)
        opened = self.text[start]
        fix = f"Close the {opened} of line {line} with {bracket}"
        return self.misplaced() or self.error("the file ends too early", fix)

    def _other_bracket(self, bracket: str, start: int, following: str) -> JsonError:
        line, _column = line_and_column(self.text, start)
        text = f"{following} cannot close the {self.text[start]} of line {line}"
        return self.misplaced() or self.error(text, f"Write {bracket} before it")

    def _key(self, start: int) -> str:
        following = self.skip_space()
        if following == '"':
            return self._string()
        if not following:
            raise self._unclosed("}", start, following)
        if following in _CURLY:
            raise self._curly()
        if following in _COMMENT:
            raise self._comment()
        if is_thousands(self.text, self.at):
            raise self.error("a number is written without commas", "Remove the comma")
        if following in "{[":
            line, _column = line_and_column(self.text, start)
            fix = f"Write a key before it, or close the {{ of line {line} with }}"
            raise self.error(f"a key is expected here, and not {following}", fix)
        raise self.error("a key in double quotes is expected here", 'Write "key": value')

    def _curly(self) -> JsonError:
        text = f"‘{self.text[self.at]}’ is no quotation mark of JSON"
        return self.error(text, 'Write " as it is on the keyboard; word processors change it')

    def _comment(self) -> JsonError:
        fix = "Remove it; a “description” of a question is for people who read the file"
        return self.error("JSON has no comments: a key in double quotes is expected", fix)

    def _string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if not match:
            control = _CONTROL.match(self.text, self.at)
            if control and control[1] != "\n":
                text = f"JSON cannot hold the character {_visible(control[1])} in a text"
                raise self.error(text, "Write \\t for a tab; remove any other", control.start(1))
            raise self.error(
                "this text has no end on its line", 'Close it with "; write a new line as \\n'
            )
        text = match[1]
        if "\\" in text:
            text = self._unescape(match[0])
        self.at = match.end()
        return text

    def _unescape(self, quoted: str) -> str:
        try:
            text = json.loads(quoted)
        except ValueError as error:
            raise self.error(
                "this text has an unknown \\ escape", "Write \\\\ for a backslash"
            ) from error
        if _SURROGATE.search(text):
            raise self.error("this text has half of a character", "Write the character itself")
        return str(text)

    def _number(self) -> int | float:
        match = _NUMBER.match(self.text, self.at)
        if not match:
            raise self.error("this is not a number", "Write digits, with a point for decimals")
        if len(match[0]) > _MAX_DIGITS:
            raise self.error("this number is too long", "Write fewer digits")
        number = float(match[0]) if match[1] or match[2] else int(match[0])
        if isinstance(number, float) and not math.isfinite(number):
            raise self.error("this number is too large", "Write a smaller one")
        self.at = match.end()
        return number

    def _word(self) -> bool | None:
        match = _WORD.match(self.text, self.at)
        if match and match[0] in _WORDS:
            self.at = match.end()
            return _WORDS[match[0]]
        if not self.text[self.at :]:
            raise self.error("the file ends too early", "A value is expected here")
        if self.text[self.at] in _CURLY:
            raise self._curly()
        fix = value_meant(self.text, self.at, match[0] if match else "")
        fix = fix or "Write a text in double quotes, a number, true, false, null, [ or {"
        raise self.error(
            f"‘{_short(match[0]) if match else _visible(self.text[self.at])}’ is not JSON", fix
        )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _visible(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"
