"""The platform's own words in another language: messages, dates, times, and what people type."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import ERROR_CODES, Kind, Question, display, message, read_date, read_typed
from form_definitions.languages import LANGUAGES, known_language, words
from form_definitions.periods import MONTHS

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import extract_platform_texts  # noqa: E402

CODE = [
    path for package in extract_platform_texts.PACKAGES for path in (ROOT / package).rglob("*.py")
]

SCHEMA = {
    "minLength": 2,
    "maxLength": 1200,
    "minimum": 1,
    "maximum": 5,
    "minItems": 1,
    "maxItems": 3,
    "multipleOf": 5,
}


def welsh(kind: Kind, title: str = "Dyddiad geni", **words_of_it: object) -> Question:
    return Question("it", "it", kind, title, language="cy", schema=SCHEMA, **words_of_it)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_the_catalogue_is_complete_and_up_to_date(language: str):
    template = extract_platform_texts.collected()
    assert list(extract_platform_texts.problems(language, template)) == []


def test_every_text_that_code_asks_for_is_collected():
    """Such as those inside an f-string, which the reader of the texts cannot see."""
    known = {text for message in extract_platform_texts.collected() for text in ids(message)}
    asked = {text for path in CODE for text in texts_asked_for(ast.parse(path.read_text("utf-8")))}
    assert asked - known == set()


def texts_asked_for(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
            if name in extract_platform_texts.KEYWORDS:
                arguments = call.args[1:] if name in {"_say", "_count", "pgettext"} else call.args
                yield from (
                    argument.value
                    for argument in arguments[: 2 if name in {"ngettext", "_count"} else 1]
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                )


def ids(message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def test_an_unknown_language_is_english():
    assert words("xx").gettext("Help") == "Help"
    assert known_language("xx") == known_language(None) == "en"
    assert known_language("cy") == "cy"


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        (Kind.TEXT, "required", "Atebwch ‘Dyddiad geni’"),
        (Kind.RADIOS, "required", "Dewiswch ateb i ‘Dyddiad geni’"),
        (
            Kind.DATE,
            "format",
            "Gwnewch yn siŵr bod yr ateb i ‘Dyddiad geni’ yn ddyddiad go iawn, fel 27 3 2026",
        ),
        (
            Kind.TEXT,
            "maxLength",
            "Gwnewch yn siŵr bod yr ateb i ‘Dyddiad geni’ yn 1,200 nod neu lai",
        ),
        (Kind.REPEATING, "minItems", "Ychwanegwch o leiaf 1 (plentyn)"),
        (Kind.REPEATING, "maxItems", "Peidiwch ag ychwanegu mwy na 3 at ‘Dyddiad geni’"),
        (Kind.MONEY, "maximum", "Gwnewch yn siŵr bod yr ateb i ‘Dyddiad geni’ yn £5 neu’n llai"),
    ],
)
def test_an_error_is_a_whole_welsh_sentence_about_the_quoted_title(kind, code, said):
    assert message(welsh(kind, item="plentyn"), code) == said


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        (Kind.TEXT, "required", "Rhowch eich enw llawn"),
        (Kind.RADIOS, "required", "Dewiswch eich enw llawn"),
        (Kind.TEXT, "maxLength", "Gwnewch yn siŵr bod eich enw llawn yn 1,200 nod neu lai"),
    ],
)
def test_an_error_says_the_short_name_that_a_translator_gave(kind, code, said):
    named = replace(welsh(kind), short_name="eich enw llawn")
    assert message(named, code) == said


def test_a_question_with_a_question_mark_is_quoted_in_welsh_as_it_is():
    asked = welsh(Kind.TEXT, "Pryd cafodd eich babi ei eni?")
    assert message(asked, "required") == "Atebwch ‘Pryd cafodd eich babi ei eni?’"


@pytest.mark.parametrize("code", ERROR_CODES)
def test_no_default_message_is_english_on_a_welsh_page(code: str):
    for kind in Kind:
        for title in ("Dyddiad geni", "Pryd?"):
            asked = welsh(kind, title)
            assert message(asked, code) != message(replace(asked, language="en"), code)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.DATE, "2026-03-27", "27 Mawrth 2026"),
        (Kind.MONTH, "2026-10", "Hydref 2026"),
        (Kind.TIME, "12:00", "hanner dydd"),
        (Kind.TIME, "21:30", "9:30pm"),
        (Kind.GESTATION, "31+4", "31 wythnos a 4 diwrnod"),
        (Kind.GESTATION, "2+2", "2 wythnos a 2 ddiwrnod"),
        (Kind.GESTATION, "31+1", "31 wythnos ac 1 diwrnod"),
        (Kind.MONEY, 1250.5, "£1,250.50"),
        (
            Kind.BIRTH_DATE,
            {"date": "2026-05-01", "certainty": "estimated"},
            ("1 Mai 2026 (amcangyfrif)",),
        ),
    ],
)
def test_an_answer_is_shown_in_welsh(kind, value, shown):
    assert display(welsh(kind), value) == shown


@pytest.mark.parametrize(
    ("typed", "number"), [("Mawrth", "03"), ("maw", "03"), ("MEDI", "09"), ("Tach.", "11")]
)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_month_may_be_typed_in_welsh_whatever_the_page_is_in(typed, number, language):
    assert read_date("3", typed, "2026") == f"2026-{number}-03"
    month = replace(welsh(Kind.MONTH), language=language)
    assert read_typed(month, f"{typed} 2026") == f"2026-{number}"


@given(st.integers(0, 11), st.sampled_from(sorted(LANGUAGES)))
def test_every_month_is_read_again_as_it_is_shown(at: int, language: str):
    month = replace(welsh(Kind.MONTH), language=language)
    value = f"2026-{at + 1:02}"
    assert read_typed(month, str(display(month, value))) == value
    assert words("en").gettext(MONTHS[at]) == MONTHS[at]


@pytest.mark.parametrize(
    ("typed", "time"),
    [("canol dydd", "12:00"), ("hanner nos", "00:00"), ("9.30 yb", "09:30"), ("5 y.h.", "17:00")],
)
def test_a_time_may_be_typed_in_welsh(typed, time):
    assert read_typed(welsh(Kind.TIME), typed) == time


@pytest.mark.parametrize("typed", ["31 wythnos a 4 diwrnod", "31 wythnos, 4 diwrnod", "31+4"])
def test_weeks_of_gestation_may_be_typed_in_welsh(typed):
    assert read_typed(welsh(Kind.GESTATION), typed) == "31+4"
