"""A team that is away, and who gets its referrals: told in words, in JSON, and by when."""

import json
from datetime import UTC, date, datetime

import pytest

from referral_router import decision_from_json, route
from tests.referral_router.referrals import (
    FALLBACK_PART,
    NOW,
    make_answers,
    make_directory,
    make_rule,
    make_rules,
)

TEAMS = "desk day-team night-team third-team"
OFFICE = (*[("09:00", "17:00")] * 5, None, None)
ALWAYS = (("00:00", "24:00"),) * 7
AT_NIGHT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
TO_DAY = [{"team": "day-team"}]


def decide(*rules, now=NOW, load=None, provision=None, fallback=None, **away):
    teams = {name.replace("_", "-"): parts for name, parts in away.items()}
    directory = make_directory(TEAMS, provision or {}, away=teams)
    parts = {"fallback": fallback} if fallback else {}
    return route(make_rules(*rules, **parts), make_answers(), directory, now, load=load or {})


def teams(decision):
    return [to.team for to in decision.destinations]


def steps(decision):
    return [(step.from_team, step.to_team, step.reason) for step in decision.moved]


def test_whoever_covers_for_a_paused_team_gets_its_referral():
    decision = decide(make_rule(to=TO_DAY), day_team={"is_paused": True, "cover": "night-team"})
    assert teams(decision) == ["night-team"]
    stored = json.loads(json.dumps(decision.to_json()))
    assert stored["format"] == 3
    (step,) = stored["moved"]
    assert (step["from"], step["to"], step["reason"]) == ("day-team", "night-team", "paused")
    assert step["words"] == (
        "‘Team day-team’ is paused, so it goes to ‘Team night-team’, which covers for it"
    )
    assert decision_from_json(stored) == decision


def test_a_team_is_full_once_it_holds_as_many_as_it_can():
    full = {"day_team": {"capacity": 20, "cover": "night-team"}}
    assert teams(decide(make_rule(to=TO_DAY), load={"day-team": 19}, **full)) == ["day-team"]
    decision = decide(make_rule(to=TO_DAY), load={"day-team": 20}, **full)
    assert steps(decision) == [("day-team", "night-team", "full")]
    assert "20 of 20 referrals" in decision.moved[0].words


def test_where_everybody_who_gives_a_service_is_away_they_all_get_it():
    decision = decide(
        make_rule(to=[{"service": "help"}]),
        provision={("help", "*"): ("day-team", "night-team")},
        day_team={"is_paused": True},
        night_team={"capacity": 0},
    )
    assert teams(decision) == ["day-team", "night-team"]
    assert not decision.used_fallback


def test_each_rule_finds_out_by_its_own_time_whether_a_team_is_there():
    away = {"day_team": {"hours": OFFICE, "cover": "night-team"}, "night_team": {"hours": ALWAYS}}
    now, later = (
        make_rule(within, to=TO_DAY, acknowledge_within=length)
        for within, length in (("now", "PT30M"), ("later", "1 working day"))
    )
    for rules in ((now, later), (later, now)):
        got = {to.team: to.rules for to in decide(*rules, now=AT_NIGHT, **away).destinations}
        assert got == {"night-team": ("now",), "day-team": ("later",)}


def test_a_fallback_that_is_closed_until_a_stranded_rule_is_due_is_covered():
    away = {"desk": {"hours": OFFICE, "cover": "night-team"}, "night_team": {"hours": ALWAYS}}
    stranded = make_rule(to=[{"team": "nobody"}], acknowledge_within="PT30M")
    for fallback in (FALLBACK_PART, {**FALLBACK_PART, "team": "nobody-either"}):
        decision = decide(stranded, now=AT_NIGHT, fallback=fallback, **away)
        assert teams(decision) == ["night-team"]
        assert not decision.verdicts[-1].overruled


def test_a_team_that_takes_none_is_full_before_the_first():
    decision = decide(make_rule(to=TO_DAY), day_team={"capacity": 0})
    assert steps(decision) == [("day-team", "day-team", "full")]
    assert "0 of 0 referrals" in decision.moved[0].words


@pytest.mark.parametrize(
    ("within", "got"),
    [("PT30M", "night-team"), ("PT8H", "day-team"), ("1 working day", "day-team")],
)
def test_a_team_is_closed_if_it_does_not_open_before_it_has_to_acknowledge(within, got):
    away = {"day_team": {"hours": OFFICE, "cover": "night-team"}, "night_team": {"hours": ALWAYS}}
    rule = make_rule(to=TO_DAY, acknowledge_within=within)
    decision = decide(rule, now=AT_NIGHT, **away)
    assert teams(decision) == [got]
    if decision.moved:
        assert "is closed until 9am on Wednesday 18 November 2026" in decision.moved[0].words


def test_a_cover_that_is_closed_too_takes_nothing_over():
    rule = make_rule(to=TO_DAY, acknowledge_within="PT30M")
    decision = decide(rule, now=AT_NIGHT, day_team={"cover": "night-team"})
    assert teams(decision) == ["day-team"]
    assert [reason for *_, reason in steps(decision)] == ["closed", "closed"]


def test_what_is_late_already_goes_to_whoever_is_at_work_now():
    rule = make_rule(to=TO_DAY, acknowledge_within="PT1H after returned_on")
    answers = make_answers(returned_on="2026-11-01")
    away = {
        "day-team": {"hours": OFFICE, "cover": "night-team"},
        "night-team": {"hours": ALWAYS},
    }
    directory = make_directory(TEAMS, {}, away=away)
    for now, got in ((NOW, "day-team"), (AT_NIGHT, "night-team")):
        assert teams(route(make_rules(rule), answers, directory, now)) == [got]


def test_what_is_made_more_pressing_has_to_find_somebody_sooner():
    raise_it = {"id": "raise", "raise_urgency": "immediate", "acknowledge_within": "PT30M"}
    rules = [make_rule(to=TO_DAY), {**raise_it, "why": "Somebody is in danger."}]
    away = {"day_team": {"cover": "night-team"}, "night_team": {"hours": ALWAYS}}
    assert teams(decide(*rules, now=AT_NIGHT, **away)) == ["night-team"]
    assert teams(decide(*rules, now=NOW, **away)) == ["day-team"]


def test_a_chain_of_covers_is_followed_and_a_circle_ends_where_it_began():
    away = {
        "day_team": {"is_paused": True, "cover": "night-team"},
        "night_team": {"capacity": 0, "cover": "third-team"},
    }
    decision = decide(make_rule(to=TO_DAY), **away)
    assert teams(decision) == ["third-team"]
    assert steps(decision) == [
        ("day-team", "night-team", "paused"),
        ("night-team", "third-team", "full"),
    ]
    assert [step.words for step in decision.moved] == [
        "‘Team day-team’ is paused, and ‘Team night-team’ covers for it",
        "‘Team night-team’ is full (0 of 0 referrals), so it goes to ‘Team third-team’, which "
        "covers for it",
    ]
    away["third_team"] = {"is_paused": True, "cover": "day-team"}
    decision = decide(make_rule(to=TO_DAY), **away)
    assert teams(decision) == ["day-team"]
    assert steps(decision)[-1] == ("third-team", "day-team", "paused")
    assert "‘Team day-team’ gets it all the same" in decision.moved[-1].words


def test_a_team_that_nobody_covers_gets_it_all_the_same():
    decision = decide(make_rule(to=TO_DAY), day_team={"is_paused": True})
    assert teams(decision) == ["day-team"]
    assert "nobody covers for it" in decision.moved[0].words


def test_a_team_that_is_excluded_never_covers():
    rules = [
        make_rule(to=TO_DAY),
        {"id": "not-them", "exclude": [{"team": "night-team"}], "why": "It is about them."},
    ]
    fallback = {
        "team": "desk",
        "instead": "third-team",
        "urgency": "soon",
        "acknowledge_within": "P2D",
        "why": "Nobody else.",
    }
    away = {"day_team": {"is_paused": True, "cover": "night-team"}}
    assert teams(decide(*rules, fallback=fallback, **away)) == ["day-team"]
    away["night_team"] = {"cover": "third-team"}
    decision = decide(*rules, fallback=fallback, **away)
    assert teams(decision) == ["third-team"]
    assert decision.excluded == ("night-team",)
    assert steps(decision)[-1] == ("night-team", "third-team", "excluded")


def test_of_a_services_teams_one_that_is_away_is_covered_or_else_passed_over():
    given = {("help", "*"): ("day-team", "night-team")}
    rule = make_rule(to=[{"service": "help"}])
    passed = decide(rule, provision=given, day_team={"is_paused": True})
    assert teams(passed) == ["night-team"]
    assert steps(passed) == [("day-team", "", "paused")]
    assert "others give ‘Help at home’ there" in passed.moved[0].words
    covered = decide(rule, provision=given, day_team={"is_paused": True, "cover": "third-team"})
    assert set(teams(covered)) == {"night-team", "third-team"}


def test_somebody_covers_for_the_fallback_too():
    decision = decide(desk={"is_paused": True, "cover": "third-team"})
    assert decision.used_fallback
    assert teams(decision) == ["third-team"]


def test_each_team_is_given_the_time_of_its_own_calendar():
    rule = make_rule(to=[*TO_DAY, {"team": "night-team"}], decide_within="2 working days")
    decision = decide(
        rule,
        day_team={"closures": ((date(2026, 11, 19), date(2026, 11, 19)),)},
        night_team={"hours": ALWAYS},
    )
    times = {to.team: (to.acknowledge_by.isoformat(), to.reckoned) for to in decision.destinations}
    assert times == {
        "day-team": (
            "2026-11-20T10:30:00+00:00",
            "1 working day; this team works Monday to Friday, 9am to 5pm, and not on days that it "
            "is shut",
        ),
        "night-team": (
            "2026-11-19T10:30:00+00:00",
            "1 working day; this team works every day, day and night",
        ),
    }
    verdict = decision.verdicts[0]
    assert verdict.acknowledge_by == datetime(2026, 11, 19, 10, 30, tzinfo=UTC)
    assert verdict.times_of("day-team")[0] == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def test_days_that_a_team_is_shut_give_no_more_time_where_nobody_covers():
    away = {"day_team": {"closures": ((date(2026, 11, 18), date(2026, 12, 4)),)}}
    (day,) = decide(make_rule(to=TO_DAY), **away).destinations
    assert day.acknowledge_by == datetime(2026, 11, 19, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "parts",
    [
        {"hours": (("09:00", "09:01"), *[None] * 6)},  # a minute a week
        {"hours": (("9 in the morning", "17:00"), *[None] * 6)},
        {"nation": "wessex"},
        {"closures": ((date(2026, 11, 19), date(9999, 12, 31)),)},
        {"closures": ((date(2026, 11, 18), date(2026, 11, 1)),)},
    ],
)
def test_a_calendar_that_makes_no_sense_costs_nobody_a_referral(parts):
    rule = make_rule(to=TO_DAY, acknowledge_within="300 working days")
    (day,) = decide(rule, day_team=parts).destinations
    assert day.acknowledge_by > NOW
    assert decide(rule, day_team={**parts, "cover": "night-team"}).destinations


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_date_that_no_calendar_reaches_costs_nobody_a_referral(day):
    rule = make_rule(to=TO_DAY, acknowledge_within="PT72H after returned_on")
    answers = make_answers(returned_on=day)
    (to,) = route(make_rules(rule), answers, make_directory(TEAMS, {}), NOW).destinations
    assert to.acknowledge_by == datetime(2026, 11, 21, 10, 30, tzinfo=UTC)


def test_a_decision_that_was_stored_in_an_earlier_format_is_still_read():
    stored = decide(make_rule(to=TO_DAY)).to_json()
    for each in (stored, *stored["verdicts"], *stored["destinations"]):
        for part in ("moved", "excluded", "times", "reckoned"):
            each.pop(part, None)
    read = decision_from_json(json.loads(json.dumps(stored | {"format": 2})))
    assert [to.team for to in read.destinations] == ["day-team"]
    assert read.verdicts[0].times_of("day-team")[0] == read.destinations[0].acknowledge_by
