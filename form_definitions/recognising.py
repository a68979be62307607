"""Tell a JSON Schema that somebody brought from a form file of ours."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

Raw = Mapping[str, Any]

_OWN_KEYS = ("x-form", "x-ui")
#: Keywords that hold schemas by names of the author's own.
NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
#: Keywords that hold answers or names, and no schema.
VALUES = frozenset({"const", "enum", "default", "example", "examples", "required"})


def is_plain(form: object) -> bool:
    """Whether a file is a JSON Schema of questions without any key of ours."""
    if not isinstance(form, dict) or not _asks(form):
        return False
    return not _has_own_keys(form)


def _asks(schema: Raw) -> bool:
    """Whether its root has properties, or says where they are."""
    if "properties" in schema:
        return isinstance(schema["properties"], dict)
    return isinstance(schema.get("$ref"), str) or any(
        isinstance(schema.get(key), list) for key in ("allOf", "anyOf", "oneOf")
    )


def _has_own_keys(schema: object) -> bool:
    """Whether ``x-form`` or ``x-ui`` stands anywhere, perhaps misspelt; ``x-order`` is another's.

    A property, a definition and a value may be called as it likes.
    """
    if isinstance(schema, list):
        return any(map(_has_own_keys, schema))
    if not isinstance(schema, dict):
        return False
    for key, value in schema.items():
        if _is_own(key):
            return True
        inside = value.values() if key in NAMED and isinstance(value, dict) else [value]
        if key not in VALUES and any(map(_has_own_keys, inside)):
            return True
    return False


def _is_own(key: str) -> bool:
    return key[:1] in "xX" and bool(get_close_matches(key, _OWN_KEYS, n=1, cutoff=0.75))


def without_foreign_keys(schema: Any) -> Any:
    """The schema without another's ``x-`` keywords, which could be called as one of ours inside."""
    if isinstance(schema, list):
        return [without_foreign_keys(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if not key.startswith("x-")}
    return {key: _cleaned(key, value) for key, value in kept.items()}


def _cleaned(key: str, value: Any) -> Any:
    if key in VALUES:
        return value
    if key in NAMED and isinstance(value, dict):
        return {name: without_foreign_keys(part) for name, part in value.items()}
    return without_foreign_keys(value)
