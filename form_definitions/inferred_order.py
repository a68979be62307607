"""The order in which an inferred form asks: first what decides, then what depends on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from form_definitions.condition_reading import COMBINERS, ConditionError, parse_condition

Questions = dict[str, dict[str, Any]]


def in_order(questions: Questions, required: Collection[str]) -> Questions:
    """The questions of one object, so that each condition looks back.

    A question loses its condition, and is shown to everybody, if it is required whatever the
    condition says, if what the condition looks at is not asked, or if each waits for the other.
    """
    waiting = dict(questions)
    needs = {name: _needs(raw["x-ui"].get("when"), questions) for name, raw in waiting.items()}
    for name, raw in waiting.items():
        if name in required or needs[name] is None:
            _show_always(raw)
            needs[name] = frozenset()
    ordered: Questions = {}
    while waiting:
        ready = (name for name in waiting if ordered.keys() >= (needs[name] or frozenset()))
        following = next(ready, None)
        if following is None:
            following = next(iter(waiting))
            _show_always(waiting[following])
        ordered[following] = waiting.pop(following)
    return ordered


def _show_always(raw: dict[str, Any]) -> None:
    raw["x-ui"].pop("when", None)


def _needs(condition: object, beside: Mapping[str, Any]) -> frozenset[str] | None:
    """The questions that a condition looks at, or None where it cannot be judged by them."""
    if condition is None:
        return frozenset()
    roots = roots_of(condition, beside)
    return roots if roots is not None and roots <= beside.keys() else None


def roots_of(condition: object, beside: Collection[str]) -> frozenset[str] | None:
    """The names that a condition compares, or None where it is none that can be judged here."""
    if any(name in COMBINERS for name in beside):
        return None
    try:
        comparisons = list(parse_condition(condition).comparisons())
    except ConditionError:
        return None
    if any(len(each.path) != 1 for each in comparisons):
        return None
    return frozenset(each.path[0] for each in comparisons)
