"""Rule files: what is wrong is named with file, line, column and what to write."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_router import (
    RuleFileError,
    check_rules_against,
    load_rules,
    parse_rules,
    pointless_rules,
    uncovered_areas,
)
from tests.referral_router.referrals import (
    FALLBACK_PART,
    make_directory,
    make_rule,
    make_rule_file,
    make_rules,
    small_form,
)


def problems_of(text: str | bytes):
    with pytest.raises(RuleFileError) as refused:
        parse_rules(text, small_form(), "small.json")
    return refused.value.problems


def only_problem(*rules: dict[str, Any], **parts: Any):
    (problem,) = problems_of(json.dumps(make_rule_file(*rules, **parts), indent=1))
    return problem


FILE = """{
  "form": "small",
  "version": "1.0.0",
  "rules": [
    {
      "id": "high",
      "when": {"risk": "hihg"},
      "to": [{"team": "desk"}],
      "urgency": "urgent",
      "acknowledge_within": "1 working dya",
      "wyh": "The risk is high."
    }
  ],
  "fallback": {
    "team": "desk", "urgency": "routine", "acknowledge_within": "P2D", "why": "Nobody else."
  }
}
"""


def test_each_problem_names_file_line_column_and_fix_in_the_order_of_the_file():
    shown = [str(problem) for problem in problems_of(FILE)]
    assert shown == [
        "small.json:5:5: ‘why’ is missing. "
        "Write one sentence, of 300 characters at most, for the team that gets it",
        "small.json:7:24: ‘hihg’ is not an option of ‘risk’. Did you mean ‘high’?",
        "small.json:10:29: ‘1 working dya’ is not a length of time. "
        "Write “PT1H”, “P2D”, “4 working hours” or “1 working day”",
        "small.json:11:7: ‘wyh’ is not known here. Did you mean ‘why’?",
    ]


@pytest.mark.parametrize(
    ("when", "wrong", "fix"),
    [
        ({"riks": "high"}, "‘riks’", "Did you mean ‘risk’?"),
        ({"school.nmae": "X"}, "‘school.nmae’", "school"),
        ({"risk": "huge"}, "‘huge’", "low, medium, high"),
        ({"risk": ["high", "hgh"]}, "‘hgh’", "‘high’"),
        ({"risk": {"not": {"const": "hi"}}}, "‘hi’", "high"),
        ({"risk": {"enum": ["high", 3]}}, "‘3’", "low"),
        ({"danger": "yes"}, "‘yes’", ""),
        ({"danger": 1}, "‘1’", ""),
        ({"indicators": "weapons"}, "‘weapons’", "contains"),
        ({"indicators": {"contains": {"const": "wepons"}}}, "‘wepons’", "‘weapons’"),
        ({"age": "17"}, "‘17’", "number"),
        ({"words": 3}, "‘3’", "quotes"),
        ({"school": "Example School"}, "‘school’", "path"),
        ({"household.first_name": "A"}, "‘household’", "contains"),
        ({"all": [{"danger": True}, {"not": {"riks": "low"}}]}, "‘riks’", "‘risk’"),
        ("high-risk", "‘high-risk’", "‘high_risk’"),
        ({}, "empty", ""),
        ({"risk": {"maximun": 3}}, "‘maximun’", ""),
        (7, "a condition is", "Write"),
    ],
)
def test_a_comparison_that_can_never_hold_is_refused(when, wrong, fix):
    problem = only_problem(make_rule(when=when))
    assert wrong in problem.message
    assert fix in problem.fix
    assert problem.where.startswith("rules.0.when")


@pytest.mark.parametrize(
    "when",
    [
        {"risk": ["low", "medium"]},
        {"danger": False},
        {"age": {"minimum": 10, "maximum": 17}},
        {"age": 12},
        {"words": {"minLength": 1}},
        {"indicators": {"minItems": 2}},
        {"household": {"minItems": 1}},
        {"household": {"contains": {"properties": {"first_name": {"const": "Alex"}}}}},
        {"school.area": "north"},
        {"not": {"any": ["high_risk", {"all": [{"danger": True}]}]}},
    ],
)
def test_a_comparison_that_may_hold_is_accepted(when):
    assert make_rules(make_rule(when=when)).rules[0].when is not None


@pytest.mark.parametrize(
    ("change", "message", "fix"),
    [
        ({"to": []}, "‘to’ has to be a list", "Write"),
        ({"to": ["desk"]}, "who gets it is a JSON object", "team"),
        ({"to": [{}]}, "has to name a team, a service or the case's teams", "area_from"),
        ({"to": [{"team": "desk", "service": "help"}]}, "has to name a team", "one of"),
        ({"to": [{"team": "Desk Team"}]}, "cannot be ‘team’", "id"),
        ({"to": [{"team": "desk", "area": "north"}]}, "goes with a service", "service"),
        (
            {"to": [{"service": "help", "area": "north", "area_from": "area"}]},
            "contradict each other",
            "Keep one",
        ),
        ({"to": [{"service": "help", "area_from": "aera"}]}, "is not a question", "‘area’"),
        ({"to": [{"service": "help", "area_from": "danger"}]}, "cannot hold the code", "Name"),
        (
            {"to": [{"service": "help", "area_from": "household.first_name"}]},
            "cannot hold the code",
            "Name",
        ),
        ({"to": [{"case": "team"}]}, "always “teams”", "teams"),
        ({"to": [{"serivce": "help", "team": "desk"}]}, "‘serivce’ is not known", "‘service’"),
        ({"urgency": "urgnet"}, "‘urgnet’ is not how urgent", "‘urgent’"),
        ({"urgency": 4}, "‘4’ is not how urgent", "routine"),
        ({"acknowledge_within": "P1M"}, "‘P1M’ is not a length of time", "PT1H"),
        ({"acknowledge_within": 3}, "‘3’ is not a length of time", "PT1H"),
        ({"why": "   "}, "cannot be ‘why’", "one sentence"),
        ({"why": "x" * 301}, "cannot be ‘why’", "300"),
        ({"id": "High Risk"}, "cannot be ‘id’", "lower case"),
        ({"id": "fallback"}, "is the name of the fallback itself", "another"),
    ],
)
def test_what_is_wrong_in_a_rule_is_refused_with_a_fix(change, message, fix):
    problem = only_problem({**make_rule(), **change})
    assert message in problem.message
    assert fix in problem.fix
    assert problem.line > 1


def test_a_rule_id_is_used_once():
    assert "another rule has the id ‘rule’" in only_problem(make_rule(), make_rule()).message


def test_a_file_without_a_fallback_is_refused():
    without = make_rule_file(make_rule())
    del without["fallback"]
    (problem,) = problems_of(json.dumps(without))
    assert "there is no fallback" in problem.message
    assert '"fallback": {' in problem.fix


@pytest.mark.parametrize(
    ("fallback", "message"),
    [
        ({**FALLBACK_PART, "service": "help"}, "one team or one service"),
        ({**FALLBACK_PART, "when": {"risk": "low"}}, "‘when’ is not known here"),
        ({**FALLBACK_PART, "urgency": "later"}, "‘later’ is not how urgent"),
        ("desk", "there is no fallback"),
    ],
)
def test_what_is_wrong_in_a_fallback_is_refused(fallback, message):
    assert message in only_problem(fallback=fallback).message


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"form": "other"}, "these rules are for ‘other’"),
        ({"version": "1"}, "cannot be ‘version’"),
        ({"nation": "wales"}, "‘wales’ is not a nation's name here"),
        ({"rules": {}}, "‘rules’ has to be a list"),
        ({"rules": ["x"]}, "a rule is a JSON object"),
        ({"ruels": []}, "‘ruels’ is not known here"),
    ],
)
def test_what_is_wrong_in_the_file_is_refused(parts, message):
    assert message in only_problem(**parts).message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "small.json:1:1"),
        ("[]", "small.json:1:1"),
        ('{"form": "small",\n "form": "small"}', "small.json:2:2"),
        ('{\n  "form": small\n}', "small.json:2:11"),
        (b"\xff\xfe{\x00}\x00", "small.json:1:1"),
    ],
)
def test_a_file_that_is_no_rule_file_is_refused_where_it_stops_being_one(text, place):
    assert str(problems_of(text)[0]).startswith(f"{place}:")


def problems_or_none(text: str):
    try:
        parse_rules(text, small_form())
    except RuleFileError as refused:
        return refused.problems
    return ()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "desk", "risk", "P1D"]),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(st.sampled_from(["team", "when", "risk", "all", "x"]), values, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(["id", "when", "to", "urgency", "acknowledge_within", "why"]), JSON_VALUES)
def test_any_value_in_any_place_is_accepted_or_refused_and_never_breaks_the_reader(key, value):
    text = json.dumps(make_rule_file({**make_rule(), key: value}))
    assert all(problem.message for problem in problems_or_none(text))


@given(st.sampled_from(["form", "version", "nation", "rules", "fallback", "$schema"]), JSON_VALUES)
def test_any_value_at_the_top_is_accepted_or_refused_and_never_breaks_the_reader(key, value):
    text = json.dumps({**make_rule_file(make_rule()), key: value})
    assert all(problem.message for problem in problems_or_none(text))


def test_an_editors_schema_accepts_what_the_reader_accepts(routing_schema):
    rules = [
        make_rule("a", when={"all": ["high_risk", {"not": {"age": {"maximum": 3}}}]}),
        make_rule("b", to=[{"service": "help", "area_from": "school.area"}, {"case": "teams"}]),
        make_rule("c", to=[{"service": "help", "area": "*"}], acknowledge_within="P1DT2H"),
        make_rule("d", rank=1, stop=True, ask="Who leads?", tags=["seen"], decide_within="P2D"),
        make_rule("e", acknowledge_within="PT72H after returned_on at returned_at"),
        make_rule("f", acknowledge_within="before the next school day"),
        {"id": "g", "raise_urgency": "urgent", "why": "Now."},
        {"id": "h", "exclude": [{"organisation_from": "school.name"}], "why": "About them."},
    ]
    fallback = {**FALLBACK_PART, "case": "teams", "instead": "north-team"}
    file = make_rule_file(*rules, fallback=fallback, nation="scotland")
    make_rules(*rules, fallback=fallback)
    jsonschema.validate(file, routing_schema)


@pytest.mark.parametrize(
    "change",
    [{"wyh": ""}, {"to": []}, {"to": [{}]}, {"urgency": "later"}, {"acknowledge_within": "P1M"},
     {"id": "fallback"}, {"to": [{"team": "desk", "area": "north"}]}, {"when": 3}, {"rank": 0},
     {"raise_urgency": "urgent"}, {"exclude": []}, {"exclude": [{}]}, {"stop": "yes"}, {"ask": ""},
     {"tags": "a"}, {"tags": ["A b"]}, {"decide_within": "soon"}],
)  # fmt: skip
def test_an_editors_schema_refuses_what_the_reader_refuses(change, routing_schema):
    file = make_rule_file({**make_rule(), **change})
    problems_of(json.dumps(file))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(file, routing_schema)


@pytest.mark.parametrize(
    ("rule", "place", "message"),
    [
        ({}, "rules.0", "this rule sends nothing, and changes nothing"),
        ({"raise_urgency": "routine"}, "rules.0.raise_urgency", "nothing is less urgent than that"),
        ({"raise_urgency": "soon", "stop": True}, "rules.0.stop",
         "‘stop’ is about what a rule sends, and this one sends nothing"),
        ({"raise_urgency": "soon", "acknowledge_within": "PT1H after risk"},
         "rules.0.acknowledge_within", "‘How high is the risk?’ is not a date"),
        ({"exclude": [{"organisation_from": "age"}]}, "rules.0.exclude.0.organisation_from",
         "‘How old are they?’ cannot name an organisation"),
        ({"exclude": [{"team": "desk"}], "decide_within": "P1D"}, "rules.0.decide_within",
         "‘decide_within’ is about a referral, and this rule only excludes"),
    ],
)  # fmt: skip
def test_a_rule_that_sends_nothing_has_to_make_sense(rule, place, message):
    fallback = {**FALLBACK_PART, "instead": "north-team"}
    problem = only_problem({"id": "rule", "why": "Because.", **rule}, fallback=fallback)
    assert (problem.where, problem.message) == (place, message)


@pytest.mark.parametrize("starts", [2, 3_000])
def test_a_time_starts_at_one_answer_only(starts):
    within = "PT1H" + " after returned_on" * starts
    problem = only_problem(make_rule(acknowledge_within=within))
    assert "is not a length of time" in problem.message


def test_whoever_is_excluded_has_somebody_else_to_stand_in():
    problem = only_problem({"id": "rule", "why": "Because.", "exclude": [{"team": "desk"}]})
    assert problem.where == "fallback"
    assert "instead" in problem.fix


# -- against a directory --------------------------------------------------------------------------


def test_what_the_directory_does_not_have_is_named_with_the_rules_line():
    rules = make_rules(
        make_rule("a", to=[{"team": "dsek"}]),
        make_rule("b", to=[{"service": "hlep", "area_from": "area"}, {"service": "help"}]),
        make_rule("c", to=[{"service": "help", "area": "nroth"}]),
        make_rule("d", to=[{"service": "help", "area": "west"}]),
        fallback={**FALLBACK_PART, "team": "nobody-at-all"},
    )
    found = check_rules_against(rules, make_directory())
    say_who = "Say in the directory who gives it"
    assert [(problem.where, problem.message, problem.fix) for problem in found] == [
        ("rule a", "there is no team ‘dsek’", "Did you mean ‘desk’?"),
        ("rule b", "no team gives the service ‘hlep’", "Did you mean ‘help’?"),
        ("rule b", "no team gives the service ‘help’ everywhere", say_who),
        ("rule c", "there is no area ‘nroth’", "Did you mean ‘north’?"),
        ("rule d", "no team gives the service ‘help’ in ‘West’", say_who),
        ("rule fallback", "there is no team ‘nobody-at-all’", "Add the team to the directory"),
    ]
    assert all(problem.file == "small.json" and problem.column > 1 for problem in found)


def test_an_exclusion_that_means_nobody_and_a_stand_in_of_the_same_organisation_are_named():
    no = {"id": "no", "exclude": [{"team": "dsek"}, {"organisation": "counsil"}], "why": "About."}
    rules = make_rules(make_rule(), no, fallback={**FALLBACK_PART, "instead": "north-team"})
    found = check_rules_against(rules, make_directory())
    assert [(problem.message, problem.fix) for problem in found] == [
        ("there is no team ‘dsek’ to exclude", "Did you mean ‘desk’?"),
        ("there is no organisation ‘counsil’ to exclude", "Did you mean ‘council’?"),
        ("the fallback and the team instead of it are both of ‘council’",
         "Name a team of another organisation in “instead”"),
    ]  # fmt: skip


def test_rules_that_the_directory_can_serve_have_no_problems():
    rules = make_rules(make_rule(to=[{"service": "help", "area_from": "area"}, {"case": "teams"}]))
    assert check_rules_against(rules, make_directory()) == ()


def test_the_areas_that_nobody_covers_are_named():
    rules = make_rules(make_rule(to=[{"service": "help", "area_from": "area"}]))
    (gap,) = uncovered_areas(rules, make_directory())
    assert gap.message == "no team gives the service ‘help’ in ‘West’"


def test_a_rule_file_is_loaded_from_a_path(tmp_path):
    path = tmp_path / "small.json"
    path.write_text(json.dumps(make_rule_file(make_rule())), encoding="utf-8")
    assert load_rules(path, small_form()).rules[0].id == "rule"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(RuleFileError, match=str(path)):
        load_rules(path, small_form())


# -- rules that do nothing ----------------------------------------------------------------------

LOW, HIGH = {"risk": "low"}, {"risk": "high"}


@pytest.mark.parametrize(
    "when",
    [
        {"all": [LOW, HIGH]},
        {"all": ["high_risk", {"risk": ["low", "medium"]}]},
        {"all": [{"danger": True}, {"not": {"danger": True}}]},
        {"age": {"minimum": 5, "maximum": 3}},
    ],
)
def test_a_rule_that_no_answers_satisfy_is_told(when):
    (problem,) = pointless_rules(make_rules(make_rule("a", when=when), make_rule("b", when=LOW)))
    assert (problem.where, problem.message) == ("rule a", "no answers can satisfy its condition")
    assert problem.line > 0


@pytest.mark.parametrize(
    ("stop", "rule"),
    [
        (None, LOW),
        (None, None),
        (LOW, LOW),
        ({"risk": ["low", "high"]}, {"all": [HIGH, {"danger": True}]}),
    ],
)
def test_a_rule_that_another_always_stops_is_told(stop, rule):
    first = make_rule("first", rank=1, stop=True, **({"when": stop} if stop else {}))
    later = make_rule("later", **({"when": rule} if rule else {}))
    (problem,) = pointless_rules(make_rules(first, later))
    assert problem.where == "rule later"
    assert "stops it whenever it applies" in problem.message


def test_a_rule_whose_teams_another_always_excludes_is_told():
    fallback = {**FALLBACK_PART, "instead": "north-team"}
    sends = make_rule("sends", when={"all": [HIGH, {"danger": True}]})
    excludes = {"id": "no", "when": HIGH, "exclude": [{"team": "desk"}], "why": "About them."}
    (problem,) = pointless_rules(make_rules(sends, excludes, fallback=fallback))
    assert problem.where == "rule sends"


def test_rules_that_may_apply_without_each_other_are_left_alone():
    fallback = {**FALLBACK_PART, "instead": "north-team"}
    rules = make_rules(
        make_rule("first", rank=1, stop=True, when=HIGH),
        make_rule("later", when={"danger": True}),
        make_rule("seen", when={"indicators": {"contains": {"const": "weapons"}}}),
        {"id": "no", "when": LOW, "exclude": [{"team": "desk"}], "why": "About them."},
        fallback=fallback,
    )
    assert pointless_rules(rules) == ()
