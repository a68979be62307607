"""A standard JSON Schema without any key of ours: it loads, is asked for, and judges by itself."""

from __future__ import annotations

import json
import time
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from form_definitions import (
    FormDefinition,
    FormFileError,
    Kind,
    check_answers,
    check_page,
    parse_form,
    visible,
)
from renderers import Site, compile_form
from tests.examples import examples

PERSON: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://example.org/schemas/person.schema.json",
    "title": "Person",
    "description": "Somebody who applies.",
    "type": "object",
    "required": ["firstName", "kind"],
    "properties": {
        "firstName": {"type": "string", "minLength": 2, "description": "As in the passport"},
        "age": {"type": "integer", "minimum": 0},
        "height": {"type": "number"},
        "bornOn": {"type": "string", "format": "date"},
        "email": {"type": "string", "format": "email"},
        "kind": {"enum": ["adult", "child"]},
        "nickname": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "colours": {"type": "array", "items": {"enum": ["red", "green"]}},
        "agrees": {"type": "boolean"},
        "about": {"type": "string", "maxLength": 2000},
        "address": {"$ref": "#/definitions/address"},
        "children": {"type": "array", "items": {"$ref": "#"}},
        "settings": {"type": "object"},
    },
    "definitions": {
        "address": {
            "title": "Address",
            "type": "object",
            "properties": {"line": {"type": "string"}},
            "required": ["line"],
        }
    },
    "if": {"properties": {"kind": {"const": "child"}}, "required": ["kind"]},
    "then": {"properties": {"guardian": {"type": "string"}}, "required": ["guardian"]},
}


def loaded(schema: dict[str, Any]) -> FormDefinition:
    return parse_form(json.dumps(schema), "brought/by-somebody.json")


def test_names_titles_and_widgets_are_inferred() -> None:
    definition = loaded(PERSON)
    assert (definition.id, definition.title) == ("person", "Person")
    questions = definition.questions
    assert questions["firstName"].title == "First name"
    assert questions["firstName"].hint == "As in the passport"
    assert questions["firstName"].required
    kinds = {name: question.kind for name, question in questions.items()}
    assert kinds == {
        "firstName": Kind.TEXT,
        "age": Kind.INTEGER,
        "height": Kind.NUMBER,
        "bornOn": Kind.DATE,
        "email": Kind.EMAIL,
        "kind": Kind.RADIOS,
        "nickname": Kind.TEXT,
        "tags": Kind.LIST,
        "colours": Kind.CHECKBOXES,
        "agrees": Kind.YES_NO,
        "about": Kind.LONG_TEXT,
        "address": Kind.GROUP,
        "children": Kind.REPEATING,
        "settings": Kind.DATA,
        "guardian": Kind.TEXT,
    }


def test_what_then_adds_is_asked_only_while_if_holds() -> None:
    definition = loaded(PERSON)
    assert "guardian" in visible(definition, {"kind": "child"}).questions
    assert "guardian" not in visible(definition, {"kind": "adult"}).questions


def test_a_file_without_id_or_title_is_named_after_itself() -> None:
    definition = loaded({"properties": {"a": {}}})
    assert (definition.id, definition.title) == ("by-somebody", "By somebody")
    published = parse_form('{"properties": {"a": {}}}', "by-somebody 1.0.0")
    assert (published.id, published.title) == ("by-somebody", "By somebody")


def test_unknown_keys_are_kept_and_wrong_answers_are_named() -> None:
    definition = loaded(PERSON)
    given = {"firstName": "Ann", "kind": "adult", "shoeSize": 7}
    outcome = check_answers(definition, given)
    assert outcome.accepted
    assert outcome.answers == given
    refused = check_answers(definition, {"firstName": "A", "kind": "child", "age": "x"})
    assert {(error.path, error.code) for error in refused.errors} == {
        ("firstName", "minLength"),
        ("guardian", "required"),
        ("age", "type"),
    }
    assert all(error.message for error in refused.errors)


def test_a_page_is_filled_in_read_and_checked() -> None:
    definition = loaded(PERSON)
    renderer = compile_form(definition, Site())
    page = definition.page_of("tags")
    posted = MultiDict(
        [
            ("firstName", "Ann"), ("age", "7"), ("height", "1.5"), ("kind", "adult"),
            ("bornOn-day", "1"), ("bornOn-month", "2"), ("bornOn-year", "2019"),
            ("tags", "one\r\ntwo"), ("email", "not one"),
        ]
    )  # fmt: skip
    answers = renderer.read(page.id, posted, {})
    assert answers["tags"] == ["one", "two"]
    assert answers["height"] == 1.5
    assert answers["bornOn"] == "2019-02-01"
    outcome = check_page(definition, page, answers)
    assert [(error.path, error.code) for error in outcome.errors] == [("email", "format")]
    assert "one\ntwo</textarea>" in renderer.page(page.id, answers, csrf="x")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"$schema": "https://example.org/my-own"}, "no version of JSON Schema"),
        ({"allOf": [{"$ref": "https://example.org/other.json"}]}, "leads out of the file"),
        ({"required": "firstName"}, "is not JSON Schema"),
    ],
)
def test_a_schema_that_cannot_judge_is_refused_with_a_fix(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(FormFileError) as raised:
        loaded({**PERSON, **change})
    [problem, *_] = raised.value.problems
    assert message in problem.message
    assert problem.fix


NAMES = st.sampled_from(["a", "b", "camelCase", "with-dash", "with space", "dot.ted", "action"])
SCALARS = st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(["", "x", "long text"])
LEAVES = st.sampled_from(
    [
        True, {}, {"type": "string", "minLength": 2}, {"type": "integer", "maximum": 4},
        {"enum": ["x", 1, None]}, {"type": ["string", "null"]}, {"const": "x"},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"type": "boolean"},
        {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
        {"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
        {"not": {"const": "x"}}, {"type": "object"}, {"type": "null"}, False,
    ]
)  # fmt: skip


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"properties": st.dictionaries(NAMES, inner, max_size=4)},
        optional={
            "type": st.just("object"),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": st.booleans(),
            "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True)),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "if": inner,
            "then": inner,
            "else": inner,
            "maxProperties": st.integers(0, 3),
        },
    )


PARTS = st.recursive(
    LEAVES,
    lambda inner: (
        objects(inner) | st.builds(lambda items: {"type": "array", "items": items}, inner)
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@examples(30)
@given(objects(PARTS), st.lists(st.dictionaries(NAMES, VALUES, max_size=4) | VALUES, max_size=4))
def test_the_verdict_on_any_schema_is_that_of_jsonschema(
    schema: dict[str, Any], instances: list[Any]
) -> None:
    definition = loaded(schema)
    oracle = jsonschema.Draft202012Validator(schema)
    for instance in instances:
        outcome = check_answers(definition, instance)
        assert outcome.accepted == oracle.is_valid(instance)
        if outcome.accepted:
            assert oracle.is_valid(outcome.answers)


@examples(12)
@given(objects(PARTS), st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_schema_renders_with_any_answers(
    schema: dict[str, Any], answers: dict[str, Any]
) -> None:
    definition = loaded(schema)
    renderer = compile_form(definition, Site())
    errors = check_answers(definition, answers).errors
    for page in definition.pages:
        assert "<h1" in renderer.page(page.id, answers, errors, csrf="x")
        renderer.read(page.id, MultiDict([("a", "x"), ("with-dash", "y")]), answers)
    assert isinstance(renderer.summary(answers), str)


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"x-position": {"type": "integer"}}, "required": ["x-position"]},
        {"properties": {"a": {"type": "integer"}}, "patternProperties": {"^x-": {}}, "x-order": 1},
        {"properties": {"a": {"type": "integer", "x-kind": "none", "x-rules": "mine"}}},
        {
            "$ref": "#/definitions/root",
            "definitions": {"root": {"properties": {"a": {"const": 1}}}},
        },
        {
            "allOf": [{"properties": {"a": {"type": "integer"}}}],
            "x-intellij-html-description": "<p>",
        },
        {"properties": {"a": {"type": "object", "default": {"x-form": 1}}}},
    ],
)
def test_what_others_call_with_an_x_is_no_key_of_ours(schema: dict[str, Any]) -> None:
    definition = parse_form(json.dumps(schema))
    oracle = jsonschema.Draft202012Validator(schema)
    assert definition.questions
    for answers in ({}, {"a": 1}, {"a": "b"}, {"x-position": 1}, {"x-position": "b"}):
        assert check_answers(definition, answers).accepted == oracle.is_valid(answers)


@pytest.mark.parametrize("key", ["x-form", "x-from", "x-Form", "x-ui", "x-uii"])
def test_a_misspelt_key_of_ours_makes_a_form_file_that_is_wrong(key: str) -> None:
    form = {"properties": {"a": {"type": "string"}}, key: {}}
    with pytest.raises(FormFileError):
        parse_form(json.dumps(form))


def test_definitions_that_use_each_other_twice_and_again_are_read_in_a_moment() -> None:
    twice = {name: {"$ref": "#/$defs/d{}"} for name in ("a", "b")}
    inner = {
        f"d{at}": {"properties": json.loads(json.dumps(twice).replace("{}", str(at + 1)))}
        for at in range(40)
    }
    schema = {
        "$defs": {**inner, "d40": {"type": "string"}},
        "properties": {"q": {"$ref": "#/$defs/d0"}},
    }
    began = time.process_time()
    assert list(parse_form(json.dumps(schema)).questions) == ["q"]
    assert time.process_time() - began < 5


def test_the_name_of_a_page_is_short_enough_for_a_file() -> None:
    schema = {"type": "object", "properties": {"k" * 5000: {"type": "string"}}}
    (page,) = parse_form(json.dumps(schema)).pages
    assert page.id == "k" * 60


def test_what_a_reference_names_is_asked_for() -> None:
    schema = {
        "$id": "https://example.org/tree",
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {
            "name": {"$ref": "https://example.org/tree#plain"},
            "default": {"$ref": "#plain"},
            "branches": {"$ref": "#/$defs/a%20list"},
        },
        "$defs": {
            "n": {"$anchor": "plain", "type": "string", "title": "Name"},
            "a list": {"type": "array", "items": {"$dynamicRef": "#node"}},
        },
    }
    definition = parse_form(json.dumps(schema))
    assert definition.questions["name"].title == "Name"
    assert definition.questions["default"].title == "Name"
    assert definition.questions["branches"].kind == "repeating"


@pytest.mark.parametrize("place", ["²", "%C2%B2", "-1", "9" * 5000])
def test_a_reference_to_no_place_of_a_list_is_a_problem_of_the_file(place: str) -> None:
    schema = {
        "type": "object",
        "allOf": [{"title": "Room"}],
        "properties": {"room": {"$ref": f"#/allOf/{place}"}},
    }
    with pytest.raises(FormFileError):
        parse_form(json.dumps(schema))


TEXT = {"type": "string"}
AFTER_A = {"properties": {"a": TEXT}, "dependentSchemas": {"a": {"properties": {"b": TEXT}}}}
GROUP_A = {"properties": {"a": {"type": "object", "properties": {"x": TEXT}}}} | {
    "dependentSchemas": AFTER_A["dependentSchemas"]
}


@pytest.mark.parametrize(
    ("schema", "given", "stored"),
    [
        (AFTER_A, {"a": "1", "b": "2", "other": 3}, {"a": "1", "b": "2", "other": 3}),
        (AFTER_A, {"b": "2", "other": 3}, {"other": 3}),
        # the schema calls a blank answer an answer, so what depends on it is no leftover
        (AFTER_A, {"a": "", "b": "2"}, {"a": "", "b": "2"}),
        (GROUP_A, {"a": {"unknown": 1}, "b": "2"}, {"a": {"unknown": 1}, "b": "2"}),
        # a group and the items of a list are cut down as the whole is
        ({"properties": {"g": AFTER_A}}, {"g": {"b": "2", "c": 3}}, {"g": {"c": 3}}),
        (
            {"properties": {"g": {"type": "array", "items": AFTER_A}}},
            {"g": [{"a": "1", "b": "2"}, {"b": "2"}]},
            {"g": [{"a": "1", "b": "2"}, {}]},
        ),
        # each waits for the other, or for itself: both are asked, and nothing is dropped
        (
            {"properties": {}, "dependentSchemas": {"a": {"properties": {"b": TEXT}}}},
            {"a": "1", "b": "2"},
            {"a": "1", "b": "2"},
        ),
        (
            {"properties": {"b": TEXT}, "dependentSchemas": {"c": {"properties": {"c": TEXT}}}},
            {"c": "3"},
            {"c": "3"},
        ),
        # what the schema needs is kept, whoever sees it
        ({**GROUP_A, "minProperties": 1}, {"b": "2"}, {"b": "2"}),
    ],
)
def test_only_answers_to_what_is_not_shown_are_dropped(
    schema: dict[str, Any], given: dict[str, Any], stored: dict[str, Any]
) -> None:
    definition = loaded(schema)
    assert check_answers(definition, given).answers == stored
    assert check_answers(definition, stored).answers == stored


def test_what_is_required_anyway_is_asked_of_everybody() -> None:
    schema = {
        "properties": {"kind": {"enum": ["a", "b"]}},
        "required": ["note"],
        "if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
        "then": {"properties": {"note": {"type": "string", "minLength": 3}}},
    }
    definition = loaded(schema)
    assert "note" in visible(definition, {"kind": "b"}).questions
    assert check_answers(definition, {"kind": "b", "note": "x"}).answers["note"] == "x"


def test_what_two_rules_ask_in_two_ways_takes_what_either_allows() -> None:
    def country(name: str, **postcode: Any) -> dict[str, Any]:
        lives_there = {"properties": {"country": {"const": name}}, "required": ["country"]}
        return {"if": lives_there, "then": {"properties": {"postcode": postcode}}}

    schema = {
        "properties": {"country": {"enum": ["GB", "NL", "FR"]}},
        "allOf": [
            country("GB", enum=["BT1", "BT2"], title="Postcode"),
            country("NL", enum=["BT2", "1000 AA"], title="Postcode or town"),
        ],
    }
    definition = loaded(schema)
    question = definition.questions["postcode"]
    assert question.title == "Postcode"
    assert [option.value for option in question.options] == ["BT1", "BT2", "1000 AA"]
    shown = {
        name: "postcode" in visible(definition, {"country": name}).questions
        for name in ("GB", "NL", "FR")
    }
    assert shown == {"GB": True, "NL": True, "FR": False}


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ({"type": "integer"}, {"type": "number"}, Kind.NUMBER),
        ({"type": "string", "maxLength": 3}, {"pattern": "^a"}, Kind.TEXT),
        ({"type": "string", "maxLength": 3}, {"type": "string", "maxLength": 900}, Kind.TEXT),
        ({"type": "string"}, {"type": "integer"}, Kind.DATA),
        ({"type": "array", "items": TEXT}, {"type": "array", "items": {}}, Kind.DATA),
        ({"enum": ["a", "b"]}, {"type": "string"}, Kind.TEXT),
    ],
)
def test_a_control_takes_what_either_of_two_schemas_allows(
    first: dict[str, Any], second: dict[str, Any], kind: Kind
) -> None:
    schema = {
        "properties": {"a": {"type": "boolean"}},
        "if": {"properties": {"a": {"const": True}}, "required": ["a"]},
        "then": {"properties": {"b": first}},
        "else": {"properties": {"b": second}},
    }
    assert loaded(schema).questions["b"].kind == kind


def test_a_list_shows_what_is_no_text_as_json() -> None:
    definition = loaded({"properties": {"list": {"type": "array"}}})
    html = compile_form(definition, Site()).page("list", {"list": [None, True, "x"]}, csrf="x")
    assert ">null\ntrue\nx</textarea>" in html


def test_a_required_question_that_is_left_blank_is_what_the_schema_calls_none() -> None:
    group = {"type": "object", "required": ["x"], "properties": {"x": {"type": ["null", "string"]}}}
    schema = {
        "required": ["list", "maybe", "group", "text", "two"],
        "properties": {
            "list": {"type": "array", "items": TEXT},
            "maybe": {"anyOf": [group, {"type": "null"}]},
            "group": group,
            "text": TEXT,
            "two": {"type": "array", "items": TEXT, "minItems": 2},
            "free": {"type": ["string", "null"]},
        },
    }
    definition = loaded(schema)
    renderer = compile_form(definition, Site())
    answers: dict[str, Any] = {}
    for page in definition.pages:
        answers = renderer.read(page.id, MultiDict([("action", "continue")]), answers)
    assert answers == {"list": [], "maybe": None, "group": {"x": None}}
    errors = {error.path for error in check_answers(definition, answers).errors}
    assert errors == {"text", "two"}  # which the schema does not let be blank
    assert "List (optional)" in renderer.page("list", {}, csrf="x")
    assert "null" not in renderer.summary(answers)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("b", [False, True, True]), ("no name in a condition", [True, True, True])],
)
def test_what_another_rule_requires_is_shown_while_it_does(name: str, expected: list[bool]) -> None:
    schema = {
        "properties": {"a": {"type": "boolean"}, name: TEXT},
        "dependentRequired": {name: ["c"]},
        "allOf": [
            {
                "if": {"properties": {"a": {"const": True}}, "required": ["a"]},
                "then": {"properties": {"c": TEXT}},
            }
        ],
    }
    definition = loaded(schema)
    shown = [
        "c" in visible(definition, answers).questions
        for answers in ({}, {"a": True}, {"a": False, name: "x"})
    ]
    assert shown == expected
