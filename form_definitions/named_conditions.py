"""Read the named conditions of a form file, each after those that it leads to."""

from __future__ import annotations

from collections.abc import Iterator

from form_definitions.condition_reading import (
    COMBINERS,
    MAX_DEPTH,
    ConditionError,
    UnknownConditionError,
    parse_condition,
)
from form_definitions.conditions import Condition
from form_definitions.dialect import Finding
from form_definitions.kinds import Raw
from form_definitions.positions import Pointer

MAX_CHAIN = 20  # names that lead to names: what is written out must not be nested without end
MAX_COMPARISONS = 5_000  # of one condition, written out: names used twice and again make billions


class NamedConditions:
    """The entries of ``x-form.conditions``, read in the order in which they need each other."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.conditions: dict[str, Condition] = {}
        self.findings: list[Finding] = []
        self._reading: list[str] = []
        self._sizes: dict[str, int] = {}
        for name in raw:
            self._read(name)

    def _read(self, name: str) -> None:
        if name in self._sizes or name not in self.raw:
            return
        pointer: Pointer = ("x-form", "conditions", name)
        if name in self._reading:
            text = f"condition ‘{name}’ goes round in a circle"
            self.findings.append(Finding(pointer, text, "Write one of them out"))
            return
        self._reading.append(name)
        size = 1
        for used in names_in(self.raw[name]):
            if len(self._reading) <= MAX_CHAIN:
                self._read(used)
            size += self._sizes.get(used, MAX_COMPARISONS if used in self.raw else 1)
        self._reading.pop()
        self._sizes[name] = min(size, MAX_COMPARISONS + 1)
        if size > MAX_COMPARISONS and self.findings:
            return  # it goes round in the circle that is told already, or leads to it
        if size > MAX_COMPARISONS:
            text = f"condition ‘{name}’ leads through too many others"
            self.findings.append(Finding(pointer, text, "Write it with fewer names"))
            return
        try:
            self.conditions[name] = parse_condition(self.raw[name], self.conditions)
        except UnknownConditionError as error:
            if error.name not in self.raw:  # else what is wrong with that one is told there
                self.findings.append(as_finding(error, pointer))
        except ConditionError as error:
            self.findings.append(as_finding(error, pointer))


def names_in(raw: object, depth: int = 0) -> Iterator[str]:
    """The names of other conditions that one is written with."""
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, dict) and depth <= MAX_DEPTH:
        for key in COMBINERS:
            parts = raw.get(key)
            for part in parts if isinstance(parts, list) else [parts]:
                yield from names_in(part, depth + 1)


def as_finding(error: ConditionError, pointer: Pointer) -> Finding:
    """What is wrong with a condition, where it stands in the file."""
    return Finding((*pointer, *error.where), error.message, error.fix)
