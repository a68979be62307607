"""Small form files for the tests of the form language."""

from __future__ import annotations

import json
from typing import Any

from form_definitions import FormDefinition, parse_form


def make_form(
    properties: dict[str, Any],
    *,
    pages: list[dict[str, Any]] | None = None,
    required: list[str] | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """A form file's content: every question on one page, unless ``pages`` says otherwise."""
    titled = {name: {"title": f"Question {name}", **raw} for name, raw in properties.items()}
    return {
        "$id": "made-up",
        "title": "A made-up form",
        "type": "object",
        "required": required or [],
        "properties": titled,
        "x-form": {
            "version": "1.0.0",
            "pages": pages or [{"id": "only", "questions": list(properties)}],
            **settings,
        },
    }


def make_definition(properties: dict[str, Any], **others: Any) -> FormDefinition:
    """The compiled form of ``make_form``."""
    return parse_form(json.dumps(make_form(properties, **others)))


def options(*values: str | int) -> list[dict[str, Any]]:
    """Options that read like their values."""
    return [{"const": value, "title": f"Title of {value}"} for value in values]


def radios(*values: str | int, **others: Any) -> dict[str, Any]:
    """A question with one of these answers."""
    return {"oneOf": options(*values), **others}


def checkboxes(*values: str | int, **others: Any) -> dict[str, Any]:
    """A question with many of these answers."""
    return {"type": "array", "uniqueItems": True, "items": {"oneOf": options(*values)}, **others}
