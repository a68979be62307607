"""Mistakes planted in good rules: each is found, and nothing else is told."""

import json
from dataclasses import replace

import pytest

from form_definitions import parse_form
from referral_router import (
    RuleFileError,
    check_rules_against,
    parse_rules,
    pointless_rules,
    uncovered_areas,
)
from tests.referral_router.referrals import (
    FALLBACK_PART,
    FORM,
    make_directory,
    make_rule,
    make_rule_file,
    make_rules,
)

GOOD = (
    make_rule("help", to=[{"service": "help", "area_from": "area"}]),
    make_rule("high", when={"risk": "high"}, urgency="urgent"),
    make_rule("weapons", when={"indicators": {"contains": {"const": "weapons"}}}, tags=["weapons"]),
)
INSTEAD = {**FALLBACK_PART, "instead": "other"}
HIGH_AND_DANGER = {"all": ["high_risk", {"danger": True}]}


def directory():
    """West is served too; the team “other” is of another organisation."""
    areas = {("help", area): ("north-team",) for area in ("north", "south", "west")}
    found = make_directory("desk north-team south-team other", areas)
    other = replace(found.teams["other"], organisation="trust", organisation_name="Example Trust")
    return replace(found, teams={**found.teams, "other": other})


def told(*planted, known=None, fallback=INSTEAD):
    """Everything that a check says of the good rules with some more."""
    text, known = (
        json.dumps(make_rule_file(*GOOD, *planted, fallback=fallback)),
        known or directory(),
    )
    try:
        rules = make_rules(*GOOD, *planted, fallback=fallback)
    except RuleFileError as error:
        return list(error.problems)
    assert text
    return [*pointless_rules(rules, known), *check_rules_against(rules, known),
            *uncovered_areas(rules, known)]  # fmt: skip


def test_of_good_rules_nothing_is_told():
    assert told() == []


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        ({"to": [{"team": "dsek"}]}, "there is no team ‘dsek’"),
        ({"to": [{"service": "nursing"}]}, "no team gives the service ‘nursing’"),
        ({"to": [{"service": "help", "area": "east"}]}, "there is no area ‘east’"),
        ({"when": {"risk": "hihg"}}, "‘hihg’ is not an option of ‘risk’"),
        ({"when": {"age": "old"}}, "‘old’"),
        ({"when": {"all": ["high_risk", {"risk": "low"}]}}, "no answers can satisfy"),
        ({"when": HIGH_AND_DANGER}, "the rule ‘high’ sends the same as urgently"),
        (
            {"to": [{"team": "other"}], "exclude": [{"organisation": "trust"}]},
            "excludes all of its teams",
        ),
        (
            {"to": [{"team": "desk"}, {"team": "other"}], "exclude": [{"team": "other"}]},
            "the rule ‘planted’ excludes ‘other’",
        ),
    ],
)
def test_a_planted_mistake_is_told(planted, words):
    rule = make_rule("planted", **planted)
    if planted.get("when") == HIGH_AND_DANGER:
        rule["urgency"] = "urgent"
    (problem,) = told(rule)
    assert words in problem.message
    assert problem.fix


def test_two_rules_that_contradict_are_told():
    sends = make_rule("planted", when=HIGH_AND_DANGER, to=[{"team": "other"}, {"team": "desk"}])
    never = {
        "id": "never",
        "when": {"danger": True},
        "exclude": [{"organisation": "trust"}],
        "why": "It is about them.",
    }
    (problem,) = told(sends, never)
    assert (problem.where, problem.message) == (
        "rule planted",
        "the rule ‘never’ excludes ‘other’ whenever it applies",
    )


def test_a_rule_that_is_always_stopped_is_told():
    first = make_rule("first", when={"danger": True}, rank=1, stop=True, to=[{"team": "other"}])
    (problem,) = told(first, make_rule("planted", when=HIGH_AND_DANGER, to=[{"team": "other"}]))
    assert "the rule ‘first’ goes before it and stops it" in problem.message


def test_an_area_that_nobody_serves_is_told():
    (remark,) = told(known=make_directory("desk north-team south-team other"))
    assert "in ‘West’" in remark.message


def test_a_condition_on_what_is_never_asked_together_is_told():
    """The age is asked only if there is danger, so “no danger, and aged 3” never comes."""
    form = json.loads(json.dumps(FORM))
    form["properties"]["age"]["x-ui"] = {"when": {"danger": True}}
    definition = parse_form(json.dumps(form), "small.json")

    def problems(when):
        file = make_rule_file(make_rule("planted", when=when))
        return pointless_rules(parse_rules(json.dumps(file), definition))

    (problem,) = problems({"danger": False, "age": {"maximum": 3}})
    assert problem.message == "the form never asks all that its condition needs"
    assert problems({"danger": True, "age": {"maximum": 3}}) == ()
    assert problems({"danger": False, "not": {"age": {"maximum": 3}}}) == ()
