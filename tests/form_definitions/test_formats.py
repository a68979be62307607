"""What people type is read leniently, checked strictly, and written back as they know it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import (
    Kind,
    Option,
    Question,
    as_typed,
    date_parts,
    display,
    format_problem,
    read_date,
    read_typed,
)
from tests.form_definitions.factories import make_definition

VALUES: dict[str, Any] = json.loads(Path(__file__).with_name("format_values.json").read_text())
KINDS = {
    "nhs_number": Kind.NHS_NUMBER,
    "postcode": Kind.POSTCODE,
    "telephone": Kind.TELEPHONE,
    "email": Kind.EMAIL,
    "date": Kind.DATE,
    "health_postcode": Kind.HEALTH_POSTCODE,
    "health_and_care_number": Kind.HEALTH_AND_CARE_NUMBER,
    "upn": Kind.UPN,
    "uln": Kind.ULN,
    "national_insurance_number": Kind.NATIONAL_INSURANCE,
    "police_reference": Kind.POLICE_REFERENCE,
    "percentage": Kind.PERCENTAGE,
    "month": Kind.MONTH,
    "time": Kind.TIME,
    "gestation": Kind.GESTATION,
}


def make_question(kind: Kind, **others: Any) -> Question:
    return Question("name", "name", kind, "Title", **others)


def values(verdict: str) -> list[Any]:
    return [
        pytest.param(KINDS[kind], value, id=f"{kind} {value}")
        for kind, lists in VALUES.items()
        if kind in KINDS
        for key, listed in lists.items()
        if key.endswith(verdict) and key.startswith("in") == verdict.startswith("in")
        for value in listed
    ]


@pytest.mark.parametrize(("kind", "value"), values("valid"))
def test_a_good_value_has_no_format_problem(kind: Kind, value: str) -> None:
    question = make_question(kind)
    if kind is not Kind.PERCENTAGE:  # which is a number: only what is typed is a text
        assert format_problem(question, value) is None
    assert format_problem(question, read_typed(question, value)) is None


@pytest.mark.parametrize(("kind", "value"), values("invalid"))
def test_a_wrong_value_has_a_format_problem(kind: Kind, value: str) -> None:
    question = make_question(kind)
    wrong = {"type"} if kind is Kind.PERCENTAGE else {"format", "incomplete"}
    assert format_problem(question, value) in wrong
    assert format_problem(question, read_typed(question, value)) in wrong


@pytest.mark.parametrize("name", ["date", "month", "gestation"])
def test_an_answer_with_a_part_missing_is_incomplete(name: str) -> None:
    question = make_question(KINDS[name])
    for value in VALUES[name]["incomplete"]:
        assert format_problem(question, value) == "incomplete"


OPTIONS = (Option("a", "Answer A"), Option(2, "Answer 2"))


@pytest.mark.parametrize(
    ("kind", "typed", "answer"),
    [
        (Kind.TEXT, "  Ann\tLee \x00", "Ann Lee"),
        (Kind.TEXT, "one\r\ntwo", "one two"),
        (Kind.TEXT, "   ", ""),
        (Kind.TEXT, "half \ud800 character", "half � character"),
        (Kind.LONG_TEXT, " one\r\ntwo\rthree ", "one\ntwo\nthree"),
        (Kind.POSTCODE, "bt126ba", "BT12 6BA"),
        (Kind.POSTCODE, " b.t-12 6ba ", "BT12 6BA"),
        (Kind.POSTCODE, "bfpo801", "BFPO 801"),
        (Kind.POSTCODE, "somewhere", "somewhere"),
        (Kind.NHS_NUMBER, "999 000 0018", "9990000018"),
        (Kind.NHS_NUMBER, "999-000-00", "999-000-00"),
        (Kind.TELEPHONE, " 07700   900982 ", "07700 900982"),
        (Kind.EMAIL, " name@example.org ", "name@example.org"),
        (Kind.INTEGER, "1,234", 1234),
        (Kind.INTEGER, "-3", -3),
        (Kind.INTEGER, "three", "three"),
        (Kind.INTEGER, "3.5", "3.5"),
        (Kind.INTEGER, "9" * 5000, "9" * 5000),
        (Kind.MONEY, "£1,250.50", 1250.5),
        (Kind.MONEY, "12", 12),
        (Kind.MONEY, ".5", 0.5),
        (Kind.MONEY, "12.505", "12.505"),
        (Kind.MONEY, "lots", "lots"),
        (Kind.HEALTH_POSTCODE, "zz993vz", "ZZ99 3VZ"),
        (Kind.HEALTH_AND_CARE_NUMBER, "320-000-0015", "3200000015"),
        (Kind.UPN, "b801 2000 05001", "B801200005001"),
        (Kind.UPN, "B80", "B80"),
        (Kind.ULN, "9276 308 686", "9276308686"),
        (Kind.NATIONAL_INSURANCE, "jg 10 37 59 a", "JG103759A"),
        (Kind.POLICE_REFERENCE, "12 ab 12345 26", "12/AB/12345/26"),
        (Kind.POLICE_REFERENCE, "  crime   no 7 ", "crime no 7"),
        (Kind.PERCENTAGE, "12.5 %", 12.5),
        (Kind.PERCENTAGE, "45", 45),
        (Kind.MONTH, "March 2026", "2026-03"),
        (Kind.TIME, "9.30pm", "21:30"),
        (Kind.TIME, "12am", "00:00"),
        (Kind.GESTATION, "31 weeks 4 days", "31+4"),
        (Kind.GESTATION, "31", "31+0"),
        (Kind.DATE, "27 March 2026", "2026-03-27"),
        (Kind.DATE, "27/3/2026", "2026-03-27"),
        (Kind.DATE, "2026-03-27", "2026-03-27"),
        (Kind.RADIOS, "a", "a"),
        (Kind.RADIOS, "2", 2),
        (Kind.RADIOS, "other", "other"),
        (Kind.CHECKBOXES, "2", 2),
    ],
)
def test_what_is_typed_is_read_or_kept_as_it_was(kind: Kind, typed: str, answer: Any) -> None:
    read = read_typed(make_question(kind, options=OPTIONS), typed)
    assert read == answer
    assert type(read) is type(answer)


def test_yes_and_no_are_read_as_true_and_false() -> None:
    question = make_definition({"safe": {"type": "boolean"}}).questions["safe"]
    assert read_typed(question, "yes") is True
    assert read_typed(question, "no") is False
    assert display(question, False) == "No"
    assert as_typed(question, True) == "yes"


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        (("27", "3", "2026"), "2026-03-27"),
        ((" 7 ", "MARCH", "2026"), "2026-03-07"),
        (("7", "Sept.", "2026"), "2026-09-07"),
        (("", "", " "), ""),
        (("27", "", "2026"), "27//2026"),
        (("31", "2", "2026"), "31/2/2026"),
        (("27", "3", "26"), "27/3/26"),
        (("2/7", "3", "2026"), "2-7/3/2026"),
        (("²7", "3", "2026"), "²7/3/2026"),
    ],
)
def test_three_parts_make_a_date_or_stay_as_typed(parts: tuple[str, str, str], answer: str) -> None:
    assert read_date(*parts) == answer


@given(st.dates())
def test_the_parts_of_a_date_read_back_as_that_date(day: Any) -> None:
    assert read_date(*date_parts(day.isoformat())) == day.isoformat()


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_parts_that_are_no_date_come_back_for_another_try(day: str, month: str, year: str) -> None:
    read = read_date(day, month, year)
    assert read == "" or read_date(*date_parts(read)) == read


@given(st.sampled_from(list(Kind)), st.text())
def test_reading_never_fails_and_reading_again_changes_nothing(kind: Kind, typed: str) -> None:
    question = make_question(kind, options=OPTIONS)
    answer = read_typed(question, typed)
    assert read_typed(question, as_typed(question, answer)) == answer
    display(question, answer)
    format_problem(question, answer)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.DATE, "2026-03-07", "7 March 2026"),
        (Kind.DATE, "27//2026", "27//2026"),
        (Kind.MONTH, "2026-03", "March 2026"),
        (Kind.MONTH, "13/2026", "13/2026"),
        (Kind.TIME, "21:30", "9:30pm"),
        (Kind.TIME, "17:00", "5pm"),
        (Kind.TIME, "12:00", "midday"),
        (Kind.GESTATION, "31+4", "31 weeks and 4 days"),
        (Kind.GESTATION, "1+1", "1 week and 1 day"),
        (Kind.GESTATION, "40+0", "40 weeks"),
        (Kind.PERCENTAGE, 12.5, "12.5%"),
        (Kind.PERCENTAGE, 45, "45%"),
        (Kind.NATIONAL_INSURANCE, "JG103759A", "JG 10 37 59 A"),
        (Kind.HEALTH_AND_CARE_NUMBER, "3200000015", "320 000 0015"),
        (Kind.BIRTH_DATE, {"date": "2026-03-07", "certainty": "exact"}, ("7 March 2026",)),
        (
            Kind.BIRTH_DATE,
            {"date": "2026-03-07", "certainty": "expected"},
            ("7 March 2026 (expected)",),
        ),
        (Kind.NHS_NUMBER, "9990000018", "999 000 0018"),
        (Kind.MONEY, 12.5, "£12.50"),
        (Kind.MONEY, 1250, "£1,250.00"),
        (Kind.MONEY, "lots", "lots"),
        (Kind.INTEGER, 2026, "2026"),
        (Kind.RADIOS, "a", "Answer A"),
        (Kind.RADIOS, "gone", "gone"),
        (Kind.CHECKBOXES, ["a", 2], ("Answer A", "Answer 2")),
        (Kind.TEXT, None, ""),
    ],
)
def test_an_answer_is_shown_as_people_know_it(kind: Kind, value: Any, shown: Any) -> None:
    assert display(make_question(kind, options=OPTIONS), value) == shown


def test_a_prefix_and_a_suffix_stand_round_the_answer() -> None:
    weeks = make_question(Kind.INTEGER, suffix="weeks")
    assert display(weeks, 31) == "31 weeks"
    assert display(weeks, None) == ""


def test_an_address_is_shown_by_lines() -> None:
    home = make_definition({"home": {"type": "object", "x-ui": {"widget": "address"}}})
    answer = {"postcode": "BT12 6BA", "line_1": "1 High Street", "town": "Belfast"}
    shown = display(home.questions["home"], answer)
    assert shown == ("1 High Street", "Belfast", "BT12 6BA")


def test_the_control_of_an_amount_shows_pence() -> None:
    assert as_typed(make_question(Kind.MONEY), 12.5) == "12.50"
    assert as_typed(make_question(Kind.MONEY), 12) == "12"
    assert as_typed(make_question(Kind.NHS_NUMBER), "9990000018") == "999 000 0018"


@pytest.mark.parametrize("kind", [Kind.EMAIL, Kind.TELEPHONE, Kind.POSTCODE, Kind.NHS_NUMBER])
@pytest.mark.parametrize("text", ["a." * 50_000, "1 " * 50_000, "a@" + "a-" * 50_000, "(" * 99_999])
def test_a_very_long_text_is_refused_at_once(kind: Kind, text: str) -> None:
    question = make_question(kind)
    assert format_problem(question, read_typed(question, text)) == "format"
