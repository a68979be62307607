"""Tell the alternatives of a ``oneOf`` or ``anyOf`` apart: variants, options, and null."""

from __future__ import annotations

CHOICES = ("oneOf", "anyOf")


def is_variants(parts: object) -> bool:
    """Whether a ``oneOf`` holds objects with questions, and not options."""
    if not isinstance(parts, list) or not parts:
        return False
    return all(isinstance(part, dict) and part.keys() & {"properties", "$ref"} for part in parts)


def is_null(schema: object) -> bool:
    """Whether nothing satisfies a schema but null, which on a page is no answer."""
    if not isinstance(schema, dict):
        return schema is False
    return schema.get("type") == "null" or schema.get("const", ...) is None
