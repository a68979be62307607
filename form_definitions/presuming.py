"""From the JSON Schema of an ``if`` to a condition of the form language.

An ``if`` is judged on the whole object, where a property that is not there passes: what ``if``
does not require may be missing, and the condition says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Raw = Mapping[str, Any]
RawCondition = dict[str, Any]

#: The schema of an answer that was given, whatever it is.
ANSWERED: Raw = {"not": False}

_KEYWORDS = frozenset(
    {"type", "properties", "required", "allOf", "anyOf", "not", "title", "description", "$comment"}
)


class NoCondition(Exception):  # noqa: N818 - reads as what was found
    """Raised if an ``if`` asks what a condition cannot; ``keyword`` is what it asks with."""

    def __init__(self, keyword: str) -> None:
        super().__init__(keyword)
        self.keyword = keyword


def answered(name: str) -> RawCondition:
    """The condition that the question has an answer."""
    return {name: dict(ANSWERED)}


def condition_of(schema: object) -> RawCondition:
    """The condition that holds exactly where an object satisfies ``schema``. Raises NoCondition."""
    if not isinstance(schema, Mapping):
        raise NoCondition(str(schema).lower())
    unknown = [keyword for keyword in schema if keyword not in _KEYWORDS]
    if unknown or schema.get("type", "object") != "object":
        raise NoCondition(unknown[0] if unknown else "type")
    required = list(schema.get("required", ()))
    properties = schema.get("properties", {})
    parts = [_property(name, part, name in required) for name, part in properties.items()]
    parts += [answered(name) for name in required if name not in properties]
    parts += [condition_of(part) for part in schema.get("allOf", ())]
    if "anyOf" in schema:
        parts.append({"any": [condition_of(part) for part in schema["anyOf"]]})
    if "not" in schema:
        parts.append({"not": condition_of(schema["not"])})
    if not parts:
        raise NoCondition("if")
    whole: RawCondition = all_of(*parts)
    return whole


def _property(name: str, schema: object, is_required: bool) -> RawCondition:
    compared: RawCondition = {name: _expected(schema)}
    return compared if is_required else {"any": [{"not": answered(name)}, compared]}


def _expected(schema: object) -> object:
    if schema is True or schema == {}:
        return dict(ANSWERED)
    if isinstance(schema, Mapping):
        return {key: value for key, value in schema.items() if key not in {"title", "$comment"}}
    return {"not": {"not": False}} if schema is False else schema


def all_of(*conditions: object) -> Any:
    """The condition that all of these hold; those that are None do not count."""
    parts = [condition for condition in conditions if condition is not None]
    return parts[0] if len(parts) == 1 else {"all": parts}
