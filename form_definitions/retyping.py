"""What to write in place of a value that is of another type than its key takes."""

from __future__ import annotations

import json
import re
from typing import Any

MAX_WRITTEN = 60  # characters of a value inside a message

_SHAPES = {
    "string": '"…"',
    "integer": "a number such as 3",
    "number": "a number such as 2.5",
    "boolean": "true or false",
    "array": "[…]",
    "object": '{"key": …}',
    "null": "null",
}
_CONDITIONS = frozenset({"when", "not", "where", "no_email_when"})
_CONDITION = 'Write {"question": "answer"}, or the name of a condition in quotes'
_CONDITIONS_TOGETHER = 'Write {"all": […]} if all have to hold, {"any": […]} if one does'
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_YES_OR_NO = {"true": "true", "yes": "true", "false": "false", "no": "false"}


def as_meant(key: str, types: list[str], value: Any) -> str:
    """The value of ``key`` as it should have been written, as far as that can be told."""
    plain = value.strip() if isinstance(value, str) else ""
    written = json.dumps(value, ensure_ascii=False, default=str)
    if value is None:
        return "Write it, or remove the key"
    if {"integer", "number"} & {*types} and _NUMBER.fullmatch(plain):
        return f"Write {plain}, without quotation marks"
    if "boolean" in types and plain.lower() in _YES_OR_NO:
        return f"Write {_YES_OR_NO[plain.lower()]}, without quotation marks"
    if key in _CONDITIONS:
        return _CONDITIONS_TOGETHER if isinstance(value, list) else _CONDITION
    if len(written) > MAX_WRITTEN:
        return _shapes(types)
    return _round(key, types, value, written) or _shapes(types)


def _round(key: str, types: list[str], value: Any, written: str) -> str:
    """The value with what has to stand round it, or "" where nobody can tell."""
    if "array" in types and isinstance(value, str):
        return f"Write [{written}]"
    if "string" in types and isinstance(value, int | float):
        return f'Write "{written}"'
    if key == "items" and isinstance(value, list):
        return f'Write {{"enum": {written}}}'
    if key == "oneOf" and isinstance(value, str):
        return f'Write {{"const": {written}, "title": {written}}}'
    if key == "errors" and isinstance(value, str):
        return f'Write {{"required": {written}}}'
    return ""


def _shapes(types: list[str]) -> str:
    return f"Write {' or '.join(_SHAPES[name] for name in types)}"
