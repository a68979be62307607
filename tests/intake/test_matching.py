"""The same person, known again after the errors that forms have: names, dates, homes, weights."""

import json
from datetime import date

import pytest

from intake.matching.blocking import blocks
from intake.matching.comparing import compare, suggested
from intake.matching.explaining import WORDS, in_words
from intake.matching.people import Person, person
from intake.matching.weights import SHIPPED, BadWeights, load_weights, shipped_weights

WEIGHTS = shipped_weights()
TOLD_ON = date(2026, 11, 23)
ADA = {
    "date_of_birth": "1990-03-27",
    "postcode": "BT12 6BA",
    "first_lines": "12 High Street",
    "telephone": "+447700900123",
}


def ada(*names: str, **other: str) -> Person:
    return person(names or ("Ada", "Okafor"), told_on=TOLD_ON, **{**ADA, **other})


def evidence(one: Person, two: Person) -> dict[str, str]:
    """Field → level."""
    return dict(code.split(".") for code in compare(one, two, WEIGHTS).evidence)


@pytest.mark.parametrize(
    ("one", "two", "given", "family"),
    [
        (("Zoë", "O’Brien"), ("ZOE", "OBRIEN"), "same", "same"),
        (("Zoë", "O Brien"), ("OBrien, Zoe",), "same", "same"),
        (("Dr Ada", "Okafor"), ("Ada", "Okafor"), "same", "same"),
        (("Mary Jane", "Smith-Jones"), ("Maryjane", "Jones Smith"), "same", "same"),
        (("William", "Owen"), ("Bill", "Owen"), "variant", "same"),
        (("Katarzyna", "Wójcik"), ("Kasia", "Wojcik"), "variant", "same"),
        (("Muhammad", "Al-Sayed"), ("Mohamed", "Sayed"), "variant", "same"),
        (("Siân", "Evans"), ("Sain", "Evans"), "spelled", "same"),
        (("Ada", "Chaudhry"), ("Ada", "Choudhury"), "same", "spelled"),
        (("Ada", "Qureshi"), ("Ada", "Koreishy"), "same", "sounds"),
        (("Jane", "Smith-Jones"), ("Jane", "Smith"), "same", "part"),
        (("Ming", "Zhang"), ("Zhang", "Ming"), "crossed", "crossed"),
        (("Ann Ruth", "Bell"), ("Ruth", "Bell"), "middle", "same"),
        (("J", "Bell"), ("Jane", "Bell"), "initial", "same"),
        (("John", "Bell"), ("Jane", "Bell"), "different", "same"),
        (("Ada", "Lord"), ("Ada", "Pan"), "same", "different"),
    ],
)
def test_two_spellings_of_a_name(one, two, given, family):
    found = evidence(person(one), person(two))
    assert (found["given"], found["family"]) == (given, family)


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        ("1990-03-27", "1990-03-27", "same"),
        ("1990-03-04", "1990-04-03", "swapped"),
        ("1990-03-27", "1990-03-28", "digit"),
        ("1990-03-27", "1990-03-72", ""),
        ("1990-03-12", "1990-03-21", "digit"),
        ("1990-03-27", "1909-03-27", "digit"),
        ("1990-01-01", "1990-01-01", "same_estimated"),
        ("1990-01-01", "1991-06-20", "estimated"),
        ("1990-01-01", "1993-06-20", "different"),
        ("2026-12-20", "2026-11-10", "near"),
        ("2026-12-20", "2025-11-10", "different"),
        ("1990-03-27", "1985-06-11", "different"),
    ],
)
def test_two_dates_of_birth(one, two, level):
    first, second = ada(date_of_birth=one), ada(date_of_birth=two)
    assert evidence(first, second).get("birth", "") == level


@pytest.mark.parametrize(
    ("postcode", "lines", "level"),
    [
        ("bt126ba", "12, High Street", "house"),
        ("BT12 6BA", "14 High Street", "postcode"),
        ("BT12 6BB", "12 High Street", "street"),
        ("", "12 high street", "street"),
        ("BT12 9XY", "3 Mill Lane", "district"),
        ("N1 9GU", "3 Mill Lane", "different"),
        ("", "", ""),
    ],
)
def test_two_homes(postcode, lines, level):
    found = evidence(ada(), ada(postcode=postcode, first_lines=lines))
    assert found.get("home", "") == level


def test_a_baby_without_a_name_is_known_again_by_home_and_expected_birth():
    unborn = ada("Baby", "Okafor", date_of_birth="2026-12-20")
    born = person(("Chidi", "Okafor"), **{**ADA, "date_of_birth": "2026-12-08"})
    assert set(evidence(unborn, born)) == {"birth", "family", "home", "telephone"}
    assert suggested(unborn, born, WEIGHTS)


def test_two_different_nhs_numbers_weigh_strongly_against():
    without = compare(ada(), ada(), WEIGHTS)
    with_two = compare(ada(nhs_number="9990000018"), ada(nhs_number="9990000026"), WEIGHTS)
    assert with_two.score <= without.score - 10


def test_one_nhs_number_and_another_first_name_is_suggested():
    one = ada("Wei", "Chen", nhs_number="9990000018")
    assert suggested(one, ada("David", "Chen", nhs_number="9990000018"), WEIGHTS)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (ada("Ada", "Okafor"), ada("Obi", "Okafor")),  # twins
        (ada("Ada", "Okafor"), ada("Obi", "Okafor", date_of_birth="1988-06-11")),  # a brother
        (ada("John", "Bell"), ada("John", "Bell", date_of_birth="2015-06-11")),  # father and son
        (ada(date_of_birth=""), ada(date_of_birth="")),  # name and contact alone
        (ada(), person(("Ada", "Okafor"), date_of_birth="1971-08-08")),  # a namesake
    ],
)
def test_relatives_and_namesakes_are_not_suggested(one, two):
    assert suggested(one, two, WEIGHTS) is None


def test_what_it_is_looked_up_by_survives_the_usual_errors():
    for other in (
        ada("Bill", "Owen"),
        ada("William", "Owne", date_of_birth="1990-03-28"),
        ada("William", "Prys"),
        ada("Wiliam", "Owen", date_of_birth="1984-03-27"),
    ):
        assert not blocks(ada("William", "Owen")).isdisjoint(blocks(other))
    swapped = ada("Ada", "Prys", date_of_birth="1990-04-03", postcode="")
    assert not blocks(ada("Adaeze", "Owen", date_of_birth="1990-03-04")).isdisjoint(blocks(swapped))


def test_every_level_has_words_without_a_value():
    assert {f"{field}.{level}" for field, level in WEIGHTS.bits} == {*WORDS, "family.crossed"}
    assert in_words(("nhs_number.same", "family.sounds", "birth.same")) == (
        "same NHS number",
        "surname sounds alike",
        "born the same day",
    )


def test_nothing_of_a_person_is_in_its_repr():
    shown = repr(ada(nhs_number="9990000018", email="ada@example.org"))
    for secret in ("okafor", "1990", "BT12", "900123", "9990000018", "ada@"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda file: file.pop("version"), "version"),
        (lambda file: file["levels"]["given"].pop("same"), "same"),
        (lambda file: file["levels"]["given"].update(shoe={"m": 0.1, "u": 0.1}), "no level “shoe”"),
        (lambda file: file["levels"]["birth"]["same"].update(m=0.2), "the m of birth are 0.350"),
        (lambda file: file["levels"]["birth"]["same"].update(u=0), "ZeroDivisionError"),
        (lambda file: file.update(version="x" * 41), "1 to 40 characters"),
    ],
)
def test_weights_that_cannot_be_right_are_refused(tmp_path, change, problem):
    content = json.loads(SHIPPED.read_text("utf-8"))
    change(content)
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(BadWeights, match=problem):
        load_weights(path)
