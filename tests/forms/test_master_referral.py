"""One front door for young people at risk of exploitation."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from form_definitions import FormDefinition, check_answers, visible
from intake.demo.people import MadeUpPeople
from intake.demo.referral_answers import information_only, referral_for_help

BRENT = "E09000005"
SIGNS = (
    "missing", "school", "money", "phones", "associates", "weapons", "injuries", "drugs",
    "self-harm", "offending", "care",
)  # fmt: skip


@pytest.fixture(scope="module")
def referral(forms: Mapping[str, FormDefinition]) -> FormDefinition:
    return forms["master-referral"]


def make_people() -> MadeUpPeople:
    return MadeUpPeople(7, date(2026, 11, 21))


def make_referral(**changes: Any) -> dict[str, Any]:
    return referral_for_help(make_people(), BRENT, "medium") | changes


def make_information(**changes: Any) -> dict[str, Any]:
    return information_only(make_people(), BRENT) | changes


def make_referral_in_danger(**changes: Any) -> dict[str, Any]:
    return referral_for_help(make_people(), BRENT, "high", danger=True) | changes


def refused(form: FormDefinition, answers: Mapping[str, Any]) -> set[str]:
    return {error.path for error in check_answers(form, answers).errors}


def page_ids(form: FormDefinition, answers: Mapping[str, Any]) -> list[str]:
    return [page.id for page in visible(form, answers).pages]


@pytest.mark.parametrize("make", [make_referral, make_information, make_referral_in_danger])
def test_a_typical_referral_of_each_kind_is_accepted(referral: FormDefinition, make: Any) -> None:
    assert refused(referral, make()) == set()


def test_danger_is_asked_before_anything_else(referral: FormDefinition) -> None:
    assert referral.pages[0].questions[0].name == "immediate_danger"


def test_danger_tells_to_call_999_and_the_referral_is_still_possible(
    referral: FormDefinition,
) -> None:
    shown = page_ids(referral, {"immediate_danger": True})
    assert shown[:3] == ["immediate-danger", "call-999", "police"]
    assert "tel:999" in referral.page("call-999").body
    assert visible(referral, {"immediate_danger": True}).ended is None
    assert "call-999" not in page_ids(referral, {"immediate_danger": False})


def test_in_danger_only_what_is_needed_to_find_them_is_asked(referral: FormDefinition) -> None:
    shown = page_ids(referral, make_referral_in_danger())
    assert "concern" in shown
    assert "location" in shown
    assert not {"household-known", "indicators", "identifiers"} & set(shown)


def test_in_danger_the_whole_form_can_be_chosen(referral: FormDefinition) -> None:
    shown = page_ids(referral, make_referral_in_danger(more_detail_now="full"))
    assert {"household-known", "indicators", "identifiers"} <= set(shown)


def test_intelligence_is_not_asked_for_support_data(referral: FormDefinition) -> None:
    stored = check_answers(referral, make_referral() | make_information()).answers
    support = {"first_name", "consent_given", "household", "indicators", "risk_level", "gender"}
    assert not support & set(stored)
    assert "information" in stored


def test_a_request_for_help_is_not_asked_for_intelligence(referral: FormDefinition) -> None:
    stored = check_answers(referral, make_information() | make_referral()).answers
    assert not {"information", "source_at_risk", "people_involved"} & set(stored)


def test_every_borough_is_offered_by_its_official_code(referral: FormDefinition) -> None:
    codes = [option.value for option in referral.questions["borough"].options]
    assert codes[:33] == [f"E090000{number:02d}" for number in range(1, 34)]
    assert codes[33:] == ["outside-london", "not-known"]


def test_nineteen_ethnic_groups_and_two_ways_not_to_say(referral: FormDefinition) -> None:
    options = [option.value for option in referral.questions["ethnicity"].options]
    assert len(options) == 21
    assert "roma" in options
    assert options[19:] == ["prefer-not-to-say", "not-known"]


def test_no_consent_needs_a_reason_and_the_referrers_own_words(referral: FormDefinition) -> None:
    answers = make_referral(consent_given=False)
    for name in ("no_consent_reason", "no_consent_explanation"):
        answers.pop(name, None)
    assert refused(referral, answers) == {"no_consent_reason", "no_consent_explanation"}


def test_an_unaware_young_person_needs_a_reason(referral: FormDefinition) -> None:
    answers = make_referral(young_person_aware="no", carer_aware="no")
    for name in ("young_person_not_aware_reason", "carer_not_aware_reason"):
        answers.pop(name, None)
    assert refused(referral, answers) == {
        "young_person_not_aware_reason",
        "carer_not_aware_reason",
    }


@pytest.mark.parametrize(
    ("known", "needed"),
    [("exact", {"date_of_birth"}), ("estimated", {"estimated_age"}), ("not-known", set())],
)
def test_a_date_of_birth_may_be_exact_estimated_or_not_known(
    referral: FormDefinition, known: str, needed: set[str]
) -> None:
    answers = make_referral(date_of_birth_known=known)
    for name in ("date_of_birth", "estimated_age"):
        answers.pop(name, None)
    assert refused(referral, answers) == needed


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_that_was_seen_is_asked_for_its_recency_and_no_other(
    referral: FormDefinition, sign: str
) -> None:
    answers = make_referral(indicators=[sign])
    asked = visible(referral, answers).questions
    recency = {name for name in asked if name.startswith("recency_")}
    assert recency == {f"recency_{sign.replace('-', '_')}"}


def test_no_signs_means_no_page_about_when(referral: FormDefinition) -> None:
    answers = make_referral(indicators=["none"])
    assert "recency" not in page_ids(referral, answers)
    assert refused(referral, answers) == set()


def test_none_of_these_goes_with_no_sign(referral: FormDefinition) -> None:
    answers = make_referral(indicators=["none", "missing"], recency_missing="not-known")
    assert "indicators" in refused(referral, answers)


def test_saying_that_a_household_is_known_asks_for_at_least_one_person(
    referral: FormDefinition,
) -> None:
    answers = make_referral()
    del answers["household"]
    (error,) = check_answers(referral, answers).errors
    assert error.path.startswith("household")  # at the first control of the group
    assert error.message == "Tell us about at least 1 person"
    assert refused(referral, answers | {"household_known": False}) == set()


def test_each_person_of_the_household_needs_parental_responsibility_answered(
    referral: FormDefinition,
) -> None:
    person = make_referral()["household"][0]
    without = {key: value for key, value in person.items() if key != "parental_responsibility"}
    answers = make_referral(household=[person, without])
    assert refused(referral, answers) == {"household.1.parental_responsibility"}


def test_a_missing_young_person_asks_if_the_police_know(referral: FormDefinition) -> None:
    assert refused(referral, make_referral(location="missing")) == {"reported_missing"}


def test_the_least_of_a_full_referral_can_be_mostly_unknown(referral: FormDefinition) -> None:
    answers = make_referral(
        gender="not-known",
        interpreter="not-known",
        disability="not-known",
        education="not-known",
        household_known=False,
        professionals_known=False,
        indicators=["none"],
        owes_debt="not-known",
        arrested_outside_london="not-known",
        nrm_referral="not-known",
        has_social_worker="not-known",
        has_youth_justice_worker="not-known",
        address_known="not-known",
        location="not-known",
        date_of_birth_known="not-known",
        safe_to_contact="not-known",
    )
    for optional in ("last_name", "ethnicity", "first_language", "nhs_number", "going_well"):
        answers.pop(optional, None)
    assert refused(referral, answers) == set()
