"""What routing promises for any rules, answers and directories: generated, not chosen."""

import json
import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_router import (
    Decision,
    Directory,
    Team,
    Urgency,
    Verdict,
    decision_from_json,
    route,
    target_areas,
)
from referral_router.postcodes import PostcodeAreas
from tests.examples import examples
from tests.referral_router.referrals import (
    AREAS,
    FALLBACK_PART,
    NOW,
    make_directory,
    make_rule,
    make_rules,
)

TEAMS = ("desk", "north-team", "south-team", "west-team")
SERVICES = ("help", "care")

comparisons = st.one_of(
    st.builds(lambda risk: {"risk": risk}, st.sampled_from(["low", "medium", "high"])),
    st.builds(lambda danger: {"danger": danger}, st.booleans()),
    st.builds(
        lambda seen: {"indicators": {"contains": {"const": seen}}},
        st.sampled_from(["weapons", "missing"]),
    ),
    st.builds(lambda age: {"age": {"maximum": age}}, st.integers(0, 20)),
    st.builds(lambda areas: {"area": areas}, st.lists(st.sampled_from([*AREAS]), min_size=1)),
    st.just("high_risk"),
)
conditions = st.recursive(
    comparisons,
    lambda parts: st.one_of(
        st.builds(lambda each: {"all": each}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda each: {"any": each}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda each: {"not": each}, parts),
    ),
    max_leaves=5,
)
targets = st.one_of(
    st.builds(lambda team: {"team": team}, st.sampled_from([*TEAMS, "unknown-team"])),
    st.builds(lambda service: {"service": service, "area_from": "area"}, st.sampled_from(SERVICES)),
    st.builds(
        lambda service, area: {"service": service, "area": area},
        st.sampled_from(SERVICES),
        st.sampled_from([*AREAS, "*"]),
    ),
    st.just({"case": "teams"}),
    st.just({"service": "help", "area_from_postcode": "postcode"}),
)
pages = st.lists(st.sampled_from(["all", "household"]), min_size=1, unique=True)
targets = st.one_of(
    targets,
    st.builds(lambda team, send: {"team": team, "send": send}, st.sampled_from(TEAMS), pages),
    st.builds(
        lambda service, send: {"service": service, "area_from": "area", "send": send},
        st.sampled_from(SERVICES),
        pages,
    ),
)
lengths = st.sampled_from(["PT30M", "4 working hours", "1 working day", "P2D"])
rule_parts = st.fixed_dictionaries(
    {
        "to": st.lists(targets, min_size=1, max_size=3),
        "urgency": st.sampled_from(["routine", "soon", "urgent", "immediate"]),
        "acknowledge_within": lengths,
    },
    optional={"when": conditions, "decide_within": lengths, "tags": st.just(["seen"])},
)


def numbered(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rules with an id each; what sends nothing has none of the parts of sending."""
    return [
        make_rule(f"rule-{number}", **part)
        if "to" in part
        else {"id": f"rule-{number}", "why": "For a reason.", **part}
        for number, part in enumerate(parts)
    ]


rule_lists = st.lists(rule_parts, max_size=6).map(numbered)
ranks = st.integers(1, 3)
stopping_parts = st.builds(
    lambda part, rank, stop: {**part, "rank": rank, "stop": stop}, rule_parts, ranks, st.booleans()
)
raising_parts = st.fixed_dictionaries(
    {"raise_urgency": st.sampled_from(["soon", "urgent", "immediate"]), "rank": ranks},
    optional={"when": conditions, "acknowledge_within": lengths},
)
excluding_parts = st.fixed_dictionaries(
    {
        "exclude": st.lists(
            st.one_of(
                st.builds(lambda team: {"team": team}, st.sampled_from(TEAMS)),
                st.just({"organisation": "council"}),
                st.just({"organisation_from": "words"}),
            ),
            min_size=1,
            max_size=2,
        )
    },
    optional={"when": conditions},
)
every_kind = st.lists(st.one_of(stopping_parts, raising_parts, excluding_parts), max_size=6).map(
    numbered
)
fallbacks = st.sampled_from(
    [
        FALLBACK_PART,
        {**FALLBACK_PART, "team": "unknown-team"},
        {**FALLBACK_PART, "case": "teams"},
        {
            "service": "care",
            "urgency": "routine",
            "acknowledge_within": "P2D",
            "why": "Nobody else.",
        },
    ]
)
answer_sets = st.fixed_dictionaries(
    {},
    optional={
        "danger": st.booleans(),
        "risk": st.sampled_from(["low", "medium", "high"]),
        "area": st.sampled_from([*AREAS]),
        "indicators": st.lists(st.sampled_from(["weapons", "missing"]), min_size=1, unique=True),
        "age": st.integers(0, 20),
        "words": st.sampled_from(["Example  council", "another one"]),
        "postcode": st.sampled_from(["N1 9ZZ", "N2 9ZZ"]),
    },
)
case_teams = st.lists(st.sampled_from([*TEAMS, "unknown-team"]), unique=True, max_size=3)


LOAD = {"desk": 2, "north-team": 5}  # live referrals, to be compared with a capacity
WEEKDAY = ("09:00", "17:00")
ways_to_be_away = st.fixed_dictionaries(
    {},
    optional={
        "is_paused": st.booleans(),
        "capacity": st.integers(0, 6),
        "cover": st.sampled_from([*TEAMS, "unknown-team"]),
        "nation": st.sampled_from(["northern-ireland", "none"]),
        "hours": st.sampled_from(
            [
                (None,) * 5 + (WEEKDAY,) * 2,
                (("22:00", "06:00"),) * 7,
                (("00:00", "24:00"),) * 7,
                (None,) * 7,  # no hours at all, which the directory should have refused
            ]
        ),
        "closures": st.just(((NOW.date(), date(2026, 12, 24)),)),
    },
)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Any provision, and teams that are paused, full or closed, with covers in any circle."""
    places = st.tuples(st.sampled_from(SERVICES), st.sampled_from([*AREAS, "*"]))
    some_teams = st.lists(st.sampled_from(TEAMS), unique=True, max_size=3).map(tuple)
    provision = draw(st.dictionaries(places, some_teams, max_size=6))
    away = draw(st.dictionaries(st.sampled_from(TEAMS), ways_to_be_away))
    return make_directory(" ".join(TEAMS), provision, away=away)


@pytest.fixture(autouse=True, scope="module")
def _list_of_postcodes():
    """One that knows one postcode."""
    areas = PostcodeAreas(lambda _letter: iter([("N1  9ZZ", "north")]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target_areas, "postcode_areas", lambda: areas)
        yield


def decide(
    rules: list[dict[str, Any]],
    fallback: dict[str, Any],
    answers: dict[str, Any],
    directory: Directory,
    case: list[str],
    now: datetime = NOW,
) -> Decision:
    fallback = {**fallback, "instead": "west-team"}
    rule_set = make_rules(*rules, fallback=fallback)
    return route(rule_set, answers, directory, now, case_teams=case, load=LOAD)


def teams_of(decision: Decision) -> set[str]:
    return {destination.team for destination in decision.destinations}


def sent_by_rules(decision: Decision) -> set[str]:
    """The teams that a rule found, without those that only the fallback found."""
    return {team for verdict in decision.verdicts[:-1] for team in verdict.teams}


few = examples(30)  # each routes several times
routings = st.tuples(rule_lists, fallbacks, answer_sets, directories(), case_teams)
any_routings = st.tuples(every_kind, fallbacks, answer_sets, directories(), case_teams)


@few
@given(any_routings, st.integers(-400, 400))
def test_no_referral_is_without_a_destination(routing, hours):
    decision = decide(*routing, now=NOW + timedelta(hours=hours))
    assert teams_of(decision) <= set(TEAMS)
    assert decision.destinations


@few
@given(any_routings)
def test_the_same_referral_is_always_routed_alike(routing):
    rules, fallback, answers, directory, case = routing
    again = decide(rules, fallback, json.loads(json.dumps(answers)), directory, case)
    assert decide(*routing).to_json() == again.to_json()


@few
@given(any_routings, st.randoms(use_true_random=False))
def test_the_order_of_the_rules_changes_no_destination(routing, shuffler: random.Random):
    rules, *rest = routing
    shuffled = list(rules)
    shuffler.shuffle(shuffled)

    def what_each_gets(decision: Decision) -> list[tuple[Any, ...]]:
        return [
            (to.team, to.urgency, to.acknowledge_by, to.decide_by, sorted(to.rules), to.sections)
            for to in decision.destinations
        ]

    assert what_each_gets(decide(rules, *rest)) == what_each_gets(decide(shuffled, *rest))


@few
@given(routings, rule_parts)
def test_adding_a_rule_never_takes_a_referral_from_a_team_that_another_sent_it_to(routing, part):
    rules, *rest = routing
    before = decide(rules, *rest)
    after = decide([*rules, make_rule("added", **part)], *rest)
    assert sent_by_rules(before) <= teams_of(after)
    urgency = {to.team: to for to in after.destinations}
    for to in before.destinations:
        if to.team in sent_by_rules(before):
            assert urgency[to.team].urgency >= to.urgency or "fallback" in to.rules
            assert urgency[to.team].acknowledge_by <= to.acknowledge_by or "fallback" in to.rules


@few
@given(routings)
def test_what_a_rule_meant_to_send_arrives_at_least_as_urgently(routing):
    rules, *_ = routing
    decision = decide(*routing)
    urgencies = {to.team: to.urgency.key for to in decision.destinations}
    order = ["routine", "soon", "urgent", "immediate"]
    for rule, verdict in zip(rules, decision.verdicts, strict=False):
        if verdict.matched:
            reached = verdict.teams or decision.verdicts[-1].teams
            assert reached
            for team in reached:
                assert order.index(urgencies[team]) >= order.index(rule["urgency"])


@few
@given(any_routings)
def test_the_stored_explanation_alone_says_which_teams_got_it(routing):
    decision = decide(*routing)
    stored = decision_from_json(json.loads(json.dumps(decision.to_json())))
    told = {team for verdict in stored.verdicts for team in verdict.teams}
    assert told == teams_of(decision)
    assert all(verdict.because for verdict in stored.verdicts)
    assert stored == decision


def cannot_take_more(team: Team) -> bool:
    return team.is_paused or (team.capacity is not None and LOAD.get(team.id, 0) >= team.capacity)


@few
@given(routings)
def test_a_team_that_is_away_gets_a_services_referral_only_if_nobody_else_does(routing):
    _, fallback, answers, directory, case = routing
    rule = make_rule(to=[{"service": "help", "area_from": "area"}])
    verdict, *_ = decide([rule], fallback, answers, directory, case).verdicts
    here = directory.teams_for("help", answers.get("area", "*"))
    assert bool(verdict.teams) == bool(here)
    if any(cannot_take_more(directory.teams[team]) for team in verdict.teams):
        assert set(verdict.teams) == set(here)


@few
@given(any_routings)
def test_every_change_of_recipient_is_told_and_ends_where_the_referral_went(routing):
    directory, decision = routing[3], decide(*routing)
    assert set(decision.moved) == {step for each in decision.verdicts for step in each.moved}
    for verdict in decision.verdicts:
        away = {step.from_team for step in verdict.moved}
        for step in verdict.moved:
            assert step.to_team in {*verdict.teams, *away, ""}
            assert directory.team_name(step.from_team) in step.words
            if step.reason in {"paused", "full"}:
                assert cannot_take_more(directory.teams[step.from_team])
            assert (step.from_team in decision.excluded) == (step.reason == "excluded")
    if "nobody else is left" not in decision.verdicts[-1].overruled:
        assert not teams_of(decision) & set(decision.excluded)  # nobody whom a rule excludes covers


@few
@given(routings)
def test_a_rule_applies_exactly_when_its_condition_holds(routing):
    rules, fallback, answers, *_ = routing
    rule_set = make_rules(*rules, fallback=fallback)
    expected = [
        number
        for number, rule in enumerate(rule_set.rules)
        if rule.when is None or rule.when.holds(answers)
    ]
    assert rule_set.index.applying(answers) == expected


@few
@given(any_routings)
def test_the_stored_verdicts_alone_are_enough_to_come_to_the_decision_again(routing):
    decision = decide(*routing)
    stored = json.loads(json.dumps(decision.to_json()))
    del stored["destinations"]
    again = recomputed(decision_from_json({**stored, "destinations": []}))
    assert again == {
        to.team: (
            to.urgency,
            to.acknowledge_by,
            to.decide_by,
            frozenset(to.rules),
            to.sections and frozenset(to.sections),
        )
        for to in decision.destinations
    }


def recomputed(decision: Decision) -> dict[str, tuple[Any, ...]]:
    """What each team gets, from what every rule said and nothing else."""
    followed = [each for each in decision.verdicts if each.matched and not each.is_stopped]
    fallback = decision.verdicts[-1]
    got: dict[str, list[Verdict]] = {}
    for verdict in (each for each in followed if each.sends):
        for team in verdict.teams or fallback.teams:
            got.setdefault(team, []).append(verdict)
    for verdict in (each for each in followed if not each.sends and each.urgency > Urgency.ROUTINE):
        for verdicts in got.values():
            verdicts.append(verdict)
    return {
        team: (
            max(each.urgency for each in verdicts),
            min(by for each in verdicts if (by := each.times_of(team)[0])),
            min((by for each in verdicts if (by := each.times_of(team)[1])), default=None),
            frozenset(each.rule for each in verdicts),
            recomputed_sections(team, verdicts),
        )
        for team, verdicts in got.items()
    }


def recomputed_sections(team: str, verdicts: list[Verdict]) -> frozenset[str] | None:
    """All that any rule sends it; everything if one does not say, or it stands in for others."""
    sent = [each.sections.get(team) for each in verdicts if each.sends]
    return None if None in sent else frozenset(page for part in sent for page in part)


@few
@given(any_routings)
def test_somebody_has_the_key_to_the_whole_of_every_referral(routing):
    decision = decide(*routing)
    whole = {to.team for to in decision.destinations if to.sections is None}
    *_, directory, case = routing
    assert whole or decision.kept_for or case
    assert not set(decision.kept_for) & teams_of(decision)
    assert directory.fallback_team not in teams_of(decision) - whole


@few
@given(routings, rule_parts)
def test_adding_a_rule_never_takes_a_section_from_a_team_that_another_sent_it_to(routing, part):
    rules, *rest = routing
    before = decide(rules, *rest)
    decision = decide([*rules, make_rule("added", **part)], *rest)
    after = {to.team: to.sections for to in decision.destinations}
    by_rules = [to for to in before.destinations if "fallback" not in to.rules]
    for to in by_rules:
        if after[to.team] is not None:
            assert to.sections is not None
            assert set(to.sections) <= set(after[to.team])


@few
@given(any_routings)
def test_whom_a_matching_rule_excludes_gets_nothing_while_anybody_else_could(routing):
    rules, *_ = routing
    decision = decide(*routing)
    verdicts = {each.rule: each for each in decision.verdicts}
    excluded = {
        who["team"]
        for rule in rules
        if verdicts[rule["id"]].matched
        for who in rule.get("exclude", ())
        if "team" in who
    }
    assert not (teams_of(decision) & excluded) or "nobody else is left" in (
        decision.verdicts[-1].overruled
    )
