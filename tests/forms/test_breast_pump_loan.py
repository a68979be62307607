"""A parent or a professional asks to borrow a breast pump."""

from collections.abc import Mapping
from typing import Any

import pytest

from form_definitions import FormDefinition, PageType, check_answers, visible

TRUSTS = ("belfast-hsct", "northern-hsct", "south-eastern-hsct", "southern-hsct", "western-hsct")


@pytest.fixture(scope="module")
def pump(forms: Mapping[str, FormDefinition]) -> FormDefinition:
    return forms["breast-pump-loan"]


def make_request(**changes: Any) -> dict[str, Any]:
    """The least that a parent with a baby at home has to say."""
    return {
        "applying_as": "parent",
        "baby_now": "at-home",
        "trust": "belfast-hsct",
        "parent_first_name": "Roisin",
        "parent_last_name": "Dunmarra",
        "parent_date_of_birth": "1994-03-27",
        "interpreter_needed": False,
        "address": {"line_1": "4 Alder Row", "town": "Belfast", "postcode": "BT9 9ZZ"},
        "safe_to_send_letters": "yes",
        "telephone": "07700 900123",
        "safe_to_leave_message": "no",
        "baby_date_of_birth": "2026-10-02",
        "multiple_birth": "one",
        "feeding_status": "expressing",
        "kit_type": "double",
        "kit_size": "not-known",
        "collect_or_deliver": "collect",
        "needed_by": "2026-11-30",
        "agrees_to_sharing": "yes",
        "loan_terms": "agree",
    } | changes


def messages(form: FormDefinition, answers: Mapping[str, Any]) -> dict[str, str]:
    return {error.path: error.message for error in check_answers(form, answers).errors}


def page_ids(form: FormDefinition, answers: Mapping[str, Any]) -> list[str]:
    return [page.id for page in visible(form, answers).pages]


@pytest.mark.parametrize("trust", TRUSTS)
def test_a_parent_can_ask_each_of_the_five_trusts(pump: FormDefinition, trust: str) -> None:
    assert messages(pump, make_request(trust=trust)) == {}


def test_the_ambulance_trust_is_not_offered(pump: FormDefinition) -> None:
    assert {option.value for option in pump.questions["trust"].options} == set(TRUSTS)


def test_a_baby_without_a_name_or_number_is_welcome(pump: FormDefinition) -> None:
    answers = make_request()
    assert not {"baby_name", "baby_hc_number", "gestation", "birth_weight"} & set(answers)
    assert check_answers(pump, answers).accepted


def test_a_baby_who_has_died_ends_the_journey_at_once(pump: FormDefinition) -> None:
    shown = visible(pump, {"applying_as": "parent", "baby_now": "died"})
    assert shown.ended is not None
    assert shown.ended.type is PageType.END
    assert [page.id for page in shown.pages] == ["who", "how-the-baby-is", "support-for-you"]


def test_the_end_names_someone_to_call(pump: FormDefinition) -> None:
    body = pump.page("support-for-you").body
    assert "Orla" in body
    assert "tel:01632960410" in body
    assert "not sent your answers" in body


def test_nothing_can_be_submitted_after_the_end(pump: FormDefinition) -> None:
    assert not check_answers(pump, make_request(baby_now="died")).accepted


def test_saying_how_the_baby_is_can_be_left_out(pump: FormDefinition) -> None:
    answers = make_request(baby_now="prefer-not-to-say")
    assert check_answers(pump, answers).accepted
    assert "hospital" not in page_ids(pump, answers)


def test_a_professional_says_who_and_where_they_are(pump: FormDefinition) -> None:
    refused = messages(pump, make_request(applying_as="professional"))
    assert set(refused) == {
        "professional_name",
        "professional_role",
        "ward",
        "professional_telephone",
    }
    assert refused["ward"] == "Enter your ward, unit or team"


def test_a_baby_in_hospital_needs_the_unit_but_no_date_to_go_home(pump: FormDefinition) -> None:
    answers = make_request(baby_now="in-hospital")
    assert set(messages(pump, answers)) == {"hospital_unit"}
    assert messages(pump, answers | {"hospital_unit": "Riverside Hospital, neonatal unit"}) == {}


def test_an_interpreter_needs_a_language(pump: FormDefinition) -> None:
    assert set(messages(pump, make_request(interpreter_needed=True))) == {"interpreter_language"}


def test_delivery_elsewhere_asks_where(pump: FormDefinition) -> None:
    assert "delivery_address" in str(
        messages(pump, make_request(collect_or_deliver="deliver-elsewhere"))
    )


def test_an_answer_to_a_question_that_is_not_shown_is_not_stored(pump: FormDefinition) -> None:
    stored = check_answers(pump, make_request(ward="Neonatal unit", hospital_unit="X")).answers
    assert not {"ward", "hospital_unit"} & set(stored)


def test_not_agreeing_to_the_use_of_answers_leads_to_a_person(pump: FormDefinition) -> None:
    shown = visible(pump, make_request(agrees_to_sharing="no"))
    assert shown.ended is not None
    assert shown.ended.id == "talk-to-us"


def test_wanting_to_talk_about_the_loan_first_does_not_stop_the_request(
    pump: FormDefinition,
) -> None:
    assert check_answers(pump, make_request(loan_terms="talk-first")).accepted


def test_a_weight_in_kilograms_is_sent_back_with_help(pump: FormDefinition) -> None:
    assert "not kilograms" in messages(pump, make_request(birth_weight=2))["birth_weight"]


def test_a_wrong_health_and_care_number_can_be_left_empty(pump: FormDefinition) -> None:
    assert (
        "leave this empty"
        in messages(pump, make_request(baby_hc_number="9990000019"))["baby_hc_number"]
    )
    assert check_answers(pump, make_request(baby_hc_number="9990000018")).accepted
