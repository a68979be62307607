"""``default``, ``examples``, ``const`` and ``readOnly`` in our own dialect."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from form_definitions import (
    FormFileError,
    Kind,
    check_answers,
    check_form,
    parse_form,
    starting_answers,
)
from renderers import Site, compile_form
from tests.form_definitions.factories import make_definition, make_form


def problems(properties: dict[str, Any]) -> list[str]:
    return [f"{one.message}. {one.fix}" for one in check_form(json.dumps(make_form(properties)))]


def test_the_first_example_is_the_hint_where_there_is_no_other() -> None:
    definition = make_definition(
        {
            "born": {"type": "string", "format": "date", "examples": ["2019-03-27"]},
            "number": {"type": "string", "format": "nhs-number", "examples": ["9990000018"]},
            "name": {"type": "string", "examples": ["Ann"], "x-ui": {"hint": "As they are known"}},
            "agree": {"type": "boolean", "examples": [True]},
        }
    )
    hints = {name: question.hint for name, question in definition.questions.items()}
    assert hints == {
        "born": "For example, 27 3 2019",
        "number": "For example, 999 000 0018",
        "name": "As they are known",
        "agree": "",
    }


@pytest.mark.parametrize(("type_name", "value"), [("string", "GB"), ("integer", 7), (None, "x")])
def test_a_const_is_the_one_answer_to_choose(type_name: str | None, value: object) -> None:
    raw = {"const": value} | ({"type": type_name} if type_name else {})
    definition = make_definition({"fixed": raw})
    question = definition.questions["fixed"]
    assert (question.kind, [one.value for one in question.options]) == (Kind.RADIOS, [value])
    assert check_answers(definition, {"fixed": value}).accepted
    assert not check_answers(definition, {"fixed": "other"}).accepted


def test_defaults_inside_a_group_count_where_the_group_must_be_answered() -> None:
    def group(**more: Any) -> dict[str, Any]:
        inside = {"town": {"type": "string", "title": "Town", "default": "Belfast"}}
        return {"type": "object", "title": "Home", "properties": inside, **more}

    definition = make_definition(
        {"home": group(**{"x-ui": {"required": True}}), "other_home": group()}
    )
    assert starting_answers(definition) == {"home": {"town": "Belfast"}}
    assert starting_answers(definition, {"home": {"town": "Derry"}}) == {"home": {"town": "Derry"}}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"type": "string", "readOnly": True}, "is readOnly, and nothing answers it"),
        (
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "kind": {"title": "Kind", "type": "string", "const": "a", "readOnly": True}
                    },
                },
            },
            "every item begins empty",
        ),
        (
            {
                "type": "object",
                "readOnly": True,
                "properties": {"kind": {"title": "Kind", "type": "string"}},
            },
            "holds other questions",
        ),
        ({"type": "string", "format": "email", "default": "nobody"}, "is no answer that ‘asked’"),
        ({"type": "string", "const": 7}, "is not of its type string"),
        (
            {
                "type": "object",
                "default": {"kind": 7},
                "properties": {"kind": {"title": "Kind", "type": "string"}},
            },
            "is no answer that ‘asked’ takes",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_to_the_author(raw: dict[str, Any], expected: str) -> None:
    assert any(expected in problem for problem in problems({"asked": raw}))


def test_a_date_of_birth_that_need_not_be_exact_is_no_facet_either() -> None:
    born = {"type": "object", "title": "Born", "x-ui": {"widget": "birth-date"}}
    form = make_form({"born": born}, facets=["born.date"])
    assert any("is a date of birth" in one.message for one in check_form(json.dumps(form)))


def test_a_default_where_it_is_not_filled_in_is_warned_of() -> None:
    pets = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"kind": {"title": "Kind", "type": "string", "default": "cat"}},
        },
    }
    assert any("is filled in nowhere" in problem for problem in problems({"pets": pets}))


def test_a_fixed_question_has_no_control_and_keeps_its_answer() -> None:
    fixed = {"type": "string", "format": "date", "default": "2026-03-27", "readOnly": True}
    definition = make_definition(
        {
            "asked": fixed | {"title": "Begun <on>"},
            "home": {
                "type": "object",
                "title": "Home",
                "required": ["country"],
                "properties": {
                    "country": {
                        "title": "Country", "type": "string", "const": "UK", "readOnly": True,
                    },
                    "town": {"title": "Town", "type": "string"},
                },
                "x-ui": {"required": True},
            },
        }
    )  # fmt: skip
    renderer = compile_form(definition, Site())
    begun = starting_answers(definition)
    assert begun == {"asked": "2026-03-27", "home": {"country": "UK"}}
    html = renderer.page("only", begun, csrf="x")
    assert "27 March 2026" in html
    assert "Begun &lt;on&gt;" in html
    assert 'name="asked' not in html
    assert 'name="home-country"' not in html
    posted = MultiDict([("asked-day", "1"), ("home-country", "FR"), ("home-town", "Derry")])
    answers = renderer.read("only", posted, begun)
    assert answers == {"asked": "2026-03-27", "home": {"country": "UK", "town": "Derry"}}
    assert check_answers(definition, answers).accepted


def test_a_question_that_is_neither_fixed_nor_answered_is_refused_to_load() -> None:
    form = make_form({"asked": {"type": "string", "readOnly": True}})
    with pytest.raises(FormFileError):
        parse_form(json.dumps(form))
