"""Tuples: an answer of fixed places, each with a question of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import (
    Kind,
    Safety,
    check_answers,
    check_form,
    compare,
    display,
    parse_form,
    visible,
)
from form_definitions.explaining import describe_when
from form_definitions.sampling import sample_answers
from form_definitions.translating import texts_of
from tests.examples import examples
from tests.form_definitions.factories import make_definition, make_form

PLACE: dict[str, Any] = {
    "type": "array",
    "title": "Where is it?",
    "prefixItems": [
        {"type": "integer", "title": "House number", "minimum": 1, "maximum": 9999},
        {"type": "string", "title": "Street"},
        {"type": "string", "format": "postcode", "title": "Postcode"},
    ],
    "items": False,
    "minItems": 2,
}
OLD = {"type": "string", "x-ui": {"when": {"place.0": {"maximum": 9}}}}
FORM = make_definition({"place": PLACE, "old": OLD}, required=["place"])


def problems_of(answers: dict[str, Any]) -> dict[str, str]:
    return {error.path: error.message for error in check_answers(FORM, answers).errors}


def test_an_array_of_the_places_is_tidied_and_stored() -> None:
    outcome = check_answers(FORM, {"place": [3.0, " High Street ", "bt126ba", "x"]})
    assert outcome.accepted is False, "a fourth place is none of it"
    outcome = check_answers(FORM, {"place": [3.0, " High Street ", " BT12 6BA "]})
    assert outcome.answers == {"place": [3, "High Street", "BT12 6BA"]}
    assert outcome.accepted
    assert check_answers(FORM, {"place": [3, "High Street", ""]}).answers["place"] == [
        3,
        "High Street",
    ]


@pytest.mark.parametrize(
    ("given_answer", "said"),
    [
        (None, {"place.0": "Enter house number", "place.1": "Enter street"}),
        ([], {"place.0": "Enter house number", "place.1": "Enter street"}),
        ([3], {"place.1": "Enter street"}),
        ([None, "High Street"], {"place.0": "Enter house number"}),
        ([0, "High Street"], {"place.0": "House number must be 1 or more"}),
        ([3, "A", "nowhere"], {"place.2": "Enter a full UK postcode, like AA3 1AB"}),
        ("3 High Street", {"place": "Enter the answer to ‘Where is it?’"}),
        ((3, "High Street"), {"place": "Enter the answer to ‘Where is it?’"}),
    ],
)
def test_each_place_says_what_is_wrong_with_it(given_answer: Any, said: dict[str, str]) -> None:
    found = problems_of({"place": given_answer})
    assert found.keys() == said.keys()
    if "place.2" not in said:  # the words of a postcode are tested with it
        assert found == said


def test_a_place_that_is_passed_over_is_asked_for() -> None:
    form = make_definition({"place": {**PLACE, "minItems": 0}})
    assert check_answers(form, {}).accepted
    assert check_answers(form, {"place": []}).answers == {}
    errors = check_answers(form, {"place": [None, "High Street"]}).errors
    assert [error.path for error in errors] == ["place.0"]


def test_a_condition_and_a_calculation_reach_a_place() -> None:
    assert visible(FORM, {"place": [3, "A"]}).questions == {"place", "old"}
    assert visible(FORM, {"place": [30, "A"]}).questions == {"place"}
    assert visible(FORM, {"place": [None, "A"]}).questions == {"place"}
    assert describe_when(FORM.questions["old"], FORM) == "‘House number’ is 9 or less"
    total = {"function": "sum", "title": "Total", "of": ["span.0", "span.1"]}
    span = {
        "type": "array",
        "prefixItems": [{"type": "integer", "title": "From"}, {"type": "integer", "title": "To"}],
        "items": False,
    }
    form = make_definition({"span": span}, calculated={"total": total})
    assert check_answers(form, {"span": [3, 4]}).answers["total"] == 7
    assert check_answers(form, {"span": [3]}).answers["total"] == 3


def test_the_whole_tuple_can_be_compared_by_its_places() -> None:
    whole = {"place": {"prefixItems": [{"minimum": 5}, {"const": "Mill Lane"}]}}
    form = make_definition({"place": PLACE, "mill": {"type": "string", "x-ui": {"when": whole}}})
    assert "mill" in visible(form, {"place": [5, "Mill Lane"]}).questions
    assert "mill" not in visible(form, {"place": [4, "Mill Lane"]}).questions


@examples(100)
@given(
    st.lists(st.none() | st.integers(-1, 3) | st.sampled_from(["", "A", "BT12 6BA"]), max_size=4)
)
def test_the_exported_schema_gives_the_same_verdict_on_what_would_be_stored(
    places: list[Any],
) -> None:
    outcome = check_answers(FORM, {"place": places})
    validator = jsonschema.Draft202012Validator(FORM.schema)
    has_postcode = len(places) > 2 and places[2] not in (None, "", "BT12 6BA")
    if not has_postcode:  # a format is a note only
        assert outcome.accepted is validator.is_valid(outcome.answers)


def test_it_reads_with_the_names_of_its_places() -> None:
    shown = display(FORM.questions["place"], [3, "High Street"])
    assert shown == ("House number: 3", "Street: High Street")
    assert sample_answers(FORM)["place"][2] == "BT12 6BA"


def test_its_titles_can_be_translated() -> None:
    form = make_form({"place": PLACE})
    texts = {text.text: text.place for text in texts_of(form)}
    assert texts["House number"] == texts["Street"] == "place"


def edited(*changes: Callable[[dict[str, Any]], object]) -> Safety:
    before = make_form({"place": PLACE})
    after = json.loads(json.dumps(before))
    for change in changes:
        change(after["properties"]["place"])
    after["x-form"]["version"] = "1.1.0"
    both = (parse_form(json.dumps(one)) for one in (before, after))
    return compare(*both).safety


def test_an_edit_that_moves_a_place_is_breaking_and_one_at_the_end_is_safe() -> None:
    more = {"type": "string", "title": "Country"}
    assert edited(lambda raw: raw["prefixItems"].append(more)) is Safety.SAFE
    assert edited(lambda raw: raw.update(minItems=3)) is Safety.SAFE
    assert edited(lambda raw: raw["prefixItems"].reverse()) is Safety.BREAKING
    assert edited(lambda raw: raw["prefixItems"].pop()) is Safety.BREAKING
    assert edited(lambda raw: raw["prefixItems"].insert(1, more)) is Safety.BREAKING


GROUP = {"type": "object", "title": "More", "properties": {"a": {"type": "string", "title": "A"}}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"items": True}, "no other places"),
        ({"minItems": 4}, "needs 4 answers and has 3 places"),
        ({"maxItems": 2}, "has 3 places"),
        ({"prefixItems": [GROUP]}, "no place of a tuple can take"),
        ({"prefixItems": [{"type": "string", "title": "A", "default": "x"}]}, "means nothing"),
        ({"prefixItems": [{"title": "A"}]}, "does not say what sort of answer"),
        ({"prefixItems": [{"type": "string"}]}, "has no title"),
        ({"prefixItems": []}, "prefixItems"),
    ],
)
def test_a_tuple_that_cannot_be_meant_is_reported(change: dict[str, Any], words: str) -> None:
    text = json.dumps(make_form({"place": {**PLACE, "minItems": 1, **change}}), indent=1)
    found = [problem for problem in check_form(text, "f.json") if words in problem.message]
    assert found, [problem.message for problem in check_form(text, "f.json")]
    assert found[0].fix


def test_no_facet_and_no_person_is_read_from_a_place() -> None:
    text = json.dumps(make_form({"place": PLACE}, facets=["place.0"]))
    assert any("no question ‘place.0’" in one.message for one in check_form(text, "f.json"))


def test_a_place_may_be_written_once_and_used_by_its_name() -> None:
    form = make_form({"span": {**PLACE, "prefixItems": [{"$ref": "#/$defs/year"}] * 2}})
    form["$defs"] = {"year": {"type": "integer", "title": "Year", "minimum": 1900}}
    definition = parse_form(json.dumps(form))
    assert [one.kind for one in definition.questions["span"].questions] == [Kind.INTEGER] * 2
    assert check_answers(definition, {"span": [1950, 1890]}).errors[0].path == "span.1"


def test_a_plain_schema_of_fixed_places_is_asked_place_by_place() -> None:
    number = {"type": "number", "minimum": -180, "maximum": 180}
    pair = {"type": "array", "title": "Position", "prefixItems": [number, number], "minItems": 2}
    schema = {"properties": {"closed": {**pair, "items": False}, "open": pair}}
    definition = parse_form(json.dumps(schema))
    assert definition.questions["closed"].kind is Kind.TUPLE
    titles = [one.title for one in definition.questions["closed"].questions]
    assert titles == ["Position 1", "Position 2"]
    assert definition.questions["open"].kind is Kind.DATA, "more may follow"
    assert check_answers(definition, {"closed": [51.5, -0.1]}).accepted
    assert not check_answers(definition, {"closed": [51.5]}).accepted
    assert not check_answers(definition, {"closed": [51.5, 181]}).accepted
