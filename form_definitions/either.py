"""One question for an answer that may be as either of two schemas says.

A plain JSON Schema may ask for a postcode of one shape under ``then`` and of another one under
``else``. It is asked once: whatever fits one of the two can be given, and the schema judges it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from form_definitions.definition import Kind

Raw = Mapping[str, Any]

#: Keywords that say of which sort an answer is. A schema with none of them leaves that open.
SORTS = frozenset(
    {"type", "enum", "const", "oneOf", "anyOf", "properties", "items", "prefixItems", "x-kind"}
)
_WORDS = ("title", "description")
_NUMBERS = frozenset({"integer", "number"})
_AS_DATA = {"x-kind": Kind.DATA.value}


def either(first: Raw, second: Raw) -> dict[str, Any]:
    """A schema that asks for whatever one of the two allows. The words of the first count."""
    words = {key: each[key] for each in (second, first) for key in _WORDS if key in each}
    ui = {"x-ui": first["x-ui"]} if "x-ui" in first else {}
    return {**_sort(first, second), **words, **ui}


def _sort(first: Raw, second: Raw) -> dict[str, Any]:
    if Kind.DATA in (first.get("x-kind"), second.get("x-kind")):
        return dict(_AS_DATA)
    said = [each for each in (first, second) if not SORTS.isdisjoint(each)]
    if len(said) < 2:
        return {**_limits(first, second), **{k: v for each in said for k, v in each.items()}}
    if "properties" in first and "properties" in second:
        return {"type": "object", "properties": _properties(first, second), **_required(said)}
    options = [options_of(each) for each in said]
    if options[0] and options[1]:
        return {"oneOf": list(_distinct([*options[0], *options[1]]))}
    kinds = {str(each.get("type")) for each in said if "type" in each}
    if kinds and kinds <= _NUMBERS:
        return {"type": "number" if "number" in kinds else "integer"}
    return _limits(first, second) if _is_alike(first, second) else dict(_AS_DATA)


def _is_alike(first: Raw, second: Raw) -> bool:
    """Whether one control can take both: of one type, and of the same items, if they have any."""
    inside = ("items", "prefixItems", "x-kind")
    if any(first.get(key) != second.get(key) for key in inside):
        return False
    types = {json.dumps(each["type"]) for each in (first, second) if "type" in each}
    return len(types) < 2 and ("properties" in first) == ("properties" in second)


def _limits(first: Raw, second: Raw) -> dict[str, Any]:
    """What both say, and the type where one of them names it."""
    both = {key: value for key, value in first.items() if second.get(key, ...) == value}
    named = first.get("type", second.get("type"))
    return both if named is None else {**both, "type": named}


def _properties(first: Raw, second: Raw) -> dict[str, Any]:
    own, more = first["properties"], second["properties"]
    both = {name: either(own[name], more[name]) for name in own if name in more}
    return {**own, **both, **{name: raw for name, raw in more.items() if name not in own}}


def _required(said: list[Raw]) -> dict[str, Any]:
    first, second = (each.get("required", []) for each in said)
    return {"required": [name for name in first if name in second]}


def options_of(schema: Raw) -> list[Any]:
    """The answers that a schema lists, as ``oneOf`` writes them."""
    parts = schema.get("oneOf") or schema.get("anyOf")
    if isinstance(parts, list) and all(isinstance(one, dict) and "const" in one for one in parts):
        return parts
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return [{"const": value} for value in values] if isinstance(values, list) else []


def _distinct(options: Iterable[Raw]) -> Iterable[Raw]:
    """Each answer once, in the words of the first; 1 and true are two."""
    found: dict[str, Raw] = {}
    for option in options:
        found.setdefault(json.dumps(option["const"]), option)
    return found.values()
