"""Rules as sentences, as changes, and as rows to choose from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import load_form, parse_condition, shipped_forms
from referral_router import fallback_words, load_rules, rule_changes, rules_in_words, shipped_rules
from referral_router.condition_rows import (
    WITHOUT_VALUES,
    WORDS,
    Group,
    Row,
    Rows,
    operators_for,
    options_of,
    raw_condition,
    rows_of,
    subjects,
)
from tests.referral_router.referrals import (
    FALLBACK_PART,
    make_directory,
    make_rule,
    make_rules,
    small_form,
)

FULL = make_rule(
    "full",
    when={"risk": "high", "danger": True},
    to=[
        {"team": "desk", "send": ["all"]},
        {"service": "help", "area_from": "area"},
        {"service": "help", "area": "north"},
        {"service": "care"},
    ],
    urgency="urgent",
    acknowledge_within="PT1H30M",
    decide_within="PT72H after returned_on",
    rank=10,
    stop=True,
    exclude=[{"organisation_from": "school.name"}, {"organisation": "council"}],
    ask="Who leads?",
    tags=["county-lines"],
)
# each of several needs or people is looked at
ABOUT_A_LIST = {
    "harm-goes-on",
    "harm-not-over",
    "others-in-the-household",
    "victim-in-information",
    "withdrew-with-needs",
}
INSTEAD = {**FALLBACK_PART, "instead": "north-team"}


def test_a_rule_says_when_then_and_why():
    (words,) = rules_in_words(make_rules(FULL, fallback=INSTEAD), make_directory())
    assert words.when == "If ‘How high is the risk?’ is ‘High’ and ‘Is anyone in danger?’ is ‘Yes’"
    assert words.then == (
        "Send only ‘All’ to Team desk",
        "Send it to the team for Help at home in the area of ‘Which area?’",
        "Send it to the team for Help at home in North",
        "Send it to the team for Care everywhere",
        "Never send it to any team of the organisation that ‘Name of the school’ names",
        "Never send it to any team of Example Council",
        "Urgent: acknowledge it within 1 hour and 30 minutes and decide within 72 hours after "
        "‘When did they come back?’",
        "Ask a person of the team: “Who leads?”",
        "Follow no rule of a later rank",
        "Mark it county lines",
    )
    assert (words.why, words.rank) == ("Because of full.", 10)


def test_a_rule_that_only_raises_and_the_fallback_have_words_too():
    raises = {"id": "up", "raise_urgency": "immediate", "why": "Now."}
    rules = make_rules(raises, fallback=INSTEAD)
    (words,) = rules_in_words(rules, make_directory())
    assert (words.when, words.then) == (
        "Always",
        ("Make it at least immediate for every team that gets it",),
    )
    assert fallback_words(rules, make_directory()).then == (
        "Send it to Team desk",
        "If that finds nobody, or nobody who may have it, send it to Team north-team",
        "Soon: acknowledge it within 2 days",
    )


def test_what_changes_is_told_rule_by_rule_and_only_that():
    old = make_rules(make_rule("a"), make_rule("b", when={"danger": True}), make_rule("gone"))
    new = make_rules(
        make_rule("b", when={"danger": True}, urgency="soon"),
        make_rule("a"),
        make_rule("new"),
        nation="scotland",
    )
    changes = rule_changes(old, new, make_directory())
    assert [(each.rule, each.kind) for each in changes] == [
        ("gone", "gone"),
        ("b", "changed"),
        ("new", "new"),
        ("nation", "changed"),
    ]
    assert changes[1].parts == (
        (
            "Then",
            "Routine: acknowledge it within 1 working day",
            "Soon: acknowledge it within 1 working day",
        ),
    )
    assert rule_changes(old, old, make_directory()) == ()


@pytest.mark.parametrize("form_id", sorted(shipped_rules()))
def test_every_shipped_condition_can_be_chosen_in_rows(form_id):
    definition = load_form(shipped_forms()[form_id])
    for rule in load_rules(shipped_rules()[form_id], definition).rules:
        rows = rows_of(rule.when, definition)
        if rule.id in ABOUT_A_LIST:
            assert rows is None
            continue
        assert rows is not None, rule.id
        raw = raw_condition(rows, definition)
        again = None if raw is None else parse_condition(raw, definition.conditions)
        assert rows_of(again, definition) == rows


@pytest.mark.parametrize(
    "when",
    [
        {"all": [{"any": [{"all": [{"risk": "low"}, {"danger": True}]}, {"age": 3}]}, {"age": 4}]},
        {"age": {"minimum": 3, "maximum": 5}},
        {"not": {"age": {"minimum": 3}}},
        {"not": {"all": [{"risk": "low"}, {"danger": True}]}},
        {"household": {"minItems": 1}},
        {"words": {"minLength": 3}},
        {"risk": {"not": {"const": "low"}}},
    ],
)
def test_what_no_row_can_say_is_left_as_it_is_written(when):
    assert rows_of(parse_condition(when, small_form().conditions), small_form()) is None


@st.composite
def some_rows(draw):
    definition = small_form()

    def row():
        subject = draw(st.sampled_from([each for each, _ in subjects(definition)]))
        operator = draw(st.sampled_from(operators_for(subject, definition)))
        options = [value for value, _ in options_of(subject, definition)]
        if operator in WITHOUT_VALUES:
            return Row(subject, operator)
        number = operator in ("at-least", "at-most", "equals")
        values = ["3", "17"] if number else options or ["2026-03-27"]
        most = 1 if number or not options else len(values)
        chosen = draw(st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True))
        return Row(subject, operator, tuple(chosen))

    def group():
        rows = tuple(row() for _ in range(draw(st.integers(1, 3))))
        return Group("all" if len(rows) == 1 else draw(st.sampled_from(["all", "any"])), rows)

    groups = tuple(group() for _ in range(draw(st.integers(0, 3))))
    return Rows("all" if len(groups) < 2 else draw(st.sampled_from(["all", "any"])), groups)


@pytest.mark.parametrize("typed", ["1e999", "-inf", "nan", "many"])
def test_what_json_has_no_number_for_stays_as_it_was_typed(typed):
    rows = Rows("all", (Group("all", (Row("age", "at-least", (typed,)),)),))
    assert raw_condition(rows, small_form()) == {"age": {"minimum": typed}}


@given(some_rows())
def test_rows_come_back_from_the_language_as_they_were_chosen(rows):
    definition = small_form()
    raw = raw_condition(rows, definition)
    read = None if raw is None else parse_condition(raw, definition.conditions)
    again = rows_of(read, definition)
    assert again is not None
    assert raw_condition(again, definition) == raw
    assert {row.operator for group in rows.groups for row in group.rows} <= WORDS.keys()
