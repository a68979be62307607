"""Check a form file against the dialect (form.schema.json), and say what to change.

jsonschema-rs gives the verdict and the places; the words are ours, because the author of a form is
not a programmer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs

from form_definitions.other_words import key_meant, value_meant
from form_definitions.positions import Pointer
from form_definitions.retyping import as_meant
from form_definitions.suggesting import did_you_mean

_MISSING = re.compile('Add "(.*)": …')
_ANY_WORDS = "\\S"  # what every text of a form has to have
_REQUIRED = 'Write "x-ui": {"required": true}, or add the question’s name to “required” of the form'

SCHEMA_PATH = Path(__file__).with_name("form.schema.json")


MAX_SHOWN = 60  # characters of a value inside a message
MAX_FINDINGS = 500  # far more than are shown at once, and found within a second


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
    errors = _validator().iter_errors(form)
    found = (finding for error in errors for finding in _findings(error))
    return tuple(_without_misspelt(dict.fromkeys(islice(found, MAX_FINDINGS))))


def _without_misspelt(found: Iterable[Finding]) -> Iterator[Finding]:
    """A key that is missing only because it is misspelt is one mistake, not two."""
    found = list(found)
    meant = {(each.pointer[:-1], each.fix) for each in found if each.fix.startswith("Did you")}
    for each in found:
        missing = _MISSING.fullmatch(each.fix)
        if not missing or (each.pointer, f"Did you mean ‘{missing[1]}’?") not in meant:
            yield each


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
        place = _second(pointer, error.instance) if keyword == "uniqueItems" else pointer
        yield Finding(place, *describe(_name(pointer), error, around))


def _second(pointer: Pointer, items: Any) -> Pointer:
    """The first item that is there before it."""
    for at, item in enumerate(items):
        if item in items[:at]:
            return (*pointer, at)
    return pointer


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


def as_written(value: object) -> str:
    """A value as it stands in a form file: true, not True; a text without its quotes."""
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def _other_word(key: str, known: list[str]) -> str:
    meant = key_meant(key)
    if meant in known:
        return f"Did you mean ‘{meant}’?"
    in_ui = dialect()["$defs"]["x-ui"]["properties"]
    return f"Did you mean ‘{meant}’ in its x-ui?" if meant in in_ui and "x-ui" in known else ""


def _unknown_key(pointer: Pointer, key: str, around: Mapping[str, Any]) -> Finding:
    known = [name for name in around.get("properties", {}) if name != key]
    fix = (
        _other_word(key, known)
        or did_you_mean(key, known)
        or _elsewhere(key)
        or f"Use one of: {', '.join(known)}"
    )
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
    if key == "properties" and pointer[-2:-1] == ("anyOf",):  # told once, not for each option
        text = "‘anyOf’ is of groups of questions"
        return Finding(pointer[:-1], text, 'Write "oneOf" round the answers to choose from')
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
    name: str, error: jsonschema_rs.ValidationError, around: Mapping[str, Any]
) -> tuple[str, str]:
    types = around["type"] if isinstance(around["type"], list) else [around["type"]]
    wanted = " or ".join(_TYPE_NAMES[name] for name in types)
    is_yes_or_no = name == "‘required’" and isinstance(error.instance, bool)
    rule = _rule(around) if isinstance(error.instance, int | float) else ""
    key = name.removeprefix("an item of ").strip("‘’")
    meant = f"It {rule}" if rule else as_meant(key, types, error.instance)
    return f"{name} has to be {wanted}", _REQUIRED if is_yes_or_no else meant


def _enum(
    name: str, error: jsonschema_rs.ValidationError, around: Mapping[str, Any]
) -> tuple[str, str]:
    known = [as_written(value) for value in around["enum"]]
    near = _value_near(name, error.instance, known) if isinstance(error.instance, str) else ""
    if error.instance in known:  # in quotes, and the number without them is meant
        near = f"Write {error.instance}, without quotation marks"
    fix = near or f"Use one of: {', '.join(known)}"
    if isinstance(error.instance, list) and "null" in error.instance:
        fix = "Write the one type. What may be left empty is only left out of “required”"
    return f"‘{as_written(error.instance)}’ cannot be used for {name}", fix


def _value_near(name: str, value: str, known: list[str]) -> str:
    formats = dialect()["$defs"]["question"]["properties"]["format"]["enum"]
    return value_meant(name.strip("‘’"), value, known, formats) or did_you_mean(value, known)


def _pattern(
    name: str, error: jsonschema_rs.ValidationError, around: Mapping[str, Any]
) -> tuple[str, str]:
    rule = _rule(around)
    if around.get("pattern") == _ANY_WORDS:
        return f"{name} is empty", "Write its text, or remove the key"
    return f"‘{error.instance}’ cannot be used for {name}", f"It {rule}" if rule else ""


def _other(
    name: str, error: jsonschema_rs.ValidationError, _around: Mapping[str, Any]
) -> tuple[str, str]:
    return f"{name} is not as it should be: {error.message}", "Look it up in the reference"


def _fixed(message: str, fix: str) -> Describe:
    return lambda name, _error, _around: (f"{name} {message}", fix)


_MESSAGES: dict[str, Describe] = {
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "const": lambda name, _error, around: (
        f"{name} has to be ‘{as_written(around['const'])}’",
        f"Write {json.dumps(around['const'])}",
    ),
    "minLength": _fixed("is empty", "Write its text, or remove the key"),
    "minItems": _fixed("is an empty list", "Add an item, or remove the key"),
    "minProperties": _fixed("is empty", "Add to it, or remove it"),
    "uniqueItems": _fixed("has an item twice", "Remove one of them"),
    "maxLength": lambda name, _error, around: (f"{name} is too long", _most(around, "maxLength")),
    "maxItems": lambda name, _error, around: (f"{name} has too many", _most(around, "maxItems")),
    "minimum": lambda name, _e, around: (
        f"{name} has to be {around['minimum']} or more",
        "Write a larger number",
    ),
    "maximum": lambda name, _e, around: (
        f"{name} has to be {around['maximum']} or less",
        "Write a smaller number",
    ),
    "exclusiveMinimum": _fixed("has to be more than 0", "Write a larger number, or remove the key"),
}


def _most(around: Mapping[str, Any], keyword: str) -> str:
    return f"{around[keyword]} are the most"
