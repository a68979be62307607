"""Decisions in words that staff read."""

from datetime import UTC, datetime

import pytest

from referral_router import decision_from_json, explain, route, sent_to, story, table
from referral_router.time_words import clock_words
from tests.referral_router.referrals import NOW, make_answers, make_directory, make_rule, make_rules

TO_HELP = [{"service": "help", "area_from": "area"}]
RULES = (
    make_rule("help", when={"risk": ["medium", "high"]}, to=TO_HELP),
    make_rule("high", when="high_risk", to=TO_HELP, urgency="urgent", acknowledge_within="PT1H"),
    make_rule("danger", when={"danger": True}, urgency="immediate"),
)


def decide(*rules, **answers):
    return route(make_rules(*(rules or RULES)), make_answers(**answers), make_directory(), NOW)


def test_a_story_says_to_whom_because_of_what_how_urgently_and_until_when():
    assert story(decide(risk="high"), make_directory()) == [
        "It went to Team north-team (Example Council) because ‘How high is the risk?’ is "
        "‘Medium’ or ‘High’, and because ‘How high is the risk?’ is ‘High’.",
        "Because of help.",
        "Because of high.",
        "Urgent: someone should acknowledge it by 11:30am on Wednesday 18 November 2026.",
    ]


def test_a_reason_that_another_contains_is_said_once():
    yes = {"danger": True}
    wide = make_rule("wide", when=yes, to=TO_HELP)
    narrow = make_rule("narrow", when={"all": [yes, {"risk": "high"}]}, to=TO_HELP)
    (sent,) = sent_to(decide(wide, narrow, danger=True, risk="high"), make_directory())
    assert sent.because == (
        "because ‘Is anyone in danger?’ is ‘Yes’ and ‘How high is the risk?’ is ‘High’."
    )
    assert sent.why == ("Because of wide.", "Because of narrow.")


def test_a_story_says_that_the_fallback_stood_in_and_for_whom():
    assert story(decide(), make_directory())[0] == (
        "It went to Team desk (Example Council) because no rule applies."
    )
    care = make_rule("care", to=[{"service": "care", "area_from": "area"}])
    assert story(decide(care), make_directory())[-1] == (
        "The rule ‘care’ did not find everyone: no team gives ‘Care’ in ‘North’."
    )


def test_a_table_has_a_row_for_every_rule_and_the_fallback():
    rows = table(decide(risk="high"), make_directory())
    assert [(row.rule, row.matched, row.sends_to) for row in rows] == [
        ("help", True, ("Team north-team",)),
        ("high", True, ("Team north-team",)),
        ("danger", False, ()),
        ("fallback", False, ()),
    ]
    assert rows[1].because == "‘How high is the risk?’ is ‘High’"
    assert rows[1].why == "Because of high."
    assert table(decide(risk="high"))[0].sends_to == ("north-team",)


def test_a_stored_decision_tells_the_same_story_after_a_team_has_gone():
    decision = decide(risk="high")
    stored = decision_from_json(decision.to_json())
    assert story(stored, make_directory()) == story(decision, make_directory())
    assert story(stored, make_directory("desk"))[0].startswith("It went to north-team because")


def test_the_plain_text_has_the_story_and_every_rule():
    text = explain(decide(risk="high"), make_directory())
    assert text.startswith("It went to Team north-team (Example Council) because")
    assert "\nyes high: ‘How high is the risk?’ is ‘High’\n      → Team north-team\n" in text
    assert "\nno  danger: ‘Is anyone in danger?’ is not ‘Yes’" in text


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 7, 1, 8, tzinfo=UTC), "9am on Wednesday 1 July 2026"),
        (datetime(2026, 12, 1, 0, 5, tzinfo=UTC), "12:05am on Tuesday 1 December 2026"),
        (datetime(2026, 12, 1, 12, tzinfo=UTC), "12pm on Tuesday 1 December 2026"),
    ],
)
def test_times_are_told_on_the_clock_in_london(moment, words):
    assert clock_words(moment) == words
