"""What a plain JSON Schema calls no answer where it requires one: null, or an empty list or object.

Nobody can type these. Whoever leaves such a question blank has answered it, so that is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The key of a question in an inferred form: a list with what stands for a blank answer.
BLANK = "x-blank"

#: Keywords by which an empty list or object is not enough.
_MORE = frozenset({"minItems", "contains", "minProperties", "const", "enum", "dependentRequired"})


def let_be_blank(question: dict[str, Any], schema: Mapping[str, Any]) -> None:
    """Mark a required question that may be left blank; nothing of it is required any more."""
    if _takes_null(schema):
        question[BLANK] = [None]
    elif any(schema.get(keyword) for keyword in _MORE):
        return
    elif _is(schema, question, "array", "items"):
        question[BLANK] = [[]]
    elif _is(schema, question, "object", "properties") and not _required(schema, question):
        asked = question.get("properties", {})
        question[BLANK] = [{name: raw[BLANK][0] for name, raw in asked.items() if BLANK in raw}]
    if BLANK in question:
        question["x-ui"].pop("required", None)


def _takes_null(schema: Mapping[str, Any]) -> bool:
    types, values = schema.get("type"), schema.get("enum")
    is_named = isinstance(types, list) and "null" in types
    return schema.get("x-null") is True or (
        None in values if isinstance(values, list) else is_named
    )


def _is(schema: Mapping[str, Any], question: Mapping[str, Any], kind: str, holds: str) -> bool:
    named = schema.get("type", question.get("type"))
    return kind in named if isinstance(named, list) else named == kind or holds in question


def _required(schema: Mapping[str, Any], question: Mapping[str, Any]) -> bool:
    """Whether the object has to have anything that cannot be left blank."""
    if "properties" in question:
        return bool(question.get("required"))
    return bool(schema.get("required"))
