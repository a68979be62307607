"""The rule files of the shipped forms: each referral goes where the partnership wants it."""

import json
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from form_definitions import FormDefinition, answers_in, load_form, shipped_forms
from referral_router import (
    Decision,
    Urgency,
    check_rules_against,
    load_rules,
    pointless_rules,
    route,
    shipped_rules,
)
from tests.referral_router.partnership import BRENT, CAMDEN, TRUSTS, make_partnership
from tests.referral_router.referrals import NOW


@pytest.fixture(scope="module")
def forms() -> dict[str, FormDefinition]:
    return {form: load_form(path) for form, path in shipped_forms().items()}


@pytest.fixture
def decide(forms):
    def decided(form: str, answers: dict[str, object], case_teams=()) -> Decision:
        rules = load_rules(shipped_rules()[form], forms[form])
        return route(rules, answers, make_partnership(), NOW, case_teams=case_teams)

    return decided


def urgencies(decision: Decision) -> dict[str, Urgency]:
    return {destination.team: destination.urgency for destination in decision.destinations}


def test_every_shipped_form_has_rules_that_load_and_that_the_directory_can_serve(forms):
    assert set(shipped_rules()) == set(forms)
    for form, path in shipped_rules().items():
        rules = load_rules(path, forms[form])
        assert check_rules_against(rules, make_partnership()) == ()
        assert pointless_rules(rules) == ()


def test_every_shipped_rule_file_fits_the_schema_that_editors_use(routing_schema):
    for path in shipped_rules().values():
        jsonschema.validate(json.loads(path.read_text("utf-8")), routing_schema)


@pytest.mark.parametrize("trust", TRUSTS)
def test_a_pump_is_asked_of_the_trust_that_was_chosen_within_one_working_day(decide, trust):
    decision = decide("breast-pump-loan", {"applying_as": "parent", "trust": trust})
    (destination,) = decision.destinations
    assert destination.team == f"{trust}-feeding"
    assert destination.urgency == Urgency.ROUTINE
    assert destination.acknowledge_by == NOW + timedelta(days=1)


def make_referral(**answers: object) -> dict[str, object]:
    return {
        "immediate_danger": False,
        "referral_type": "intervention",
        "borough": CAMDEN,
        "risk_level": "low",
        **answers,
    }


def test_an_intervention_goes_to_the_boroughs_exploitation_team_and_youth_justice(decide):
    assert urgencies(decide("master-referral", make_referral())) == {
        f"exploitation-{CAMDEN}": Urgency.ROUTINE,
        f"youth-justice-{CAMDEN}": Urgency.ROUTINE,
    }
    assert set(urgencies(decide("master-referral", make_referral(borough=BRENT)))) == {
        f"exploitation-{BRENT}",
        f"youth-justice-{BRENT}",
    }


def test_risk_raises_urgency(decide):
    for risk, urgency in (("medium", Urgency.SOON), ("high", Urgency.URGENT)):
        found = urgencies(decide("master-referral", make_referral(risk_level=risk)))
        assert set(found.values()) == {urgency}


def test_intelligence_goes_to_police_intelligence_alone(decide):
    intelligence = make_referral(referral_type="intelligence")
    del intelligence["risk_level"]
    assert set(urgencies(decide("master-referral", intelligence))) == {"police-intelligence"}


@pytest.mark.parametrize("referral_type", ["intervention", "intelligence"])
def test_immediate_danger_is_with_the_duty_desk_at_once_whatever_the_type(decide, referral_type):
    answers = make_referral(immediate_danger=True, referral_type=referral_type)
    decision = decide("master-referral", answers)
    first, *others = decision.destinations
    assert (first.team, first.urgency) == ("duty-desk", Urgency.IMMEDIATE)
    assert first.acknowledge_by <= NOW + timedelta(hours=1)
    assert others


def test_an_intervention_where_nobody_works_is_with_the_duty_desk(decide):
    decision = decide("master-referral", make_referral(borough="E09000004", risk_level="high"))
    assert urgencies(decision) == {"duty-desk": Urgency.URGENT}
    assert decision.used_fallback


@pytest.mark.parametrize("form", ["gcp2", "closure"])
def test_what_is_completed_on_a_case_goes_to_the_cases_teams(decide, form):
    case_teams = ("early-help", f"exploitation-{BRENT}")
    answers = {"grade_nutrition": "2", "reason": "needs-met"}
    assert urgencies(decide(form, answers, case_teams)) == dict.fromkeys(
        case_teams, Urgency.ROUTINE
    )
    assert set(urgencies(decide(form, answers))) == {"duty-desk"}


def test_a_grade_of_5_in_any_part_makes_a_profile_urgent(decide, forms):
    grades = [name for name in forms["gcp2"].questions if name.startswith("grade_")]
    assert len(grades) == 13
    for grade in grades:
        decision = decide("gcp2", {grade: "5"}, ("early-help",))
        assert urgencies(decision) == {"early-help": Urgency.URGENT}


def make_return(**answers: object) -> dict[str, object]:
    return {
        "harm_now": False,
        "borough": CAMDEN,
        "returned_on": "2026-11-17",
        "returned_at": "18:00",
        "times_before": "first",
        "outcome": "talked",
        "harmed": "no",
        **answers,
    }


def test_a_childs_return_is_decided_within_72_hours_of_it_however_late_it_is_told(decide):
    (desk,) = decide("return-home-interview", make_return()).destinations
    assert desk.team == "duty-desk"
    assert desk.decide_by == datetime(2026, 11, 20, 18, tzinfo=UTC)
    (late,) = decide("return-home-interview", make_return(returned_on="2026-11-10")).destinations
    assert late.decide_by == datetime(2026, 11, 13, 18, tzinfo=UTC) < NOW


@pytest.mark.parametrize(
    "answers",
    [{"harmed": "yes"}, {"signs": ["older-people"]}, {"pull": ["friends", "online"]}],
)
def test_harm_and_a_pull_by_strangers_go_to_the_boroughs_exploitation_team(decide, answers):
    found = urgencies(decide("return-home-interview", make_return(**answers)))
    assert found[f"exploitation-{CAMDEN}"] == Urgency.URGENT


def test_signs_of_crime_go_to_youth_justice_too(decide):
    found = urgencies(decide("return-home-interview", make_return(signs=["debt"])))
    assert set(found) == {"duty-desk", f"exploitation-{CAMDEN}", f"youth-justice-{CAMDEN}"}


def test_a_child_whom_nobody_has_heard_from_is_asked_after(decide):
    decision = decide("return-home-interview", make_return(outcome="not-reached", harmed=None))
    (desk,) = decision.destinations
    assert (desk.urgency, desk.asks) == (Urgency.SOON, ("Who tries again, and by when?",))


def test_a_child_at_risk_now_is_with_every_team_at_once(decide):
    decision = decide("return-home-interview", make_return(harm_now=True, harmed="yes"))
    assert len(decision.destinations) == 2
    for to in decision.destinations:
        assert to.urgency == Urgency.IMMEDIATE
        assert to.acknowledge_by == NOW + timedelta(minutes=30)


def make_notice(*schooling: str, **answers: object) -> dict[str, object]:
    children = [{"first_name": "A", "last_name": "B", "schooling": each} for each in schooling]
    return {"borough": BRENT, "children": children, "may_collect": "no", "injured": False} | answers


def test_a_school_is_told_before_its_next_day(decide):
    (school,) = decide("police-to-school", make_notice("school")).destinations
    assert (school.team, school.urgency) == ("schools", Urgency.URGENT)
    assert school.acknowledge_by == datetime(2026, 11, 19, 8, 30, tzinfo=UTC)


def test_a_school_is_not_told_who_the_officer_is_and_the_desk_keeps_all_of_it(decide, forms):
    notice = make_notice("school", officer={"full_name": "Sample Constable"}, injured=True)
    alone = decide("police-to-school", make_notice("school"))
    assert alone.kept_for == ("duty-desk",)
    decision = decide("police-to-school", notice)
    sections = {to.team: to.sections for to in decision.destinations}
    assert sections.pop("duty-desk") is None
    assert decision.kept_for == ()
    told = answers_in(forms["police-to-school"], notice, sections["schools"])
    assert notice.keys() - told.keys() == {"officer"}


@pytest.mark.parametrize("schooling", ["home", "none", "not-known"])
def test_a_child_without_a_school_is_told_of_to_the_duty_desk(decide, schooling):
    (desk,) = decide("police-to-school", make_notice(schooling)).destinations
    assert desk.team == "duty-desk"
    assert desk.asks


def test_siblings_at_school_and_at_home_are_told_of_to_both(decide):
    found = urgencies(decide("police-to-school", make_notice("school", "home")))
    assert set(found) == {"schools", "duty-desk"}


def test_a_child_who_was_hurt_is_with_all_of_them_at_once(decide):
    found = urgencies(decide("police-to-school", make_notice("school", injured=True)))
    assert found == {"schools": Urgency.IMMEDIATE, "duty-desk": Urgency.IMMEDIATE}
