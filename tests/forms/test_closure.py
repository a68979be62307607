"""Why a case closes, and what shows that each need is met."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from form_definitions import FormDefinition, check_answers
from intake.demo.case_form_answers import closure
from intake.demo.people import MadeUpPeople

REASONS = {
    "needs-met": {"sustained_until"},
    "single-agency": {"sustained_until"},
    "social-care": set(),
    "family-withdrew": {"withdrawal_reason"},
    "moved-away": {"new_area_told"},
    "other": {"reason_details"},
}


@pytest.fixture(scope="module")
def form(forms: Mapping[str, FormDefinition]) -> FormDefinition:
    return forms["closure"]


def make_closure(**changes: Any) -> dict[str, Any]:
    return closure(MadeUpPeople(5, date(2026, 11, 21)), date(2026, 11, 20)) | changes


def refused(form: FormDefinition, answers: Mapping[str, Any]) -> set[str]:
    return {error.path for error in check_answers(form, answers).errors}


def test_a_typical_closure_is_accepted(form: FormDefinition) -> None:
    assert refused(form, make_closure()) == set()


@pytest.mark.parametrize(("reason", "needed"), REASONS.items())
def test_each_reason_asks_what_belongs_to_it(
    form: FormDefinition, reason: str, needed: set[str]
) -> None:
    answers = make_closure(reason=reason)
    answers.pop("sustained_until", None)
    assert refused(form, answers) == needed


def test_the_ten_headline_outcomes_are_offered(form: FormDefinition) -> None:
    headline = form.question_at("needs.headline")
    assert headline is not None
    assert len(headline.options) == 10


def test_a_closure_without_a_need_is_sent_back(form: FormDefinition) -> None:
    answers = make_closure()
    del answers["needs"]
    (error,) = check_answers(form, answers).errors
    assert error.path.startswith("needs")  # at the first control of the group
    assert error.message == "Add at least 1 need"


@pytest.mark.parametrize("result", ["partly-met", "not-met"])
def test_a_need_that_is_not_fully_met_says_why(form: FormDefinition, result: str) -> None:
    reason = f"{result.replace('-', '_')}_reason"
    first, *others = make_closure()["needs"]
    answers = make_closure(needs=[*others, first | {"result": result}])
    assert refused(form, answers) == {f"needs.{len(others)}.{reason}"}


def test_each_need_has_evidence_with_its_date(form: FormDefinition) -> None:
    need = dict(make_closure()["needs"][0])
    del need["evidence"], need["evidence_date"]
    assert refused(form, make_closure(needs=[need])) == {
        "needs.0.evidence",
        "needs.0.evidence_date",
    }


def test_not_talking_to_the_family_needs_a_reason(form: FormDefinition) -> None:
    answers = make_closure(discussed_with_family=False, discussed_with_child="no")
    assert refused(form, answers) == {"not_discussed_reason", "child_not_discussed_reason"}


def test_a_child_may_be_too_young_to_ask(form: FormDefinition) -> None:
    assert refused(form, make_closure(discussed_with_child="too-young")) == set()


def test_who_goes_on_is_only_asked_if_somebody_does(form: FormDefinition) -> None:
    outcome = check_answers(form, make_closure(support_continues=False))
    assert outcome.accepted
    assert "lead" not in outcome.answers
