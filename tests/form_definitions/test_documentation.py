"""docs/authors/writing-a-form.md is complete, and its example is a form that works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from form_definitions import ERROR_CODES, Kind, check_answers, message, parse_form, visible
from form_definitions.calculating import FUNCTIONS
from form_definitions.calculations import ROLL_UP_RULES, UNITS
from form_definitions.condition_reading import SCHEMA_KEYWORDS
from form_definitions.dialect import dialect
from form_definitions.linting import RESERVED_PAGES

PAGE = Path(__file__).parents[2] / "docs" / "authors" / "writing-a-form.md"
TEXT = PAGE.read_text("utf-8")
EXAMPLE = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)[0]
REFERENCE = TEXT[TEXT.index("## The file") :]

OBJECTS = ("question", "x-ui", "x-form", "page", "person", "option", "items")
KEYS = sorted(
    {key for name in OBJECTS for key in dialect()["$defs"][name]["properties"]}
    | set(dialect()["properties"])
    | {
        key
        for part in dialect()["$defs"]["x-form"]["properties"].values()
        for key in part.get("properties", {})
    }
)
ANSWERS = {
    "asking_as": "staff",
    "ward": "Ward 7",
    "full_name": "Alex Example",
    "day": "2026-03-27",
    "reasons": ["rest"],
    "visitors": [{"name": "Sam", "is_child": True, "age": 7}],
}


def test_the_example_is_a_form_that_accepts_answers() -> None:
    definition = parse_form(EXAMPLE, PAGE.name)
    assert definition.is_open
    outcome = check_answers(definition, ANSWERS)
    assert outcome.accepted
    assert outcome.answers == ANSWERS


def test_the_example_ends_for_those_who_need_something_else() -> None:
    seen = visible(parse_form(EXAMPLE), {**ANSWERS, "reasons": ["none"]})
    assert seen.ended is not None
    assert seen.ended.id == "not-for-this"


def test_the_example_says_what_is_missing_in_its_own_words() -> None:
    errors = check_answers(parse_form(EXAMPLE), {"asking_as": "staff"}).errors
    assert [error.message for error in errors] == [
        "Enter the ward or unit",
        "Enter your full name",
        "Answer ‘Which day do you need the room?’",
        "Select what you need it for",
    ]


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_the_dialect_is_described(key: str) -> None:
    assert re.search(rf'[`"]{re.escape(key)}[`"]', REFERENCE)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_question_is_described(kind: Kind) -> None:
    assert f"\n| `{kind}` |" in REFERENCE


@pytest.mark.parametrize("code", ERROR_CODES)
def test_every_error_code_is_described_and_can_be_replaced(code: str) -> None:
    assert f"\n| `{code}` |" in REFERENCE
    assert code in dialect()["$defs"]["x-ui"]["properties"]["errors"]["properties"]
    assert message(next(iter(parse_form(EXAMPLE).questions.values())), code)


def test_every_reserved_page_and_keyword_is_named() -> None:
    assert all(f"`{page}`" in TEXT for page in RESERVED_PAGES)
    (listed,) = re.findall(r"JSON Schema for an answer you may use `([^`]+)`", TEXT)
    assert set(listed.split()) == SCHEMA_KEYWORDS


CALCULATIONS = (PAGE.parent / "calculations.md").read_text("utf-8")
ENTRY_KEYS = {
    key
    for name in ("calculation", "points", "band")
    for key in dialect()["$defs"][name]["properties"]
}


@pytest.mark.parametrize("word", sorted({*FUNCTIONS, *ROLL_UP_RULES, *UNITS, *ENTRY_KEYS}))
def test_every_word_of_a_calculation_is_described(word: str) -> None:
    assert f"`{word}`" in CALCULATIONS
