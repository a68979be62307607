"""Say whether any text at all can match a pattern.

Python's own parser reads the pattern; each part of it is then asked in which states a match can
leave it. A state says whether a character was matched already (then ``^`` fails) and whether the
end was reached (then no further character can follow). Look-around counts as always possible.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterable

# the parser has no public name; both names are stable since Python 3.11
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

State = tuple[bool, bool]  # something was matched, the end was reached
States = frozenset[State]

START: States = frozenset({(False, False)})
_NONE: States = frozenset()
_LAST_CHARACTER = sys.maxunicode
_ENOUGH_REPEATS = 4  # there are four states: more rounds reach no other


def parsed(pattern: str) -> Any | None:
    """The parts of a pattern, or None where Python reads regular expressions differently."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a set that may mean something else one day
            return parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def can_match(pattern: str) -> bool:
    """Whether some text matches, as far as can be told."""
    tree = parsed(pattern)
    return tree is None or bool(_through(tree, START))


def lengths(pattern: str) -> tuple[int, int | None]:
    """The least and most characters of a text that matches; None is no limit."""
    tree = parsed(pattern)
    if tree is None:
        return 0, None
    least, most = tree.getwidth()
    is_whole = pattern.startswith("^") and pattern.endswith("$") and "|" not in pattern
    return least, most if is_whole and most < parser.MAXREPEAT else None


def _through(parts: Iterable[tuple[Any, Any]], states: States) -> States:
    """The states in which a match can be after these parts."""
    for code, value in parts:
        states = _STEPS[code](value, states) if code in _STEPS else _character(value, states)
    return states


def _character(_value: Any, states: States) -> States:
    return frozenset((True, False) for _matched, ended in states if not ended)


def _set(members: list[tuple[Any, Any]], states: States) -> States:
    return _character(members, states) if _has_member(members) else _NONE


def _has_member(members: list[tuple[Any, Any]]) -> bool:
    """Whether a set such as [^\\s\\S] leaves any character."""
    if members[0][0] is not ops.NEGATE:
        return True
    excluded = [value for code, value in members if code is ops.CATEGORY]
    opposite = [(ops.CATEGORY_DIGIT, ops.CATEGORY_NOT_DIGIT)]
    opposite += [(ops.CATEGORY_SPACE, ops.CATEGORY_NOT_SPACE)]
    opposite += [(ops.CATEGORY_WORD, ops.CATEGORY_NOT_WORD)]
    if any(one in excluded and other in excluded for one, other in opposite):
        return False
    ranges = [value for code, value in members if code is ops.RANGE]
    return (0, _LAST_CHARACTER) not in ranges


def _at(place: Any, states: States) -> States:
    if place in {ops.AT_BEGINNING, ops.AT_BEGINNING_STRING}:
        return frozenset(state for state in states if not state[0])
    if place in {ops.AT_END, ops.AT_END_STRING}:
        return frozenset((matched, True) for matched, _ended in states)
    return states


def _branch(value: tuple[Any, list[Any]], states: States) -> States:
    return frozenset(state for branch in value[1] for state in _through(branch, states))


def _repeat(value: tuple[int, int, Any], states: States) -> States:
    least, most, part = value
    for _ in range(min(least, _ENOUGH_REPEATS)):
        states = _through(part, states)
    found = states
    for _ in range(min(most - least, _ENOUGH_REPEATS)):
        states = _through(part, states)
        found |= states
    return found


def _not_ahead(value: tuple[int, Any], states: States) -> States:
    """(?!) excludes everything if its own part is empty; otherwise something may be left."""
    return states if len(value[1]) else _NONE


def _ahead(value: tuple[int, Any], states: States) -> States:
    return states if _through(value[1], START) else _NONE


_STEPS: dict[Any, Callable[[Any, States], States]] = {
    ops.IN: _set,
    ops.AT: _at,
    ops.BRANCH: _branch,
    ops.MAX_REPEAT: _repeat,
    ops.MIN_REPEAT: _repeat,
    ops.POSSESSIVE_REPEAT: _repeat,
    ops.ATOMIC_GROUP: _through,
    ops.SUBPATTERN: lambda value, states: _through(value[3], states),
    ops.ASSERT: _ahead,
    ops.ASSERT_NOT: _not_ahead,
    ops.FAILURE: lambda _value, _states: _NONE,
    ops.GROUPREF: lambda _value, states: states | _character(_value, states),
    ops.GROUPREF_EXISTS: lambda _value, states: states | _character(_value, states),
}
