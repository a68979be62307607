"""A plain JSON Schema that would look at one answer millions of times is refused, at once."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from form_definitions import check_answers, check_form, parse_form
from form_definitions.judging import Judge
from form_definitions.judging_cost import MAX_LOOKS, cost_findings

LEVELS = 20
REF = "#/$defs/d{}"
Make = Callable[[dict[str, str]], dict[str, Any]]

#: Two ways from each definition to the next: all of them at the same answer.
DOUBLING: dict[str, Make] = {
    "allOf": lambda ref: {"allOf": [ref, ref]},
    "anyOf": lambda ref: {"anyOf": [ref, ref]},
    "not": lambda ref: {"not": {"anyOf": [ref, ref]}},
    "if": lambda ref: {"if": ref, "then": ref},
    "beside": lambda ref: {**ref, "allOf": [ref]},
    "dependent": lambda ref: {"dependentSchemas": {"a": ref, "b": ref}},
    "items": lambda ref: {"items": ref, "contains": ref},
    "inside": lambda ref: {"properties": {"a": {"allOf": [ref, ref]}}},
    "patterns": lambda ref: {"patternProperties": {"^a": ref, "a$": ref}},
    "names and patterns": lambda ref: {"properties": {"a": ref}, "patternProperties": {"^a": ref}},
    "beside and inside": lambda ref: {"allOf": [ref, {"properties": {"a": ref}}]},
}


def schema_of(make: Make, ref: str = REF, root_id: str = "") -> dict[str, Any]:
    definitions = {f"d{at}": make({"$ref": ref.format(at + 1)}) for at in range(LEVELS)}
    definitions[f"d{LEVELS}"] = {"type": "string"}
    asked = {"q": {"$ref": ref.format(0)}}
    named = {"$id": root_id} if root_id else {}
    return {**named, "type": "object", "properties": asked, "$defs": definitions}


@pytest.mark.parametrize("make", DOUBLING.values(), ids=DOUBLING)
def test_definitions_that_double_are_refused_at_a_line_with_a_fix(make: Make) -> None:
    text = json.dumps(schema_of(make), indent=1)
    (problem,) = check_form(text)
    assert "takes too long" in problem.message
    assert "repetition" in problem.fix
    assert problem.line > 1


@pytest.mark.parametrize(
    ("ref", "root_id"),
    [
        ("https://forms.example.org/a.json#/$defs/d{}", "https://forms.example.org/a.json"),
        ("a.json#/$defs/d{}", "https://forms.example.org/a.json"),
        ("#/$defs/d{}", "urn:example:a"),
        ("#/%24defs/d{}", ""),
    ],
)
def test_they_are_found_however_they_are_named(ref: str, root_id: str) -> None:
    schema = schema_of(DOUBLING["allOf"], ref, root_id)
    Judge(schema)  # these are references that it follows
    assert cost_findings(schema)


def test_names_apart_cost_no_more_than_their_answers() -> None:
    schema = schema_of(lambda ref: {"type": "object", "properties": {"a": ref, "b": ref}})
    assert not check_form(json.dumps(schema))


def test_definitions_inside_themselves_are_followed_once() -> None:
    child = {"$ref": "#/$defs/node"}
    variants = [
        {"properties": {"is": {"const": name}, "left": child, "right": child}}
        for name in "abcdefgh"
    ]
    schema = {
        "type": "object",
        "properties": {"tree": child},
        "$defs": {"node": {"oneOf": variants}},
    }
    assert not cost_findings(schema)
    form = parse_form(json.dumps(schema))
    assert check_answers(form, {"tree": {"is": "a", "left": {"is": "b"}}}).accepted


def test_many_alternatives_are_no_repetition() -> None:
    assert MAX_LOOKS > 5_000
    options = [{"const": str(at), "title": f"Number {at}"} for at in range(5_000)]
    schema = {"type": "object", "properties": {"q": {"$ref": "#/$defs/a"}}}
    assert not cost_findings({**schema, "$defs": {"a": {"oneOf": options}}})
