"""Say whether a browser reads a pattern as the server does.

JSON Schema writes patterns as ECMA-262 does, with Unicode. What matches them on the server knows
more (inline flags, ``\\A``, sets of sets), which a browser refuses, or takes for something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from form_definitions.dialect import Finding, warning
from form_definitions.positions import Pointer

_ESCAPE = re.compile(
    r"""\\(?:[dDsSwWbBfnrtv^$\\.*+?()\[\]{}|/]|0(?![0-9])|[1-9][0-9]*|c[A-Za-z]|k<\w+>
    |x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]+\}|[pP]\{[A-Za-z_]+(?:=[A-Za-z_]+)?\})""",
    re.VERBOSE,
)
_PROPERTY = re.compile(r"\\[pP]\{([A-Za-z_]+)\}")
_PROPERTY_NAMES = """
L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co
Cn Letter Uppercase_Letter Lowercase_Letter Mark Number Decimal_Number Punctuation Symbol Separator
Other Any ASCII Alphabetic White_Space Uppercase Lowercase Emoji
"""
#: General categories and the properties that people use; a script is written ``Script=Greek``.
_PROPERTIES = frozenset(_PROPERTY_NAMES.split())
_GROUP = re.compile(r"\((?:\?(?::|=|!|<=|<!|<[A-Za-z_$][\w$]*>))?")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??")
_WRITTEN_ELSEWHERE = re.compile(
    r"\(\?[A-Za-z#<>-]*[:)]?|\[[^\]]*\]?|\\[pP]\{?[A-Za-z]*\}?|.{1,2}", re.DOTALL
)
_SETS = ("[", "&&", "--", "~~")
_CLASS_OF_MANY = ("\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "\\p", "\\P")


def unread_patterns(value: object, pointer: Pointer = ()) -> Iterator[Finding]:
    """Each pattern of a form, also in its conditions, that a browser does not read as it is meant.

    Conditions run in the browser too, and the exported JSON Schema in other validators.
    """
    if isinstance(value, dict):
        for key, part in value.items():
            place = (*pointer, key)
            if key != "pattern" or not isinstance(part, str):
                yield from unread_patterns(part, place)
            elif foreign := foreign_part(part):
                text = f"browsers do not read ‘{foreign}’ as it is meant in this pattern"
                yield warning(place, text, how_to_write(foreign))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from unread_patterns(part, (*pointer, at))


def foreign_part(pattern: str) -> str:
    """The first part of a pattern that a browser reads otherwise or not at all, or ""."""
    at, is_after_quantifier = 0, False
    while at < len(pattern):
        character = pattern[at]
        quantifier = _QUANTIFIER.match(pattern, at)
        if character == "\\":
            found = _escape_at(pattern, at)
        elif character == "[":
            found = _set_at(pattern, at)
        elif character == "(":
            group = _GROUP.match(pattern, at)
            is_known = group is not None and pattern[group.end() : group.end() + 1] != "?"
            found = group[0] if group and is_known else ""
        elif quantifier and not is_after_quantifier:
            found = quantifier[0]
        else:
            found = "" if quantifier or character in "{}]" else character
        if not found:
            return _WRITTEN_ELSEWHERE.match(pattern, at)[0]  # type: ignore[index]
        is_after_quantifier = quantifier is not None
        at += len(found)
    return ""


def _escape_at(pattern: str, at: int) -> str:
    found = _ESCAPE.match(pattern, at)
    if found is None:
        return ""
    named = _PROPERTY.fullmatch(found[0])
    return "" if named and named[1] not in _PROPERTIES else found[0]


def _set_at(pattern: str, start: int) -> str:
    """The set of characters that begins there, or "" if it means something else in a browser."""
    at = start + (2 if pattern[start + 1 : start + 2] == "^" else 1)
    while at < len(pattern) and pattern[at] != "]":
        if pattern.startswith(_SETS, at):
            return ""
        found = pattern[at]
        if found == "\\":
            found = "\\-" if pattern[at + 1 : at + 2] == "-" else _escape_at(pattern, at)
        at += len(found)
        ends_range = pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] != "]"
        if not found or (ends_range and found[:2] in _CLASS_OF_MANY):
            return ""
    return pattern[start : at + 1]


def how_to_write(part: str) -> str:
    """What to write in place of a part that browsers do not know."""
    if part.startswith("\\") and part[1:2] in {"A", "z", "Z"}:
        return "Write ^ for the start and $ for the end"
    if part.startswith("(?P<"):
        return "Write (?<name>…) for a group with a name"
    if re.fullmatch(r"\(\?[a-z-]+[:)]", part):
        return "Remove it; write [Aa] for a letter of either case"
    if re.fullmatch(r"\\[^A-Za-z0-9]", part):
        return f"Write {part[1]} without the backslash"
    return "Write it as JavaScript does (ECMA-262, with its flag u)"
