"""Answers are checked, told what is wrong with them, and stored as they were shown."""

from __future__ import annotations

from typing import Any

import pytest

from form_definitions import (
    ERROR_CODES,
    FormDefinition,
    check_answers,
    check_page,
    message,
    visible,
)
from tests.form_definitions.factories import checkboxes, make_definition, radios


def errors_of(definition: FormDefinition, answers: Any) -> list[tuple[str, str, str]]:
    outcome = check_answers(definition, answers)
    return [(error.path, error.code, error.message) for error in outcome.errors]


def named(name: str, **raw: Any) -> dict[str, Any]:
    return {"title": name, **raw}


CHECKS: list[tuple[dict[str, Any], Any, str, str]] = [
    (
        {"type": "string", "maxLength": 3},
        "abcd",
        "maxLength",
        "Your name must be 3 characters or fewer",
    ),
    (
        {"type": "string", "minLength": 2},
        "a",
        "minLength",
        "Your name must be 2 characters or more",
    ),
    (
        {"type": "string", "pattern": "^[A-Z]+$"},
        "ab",
        "pattern",
        "Enter your name in the correct format",
    ),
    ({"type": "string"}, ["a"], "type", "Enter your name"),
    ({"type": "integer"}, "many", "type", "Your name must be a whole number, like 3"),
    ({"type": "integer"}, True, "type", "Your name must be a whole number, like 3"),
    ({"type": "integer", "minimum": 1}, 0, "minimum", "Your name must be 1 or more"),
    ({"type": "integer", "exclusiveMinimum": 1}, 1, "minimum", "Your name must be more than 1"),
    ({"type": "integer", "maximum": 5}, 6, "maximum", "Your name must be 5 or less"),
    ({"type": "integer", "multipleOf": 5}, 6, "multipleOf", "Your name must be a multiple of 5"),
    (
        {"type": "number", "format": "money", "maximum": 1500},
        2000,
        "maximum",
        "Your name must be £1,500 or less",
    ),
    (
        {"type": "number", "format": "money"},
        "lots",
        "type",
        "Your name must be an amount of money, like 12.50",
    ),
    (
        {"type": "number", "format": "money"},
        1.234,
        "format",
        "Your name must be an amount in pounds and pence, like 12.50",
    ),
    (
        {"type": "string", "format": "date"},
        "31/2/2026",
        "format",
        "Your name must be a real date, like 27 3 2026",
    ),
    (
        {"type": "string", "format": "date"},
        "27//2026",
        "incomplete",
        "Your name must include a day, a month and a year",
    ),
    (
        {"type": "string", "format": "email"},
        "name",
        "format",
        "Enter your name in the correct format, like name@example.org",
    ),
    (
        {"type": "string", "format": "postcode"},
        "BT12",
        "format",
        "Enter a full UK postcode, like BT12 6BA",
    ),
    (radios("a", "b"), "c", "option", "Select one of the answers to ‘Your name’"),
    ({"type": "boolean"}, "yes", "option", "Select one of the answers to ‘Your name’"),
    ({"type": "boolean", "const": True}, False, "required", "Select your name"),
    (checkboxes("a", "b"), ["a", "c"], "option", "Select one of the answers to ‘Your name’"),
    (checkboxes("a", "b"), "a", "type", "Select your name from the list"),
    (checkboxes("a", "b"), ["a", "a"], "uniqueItems", "Select each answer for your name once only"),
    (
        checkboxes("a", "b", minItems=2),
        ["a"],
        "minItems",
        "Select at least 2 answers for your name",
    ),
    (
        checkboxes("a", "b", maxItems=1),
        ["a", "b"],
        "maxItems",
        "Select no more than 1 answer for your name",
    ),
    (
        checkboxes("a", "none", **{"x-ui": {"exclusive": "none"}}),
        ["a", "none"],
        "exclusive",
        "Select answers for your name, or select ‘Title of none’",
    ),
]


@pytest.mark.parametrize(("raw", "answer", "code", "text"), CHECKS)
def test_a_wrong_answer_is_told_in_plain_words(raw: Any, answer: Any, code: str, text: str) -> None:
    definition = make_definition({"name": {**raw, "title": "Your name"}})
    assert errors_of(definition, {"name": answer}) == [("name", code, text)]


@pytest.mark.parametrize(("raw", "answer", "code", "text"), CHECKS)
def test_the_author_replaces_any_of_these_words(
    raw: Any, answer: Any, code: str, text: str
) -> None:
    ui = {**raw.get("x-ui", {}), "errors": {code: "The author’s own words"}}
    definition = make_definition({"name": {**raw, "x-ui": ui}})
    assert errors_of(definition, {"name": answer}) == [("name", code, "The author’s own words")]


@pytest.mark.parametrize(
    ("title", "raw", "text"),
    [
        ("Full name", {"type": "string"}, "Enter full name"),
        ("NHS number", {"type": "string"}, "Enter NHS number"),
        ("What is your name?", {"type": "string"}, "Answer ‘What is your name?’"),
        ("Which trust?", radios("a"), "Select an answer to ‘Which trust?’"),
        ("Reasons", checkboxes("a"), "Select reasons"),
        ("Is it safe?", {"type": "boolean"}, "Select an answer to ‘Is it safe?’"),
        ("Name?", {"type": "string", "x-ui": {"name": "your full name"}}, "Enter your full name"),
    ],
)
def test_a_missing_answer_is_asked_for_in_the_words_of_its_title(
    title: str, raw: dict[str, Any], text: str
) -> None:
    definition = make_definition({"name": {**raw, "title": title}}, required=["name"])
    assert errors_of(definition, {}) == [("name", "required", text)]
    assert errors_of(definition, {"name": ""}) == [("name", "required", text)]
    assert errors_of(definition, {"name": None}) == [("name", "required", text)]


@pytest.mark.parametrize("code", ERROR_CODES)
def test_no_message_blames_or_begs(code: str) -> None:
    everything = [raw for raw, *_others in CHECKS] + [
        {"type": "object", "x-ui": {"widget": "address"}}
    ]
    for raw in everything:
        question = make_definition({"name": raw}).questions["name"]
        text = message(question, code)
        assert text
        assert not {"please", "sorry", "invalid", "forgot", "oops"} & set(text.lower().split())
        assert "{" not in text
        assert not text.endswith(".")


PEOPLE = {
    "type": "array",
    "minItems": 1,
    "maxItems": 2,
    "title": "People",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "title": "Name"},
            "older": {"type": "boolean", "title": "Over 18"},
            "job": {
                "type": "string",
                "title": "Job",
                "x-ui": {"when": {"older": True}, "required": True},
            },
        },
        "required": ["name"],
    },
    "x-ui": {"item": "person"},
}


def test_a_condition_inside_a_repeating_group_looks_at_its_own_item() -> None:
    definition = make_definition({"people": PEOPLE})
    answers = {"people": [{"name": "Ann", "older": False}, {"name": "Bob", "older": True}]}
    assert errors_of(definition, answers) == [("people.1.job", "required", "Enter job")]


def test_an_error_names_its_item_by_place_even_after_a_blank_one() -> None:
    definition = make_definition({"people": PEOPLE})
    outcome = check_answers(definition, {"people": [{}, {"older": False}]})
    (error,) = outcome.errors
    assert (error.path, error.control) == ("people.1.name", "people-1-name")


def test_blank_items_are_not_stored() -> None:
    definition = make_definition({"people": PEOPLE})
    outcome = check_answers(definition, {"people": [{}, {"name": "Ann", "job": "hidden"}]})
    assert outcome.accepted
    assert outcome.answers == {"people": [{"name": "Ann"}]}


def test_a_required_repeating_group_asks_for_its_first_item() -> None:
    definition = make_definition({"people": PEOPLE}, required=["people"])
    assert errors_of(definition, {}) == [("people.0.name", "required", "Enter name")]
    own = {**PEOPLE, "x-ui": {"item": "person", "errors": {"required": "Add one person"}}}
    definition = make_definition({"people": own}, required=["people"])
    assert errors_of(definition, {}) == [("people.0.name", "required", "Add one person")]


def test_too_many_items_are_told() -> None:
    definition = make_definition({"people": PEOPLE})
    answers = {"people": [{"name": "Ann"}] * 3}
    assert [error[:2] for error in errors_of(definition, answers)] == [("people", "maxItems")]


def test_an_address_needs_its_first_line_town_and_postcode_once_it_is_begun() -> None:
    definition = make_definition({"home": {"type": "object", "x-ui": {"widget": "address"}}})
    assert check_answers(definition, {}).accepted
    paths = [path for path, _code, _text in errors_of(definition, {"home": {"county": "Down"}})]
    assert paths == ["home.line_1", "home.town", "home.postcode"]


CHAIN = {
    "first": radios("yes", "no"),
    "second": {**radios("yes", "no"), "x-ui": {"when": {"first": "yes"}, "required": True}},
    "third": {"type": "string", "x-ui": {"when": {"second": "yes"}}},
}


def test_an_answer_that_is_hidden_shows_nothing_else() -> None:
    definition = make_definition(CHAIN)
    answers = {"first": "no", "second": "yes", "third": "old"}
    assert check_answers(definition, answers).answers == {"first": "no"}
    assert visible(definition, answers).questions == {"first"}


def test_a_page_check_keeps_answers_to_what_is_not_shown() -> None:
    definition = make_definition(CHAIN)
    answers = {"first": "no", "second": "yes", "unknown": 1}
    outcome = check_page(definition, definition.page("only"), answers)
    assert outcome.accepted
    assert outcome.answers == answers


ENDING: list[dict[str, Any]] = [
    {"id": "one", "questions": ["first"]},
    {"id": "stop", "type": "end", "title": "Call us", "body": "Stop.", "when": {"first": "no"}},
    {"id": "two", "questions": ["second"]},
]


def test_the_journey_stops_at_an_end_page_and_nothing_can_be_sent() -> None:
    definition = make_definition(
        {"first": radios("yes", "no"), "second": {"type": "string"}}, pages=ENDING
    )
    seen = visible(definition, {"first": "no", "second": "x"})
    assert [page.id for page in seen.pages] == ["one", "stop"]
    assert seen.ended is not None
    ((path, code, text),) = errors_of(definition, {"first": "no"})
    assert (path, code) == ("first", "ended")
    assert "‘Call us’" in text
    assert check_answers(definition, {"first": "yes", "second": "x"}).accepted


def test_a_hostile_pattern_in_a_form_is_decided_at_once() -> None:
    definition = make_definition({"name": {"type": "string", "pattern": "^(a+)+$"}})
    assert errors_of(definition, {"name": "a" * 50_000 + "!"})[0][1] == "pattern"
    look_around = make_definition({"name": {"type": "string", "pattern": "^(?=(a+)+$)(a|aa)+$"}})
    assert errors_of(look_around, {"name": "a" * 5000 + "!"})[0][1] == "pattern"


@pytest.mark.parametrize("answers", [None, [], "text", 5, {1: 2}, {"name": object()}])
def test_answers_of_any_shape_end_in_an_outcome(answers: Any) -> None:
    definition = make_definition({"name": {"type": "string"}}, required=["name"])
    assert not check_answers(definition, answers).accepted


@pytest.mark.parametrize("raw", [raw for raw, *_others in CHECKS])
@pytest.mark.parametrize(
    "answer",
    [
        float("nan"),
        float("inf"),
        10**5000,
        b"bytes",
        {1, 2},
        object(),
        ({},),
        [[[[]]]],
        {"a": {1: 2}},
        "\ud800",
        "\x00" * 9,
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_an_answer_of_any_type_ends_in_an_outcome(raw: Any, answer: Any) -> None:
    for name in ("name", "group", "people"):
        inside = {"type": "object", "properties": {"name": {"title": "Name", **raw}}}
        shapes = {"name": raw, "group": inside, "people": {"type": "array", "items": inside}}
        definition = make_definition({name: shapes[name]})
        for given in (answer, {"name": answer}, [{"name": answer}], [answer]):
            check_answers(definition, {name: given})
            check_page(definition, definition.page("only"), {name: given})


def test_a_cycle_ends_in_an_outcome() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    definition = make_definition({"name": checkboxes("a"), "text": {"type": "string"}})
    assert not check_answers(definition, {"name": cycle, "text": cycle}).accepted


@pytest.mark.parametrize(
    ("raw", "answer", "text"),
    [
        (
            {"type": "string", "format": "date"},
            "27//2026",
            "The answer to ‘When was it?’ must include a day, a month and a year",
        ),
        (checkboxes("a", "b", minItems=2), ["a"], "Select at least 2 answers to ‘When was it?’"),
        ({"type": "integer"}, "x", "The answer to ‘When was it?’ must be a whole number, like 3"),
    ],
)
def test_a_title_that_asks_is_quoted_whole(raw: dict[str, Any], answer: Any, text: str) -> None:
    definition = make_definition({"name": {**raw, "title": "When was it?"}})
    assert [said for _, _, said in errors_of(definition, {"name": answer})] == [text]
