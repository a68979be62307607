"""Check a form file against the dialect (form.schema.json), and say what to change.

jsonschema-rs gives the verdict and the places; the words are ours, because the author of a form is
not a programmer.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from form_definitions.positions import Pointer

SCHEMA_PATH = Path(__file__).with_name("form.schema.json")


class Severity(StrEnum):
    """An error keeps a form from loading; a warning is of a form that loads and works."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, at a JSON pointer. ``on_key``: the key itself is meant."""

    pointer: Pointer
    message: str
    fix: str = ""
    on_key: bool = False
    severity: Severity = Severity.ERROR


def warning(pointer: Pointer, message: str, fix: str, *, on_key: bool = False) -> Finding:
    """A finding that does not keep the form from loading."""
    return Finding(pointer, message, fix, on_key, Severity.WARNING)


@cache
def dialect() -> dict[str, Any]:
    """The dialect's own JSON Schema."""
    schema: dict[str, Any] = json.loads(SCHEMA_PATH.read_text("utf-8"))
    return schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dialect(), offline=True)


def dialect_findings(form: object) -> tuple[Finding, ...]:
    """Everything in ``form`` that the dialect does not allow."""
    if _validator().is_valid(form):
        return ()
    found = [finding for error in _validator().iter_errors(form) for finding in _findings(error)]
    return tuple(dict.fromkeys(found))


def _findings(error: jsonschema_rs.ValidationError) -> Iterator[Finding]:
    pointer: Pointer = tuple(error.instance_path)
    keyword = error.kind.name
    around = _schema_at(error.schema_path[:-1])
    if keyword == "additionalProperties":
        yield from (_unknown_key(pointer, key, around) for key in error.kind.value)
    elif keyword == "propertyNames":
        yield _bad_key(pointer, str(error.kind.value.instance), around)
    elif keyword == "required":
        yield _missing_key(pointer, str(error.kind.value))
    else:
        describe = _MESSAGES.get(keyword, _other)
        yield Finding(pointer, *describe(_name(pointer), error, around))


def _schema_at(path: list[Any]) -> Mapping[str, Any]:
    schema: Any = dialect()
    for step in path:
        schema = schema[step]
    return schema if isinstance(schema, Mapping) else {}


def _name(pointer: Pointer) -> str:
    """The last key that is a word: an item of ‘pages’ is "an item of ‘pages’"."""
    if not pointer:
        return "the file"
    if isinstance(pointer[-1], int):
        return f"an item of {_name(pointer[:-1])}"
    return f"‘{pointer[-1]}’"


def did_you_mean(word: str, known: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    """ "Did you mean ‘hint’?", or "" where nothing known is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Did you mean ‘{near[0]}’?" if near else ""


def _unknown_key(pointer: Pointer, key: str, around: Mapping[str, Any]) -> Finding:
    known = [name for name in around.get("properties", {}) if name != key]
    fix = did_you_mean(key, known) or _elsewhere(key) or f"Use one of: {', '.join(known)}"
    return Finding((*pointer, key), f"there is no key ‘{key}’ here", fix, on_key=True)


def _elsewhere(key: str) -> str:
    """Where a key belongs that was put on the wrong level."""
    places = {"x-ui": "x-ui of the question", "x-form": "x-form", "page": "a page of x-form"}
    for place, name in places.items():
        if key in dialect()["$defs"][place]["properties"]:
            return f"It belongs into {name}"
    return ""


def _bad_key(pointer: Pointer, key: str, around: Mapping[str, Any]) -> Finding:
    rule = _rule(around) or "has letters that cannot be used"
    return Finding((*pointer, key), f"‘{key}’ cannot be used as a name", f"It {rule}", on_key=True)


def _missing_key(pointer: Pointer, key: str) -> Finding:
    return Finding(pointer, f"{_name(pointer)} has no ‘{key}’", f'Add "{key}": …')


def _rule(schema: Mapping[str, Any]) -> str:
    """What the dialect says of a pattern: "is written in lower case with …"."""
    for part in (schema, schema.get("propertyNames", {})):
        if "$ref" in part:
            part = dialect()["$defs"][part["$ref"].rsplit("/", 1)[-1]]
        if "patternErrorMessage" in part:
            return str(part["patternErrorMessage"])
    return ""


_TYPE_NAMES = {
    "string": "a text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list in [ ]",
    "object": "an object in { }",
    "null": "null",
}

Describe = Callable[[str, jsonschema_rs.ValidationError, Mapping[str, Any]], tuple[str, str]]


def _type(
    name: str, _error: jsonschema_rs.ValidationError, around: Mapping[str, Any]
) -> tuple[str, str]:
    types = around["type"] if isinstance(around["type"], list) else [around["type"]]
    wanted = " or ".join(_TYPE_NAMES[name] for name in types)
    return f"{name} has to be {wanted}", ""


def _enum(
    name: str, error: jsonschema_rs.ValidationError, around: Mapping[str, Any]
) -> tuple[str, str]:
    known = [str(value) for value in around["enum"]]
    fix = did_you_mean(str(error.instance), known) or f"Use one of: {', '.join(known)}"
    return f"‘{error.instance}’ cannot be used for {name}", fix


def _pattern(
    name: str, error: jsonschema_rs.ValidationError, around: Mapping[str, Any]
) -> tuple[str, str]:
    rule = _rule(around)
    return f"‘{error.instance}’ cannot be used for {name}", f"It {rule}" if rule else ""


def _other(
    name: str, error: jsonschema_rs.ValidationError, _around: Mapping[str, Any]
) -> tuple[str, str]:
    return f"{name} is not as it should be: {error.message}", ""


def _fixed(message: str, fix: str) -> Describe:
    return lambda name, _error, _around: (f"{name} {message}", fix)


_MESSAGES: dict[str, Describe] = {
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "const": lambda name, _error, around: (f"{name} has to be ‘{around['const']}’", ""),
    "minLength": _fixed("is empty", "Write its text, or remove the key"),
    "minItems": _fixed("is an empty list", "Add an item, or remove the key"),
    "minProperties": _fixed("is empty", "Add to it, or remove it"),
    "uniqueItems": _fixed("has an item twice", "Remove one of them"),
    "maxLength": lambda name, _error, around: (f"{name} is too long", _most(around, "maxLength")),
    "maxItems": lambda name, _error, around: (f"{name} has too many", _most(around, "maxItems")),
    "minimum": lambda name, _e, around: (f"{name} has to be {around['minimum']} or more", ""),
    "maximum": lambda name, _e, around: (f"{name} has to be {around['maximum']} or less", ""),
    "exclusiveMinimum": _fixed("has to be more than 0", "Write a larger number, or remove the key"),
}


def _most(around: Mapping[str, Any], keyword: str) -> str:
    return f"{around[keyword]} are the most"
