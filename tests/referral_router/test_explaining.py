"""Decisions in words that staff read."""

import json
import re
from datetime import UTC, datetime

import pytest

from referral_router import (
    WorkingCalendar,
    decision_from_json,
    explain,
    not_found,
    route,
    sent_to,
    story,
    table,
)
from referral_router.time_words import clock_words, hours_words
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


def test_a_story_says_for_whom_a_team_covers_and_in_whose_hours_its_time_is_counted():
    hours = (*[("08:00", "18:00")] * 4, ("08:00", "13:00"), None, None)
    away = {
        "north-team": {"is_paused": True, "cover": "south-team"},
        "south-team": {"hours": hours},
    }
    directory = make_directory(away=away)
    rules = make_rules(make_rule(to=TO_HELP, acknowledge_within="4 working hours"))
    decision = route(rules, make_answers(), directory, NOW)
    told = [
        "It went to Team south-team (Example Council) because every form of this kind goes there.",
        "‘Team north-team’ is paused, so it goes to ‘Team south-team’, which covers for it.",
        "Because of rule.",
        "Routine: someone should acknowledge it by 2:30pm on Wednesday 18 November 2026.",
        "That is 4 working hours; this team works Monday to Thursday, 8am to 6pm; Friday, 8am to "
        "1pm.",
    ]
    assert story(decision, directory) == told
    stored = decision_from_json(json.loads(json.dumps(decision.to_json())))
    assert story(stored, make_directory()) == told
    (sent,) = sent_to(stored, directory)
    assert sent.moved == (told[1],)
    assert table(stored)[0].moved == (told[1].removesuffix("."),)
    assert told[1].removesuffix(".") in explain(stored, directory)


def test_a_story_says_what_was_late_when_it_arrived_and_who_was_passed_over():
    directory = make_directory(
        "desk north-team south-team",
        {("help", "*"): ("north-team", "south-team")},
        paused="north-team",
    )
    rule = make_rule(to=[{"service": "help"}], acknowledge_within="PT1H after returned_on")
    decision = route(make_rules(rule), make_answers(returned_on="2026-11-01"), directory, NOW)
    (sent,) = sent_to(decision, directory)
    assert (
        sent.reckoned == "That is counted from a time in the answers. It was late when it arrived."
    )
    assert not_found(decision) == (
        "The rule ‘rule’ passed a team over: ‘Team north-team’ is paused, and others give ‘Help at "
        "home’ there.",
    )


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (WorkingCalendar(), "Monday to Friday, 9am to 5pm"),
        (
            WorkingCalendar("none", (("00:00", "24:00"),) * 7),
            "every day, day and night, bank holidays too",
        ),
        (
            WorkingCalendar(
                hours=(("22:00", "06:30"), None, *[("12:00", "24:00")] * 2, *[None] * 3)
            ),
            "Monday, 10pm to 6:30am; Wednesday and Thursday, midday to midnight",
        ),
    ],
)
def test_hours_are_told_as_a_door_shows_them(calendar, words):
    assert hours_words(calendar) == words


def test_a_reason_that_another_contains_is_said_once():
    yes = {"danger": True}
    wide = make_rule("wide", when=yes, to=TO_HELP)
    narrow = make_rule("narrow", when={"all": [yes, {"risk": "high"}]}, to=TO_HELP)
    (sent,) = sent_to(decide(wide, narrow, danger=True, risk="high"), make_directory())
    assert sent.because == (
        "because ‘Is anyone in danger?’ is ‘Yes’ and ‘How high is the risk?’ is ‘High’."
    )
    assert sent.why == ("Because of wide.", "Because of narrow.")
    assert sent.reasons == (
        ("Because of wide.", "‘Is anyone in danger?’ is ‘Yes’."),
        ("Because of narrow.", "‘How high is the risk?’ is ‘High’."),
    )


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
    rows = [re.split(r" {2,}", line) for line in text.splitlines()]
    assert ["Applies", "Rule", "Because", "Sends to"] in rows
    assert ["yes", "high", "‘How high is the risk?’ is ‘High’", "Team north-team"] in rows
    assert ["no", "danger", "‘Is anyone in danger?’ is not ‘Yes’"] in rows


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
