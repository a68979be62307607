"""What the dialect allows and cannot be meant is refused, with a way to put it right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from form_definitions import FormFileError, parse_form
from tests.form_definitions.factories import checkboxes, make_definition, make_form, radios

TEXT: dict[str, Any] = {"type": "string"}


def messages_of(form: dict[str, Any]) -> list[str]:
    with pytest.raises(FormFileError) as caught:
        parse_form(json.dumps(form, indent=1))
    return [f"{problem.message}. {problem.fix}" for problem in caught.value.problems]


def when(condition: Any, **raw: Any) -> dict[str, Any]:
    return {"type": "string", **raw, "x-ui": {"when": condition}}


QUESTIONS = {
    "‘a’ does not say what sort": {"a": {"title": "A"}},
    'has the format "money"': {"a": {"type": "number", "format": "date"}},
    'Its "items" need "oneOf"': {"a": {"type": "array", "items": {"type": "string"}}},
    'Add "properties", or': {"a": {"type": "object"}},
    "‘rows’ means nothing": {"a": {"type": "string", "x-ui": {"rows": 3}}},
    "‘minLength’ means nothing": {"a": {"type": "boolean", "minLength": 3}},
    "which has no widget ‘radios’": {"a": {"type": "string", "x-ui": {"widget": "radios"}}},
    "which has no format ‘email’": {"a": {"type": "integer", "format": "email"}},
    "‘minimum’ of ‘a’ is more": {"a": {"type": "integer", "minimum": 3, "maximum": 2}},
    "needs whole numbers": {"a": {"type": "integer", "x-ui": {"widget": "scale"}}},
    "more than 21 steps": {
        "a": {"type": "integer", "minimum": 0, "maximum": 99, "x-ui": {"widget": "scale"}}
    },
    "the pattern of ‘a’ cannot be read": {"a": {"type": "string", "pattern": "("}},
    "option ‘1’ of ‘a’ is not of its type": {"a": radios(1, type="string")},
    "has the option ‘1’ twice": {"a": radios(1, "1")},
    "two options that read": {
        "a": {"oneOf": [{"const": "x", "title": "Same"}, {"const": "y", "title": "Same"}]}
    },
    "‘nothing’ is not an option of ‘a’": {
        "a": checkboxes("x", **{"x-ui": {"exclusive": "nothing"}})
    },
    "‘all’ has a meaning of its own": {"all": TEXT},
    "‘action’ has a meaning of its own": {"action": TEXT},
    "‘b’ has no title": {"a": {"type": "object", "properties": {"b": {"type": "string"}}}},
    "which is asked later": {"a": when({"b": "x"}), "b": TEXT},
    "which is no question. Did you mean ‘colour’": {"colour": TEXT, "b": when({"color": "x"})},
    "‘purple’ is not an option of ‘a’": {"a": radios("red"), "b": when({"a": "purple"})},
    "Did you mean ‘red’": {"a": radios("red"), "b": when({"a": ["redd"]})},
    'never equals ‘x’. Write {"contains"': {"a": checkboxes("x"), "b": when({"a": "x"})},
    "‘y’ is not an option of ‘a’": {
        "a": checkboxes("x"),
        "b": when({"a": {"contains": {"const": "y"}}}),
    },
    "is a number, and ‘3’ is not": {"a": {"type": "integer"}, "b": when({"a": "3"})},
    "is a text, and ‘3’ is not": {"a": TEXT, "b": when({"a": 3})},
    "there is no condition named": {"a": TEXT, "b": when("unknown")},
    "‘minimun’ cannot be used": {"a": TEXT, "b": when({"a": {"minimun": 3}})},
    "which is no question beside this one": {
        "a": TEXT,
        "g": {"type": "object", "properties": {"c": {"title": "C", **when({"a": "x"})}}},
    },
    "‘people’ repeats": {
        "people": {
            "type": "array",
            "items": {"type": "object", "properties": {"n": {"title": "N", "type": "string"}}},
        },
        "b": when({"people.n": "x"}),
    },
}


@pytest.mark.parametrize("words", QUESTIONS)
def test_a_question_that_cannot_be_meant_is_refused(words: str) -> None:
    assert any(words in message for message in messages_of(make_form(QUESTIONS[words])))


PAGES: dict[str, dict[str, Any]] = {
    "‘b’ is on no page": {"pages": [{"id": "one", "questions": ["a"]}]},
    "‘a’ is on 2 pages": {
        "pages": [{"id": "one", "questions": ["a", "b"]}, {"id": "two", "questions": ["a"]}]
    },
    "there is no question ‘c’": {"pages": [{"id": "one", "questions": ["a", "b", "c"]}]},
    "two pages have the id ‘one’": {
        "pages": [{"id": "one", "questions": ["a"]}, {"id": "one", "questions": ["b"]}]
    },
    "‘done’ is the id of a page": {"pages": [{"id": "done", "questions": ["a", "b"]}]},
    "page ‘two’ asks nothing": {"pages": [{"id": "one", "questions": ["a", "b"]}, {"id": "two"}]},
    "page ‘two’ has no text": {
        "pages": [{"id": "one", "questions": ["a", "b"]}, {"id": "two", "type": "information"}]
    },
    "would end the form for everybody": {
        "pages": [
            {"id": "one", "questions": ["a", "b"]},
            {"id": "two", "type": "end", "body": "Stop."},
        ]
    },
    "which asks no questions": {
        "pages": [
            {"id": "one", "questions": ["a"]},
            {"id": "two", "type": "information", "body": "Read.", "questions": ["b"]},
        ]
    },
    "‘b’ is not always shown": {
        "pages": [
            {"id": "one", "questions": ["a"]},
            {"id": "two", "questions": ["b"], "when": {"a": "x"}},
        ],
        "required": ["b"],
    },
    "there is no question ‘missing’": {"required": ["missing"]},
    "‘text’ is of the kind text, whose answer may identify": {"facets": ["text"]},
    "there is no question ‘colour’": {"facets": ["colour"]},
    "‘nobody’ is not a group": {"people": [{"role": "Child", "in": "nobody"}]},
    "there is no question ‘first_name’": {"people": [{"role": "Child", "name": ["first_name"]}]},
    "condition ‘one’ goes round": {"conditions": {"one": "two", "two": {"not": "one"}}},
    "‘expires’ is no time at all": {"link": {"expires": "P0D"}},
    "‘soon’ cannot be used for ‘expires’": {"link": {"expires": "soon"}},
}


@pytest.mark.parametrize("words", PAGES)
def test_a_form_that_cannot_be_meant_is_refused(words: str) -> None:
    changes = dict(PAGES[words])
    names = ("text",) if "facets" in changes else ()
    form = make_form({"a": radios("x"), "b": radios("y"), **dict.fromkeys(names, TEXT)}, **changes)
    assert any(words in message for message in messages_of(form))


def test_a_question_with_a_condition_cannot_be_in_required() -> None:
    form = make_form({"a": radios("x"), "b": when({"a": "x"})}, required=["b"])
    assert any('"x-ui": {"required": true}' in message for message in messages_of(form))


def test_the_same_holds_inside_a_group() -> None:
    group = {
        "type": "object",
        "properties": {"c": {"title": "C", **radios("x")}, "d": {"title": "D", **when({"c": "x"})}},
        "required": ["d"],
    }
    assert any("‘d’ is not always shown" in text for text in messages_of(make_form({"g": group})))


def test_two_repeating_groups_need_two_pages() -> None:
    people = {"type": "array", "items": {"properties": {"n": {"title": "N", "type": "string"}}}}
    form = make_form({"one": people, "two": people})
    assert any("two repeating groups" in message for message in messages_of(form))


def test_a_condition_may_look_at_an_earlier_question_of_the_same_page() -> None:
    make_definition({"a": radios("x"), "b": when({"a": "x"})})


def test_a_group_may_have_a_question_called_action() -> None:
    plan = {"type": "object", "properties": {"action": {"title": "Action", "type": "string"}}}
    assert make_definition({"plan": plan}).question_at("plan.action") is not None


def test_named_conditions_may_use_each_other_in_any_order() -> None:
    definition = make_definition(
        {"a": radios("x"), "b": when("late")},
        conditions={"late": {"not": "early"}, "early": {"a": "x"}},
    )
    assert definition.conditions["late"].holds({"a": "y"})


@pytest.mark.parametrize("last", ["chain", "doubling"])
def test_named_conditions_that_lead_on_without_end_are_refused(last: str) -> None:
    form = make_form({"a": {"type": "boolean", "title": "A?"}})
    conditions: dict[str, Any] = {"c2000": {"a": True}}
    for at in range(2000):
        following = f"c{at + 1}"
        conditions[f"c{at}"] = following if last == "chain" else {"all": [following, following]}
    form["x-form"]["conditions"] = conditions
    assert any("too many others" in message for message in messages_of(form))
