"""Rules may look at what was worked out from answers, and are checked as for questions."""

import json
from typing import Any

import pytest

from form_definitions import FormDefinition, parse_form, prune
from referral_router import RuleFileError, RuleSet, parse_rules, route, table
from tests.referral_router.referrals import (
    FORM,
    NOW,
    make_answers,
    make_directory,
    make_rule,
    make_rule_file,
)

CALCULATED = {
    "worries": {
        "function": "points",
        "title": "Points for worries",
        "points": [
            {"when": "high_risk", "score": 3},
            {"when": {"indicators": {"contains": {"const": "weapons"}}}, "score": 2},
        ],
    },
    "level": {
        "function": "bands",
        "title": "Level of worry",
        "value": "worries",
        "bands": [{"from": 0, "label": "Low"}, {"from": 5, "label": "High"}],
    },
}


def scored_form() -> FormDefinition:
    form = {**FORM, "x-form": {**FORM["x-form"], "calculated": CALCULATED}}
    return parse_form(json.dumps(form), "small.json")


def rules_with(when: Any) -> RuleSet:
    file = make_rule_file(make_rule("worried", when=when, to=[{"team": "north-team"}]))
    return parse_rules(json.dumps(file), scored_form(), "rules.json")


@pytest.mark.parametrize("when", [{"level": "High"}, {"worries": {"minimum": 5}}])
def test_a_rule_decides_by_a_value_and_says_so_in_its_words(when: Any) -> None:
    rules = rules_with(when)
    answers = make_answers(risk="high", indicators=["weapons"])
    decision = route(rules, prune(scored_form(), answers), make_directory(), NOW)
    assert [to.team for to in decision.destinations] == ["north-team"]
    (row,) = [row for row in table(decision) if row.rule == "worried"]
    assert "Level of worry" in str(row.because) or "Points for worries" in str(row.because)
    calm = route(rules, prune(scored_form(), make_answers()), make_directory(), NOW)
    assert calm.used_fallback


def test_a_rule_about_a_label_that_no_band_has_is_told() -> None:
    with pytest.raises(RuleFileError, match=r"‘Hihg’ is not an option of ‘level’"):
        rules_with({"level": "Hihg"})
