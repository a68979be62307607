"""A rule may send only some pages of a form, and says so; the fallback is always sent all."""

import json
from dataclasses import replace

import jsonschema
import pytest

from referral_router import (
    Directory,
    Replay,
    RuleFileError,
    check_rules_against,
    decision_for,
    explain,
    parse_rules,
    parts_sent,
    route,
    story,
)
from referral_router.extracts import WITHHELD
from referral_router.replaying import PastReferral
from tests.referral_router.referrals import (
    FALLBACK_PART,
    NOW,
    make_answers,
    make_directory,
    make_rule,
    make_rule_file,
    make_rules,
    small_form,
)

HOUSEHOLD = {"team": "north-team", "send": ["household"]}


def decide(*rules, directory: Directory | None = None, **answers):
    return route(make_rules(*rules), make_answers(**answers), directory or make_directory(), NOW)


def problem(*rules, **parts):
    with pytest.raises(RuleFileError) as refused:
        parse_rules(json.dumps(make_rule_file(*rules, **parts), indent=1), small_form(), "small")
    (found,) = refused.value.problems
    return found


@pytest.mark.parametrize(
    ("send", "wrong", "fix"),
    [
        (["houshold"], "‘houshold’ is not a page", "‘household’"),
        (["Household"], "a title", "“household”"),
        ([], "a list", '["all"]'),
        ("household", "a list", '["all"]'),
        (["household", "household"], "already", "one of them"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_what_to_write(send, wrong, fix):
    found = problem(make_rule(to=[{"team": "north-team", "send": send}]))
    assert wrong in found.message
    assert fix in found.fix
    assert found.line > 1


def test_the_fallback_and_a_cases_teams_are_not_sent_a_part(routing_schema):
    assert "always sent" in problem(fallback={**FALLBACK_PART, "send": ["all"]}).message
    on_case = make_rule(to=[{"case": "teams", "send": ["all"]}])
    assert "all that comes" in problem(on_case).message
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(make_rule_file(on_case), routing_schema)
    jsonschema.validate(make_rule_file(make_rule(to=[HOUSEHOLD])), routing_schema)
    to_desk = make_rules(make_rule(to=[{"team": "desk", "send": ["all"]}]))
    (found,) = check_rules_against(to_desk, make_directory())
    assert "is sent everything" in found.message
    sent = decide(make_rule(to=[{"team": "desk", "send": ["all"]}]))
    assert sent.destinations[0].sections is None


def test_several_rules_send_a_team_all_that_any_of_them_does():
    part, other = make_rule("part", to=[HOUSEHOLD]), make_rule("other", to=[HOUSEHOLD])
    other["to"] = [{"team": "north-team", "send": ["all"]}]
    assert decide(part).destinations[0].sections == ("household",)
    assert decide(other, part).destinations[0].sections == ("all", "household")
    assert (
        decide(part, make_rule("whole", to=[{"team": "north-team"}])).destinations[0].sections
        is None
    )
    both = make_rule("both", to=[HOUSEHOLD, {"team": "north-team"}])
    assert decide(both).destinations[0].sections is None


def test_whoever_covers_is_sent_the_same_sections():
    directory = make_directory()
    away = replace(directory.teams["north-team"], is_paused=True, cover="south-team")
    covered = replace(directory, teams={**directory.teams, away.id: away})
    (to,) = decide(make_rule(to=[HOUSEHOLD]), directory=covered).destinations
    assert (to.team, to.sections) == ("south-team", ("household",))


def test_the_story_says_who_was_sent_a_part_and_who_keeps_the_whole():
    decision = decide(make_rule(to=[HOUSEHOLD]))
    told = story(decision, make_directory(), small_form())
    assert "It was sent only ‘Household’." in told
    assert any("kept for Team desk (Example Council)" in sentence for sentence in told)
    assert "only ‘household’" in explain(decision, make_directory())
    both = decide(make_rule(to=[HOUSEHOLD, {"team": "desk"}]))
    assert both.kept_for == ()


def test_a_team_reads_only_of_its_own_rules_and_no_comparison_of_answers_that_it_lacks():
    rules = make_rules(
        make_rule("because", when={"risk": "high"}, to=[HOUSEHOLD], why="Read it.", ask="Who?"),
        make_rule("home", when={"household": {"minItems": 1}}, to=[HOUSEHOLD], tags=["secret"]),
        {"id": "raise", "when": "high_risk", "raise_urgency": "immediate", "why": "Secret."},
        make_rule("others", to=[{"team": "south-team"}], why="Not theirs."),
    )
    answers = make_answers(risk="high", household=[{"first_name": "A"}])
    decision = route(rules, answers, make_directory(), NOW)
    (to,) = parts_sent(decision)
    theirs = decision_for(decision, rules, to)
    assert [(each.rule, each.because == WITHHELD) for each in theirs.verdicts] == [
        ("because", True),
        ("home", False),
    ]
    (part,) = theirs.destinations
    assert part.why == ("Read it.", "Because of home.")
    assert part.urgency == decision.destinations[0].urgency
    text = json.dumps(theirs.to_json(), ensure_ascii=False)
    for word in ("ecret", "Not theirs", "south-team", "How high is the risk"):
        assert word not in text


def test_a_team_that_covers_is_not_told_whom_a_rule_excludes():
    rules = make_rules(
        make_rule(to=[HOUSEHOLD]),
        {
            "id": "secret",
            "when": "high_risk",
            "exclude": [{"team": "south-team"}],
            "why": "Secret.",
        },
        fallback={**FALLBACK_PART, "instead": "west-team"},
    )
    away = {
        "north-team": {"is_paused": True, "cover": "south-team"},
        "south-team": {"cover": "east-team"},
    }
    names = "desk north-team south-team east-team west-team"
    decision = route(rules, make_answers(risk="high"), make_directory(names, away=away), NOW)
    (to,) = parts_sent(decision)
    assert to[0].team == "east-team"
    assert "secret" in str(decision.moved)
    assert "ecret" not in json.dumps(decision_for(decision, rules, to).to_json())


def test_a_replay_tells_where_only_the_sections_change():
    old, new = (
        make_rules(make_rule(to=[{"team": "north-team"}])),
        make_rules(make_rule(to=[HOUSEHOLD])),
    )
    replay = Replay(old, new, make_directory())
    replay.add([PastReferral("R-1", make_answers(), NOW)])
    (change,) = replay.changes
    assert (change.sections_before, change.sections_after) == ({}, {"north-team": ("household",)})
