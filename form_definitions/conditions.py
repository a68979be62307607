"""The condition language: query by example, whose whole meaning is plain JSON Schema.

A scalar is equality, a list is one-of, an object is a JSON Schema for that answer. They combine
with ``all``, ``any`` and ``not``; a string names a condition; a dotted path reaches into a group.
A missing answer never satisfies a comparison.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from form_definitions.comparing import Test, reach

JsonSchema = dict[str, typing.Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One answer against a JSON Schema: ``path`` leads to it, ``expected`` is the schema."""

    path: tuple[str, ...]
    expected: Mapping[str, typing.Any] = field(hash=False)
    holds: Test = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "holds", reach(self.path, self.expected))

    @property
    def schema(self) -> JsonSchema:
        """The comparison as JSON Schema over the whole set of answers."""
        schema: JsonSchema = dict(self.expected)
        for step in reversed(self.path):
            schema = _at_place(int(step), schema) if step.isdigit() else _at_name(step, schema)
        return schema

    def comparisons(self) -> Iterator[Comparison]:
        """Every comparison inside, in the order written."""
        yield self


def _at_name(name: str, schema: JsonSchema) -> JsonSchema:
    return {"type": "object", "properties": {name: schema}, "required": [name]}


def _at_place(place: int, schema: JsonSchema) -> JsonSchema:
    """A place of a tuple; one that was passed over is as good as missing."""
    answered: JsonSchema = {"allOf": [{"not": {"type": "null"}}, schema]}
    prefix: list[typing.Any] = [*([{}] * place), answered]
    return {"type": "array", "minItems": place + 1, "prefixItems": prefix}


@dataclass(frozen=True, slots=True)
class All:
    """Holds if every part does."""

    parts: tuple[Condition, ...]
    holds: Test = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tests = tuple(part.holds for part in self.parts)
        object.__setattr__(self, "holds", lambda answers: all(test(answers) for test in tests))

    @property
    def schema(self) -> JsonSchema:
        """The condition as JSON Schema over the whole set of answers."""
        return {"allOf": [part.schema for part in self.parts]}

    def comparisons(self) -> Iterator[Comparison]:
        """Every comparison inside, in the order written."""
        for part in self.parts:
            yield from part.comparisons()


@dataclass(frozen=True, slots=True)
class Any:
    """Holds if at least one part does."""

    parts: tuple[Condition, ...]
    holds: Test = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tests = tuple(part.holds for part in self.parts)
        object.__setattr__(self, "holds", lambda answers: any(test(answers) for test in tests))

    @property
    def schema(self) -> JsonSchema:
        """The condition as JSON Schema over the whole set of answers."""
        return {"anyOf": [part.schema for part in self.parts]}

    def comparisons(self) -> Iterator[Comparison]:
        """Every comparison inside, in the order written."""
        for part in self.parts:
            yield from part.comparisons()


@dataclass(frozen=True, slots=True)
class Not:
    """Holds if its part does not."""

    part: Condition
    holds: Test = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        test = self.part.holds
        object.__setattr__(self, "holds", lambda answers: not test(answers))

    @property
    def schema(self) -> JsonSchema:
        """The condition as JSON Schema over the whole set of answers."""
        return {"not": self.part.schema}

    def comparisons(self) -> Iterator[Comparison]:
        """Every comparison inside, in the order written."""
        yield from self.part.comparisons()


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of ``x-form.conditions``, used by its name."""

    name: str
    condition: Condition
    holds: Test = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "holds", self.condition.holds)

    @property
    def schema(self) -> JsonSchema:
        """The condition as JSON Schema over the whole set of answers."""
        return self.condition.schema

    def comparisons(self) -> Iterator[Comparison]:
        """Every comparison inside, in the order written."""
        yield from self.condition.comparisons()


Condition = Comparison | All | Any | Not | Named
