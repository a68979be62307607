"""Write every reference of a plain JSON Schema as a pointer into it, so that it can be followed.

``$anchor``, ``$id``, ``$dynamicRef`` and ``$recursiveRef`` name places too. What a dynamic one
means in the end depends on who asks; here it is followed to where it points as it is written,
because only what is asked is decided by it, never the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urldefrag, urljoin

from form_definitions.pointers import existing, fragment_of, pointer_of
from form_definitions.positions import Pointer

Raw = Mapping[str, Any]

_ANCHORS = ("$anchor", "$dynamicAnchor")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_VALUES = frozenset({"const", "enum", "default", "example", "examples"})


def with_pointers(schema: Raw) -> Raw:
    """The schema with ``$ref`` and the other references as ``#/…``, where they lead into it."""
    places = dict(_places(schema, (), ""))
    if not any(keyword in _REFERENCES for keyword in _keywords(schema)):
        return schema
    written = _written(schema, schema, "", places)
    return written if isinstance(written, dict) else schema


def _keywords(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _keywords(part)
    elif isinstance(value, list):
        for part in value:
            yield from _keywords(part)


def _base(schema: Raw, base: str) -> str:
    """The address that references inside are relative to."""
    identity = schema.get("$id")
    is_anchor = not isinstance(identity, str) or identity.startswith("#")
    return base if is_anchor else urldefrag(urljoin(base, str(identity))).url


def _places(value: object, pointer: Pointer, base: str) -> Iterator[tuple[str, Pointer]]:
    """Every name that a reference may use, with where it leads."""
    if isinstance(value, dict):
        inner = _base(value, base)
        if inner != base or not pointer:
            yield inner, pointer
        for keyword in (*_ANCHORS, "$id"):  # "$id": "#name" was an anchor up to draft 7
            name = value.get(keyword)
            if isinstance(name, str) and (keyword in _ANCHORS or name.startswith("#")):
                yield f"{inner}#{name.removeprefix('#')}", pointer
        for key, part in value.items():
            if key not in _VALUES:
                yield from _places(part, (*pointer, key), inner)
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _places(part, (*pointer, at), base)


def _written(value: Any, root: Raw, base: str, places: Mapping[str, Pointer]) -> Any:
    if isinstance(value, list):
        return [_written(part, root, base, places) for part in value]
    if not isinstance(value, dict):
        return value
    inner = _base(value, base)
    kept = {
        key: part if key in _VALUES else _written(part, root, inner, places)
        for key, part in value.items()
        if key not in _REFERENCES
    }
    found = [
        _pointer(value[keyword], root, inner, places)
        for keyword in _REFERENCES
        if isinstance(value.get(keyword), str)
    ]
    if not found:
        return {**kept, **{key: value[key] for key in _REFERENCES if key in value}}
    more = [{"$ref": reference} for reference in found[1:]]
    parts = kept.get("allOf")
    if more:
        kept["allOf"] = [*(parts if isinstance(parts, list) else []), *more]
    return {"$ref": found[0], **kept}


def _pointer(reference: str, root: Raw, base: str, places: Mapping[str, Pointer]) -> str:
    """``#/…`` of what a reference leads to, or the reference itself where that is not known."""
    address, fragment = urldefrag(urljoin(base, reference) if base else reference)
    named = places.get(f"{address}#{fragment}")
    if named is None and (not fragment or fragment.startswith("/")):
        resource = places.get(address)
        named = None if resource is None else existing(root, (*resource, *pointer_of(fragment)))
    return reference if named is None else f"#{fragment_of(named)}"
