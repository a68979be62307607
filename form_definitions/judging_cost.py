"""How often a plain JSON Schema looks at one answer, so that none is judged without end.

A few definitions that name each other twice and again double with every level: twenty of them make
a million looks. What is counted is the worst way from the root to an answer, along one name or
place at a time, because answers under other names cost what their own size costs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from form_definitions.dialect import Finding
from form_definitions.positions import Pointer
from form_definitions.schema_graph import SchemaGraph, mapping

Raw = Mapping[str, Any]

MAX_LOOKS = 20_000  # at one answer: a few milliseconds; schemas that people write reach hundreds
MAX_CHAIN = 200  # schemas that lead to each other: each is a call inside a call


class _TooMany(Exception):  # noqa: N818 - reads as what was found
    def __init__(self, pointer: Pointer) -> None:
        self.pointer = pointer


def cost_findings(schema: Raw) -> list[Finding]:
    """What says that one answer would be looked at too often, where the definitions do it."""
    graph = SchemaGraph(schema)
    if not graph.refers:
        return []  # without references it costs what its own size costs
    try:
        _Looks(graph).at(graph.root)
    except _TooMany as found:
        text = "the definitions use each other until judging an answer takes too long"
        return [Finding(found.pointer, text, "Write them out without repetition")]
    return []


class _Looks:
    """Counts, for each schema of a file, all that is looked at for one answer and inside it."""

    def __init__(self, graph: SchemaGraph) -> None:
        self.graph = graph
        self._rounds = graph.rounds()
        self._known: dict[int, int] = {}
        self._whole: dict[int, Counter[int]] = {}
        self._schemas: dict[int, Raw] = {}
        self._open: list[int] = []

    def at(self, schema: Raw) -> int:
        """How often the answer is looked at, and the worst of those inside it. Raises _TooMany."""
        key = id(schema)
        if key not in self._known:
            self._enter(schema)
            here = self._here(schema)
            looks = here.total() + self._inside(here)
            self._leave(schema, looks)
            self._known[key] = looks
        return self._known[key]

    def _enter(self, schema: Raw) -> None:
        self._open.append(id(schema))
        if len(self._open) > MAX_CHAIN:
            raise _TooMany(self.graph.pointer(schema))

    def _leave(self, schema: Raw, looks: int) -> None:
        self._open.pop()
        if looks > MAX_LOOKS:
            raise _TooMany(self.graph.pointer(schema))

    def _here(self, schema: Raw) -> Counter[int]:
        """How often each schema looks at the very same answer."""
        key = id(schema)
        if key not in self._whole:
            self._schemas[key] = schema
            here = self._whole[key] = Counter([key])  # of one that leads back to itself: once
            self._enter(schema)
            for beside in self.graph.beside(schema):
                if beside is not schema:
                    here.update(self._here(beside))
            self._leave(schema, here.total())
        return self._whole[key]

    def _inside(self, here: Counter[int]) -> int:
        """The most looks at any one answer inside, by the name or the place that it has."""
        named: Counter[str | int] = Counter()
        placed: Counter[str | int] = Counter()
        any_name = any_place = names = 0
        for key, times in here.items():
            schema = self._schemas[key]
            others = self._of(schema, "additionalProperties", "unevaluatedProperties")
            patterns = mapping(schema, "patternProperties").values()
            any_name += times * (others + sum(self._into(schema, inner) for inner in patterns))
            for name, inner in mapping(schema, "properties").items():
                named[name] += times * (self._into(schema, inner) - others)
            rest, places = self._items(schema)
            any_place += times * (rest + self._of(schema, "contains", "unevaluatedItems"))
            for at, inner in enumerate(places):
                placed[at] += times * (self._into(schema, inner) - rest)
            names += times * self._of(schema, "propertyNames")
        return max(any_name + _most(named), any_place + _most(placed), names)

    def _items(self, schema: Raw) -> tuple[int, list[Any]]:
        """The looks at each further item, and the schemas of the first ones."""
        items, places = schema.get("items"), schema.get("prefixItems")
        if isinstance(items, list):  # as drafts before 2020-12 write it
            return self._of(schema, "additionalItems"), items
        return self._of(schema, "items"), places if isinstance(places, list) else []

    def _of(self, schema: Raw, *keywords: str) -> int:
        return sum(self._into(schema, schema[key]) for key in keywords if key in schema)

    def _into(self, schema: Raw, inner: Any) -> int:
        """The looks at an answer inside; of a definition inside itself, those of one round."""
        if not isinstance(inner, dict) or not _leads_anywhere(inner):
            return 1
        is_round = self._rounds.get(id(inner)) == self._rounds.get(id(schema))
        return self._here(inner).total() if is_round else self.at(inner)


def _leads_anywhere(schema: Raw) -> bool:
    return any(key[:1] == "$" or isinstance(value, dict | list) for key, value in schema.items())


def _most(counted: Counter[str | int]) -> int:
    return max(0, *counted.values(), 0)
