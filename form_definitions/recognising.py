"""Tell a JSON Schema that somebody brought from a form file of ours."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from form_definitions.schema_parts import parts_of, with_parts

Raw = Mapping[str, Any]

_OWN_KEYS = ("x-form", "x-ui")


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


def _has_own_keys(schema: Raw) -> bool:
    """Whether ``x-form`` or ``x-ui`` stands anywhere, perhaps misspelt; ``x-order`` is another's.

    A property, a definition and a value may be called as it likes.
    """
    return any(map(_is_own, schema)) or any(_has_own_keys(part) for _, part in parts_of(schema))


def _is_own(key: str) -> bool:
    return key[:1] in "xX" and bool(get_close_matches(key, _OWN_KEYS, n=1, cutoff=0.75))


def without_foreign_keys(schema: Raw) -> Raw:
    """The schema without another's ``x-`` keywords, which could be called as one of ours inside."""
    kept = {key: value for key, value in schema.items() if not key.startswith("x-")}
    return with_parts(kept, without_foreign_keys)
