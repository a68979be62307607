"""Check what a condition compares with: the question has to be able to have such an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from form_definitions.definition import FILE_KINDS, NESTED_KINDS, NUMBER_KINDS, ONE_OF_KINDS, Kind
from form_definitions.dialect import Finding, as_written
from form_definitions.kinds import Outlined, Raw
from form_definitions.positions import Pointer
from form_definitions.question_linting import is_option, no_option

_TEXT_KINDS = (
    frozenset(Kind)
    - NUMBER_KINDS
    - ONE_OF_KINDS
    - NESTED_KINDS
    - FILE_KINDS
    - frozenset({Kind.CHECKBOXES})
)


def expected_findings(question: Outlined, expected: object, place: Pointer) -> Iterator[Finding]:
    """What is wrong with the answer, the list of answers or the JSON Schema that is expected."""
    if isinstance(expected, dict):
        yield from _schema_findings(question, expected, place)
        return
    if not isinstance(expected, list):
        yield from _value_findings(question, expected, place)
        return
    for at, value in enumerate(expected):
        yield from _value_findings(question, value, (*place, at))


def _value_findings(question: Outlined, value: object, place: Pointer) -> Iterator[Finding]:
    kind, name = question.kind, question.name
    if kind is Kind.CHECKBOXES:
        text = f"‘{name}’ has several answers, so that it never equals ‘{as_written(value)}’"
        yield Finding(place, text, f'Write {{"contains": {{"const": {json.dumps(value)}}}}}')
    elif kind in ONE_OF_KINDS:
        if not is_option(question, value):
            yield no_option(question, value, place)
    elif kind in _TEXT_KINDS and not isinstance(value, str):
        text = f"‘{name}’ is a text, and ‘{as_written(value)}’ is not"
        yield Finding(place, text, "Put it in quotes")
    elif kind in NUMBER_KINDS and (isinstance(value, bool) or not isinstance(value, int | float)):
        text = f"‘{name}’ is a number, and ‘{as_written(value)}’ is not"
        yield Finding(place, text, "Write a number")
    elif kind in NESTED_KINDS:
        text = f"‘{name}’ is a group, which never equals ‘{as_written(value)}’"
        yield Finding(place, text, "Use a dotted path to a question in it")
    elif kind in FILE_KINDS:
        yield _file_finding(question, place)


#: What a condition may ask of files: whether there are any, and how many.
_OF_FILES = frozenset({"type", "minItems", "maxItems", "not", "allOf", "anyOf", "oneOf"})


def _file_finding(question: Outlined, place: Pointer) -> Finding:
    text = f"‘{question.name}’ takes files, of which a condition can only say whether there are any"
    kind = "string" if question.kind is Kind.FILE else "array"
    return Finding(place, text, f'Write {{"{question.name}": {{"type": "{kind}"}}}}')


def _schema_findings(question: Outlined, schema: Any, place: Pointer) -> Iterator[Finding]:
    """Options that are named inside a JSON Schema for the answer have to exist."""
    if not isinstance(schema, dict):
        return
    if question.kind in FILE_KINDS:
        if any(keyword not in _OF_FILES for keyword in schema):
            yield _file_finding(question, place)
    elif question.kind is Kind.CHECKBOXES:
        for keyword in ("contains", "items"):
            yield from _item_findings(question, schema.get(keyword), (*place, keyword))
    else:
        for steps, value in _named_values(schema):
            yield from _value_findings(question, value, (*place, *steps))
    if "not" in schema:
        yield from _schema_findings(question, schema["not"], (*place, "not"))
    for keyword in ("allOf", "anyOf", "oneOf"):
        for at, part in enumerate(schema.get(keyword, [])):
            yield from _schema_findings(question, part, (*place, keyword, at))


def _named_values(schema: Raw) -> Iterator[tuple[Pointer, object]]:
    if "const" in schema:
        yield ("const",), schema["const"]
    yield from ((("enum", at), value) for at, value in enumerate(schema.get("enum", [])))


def _item_findings(question: Outlined, schema: object, place: Pointer) -> Iterator[Finding]:
    if not isinstance(schema, dict):
        return
    for steps, value in _named_values(schema):
        if not is_option(question, value):
            yield no_option(question, value, (*place, *steps))
    if "not" in schema:
        yield from _item_findings(question, schema["not"], (*place, "not"))
