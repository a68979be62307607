"""JSON Pointers: read as a reference writes them, followed, and written again (RFC 6901)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from form_definitions.positions import Pointer

_PLACE = re.compile(r"[0-9]{1,9}")  # more digits than any list has places


def pointer_of(fragment: str) -> Pointer:
    """The steps of a reference's fragment, all as text: "/a~1b/0" → ("a/b", "0")."""
    steps = unquote(fragment).split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def fragment_of(pointer: Pointer) -> str:
    """A pointer as a reference writes it after its "#"."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in pointer)


def existing(root: Any, pointer: Pointer) -> Pointer | None:
    """The pointer with its places of lists as numbers, or None if it leads nowhere."""
    found: Pointer = ()
    value = root
    for step in pointer:
        key = int(step) if isinstance(value, list) and _PLACE.fullmatch(str(step)) else step
        if isinstance(value, list):
            is_there = isinstance(key, int) and key < len(value)
        else:
            is_there = isinstance(value, dict) and key in value
        if not is_there:
            return None
        found, value = (*found, key), value[key]
    return found


def value_at(root: Any, pointer: Pointer) -> Any:
    """What stands at a pointer, or None."""
    found = existing(root, pointer)
    if found is None:
        return None
    value = root
    for key in found:
        value = value[key]
    return value
