"""Made-up referrals, each with the teams that a duty manager would expect, how urgently, and what
a person is asked to decide: in held_out_referrals.json, one a line."""

import json
from functools import cache
from pathlib import Path

import pytest

from form_definitions import load_form, shipped_forms
from referral_router import RuleSet, load_rules, route, shipped_rules, target_areas
from referral_router.postcodes import PostcodeAreas
from tests.referral_router.partnership import BRENT, CAMDEN, make_partnership
from tests.referral_router.referrals import NOW

REFERRALS = json.loads((Path(__file__).parent / "held_out_referrals.json").read_text("utf-8"))
CASE_TEAMS = ("early-help", f"exploitation-{CAMDEN}")
SHORT = {
    f"{service}-{borough}": f"{prefix}{service}"
    for service in ("exploitation", "youth-justice")
    for borough, prefix in ((CAMDEN, ""), (BRENT, "brent-"))
}


@cache
def rules_of(form: str) -> RuleSet:
    return load_rules(shipped_rules()[form], load_form(shipped_forms()[form]))


def list_of_postcodes() -> PostcodeAreas:
    return PostcodeAreas(lambda letter: iter([("NW1 9ZZ", CAMDEN)] if letter == "N" else []))


@pytest.mark.parametrize(
    "referral", [pytest.param(each, id=f"{each['form']}: {each['about']}") for each in REFERRALS]
)
def test_a_referral_is_with_the_teams_that_a_duty_manager_would_expect(referral, monkeypatch):
    monkeypatch.setattr(target_areas, "postcode_areas", list_of_postcodes)
    case = CASE_TEAMS if referral["form"] in ("closure", "gcp2") else ()
    decision = route(
        rules_of(referral["form"]), referral["answers"], make_partnership(), NOW, case_teams=case
    )
    teams = {SHORT.get(to.team, to.team): to.urgency.key for to in decision.destinations}
    assert teams == referral["teams"]
    asked = " ".join(question for to in decision.destinations for question in to.asks)
    assert referral.get("asks", "") in asked
