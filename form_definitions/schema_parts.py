"""The schemas inside a JSON Schema: under a keyword, in a list, and by names of its author's own.

A property may be called ``default`` or ``x-ray``: that is a name, and no keyword.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from form_definitions.positions import Pointer

Raw = Mapping[str, Any]

#: Keywords that hold schemas by names of the author's own.
_NAMED = frozenset(
    {
        "properties",
        "patternProperties",
        "$defs",
        "definitions",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
    }
)
#: Keywords that hold answers or names, and no schema.
_VALUES = frozenset({"const", "enum", "default", "example", "examples", "required"})


def parts_of(schema: Raw) -> Iterator[tuple[Pointer, Raw]]:
    """The schemas directly inside one, each with the steps to it."""
    for key, value in schema.items():
        for steps, part in _held(key, value):
            if isinstance(part, dict):
                yield (key, *steps), part


def _held(key: str, value: Any) -> Iterator[tuple[Pointer, Any]]:
    if key in _VALUES:
        return
    if isinstance(value, list):
        yield from (((at,), part) for at, part in enumerate(value))
    elif key in _NAMED and isinstance(value, dict):
        yield from (((name,), part) for name, part in value.items())
    else:
        yield (), value


def with_parts(schema: Raw, change: Callable[[Raw], Raw]) -> dict[str, Any]:
    """The schema with each schema directly inside it as ``change`` makes it."""

    def changed(part: Any) -> Any:
        return change(part) if isinstance(part, dict) else part

    written: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _VALUES:
            written[key] = value
        elif isinstance(value, list):
            written[key] = [changed(part) for part in value]
        elif key in _NAMED and isinstance(value, dict):
            written[key] = {name: changed(part) for name, part in value.items()}
        else:
            written[key] = changed(value)
    return written
