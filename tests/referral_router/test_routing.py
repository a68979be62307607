"""Where referrals go: one rule, several rules, no rule, and nobody there."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from referral_router import (
    Decision,
    Directory,
    NoFallbackTeamError,
    Urgency,
    decision_from_json,
    route,
)
from referral_router.calendars import LONDON
from tests.referral_router.referrals import (
    FALLBACK_PART,
    NOW,
    make_answers,
    make_directory,
    make_rule,
    make_rules,
)

WEAPONS = {"indicators": {"contains": {"const": "weapons"}}}
TO_HELP = [{"service": "help", "area_from": "area"}]


def decide(*rules, answers=None, directory: Directory | None = None, **parts) -> Decision:
    case_teams = parts.pop("case_teams", ())
    return route(
        make_rules(*rules, **parts),
        make_answers() if answers is None else answers,
        directory or make_directory(),
        NOW,
        case_teams=case_teams,
    )


def teams(decision: Decision) -> list[str]:
    return [destination.team for destination in decision.destinations]


def test_a_rule_without_a_condition_always_applies():
    decision = decide(make_rule(to=[{"team": "north-team"}]))
    assert teams(decision) == ["north-team"]
    assert not decision.used_fallback


def test_the_service_in_the_area_that_was_chosen_gets_it():
    for area in ("north", "south"):
        assert teams(decide(make_rule(to=TO_HELP), answers=make_answers(area=area))) == [
            f"{area}-team"
        ]


def test_the_area_may_stand_inside_a_group():
    rule = make_rule(to=[{"service": "help", "area_from": "school.area"}])
    assert teams(decide(rule, answers=make_answers(school={"area": "south"}))) == ["south-team"]


def test_a_fixed_area_needs_no_answer():
    assert teams(decide(make_rule(to=[{"service": "help", "area": "south"}]), answers={})) == [
        "south-team"
    ]


def test_a_team_that_gives_a_service_everywhere_gets_it_beside_the_areas_own():
    directory = make_directory(
        provision={("help", "north"): ("north-team",), ("help", "*"): ("south-team",)}
    )
    assert teams(decide(make_rule(to=TO_HELP), directory=directory)) == ["north-team", "south-team"]
    unknown_area = make_answers()
    del unknown_area["area"]
    assert teams(decide(make_rule(to=TO_HELP), answers=unknown_area, directory=directory)) == [
        "south-team"
    ]


def test_all_rules_that_apply_contribute_and_a_team_gets_it_once():
    decision = decide(
        make_rule("always", to=TO_HELP),
        make_rule(
            "high",
            when="high_risk",
            to=[*TO_HELP, {"team": "desk"}],
            urgency="urgent",
            acknowledge_within="PT1H",
        ),
        make_rule("danger", when={"danger": True}, urgency="immediate"),
        answers=make_answers(risk="high"),
    )
    assert teams(decision) == ["desk", "north-team"]
    desk, north = decision.destinations
    assert north.urgency == Urgency.URGENT
    assert north.acknowledge_by == NOW + timedelta(hours=1)
    assert north.rules == ("always", "high")
    assert north.why == ("Because of always.", "Because of high.")
    assert desk.rules == ("high",)


def test_the_earliest_time_counts_even_if_it_comes_from_a_less_urgent_rule():
    (desk,) = decide(
        make_rule("urgent", urgency="urgent", acknowledge_within="P2D"),
        make_rule("routine", acknowledge_within="PT1H"),
    ).destinations
    assert (desk.urgency, desk.acknowledge_by) == (Urgency.URGENT, NOW + timedelta(hours=1))


def test_the_most_pressing_destination_comes_first():
    decision = decide(
        make_rule("a", to=[{"team": "desk"}]),
        make_rule("b", to=[{"team": "south-team"}], urgency="immediate"),
        make_rule("c", to=[{"team": "north-team"}], acknowledge_within="PT1H"),
    )
    assert teams(decision) == ["south-team", "north-team", "desk"]


def test_working_days_follow_the_nation_of_the_rule_file():
    before_the_twelfth = datetime(2026, 7, 10, 16, tzinfo=LONDON)
    for nation, day in (("northern-ireland", 14), ("scotland", 13)):
        rules = make_rules(make_rule(), nation=nation)
        (desk,) = route(rules, make_answers(), make_directory(), before_the_twelfth).destinations
        assert desk.acknowledge_by == datetime(2026, 7, day, 16, tzinfo=LONDON)


# -- nobody there -------------------------------------------------------------------------------


def test_a_referral_that_no_rule_sends_anywhere_goes_to_the_fallback():
    decision = decide(make_rule(when={"danger": True}, to=TO_HELP))
    assert teams(decision) == ["desk"]
    assert decision.used_fallback
    assert decision.destinations[0].urgency == Urgency.SOON
    assert decision.verdicts[-1].because == "no rule applies"


def test_a_rule_that_finds_no_team_sends_to_the_fallback_as_urgently():
    rule = make_rule("care", to=[{"service": "care", "area_from": "area"}], urgency="immediate")
    decision = decide(rule, make_rule("help", to=TO_HELP))
    assert teams(decision) == ["desk", "north-team"]
    assert decision.used_fallback
    assert decision.destinations[0].urgency == Urgency.IMMEDIATE
    assert decision.destinations[0].rules == ("care", "fallback")
    assert decision.verdicts[0].unresolved == "no team gives ‘Care’ in ‘North’"
    assert decision.verdicts[-1].because == "no team was found for the rule ‘care’"


def test_a_place_that_is_no_area_of_the_directory_is_told_in_the_forms_words():
    care = make_rule(to=[{"service": "care", "area_from": "area"}])
    no_areas = replace(make_directory(), areas={})
    decision = decide(care, answers=make_answers(area="west"), directory=no_areas)
    assert decision.verdicts[0].unresolved == "no team gives ‘Care’ in ‘West’"


def test_a_rule_that_finds_some_of_its_teams_needs_no_fallback():
    rule = make_rule(to=[*TO_HELP, {"service": "care", "area_from": "area"}, {"team": "nobody"}])
    decision = decide(rule)
    assert teams(decision) == ["north-team"]
    assert not decision.used_fallback
    assert decision.verdicts[0].unresolved == (
        "no team gives ‘Care’ in ‘North’; there is no team ‘nobody’"
    )


def test_the_directorys_fallback_team_stands_in_for_one_that_is_not_there():
    gone = {**FALLBACK_PART, "team": "gone"}
    assert teams(decide(fallback=gone)) == ["desk"]
    with pytest.raises(NoFallbackTeamError) as raised:
        decide(fallback=gone, directory=make_directory(fallback="gone-too"))
    assert raised.value.team == "gone-too"


def test_a_form_on_a_case_goes_to_the_cases_teams_and_without_a_case_to_the_fallback():
    rule = make_rule(to=[{"case": "teams"}])
    assert teams(decide(rule, case_teams=("south-team", "north-team"))) == [
        "north-team",
        "south-team",
    ]
    decision = decide(rule)
    assert teams(decision) == ["desk"]
    assert decision.verdicts[0].unresolved == "it was not completed on a case with teams"


def test_a_fallback_may_be_the_cases_teams_and_else_a_team():
    both = {**FALLBACK_PART, "case": "teams"}
    assert teams(decide(fallback=both, case_teams=("south-team",))) == ["south-team"]
    assert teams(decide(fallback=both)) == ["desk"]


def test_a_paused_team_is_passed_over_only_where_another_gives_the_service():
    two = {("help", "north"): ("north-team", "south-team")}
    directory = make_directory(provision=two, paused="north-team")
    assert teams(decide(make_rule(to=TO_HELP), directory=directory)) == ["south-team"]
    alone = make_directory(paused="north-team")
    assert teams(decide(make_rule(to=TO_HELP), directory=alone)) == ["north-team"]
    named = make_rule(to=[{"team": "north-team"}])
    assert teams(decide(named, directory=directory)) == ["north-team"]


# -- the decision as a value ---------------------------------------------------------------------


def test_verdicts_say_in_the_forms_words_what_decided():
    decision = decide(
        make_rule("high", when={"all": ["high_risk", WEAPONS]}),
        make_rule("danger", when={"danger": True}),
        make_rule("always"),
        answers=make_answers(risk="high", indicators=["weapons"]),
    )
    high, danger, always, fallback = decision.verdicts
    assert high.matched
    assert "‘How high is the risk?’ is ‘High’" in high.because
    assert "‘What have you seen?’ includes ‘Weapons’" in high.because
    assert not danger.matched
    assert danger.because == "‘Is anyone in danger?’ is not ‘Yes’"
    assert always.because == "every form of this kind goes there"
    assert (fallback.rule, fallback.matched, fallback.teams) == ("fallback", False, ())
    assert high.teams == ("desk",)


def test_a_stored_decision_is_read_back_with_all_its_words():
    decision = decide(make_rule("high", when="high_risk"), make_rule("help", to=TO_HELP))
    stored = decision.to_json()
    again = decision_from_json(stored)
    assert again == decision
    assert again.verdicts == decision.verdicts
    assert again.destinations == decision.destinations
    assert again.to_json() == stored


def test_changing_the_answers_after_routing_changes_no_verdict():
    answers = make_answers(risk="high", indicators=["weapons"])
    rule = make_rule(when=WEAPONS)
    decision = decide(rule, answers=answers)
    answers["indicators"].clear()
    assert decision.verdicts[0].because == "‘What have you seen?’ includes ‘Weapons’"


def test_null_is_no_answer_which_satisfies_nothing():
    for when in ({"risk": {"not": {"const": "high"}}}, {"school.area": {"maxLength": 20}}):
        rule = make_rule(when=when, to=[{"team": "north-team"}])
        decision = decide(rule, answers=make_answers(risk=None, school={"area": None}))
        assert decision.used_fallback


def test_a_decision_names_the_exact_rules_that_it_was_made_with():
    rules = make_rules(make_rule())
    decision = route(rules, make_answers(), make_directory(), NOW)
    assert (decision.form, decision.rules_version) == ("small", "1.0.0")
    assert decision.rules_hash == rules.content_hash
    assert rules.content_hash != make_rules(make_rule(), version="1.0.1").content_hash


# -- rank, urgency for all, exclusions, what a person decides -----------------------------------

SAID_NO = {"id": "conflict", "exclude": [{"organisation_from": "words"}], "why": "About them."}
INSTEAD = {**FALLBACK_PART, "instead": "police-desk"}


def two_organisations() -> Directory:
    directory = make_directory("desk north-team police-desk")
    police = replace(
        directory.teams["police-desk"], organisation="police", organisation_name="Example Police"
    )
    return replace(directory, teams={**directory.teams, "police-desk": police})


def test_a_rule_that_stops_keeps_later_ranks_from_sending_and_says_so():
    first = make_rule("first", rank=10, stop=True, to=[{"team": "north-team"}])
    decision = decide(make_rule("later"), first)
    assert teams(decision) == ["north-team"]
    stopped = decision.verdicts[1]
    assert (stopped.rule, stopped.matched, stopped.teams) == ("later", True, ())
    assert stopped.overruled == "the rule ‘first’ goes before it and stops the rest"


def test_of_two_rules_that_stop_the_first_one_does():
    first = make_rule("first", rank=10, stop=True, to=[{"team": "north-team"}])
    last = make_rule("last", rank=30, stop=True, to=[{"team": "south-team"}])
    assert teams(decide(last, make_rule("between", rank=20), first)) == ["north-team"]


def test_a_rule_that_stops_leaves_its_own_rank_alone():
    first = make_rule("first", stop=True, to=[{"team": "north-team"}])
    assert teams(decide(make_rule("beside"), first)) == ["desk", "north-team"]


def test_a_rule_may_make_everything_more_urgent_and_send_nothing_itself():
    danger = {
        "id": "danger",
        "when": {"risk": "low"},
        "raise_urgency": "immediate",
        "acknowledge_within": "PT15M",
        "why": "Somebody may be hurt today.",
    }
    decision = decide(make_rule("a"), make_rule("b", to=[{"team": "north-team"}]), danger)
    assert {to.urgency for to in decision.destinations} == {Urgency.IMMEDIATE}
    assert {to.acknowledge_by - NOW for to in decision.destinations} == {timedelta(minutes=15)}
    assert all("Somebody may be hurt today." in to.why for to in decision.destinations)


def test_a_referral_that_only_gets_more_urgent_goes_to_the_fallback_as_urgently():
    danger = {"id": "danger", "raise_urgency": "urgent", "why": "Somebody may be hurt."}
    (to,) = decide(danger).destinations
    assert (to.team, to.urgency) == ("desk", Urgency.URGENT)


@pytest.mark.parametrize("named", ["Example Council", "example  COUNCIL", "council"])
def test_the_organisation_that_a_referral_is_about_does_not_get_it(named):
    decision = decide(
        make_rule(to=[{"team": "north-team"}]),
        SAID_NO,
        answers=make_answers(words=named),
        directory=two_organisations(),
        fallback=INSTEAD,
    )
    assert teams(decision) == ["police-desk"]
    said = decision.verdicts[0].overruled
    assert said == "the rule ‘conflict’ excludes ‘Team north-team’"


def test_a_rule_that_is_stopped_excludes_all_the_same():
    first = make_rule("first", rank=1, stop=True, to=[{"team": "north-team"}])
    decision = decide(
        first,
        {**SAID_NO, "rank": 9},
        answers=make_answers(words="Example Council"),
        directory=two_organisations(),
        fallback=INSTEAD,
    )
    assert teams(decision) == ["police-desk"]


def test_a_comparison_that_says_more_than_which_answers_is_judged_whole():
    rule = make_rule("h", when={"risk": {"enum": ["low", "high"], "pattern": "^h"}})
    for risk, applies in (("low", False), ("high", True)):
        assert decide(rule, answers={"risk": risk}).verdicts[0].matched is applies


def test_a_service_of_which_everybody_is_excluded_is_overruled_and_not_missing():
    directory = two_organisations()
    directory = replace(directory, provision={("help", "*"): ("north-team",)})
    decision = decide(
        make_rule(to=[{"service": "help"}]),
        SAID_NO,
        answers=make_answers(words="Example Council"),
        directory=directory,
        fallback=INSTEAD,
    )
    verdict = decision.verdicts[0]
    assert (teams(decision), verdict.unresolved) == (["police-desk"], "")
    assert "excludes ‘Team north-team’" in verdict.overruled


def test_a_team_of_the_case_that_is_excluded_gets_nothing_more_of_it():
    decision = decide(
        make_rule(to=[{"case": "teams"}]),
        SAID_NO,
        answers=make_answers(words="Example Council"),
        directory=two_organisations(),
        fallback=INSTEAD,
        case_teams=("north-team", "police-desk"),
    )
    assert teams(decision) == ["police-desk"]
    assert "excludes ‘Team north-team’" in decision.verdicts[0].overruled


def test_a_service_goes_to_those_who_are_not_excluded_even_if_they_are_paused():
    directory = make_directory(
        "desk north-team west-team",
        {("help", "north"): ("north-team", "west-team")},
        paused="west-team",
    )
    no_north = {"id": "no", "exclude": [{"team": "north-team"}], "why": "A relative works there."}
    decision = decide(
        make_rule(to=TO_HELP), no_north, directory=directory, fallback={**INSTEAD, "team": "desk"}
    )
    assert teams(decision) == ["west-team"]


def test_a_referral_from_which_everybody_is_excluded_still_reaches_the_fallback_and_says_so():
    everybody = {"id": "all", "exclude": [{"organisation": "council"}], "why": "About them."}
    decision = decide(make_rule(), everybody, fallback={**FALLBACK_PART, "instead": "north-team"})
    assert teams(decision) == ["desk"]
    assert "nobody else is left" in decision.verdicts[-1].overruled


def test_what_a_person_has_to_decide_goes_with_the_referral_and_its_time():
    rule = make_rule(ask="Which agency leads?", decide_within="P2D", tags=["county-lines"])
    decision = decide(rule)
    (to,) = decision.destinations
    assert (to.asks, to.decide_by) == (("Which agency leads?",), NOW + timedelta(days=2))
    assert decision.tags == ("county-lines",)


def test_a_decision_in_the_first_stored_format_is_still_read():
    stored = decide(make_rule()).to_json()
    del stored["tags"]
    for each in stored["destinations"]:
        del each["decide_by"], each["asks"]
    for each in stored["verdicts"]:
        for key in ("overruled", "is_stopped", "sends", "urgency", "acknowledge_by", "decide_by"):
            del each[key]
    assert decision_from_json(stored).destinations == decide(make_rule()).destinations


@pytest.mark.parametrize(
    ("answers", "due_at"),
    [
        ({"returned_on": "2026-11-17", "returned_at": "21:15"}, "2026-11-20T21:15"),
        ({"returned_on": "2026-11-17"}, "2026-11-20"),
        ({}, "2026-11-21T10:30"),
    ],
)
def test_a_time_may_start_at_an_answer(answers, due_at):
    rule = make_rule(acknowledge_within="PT72H after returned_on at returned_at")
    (to,) = decide(rule, answers=make_answers(**answers)).destinations
    assert to.acknowledge_by == datetime.fromisoformat(due_at).replace(tzinfo=LONDON)
