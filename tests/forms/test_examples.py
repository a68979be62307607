"""The demonstration's directory, staff and made-up answers."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from stdnum.gb import nhs

import intake.demo
from form_definitions import FormDefinition, check_answers
from intake.demo.examples import (
    ENDED,
    ExampleReferral,
    ExampleState,
    example_case_forms,
    example_referrals,
)
from intake.demo.people import made_up_nhs_number
from referral_router import Directory, load_directory, load_rules, route, shipped_rules

DEMO = Path(intake.demo.__file__).parent
PHONE = re.compile(r"07700 900\d{3}|01632 960 ?\d{3}|020 7946 0\d{3}")


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load_directory(DEMO / "directory.json")


@pytest.fixture(scope="module")
def referrals(forms: Mapping[str, FormDefinition], now: datetime) -> list[ExampleReferral]:
    return example_referrals(forms, now)


def read_json(name: str) -> Any:
    return json.loads((DEMO / name).read_text("utf-8"))


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from leaves(inside, name)
    elif isinstance(value, list):
        for inside in value:
            yield from leaves(inside, key)
    else:
        yield key, value


def test_there_are_about_forty_referrals_in_every_state(referrals: list[ExampleReferral]) -> None:
    assert 38 <= len(referrals) <= 44
    assert {example.state for example in referrals} == set(ExampleState)
    assert len({example.key for example in referrals}) == len(referrals)


def test_every_example_is_accepted_as_it_stands(
    forms: Mapping[str, FormDefinition], referrals: list[ExampleReferral], now: datetime
) -> None:
    for example in [*referrals, *example_case_forms(forms, now)]:
        outcome = check_answers(forms[example.form_id], example.answers)
        assert outcome.accepted
        assert outcome.answers == example.answers


def test_the_examples_are_the_same_each_time(
    forms: Mapping[str, FormDefinition], referrals: list[ExampleReferral], now: datetime
) -> None:
    assert example_referrals(forms, now) == referrals
    assert example_case_forms(forms, now) == example_case_forms(forms, now)


def test_case_forms_belong_to_referrals_and_come_after_them(
    forms: Mapping[str, FormDefinition], referrals: list[ExampleReferral], now: datetime
) -> None:
    by_key = {example.key: example for example in referrals}
    case_forms = example_case_forms(forms, now)
    assert Counter(form.form_id for form in case_forms)["gcp2"] >= 3
    for form in case_forms:
        assert form.submitted_at(now) > by_key[form.referral_key].submitted_at(now)


def test_work_that_has_ended_has_a_closure_form(
    forms: Mapping[str, FormDefinition], referrals: list[ExampleReferral], now: datetime
) -> None:
    closed = {
        form.referral_key for form in example_case_forms(forms, now) if form.form_id == "closure"
    }
    assert closed == {example.key for example in referrals if example.state in ENDED}


def test_examples_hold_made_up_people_only(
    forms: Mapping[str, FormDefinition], referrals: list[ExampleReferral], now: datetime
) -> None:
    for example in [*referrals, *example_case_forms(forms, now)]:
        for key, value in leaves(example.answers):
            if "email" in key:
                assert value.endswith("@example.org")
            if "telephone" in key:
                assert PHONE.fullmatch(value), value
            if key in ("nhs_number", "baby_hc_number"):
                assert value.startswith("999")
            if key == "postcode":
                assert value.endswith("9ZZ")


@pytest.mark.parametrize("serial", range(0, 400, 7))
def test_a_made_up_number_passes_the_check_or_is_not_used(serial: int) -> None:
    number = made_up_nhs_number(serial)
    assert number == "" or nhs.is_valid(number)


def test_every_borough_has_an_exploitation_team_and_a_youth_justice_service(
    forms: Mapping[str, FormDefinition], directory: Directory
) -> None:
    for option in forms["master-referral"].questions["borough"].options[:33]:
        for service in ("exploitation", "youth-justice"):
            assert directory.teams_for(service, str(option.value)), (service, option.title)


def test_every_trust_lends_pumps(forms: Mapping[str, FormDefinition], directory: Directory) -> None:
    for option in forms["breast-pump-loan"].questions["trust"].options:
        assert len(directory.teams_for("breast-pump-loan", str(option.value))) == 1


def test_the_duty_desk_receives_what_nobody_else_would(directory: Directory) -> None:
    assert directory.fallback_team == "duty-desk"
    assert directory.teams_for("duty-desk", "eastmere") == ("duty-desk",)
    assert directory.teams_for("police-intelligence", "E09000001") == ("police-intelligence",)


def test_every_team_has_a_made_up_address_and_number(directory: Directory) -> None:
    for team in directory.teams.values():
        assert team.email == f"{team.id}@example.org"
        assert PHONE.fullmatch(team.telephone), team.telephone


def test_there_are_three_partnerships() -> None:
    organisations = read_json("directory.json")["organisations"]
    assert len({each["partnership"] for each in organisations}) == 3


def test_staff_belong_to_teams_of_their_organisation(directory: Directory) -> None:
    staff = read_json("staff.json")
    assert 10 <= len(staff) <= 20
    assert len({person["email"] for person in staff}) == len(staff)
    for person in staff:
        assert person["email"].endswith("@example.org")
        assert directory.teams[person["team"]].organisation == person["organisation"]
        assert person["role"] in {"practitioner", "lead", "administrator"}
    assert {person["role"] for person in staff} == {"practitioner", "lead", "administrator"}
    assert any(record["course"] == "gcp2" for person in staff for record in person["training"])


def test_every_example_reaches_a_team(
    forms: Mapping[str, FormDefinition],
    directory: Directory,
    referrals: list[ExampleReferral],
    now: datetime,
) -> None:
    rules = {
        form_id: load_rules(shipped_rules()[form_id], forms[form_id])
        for form_id in ("breast-pump-loan", "master-referral")
    }
    for example in referrals:
        decision = route(rules[example.form_id], example.answers, directory, now)
        assert decision.destinations, example.key
        assert decision.used_fallback == (example.answers.get("borough") == "not-known")


def test_every_example_that_staff_have_worked_on_is_with_teams_that_have_staff(
    forms: Mapping[str, FormDefinition],
    directory: Directory,
    referrals: list[ExampleReferral],
    now: datetime,
) -> None:
    staffed = {person["team"] for person in read_json("staff.json")}
    untouched = {ExampleState.NEW, ExampleState.OVERDUE}
    for example in referrals:
        if example.state not in untouched:
            rules = load_rules(shipped_rules()[example.form_id], forms[example.form_id])
            decision = route(rules, example.answers, directory, now)
            assert {each.team for each in decision.destinations} <= staffed, example.key


def test_every_example_satisfies_its_file_in_a_standard_validator(
    forms: Mapping[str, FormDefinition], referrals: list[ExampleReferral], now: datetime
) -> None:
    validators = {form_id: Draft202012Validator(form.source) for form_id, form in forms.items()}
    for example in [*referrals, *example_case_forms(forms, now)]:
        assert list(validators[example.form_id].iter_errors(example.answers)) == []
