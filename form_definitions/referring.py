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
from form_definitions.schema_parts import parts_of, with_parts

Raw = Mapping[str, Any]

_ANCHORS = ("$anchor", "$dynamicAnchor")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def with_pointers(schema: Raw) -> Raw:
    """The schema with ``$ref`` and the other references as ``#/…``, where they lead into it."""
    return _written(schema, schema, "", dict(_places(schema, (), "")))


def _base(schema: Raw, base: str) -> str:
    """The address that references inside are relative to."""
    identity = schema.get("$id")
    is_anchor = not isinstance(identity, str) or identity.startswith("#")
    return base if is_anchor else urldefrag(urljoin(base, str(identity))).url


def _places(schema: Raw, pointer: Pointer, base: str) -> Iterator[tuple[str, Pointer]]:
    """Every name that a reference may use, with where it leads."""
    inner = _base(schema, base)
    if inner != base or not pointer:
        yield inner, pointer
    for keyword in (*_ANCHORS, "$id"):  # "$id": "#name" was an anchor up to draft 7
        name = schema.get(keyword)
        if isinstance(name, str) and (keyword in _ANCHORS or name.startswith("#")):
            yield f"{inner}#{name.removeprefix('#')}", pointer
    for steps, part in parts_of(schema):
        yield from _places(part, (*pointer, *steps), inner)


def _written(schema: Raw, root: Raw, base: str, places: Mapping[str, Pointer]) -> Raw:
    inner = _base(schema, base)
    kept = {key: part for key, part in schema.items() if key not in _REFERENCES}
    kept = with_parts(kept, lambda part: _written(part, root, inner, places))
    found = [
        _pointer(schema[keyword], root, inner, places)
        for keyword in _REFERENCES
        if isinstance(schema.get(keyword), str)
    ]
    if not found:
        return {**kept, **{key: schema[key] for key in _REFERENCES if key in schema}}
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
