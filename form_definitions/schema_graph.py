"""Which schemas of a plain JSON Schema lead to which, by keywords and by references in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions.pointers import pointer_of, value_at
from form_definitions.positions import Pointer
from form_definitions.referring import with_pointers

Raw = Mapping[str, Any]

_ONE = ("not", "if", "then", "else")
_SEVERAL = ("allOf", "anyOf", "oneOf")
_BY_NAME = ("dependentSchemas", "dependencies")


class SchemaGraph:
    """The objects of a JSON Schema as a graph. They are known by ``id``, as long as it lives."""

    def __init__(self, root: Raw) -> None:
        self.root = with_pointers(root)
        self.refers = False
        self._pointers: dict[int, Pointer] = {}
        self._index(self.root, ())

    def pointer(self, schema: Raw) -> Pointer:
        """Where the schema stands in the file."""
        return self._pointers[id(schema)]

    def beside(self, schema: Raw) -> Iterator[Raw]:
        """The schemas that look at the same answer as this one does."""
        found = [schema[key] for key in _ONE if key in schema]
        for key in _SEVERAL:
            parts = schema.get(key)
            found += parts if isinstance(parts, list) else ()
        for key in _BY_NAME:
            found += mapping(schema, key).values()
        found += self._referred(schema)
        return (each for each in found if isinstance(each, dict))

    def rounds(self) -> dict[int, int]:
        """For each object a number, the same for those that lead to each other in a circle.

        Tarjan's algorithm, without calls inside calls: definitions may lead on a thousand times.
        """
        order: dict[int, int] = {}
        lowest: dict[int, int] = {}
        rounds: dict[int, int] = {}
        waiting: list[int] = []
        path = [(id(self.root), self._leads_to(self.root))]
        while path:
            key, following = path[-1]
            if key not in order:
                order[key] = lowest[key] = len(order)
                waiting.append(key)
            inner = next(following, None)
            if inner is None:
                path.pop()
                if lowest[key] == order[key]:
                    while key not in rounds:
                        rounds[waiting.pop()] = order[key]
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[key])
            elif id(inner) not in order:
                path.append((id(inner), self._leads_to(inner)))
            elif id(inner) not in rounds:
                lowest[key] = min(lowest[key], order[id(inner)])
        return rounds

    def _leads_to(self, value: Any) -> Iterator[Any]:
        """The objects and lists that stand in one, and those that it refers to."""
        parts = value.values() if isinstance(value, dict) else value
        yield from (part for part in parts if isinstance(part, dict | list))
        if isinstance(value, dict):
            yield from (each for each in self._referred(value) if isinstance(each, dict))

    def _index(self, value: Any, pointer: Pointer) -> None:
        if isinstance(value, list):
            for at, inner in enumerate(value):
                self._index(inner, (*pointer, at))
        if isinstance(value, dict):
            self._pointers[id(value)] = pointer
            self.refers = self.refers or "$ref" in value
            for key, inner in value.items():
                self._index(inner, (*pointer, key))

    def _referred(self, schema: Raw) -> list[Any]:
        """What it refers to in the file, as ``with_pointers`` wrote it."""
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            return []
        return [value_at(self.root, pointer_of(reference[1:]))]


def mapping(schema: Raw, keyword: str) -> Mapping[str, Any]:
    """What a keyword holds by names; nothing where it holds something else."""
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}
