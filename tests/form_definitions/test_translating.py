"""A form in another language is the same form in other words, and no text of it is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from form_definitions import (
    FormDefinition,
    Option,
    Translation,
    load_form,
    parse_form,
    shipped_forms,
    texts_of,
)
from form_definitions.dialect import dialect
from form_definitions.loading import read_document, texts_in
from tests.examples import examples
from tests.form_definitions.factories import make_form
from tests.form_definitions.test_answers_property import forms

#: What is a text for people, in the values of definition.py.
TEXT_FIELDS = {
    "title",
    "hint",
    "short_name",
    "prefix",
    "suffix",
    "item",
    "low",
    "high",
    "caption",
    "section",
    "body",
    "purpose",
    "needed",
    "who_sees",
    "subject",
    "introduction",
    "confirmation_next",
    "description",
    "hours",
    "errors",
}


#: The platform's own words inside a form, in Welsh.
SUPPLIED = {
    "Llinell cyfeiriad 1",
    "y llinell gyntaf o’r cyfeiriad",
    "yr ail linell o’r cyfeiriad",
    "y dref neu’r ddinas",
    "y sir",
    "y cod post",
    "Llinell cyfeiriad 2",
    "Tref neu ddinas",
    "Sir",
    "Cod post",
    "eitem",
}
BIRTH_DATE = {
    "Dyddiad",
    "y dyddiad geni",
    "Pa mor siŵr ydych chi o’r dyddiad hwn?",
    "Dyma’r union ddyddiad",
    "Amcangyfrif yw hwn",
    "Mae disgwyl y babi ar y dyddiad hwn",
    "Dewiswch pa mor siŵr ydych chi o’r dyddiad geni",
}


def texts(text: str | bytes, source: str = "<form>") -> list[Any]:
    return [found for found, _line in texts_in(read_document(text, source), source)]


def translation(text: str | bytes, words: str = "⟦{}⟧", language: str = "cy") -> Translation:
    """Every text of a form between brackets, or as ``words`` says."""
    messages = {(each.context, each.text): words.format(each.text) for each in texts(text)}
    return Translation(language, messages)


def said(value: Any, name: str = "") -> Iterator[str]:
    """Every text for people in a compiled form."""
    if isinstance(value, str):
        if name in TEXT_FIELDS:
            yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from said(inner, name if name == "errors" else str(key))
    elif isinstance(value, tuple):
        for inner in value:
            yield from said(inner, name)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in {"source", "schema", "plan", "conditions", "judge", "calculate"}:
                yield from said(getattr(value, field.name), field.name)


def parts(definition: FormDefinition) -> list[Any]:
    """All of a form but its words, to compare."""
    found: list[Any] = [definition.content_hash, definition.id, definition.facets]
    waiting = [
        *definition.questions.values(),
        *(c.question for c in definition.calculated.values()),
    ]
    for question in waiting:
        found.append((question.path, question.kind, question.when, question.required))
        found.append((question.rules, [option.value for option in question.options]))
        found.append(without_titles(question.schema))
        waiting += question.questions
    found += [(page.id, page.type, page.when) for page in definition.pages]
    return [*found, without_titles(definition.schema)]


def without_titles(schema: Any) -> Any:
    """A schema without its annotations."""
    if isinstance(schema, dict):
        return {
            key: without_titles(value)
            for key, value in schema.items()
            if not (key == "title" and isinstance(value, str))
        }
    return [without_titles(each) for each in schema] if isinstance(schema, list) else schema


def test_every_key_of_the_dialect_that_takes_a_text_says_whether_people_read_it() -> None:
    undecided = []

    def walk(schema: Any, path: str) -> None:
        if isinstance(schema, list):
            for at, part in enumerate(schema):
                walk(part, f"{path}/{at}")
        if not isinstance(schema, dict):
            return
        takes_any_text = schema.get("type") == "string" or schema.get("$ref") == "#/$defs/text"
        if takes_any_text and not schema.keys() & {"pattern", "translate", "translate-stored"}:
            undecided.append(path)
        for key, part in schema.items():
            walk(part, f"{path}/{key}")

    walk(dialect(), "")
    # what is not text for people: the file's own schema, and a place in the file
    assert undecided == ["/properties/$schema", "/$defs/reference"]


@pytest.mark.parametrize("path", shipped_forms().values(), ids=lambda path: path.stem)
def test_a_shipped_form_in_other_words_is_the_same_form(path: Path) -> None:
    raw = path.read_bytes()
    english = load_form(path)
    other = parse_form(raw, translation=translation(raw))
    assert parts(other) == parts(english)
    assert other.untranslated == ()
    assert {question.language for question in other.questions.values()} == {"cy"}
    assert (english.language, other.language) == ("en", "cy")


@pytest.mark.parametrize("path", shipped_forms().values(), ids=lambda path: path.stem)
def test_no_text_of_a_shipped_form_is_hard_wired(path: Path) -> None:
    raw = path.read_bytes()
    other = parse_form(raw, translation=translation(raw))
    left = {text for text in said(other) if not text.startswith("⟦")} - SUPPLIED
    assert {text for text in left if any(letter.isalpha() for letter in text)} == set()


@examples(20)
@given(forms())
def test_a_form_in_its_own_words_is_the_form_itself(raw: str) -> None:
    english = parse_form(raw)
    same = parse_form(raw, translation=translation(raw, "{}", "en"))
    assert list(said(same)) == list(said(english))
    assert parts(same) == parts(english)


@examples(20)
@given(forms())
def test_whatever_form_in_other_words_asks_the_same_and_says_nothing_in_english(raw: str) -> None:
    other = parse_form(raw, translation=translation(raw))
    assert parts(other) == parts(parse_form(raw))
    left = {text for text in said(other) if not text.startswith("⟦")} - SUPPLIED - BIRTH_DATE
    assert {text for text in left if any(letter.isalpha() for letter in text)} == set()


def test_a_text_without_a_translation_stays_english_and_is_named() -> None:
    raw = json.dumps(make_form({"ward": {"type": "string", "title": "Which ward?"}}))
    welsh = parse_form(raw, translation=Translation("cy", {("", "Which ward?"): "Pa ward?"}))
    assert welsh.questions["ward"].title == "Pa ward?"
    assert welsh.title == "A made-up form"
    assert welsh.untranslated == ("A made-up form",)


def test_yes_and_no_are_translated_for_each_question_because_welsh_repeats_the_verb() -> None:
    properties = {
        "at_home": {"type": "boolean", "title": "Are you at home?"},
        "help": {
            "title": "Is there help?",
            "oneOf": [{"const": "y", "title": "Yes"}, {"const": "n", "title": "No"}],
        },
    }
    raw = json.dumps(make_form(properties))
    welsh = parse_form(
        raw,
        translation=Translation(
            "cy",
            {
                ("at_home", "Yes"): "Ydw",
                ("at_home", "No"): "Nac ydw",
                ("help", "Yes"): "Oes",
                ("help", "No"): "Nac oes",
            },
        ),
    )
    assert welsh.questions["at_home"].options == (Option(True, "Ydw"), Option(False, "Nac ydw"))
    assert welsh.questions["help"].options == (Option("y", "Oes"), Option("n", "Nac oes"))
    assert ("help", "Yes", "answer to ‘Is there help?’") in {
        (text.context, text.text, text.comment) for text in texts_of(json.loads(raw))
    }


def test_words_for_one_place_come_before_those_for_everywhere() -> None:
    raw = json.dumps(make_form({"a": {"type": "string", "title": "Name"}, "b": {"type": "string"}}))
    words = {("", "Name"): "Enw", ("a", "Name"): "Eich enw"}
    assert parse_form(raw, translation=Translation("cy", words)).questions["a"].title == "Eich enw"


def test_what_is_stored_stays_english() -> None:
    properties = {
        "colour": {"type": "string", "enum": ["red", "blue"]},
        "age": {"type": "integer", "title": "Age"},
        "agreed": {"const": "agreed"},
    }
    bands = [{"from": 0, "label": "child"}, {"from": 18, "label": "adult"}]
    calculated = {"stage": {"function": "bands", "title": "Stage", "value": "age", "bands": bands}}
    raw = json.dumps(make_form(properties, calculated=calculated))
    welsh = parse_form(raw, translation=translation(raw))
    assert [option.value for option in welsh.questions["colour"].options] == ["red", "blue"]
    assert [option.title for option in welsh.questions["colour"].options] == ["⟦red⟧", "⟦blue⟧"]
    assert welsh.questions["agreed"].options == (Option("agreed", "⟦agreed⟧"),)
    stage = welsh.calculated["stage"].question
    assert [(option.value, option.title) for option in stage.options] == [
        ("child", "⟦child⟧"),
        ("adult", "⟦adult⟧"),
    ]


def test_the_title_that_a_page_gets_from_its_id_is_a_text_too() -> None:
    questions = {"a": {"type": "string"}, "b": {"type": "string"}}
    raw = json.dumps(make_form(questions, pages=[{"id": "about-you", "questions": ["a", "b"]}]))
    assert parse_form(raw, translation=translation(raw)).pages[0].title == "⟦About you⟧"


def test_a_plain_json_schema_is_translated_as_well() -> None:
    raw = json.dumps({"title": "Person", "properties": {"shoeSize": {"type": "integer"}}})
    welsh = parse_form(raw, translation=translation(raw))
    assert (welsh.title, welsh.questions["shoeSize"].title) == ("⟦Person⟧", "⟦Shoe size⟧")


def test_a_text_that_is_used_by_reference_stands_where_it_is_written() -> None:
    form = make_form({"first": {}, "second": {}})
    form["$defs"] = {"part": {"type": "string", "title": "Said once"}}
    form["properties"] = {name: {"$ref": "#/$defs/part"} for name in ("first", "second")}
    raw = json.dumps(form, indent=1)
    found = [
        line for text, line in texts_in(read_document(raw, "f"), "f") if text.text == "Said once"
    ]
    assert found == [raw[: raw.index("Said once")].count("\n") + 1] * 2


def test_two_languages_of_a_form_are_two_definitions() -> None:
    raw = json.dumps(make_form({"a": {"type": "string"}}))
    english, welsh = parse_form(raw), parse_form(raw, translation=Translation("cy", {}))
    corrected = parse_form(raw, translation=Translation("cy", {("", "Question a"): "Cwestiwn a"}))
    assert len({english, welsh, corrected}) == 3


def test_the_platform_says_its_own_part_of_a_form_in_welsh() -> None:
    properties = {
        "home": {"type": "object", "x-ui": {"widget": "address"}},
        "well": {"type": "boolean"},
        "people": {
            "type": "array",
            "items": {"type": "object", "properties": {"a": {"type": "string", "title": "A"}}},
        },
    }
    raw = json.dumps(make_form(properties))
    welsh = parse_form(raw, translation=Translation("cy", {}))
    assert welsh.questions["home"].questions[0].title == "Llinell cyfeiriad 1"
    assert [option.title for option in welsh.questions["well"].options] == ["Ie", "Na"]
    assert welsh.questions["people"].item == "eitem"
