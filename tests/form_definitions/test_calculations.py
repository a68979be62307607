"""What is worked out from answers: the library, where values are due, and what an author reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import (
    FormDefinition,
    check_answers,
    describe,
    display,
    on_the_day,
    prune,
    visible,
)
from form_definitions.calculating import FUNCTIONS, TODAY_KEY
from form_definitions.dialect import dialect
from tests.form_definitions.calculated import AREA, QUESTIONS, RUBBISH, WHOLE, entry
from tests.form_definitions.factories import make_definition

NOW = datetime(2026, 3, 27, 23, 30, tzinfo=UTC)


def definition_of(**calculated: dict[str, Any]) -> FormDefinition:
    return make_definition(QUESTIONS, calculated=calculated)


def value_of(raw: dict[str, Any], answers: dict[str, Any]) -> Any:
    definition = definition_of(it=raw)
    outcome = check_answers(definition, on_the_day(definition, answers, NOW))
    assert outcome.accepted
    return outcome.answers.get("it")


def grades(*values: str) -> dict[str, str]:
    return dict(zip(("grade_a", "grade_b", "grade_c"), values, strict=False))


@pytest.mark.parametrize(
    ("raw", "answers", "value"),
    [
        (
            entry("age_on", born="born", on="scored_on"),
            {"born": "2010-05-02", "scored_on": "2026-05-01"},
            15,
        ),
        (
            entry("age_on", born="born", on="scored_on"),
            {"born": "2010-05-02", "scored_on": "2026-05-02"},
            16,
        ),
        (entry("age_on", born="born", on="today"), {"born": "2010-03-27"}, 16),
        (entry("age_on", born="born", on="today"), {"born": "2026-03-28"}, None),
        (entry("age_on", born="born", on="scored_on"), {"born": "2010-05-02"}, None),
        (
            entry("difference", **{"from": "born", "to": "scored_on", "unit": "weeks"}),
            {"born": "2026-01-01", "scored_on": "2026-01-20"},
            2,
        ),
        (
            entry("difference", **{"from": "born", "to": "scored_on", "unit": "days"}),
            {"born": "2026-01-20", "scored_on": "2026-01-01"},
            -19,
        ),
        (
            entry("difference", **{"from": "born", "to": "scored_on", "unit": "months"}),
            {"born": "2026-01-31", "scored_on": "2026-02-28"},
            0,
        ),
        (entry("sum", of=["a", "b"]), {"a": 2, "b": 3}, 5),
        (entry("sum", of=["a", "b"]), {"a": 2}, 2),
        (entry("sum", of=["a", "b"]), {}, None),
        (entry("sum", of=["rent", "food"]), {"rent": 0.1, "food": 0.2}, 0.3),
        (
            entry("sum", of=["children.age"]),
            {"children": [{"age": 2}, {"safe": True}, {"age": 5}]},
            7,
        ),
        (entry("count", of=["signs"]), {"signs": ["drugs", "debt"]}, 2),
        (entry("count", of=["signs"]), {}, 0),
        (entry("count", of=["a", "b"]), {"a": 0}, 1),
        (
            entry("count", of=["children"], where={"age": {"maximum": 4}}),
            {"children": [{"age": 2}, {"age": 5}, {"safe": True}]},
            1,
        ),
        (entry("mean", of=["a", "b"]), {"a": 2, "b": 3}, 2.5),
        (entry("mean", of=["a", "b"], decimals=0), {"a": 2, "b": 3}, 3),
        (entry("highest", of=["grade_a", "grade_b"]), grades("2", "not-scored"), "2"),
        (entry("lowest", of=["a", "b"]), {"a": 4, "b": -1}, -1),
        (entry("highest", of=["weeks"]), {"weeks": "31+4"}, "31+4"),
        (entry("most_frequent", of=["grade_a", "grade_b", "grade_c"]), grades("2", "3", "3"), "3"),
        (entry("most_frequent", of=["grade_a", "grade_b"]), grades("2", "3"), "3"),
        (entry("most_frequent", of=["signs"]), {"signs": ["debt", "drugs"]}, "debt"),
        (
            entry(
                "points",
                points=[
                    {"when": {"a": {"minimum": 2}}, "score": 5},
                    {"when": {"grade_a": "4"}, "score": -1},
                ],
            ),
            {"a": 3, "grade_a": "4"},
            4,
        ),
        (entry("points", points=[{"when": {"a": 1}, "score": 5}]), {}, 0),
        (
            entry(
                "bands",
                value="a",
                bands=[{"from": 0, "label": "Low"}, {"from": 5, "label": "High"}],
            ),
            {"a": 5},
            "High",
        ),
        (
            entry(
                "bands",
                value="a",
                bands=[{"from": 0, "label": "Low"}, {"from": 5, "label": "High"}],
            ),
            {"a": 4},
            "Low",
        ),
        (entry("bands", value="a", bands=[{"from": 0, "label": "Low"}]), {"a": -1}, None),
        (AREA, grades("1", "1", "4"), "4"),
        (AREA, grades("1", "1", "3"), "1"),
        (AREA, grades("1", "3"), "3"),
        (AREA, grades("2", "not-scored", "not-scored"), "2"),
        (AREA, grades("not-scored"), None),
        (
            {**AREA, "override": "own", "reason": "why"},
            {**grades("1"), "own": "3", "why": "Seen twice"},
            "3",
        ),
        ({**AREA, "override": "own", "reason": "why"}, {**grades("1"), "own": "3"}, "1"),
        (
            {**AREA, "override": "own", "reason": "why"},
            {**grades("1"), "own": "not-scored", "why": "x"},
            "1",
        ),
    ],
)
def test_a_value_is_worked_out(raw: dict[str, Any], answers: dict[str, Any], value: Any) -> None:
    found = value_of(raw, answers)
    assert (type(found), found) == (type(value), value)


def test_today_is_the_day_in_the_united_kingdom_and_comes_from_the_caller() -> None:
    age = definition_of(age=entry("age_on", born="born", on="today"))
    assert on_the_day(age, {TODAY_KEY: "1999-01-01"}, NOW)[TODAY_KEY] == "2026-03-27"
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert on_the_day(age, {}, summer)[TODAY_KEY] == "2026-07-01"
    assert on_the_day(COUNTED, {"a": 1}, NOW) == {"a": 1}
    assert "age" not in check_answers(age, {"born": "2010-03-27"}).answers


def test_a_value_that_somebody_sends_does_not_count() -> None:
    definition = definition_of(it=entry("sum", of=["a", "b"]))
    assert check_answers(definition, {"a": 1, "it": 99}).answers == {"a": 1, "it": 1}
    assert check_answers(definition, {"it": 99}).answers == {}


def test_a_hidden_answer_counts_as_missing() -> None:
    properties = {"a": WHOLE, "b": {**WHOLE, "x-ui": {"when": {"a": 1}}}}
    definition = make_definition(properties, calculated={"it": entry("sum", of=["a", "b"])})
    assert check_answers(definition, {"a": 1, "b": 5}).answers["it"] == 6
    assert check_answers(definition, {"a": 2, "b": 5}).answers["it"] == 2


PAGES = [
    {"id": "one", "title": "One", "questions": ["a"]},
    {"id": "two", "title": "Two", "questions": ["b"], "when": {"a": 1}},
    {"id": "three", "title": "Three", "questions": ["c"], "when": {"total": {"minimum": 4}}},
    {"id": "four", "title": "Four", "questions": ["d"], "when": "many"},
]
COUNTED = make_definition(
    dict.fromkeys("abcd", WHOLE),
    pages=PAGES,
    conditions={"many": {"size": "Large"}},
    calculated={
        "size": entry("bands", value="total", bands=[{"from": 3, "label": "Large"}]),
        "total": entry("sum", of=["a", "b"]),
    },
    facets=["size", "total"],
)


def test_pages_depend_on_values_and_values_on_values() -> None:
    assert [page.id for page in visible(COUNTED, {"a": 1, "b": 3}).pages] == [
        "one",
        "two",
        "three",
        "four",
    ]
    assert [page.id for page in visible(COUNTED, {"a": 3, "b": 3}).pages] == ["one", "four"]
    assert [page.id for page in visible(COUNTED, {"a": 1}).pages] == ["one", "two"]


@given(st.fixed_dictionaries(dict.fromkeys("abcd", st.none() | st.integers(-2, 6))))
def test_what_is_stored_satisfies_the_effective_schema(answers: dict[str, Any]) -> None:
    outcome = check_answers(COUNTED, answers)
    assert outcome.accepted
    validator = jsonschema.Draft202012Validator(COUNTED.schema)
    assert validator.is_valid(outcome.answers)
    hidden = {name for name in "bcd" if name not in visible(COUNTED, answers).questions}
    for name in hidden:  # the schema decides by the stored values, as the pass did
        assert not validator.is_valid({**outcome.answers, name: 1})


def test_a_condition_on_a_value_is_told_in_its_words() -> None:
    (comparison,) = COUNTED.conditions["many"].comparisons()
    assert describe(comparison, COUNTED) == "‘The bands’ is ‘Large’"


ANSWER = st.none() | st.integers(-9, 9) | st.sampled_from([10**400, 2.5, "x", "4", True, [], {}])


@given(st.fixed_dictionaries(dict.fromkeys("abcd", ANSWER)))
def test_pruning_twice_changes_nothing(answers: dict[str, Any]) -> None:
    pruned = prune(COUNTED, answers)
    assert prune(COUNTED, pruned) == pruned
    outcome = check_answers(COUNTED, answers)
    assert outcome.answers == pruned
    assert check_answers(COUNTED, outcome.answers) == outcome or not outcome.accepted


EVERY = {
    f"c{at}": raw
    for at, raw in enumerate(
        [
            entry("age_on", born="born", on="today"),
            entry("sum", of=["a", "children.age"]),
            entry("count", of=["children"], where={"safe": True}),
            entry("mean", of=["a", "rent"]),
            entry("highest", of=["grade_a", "a"]),
            entry("lowest", of=["weeks"]),
            entry("most_frequent", of=["signs"]),
            entry(
                "points", points=[{"when": {"signs": {"contains": {"const": "debt"}}}, "score": 2}]
            ),
            entry("bands", value="c1", bands=[{"from": 0, "label": "x"}]),
            entry("difference", **{"from": "born", "to": "today", "unit": "years"}),
            AREA,
        ]
    )
}
EVERYTHING = definition_of(**EVERY)


def test_every_function_is_in_the_dialect_and_tried_here() -> None:
    named = dialect()["$defs"]["calculation"]["properties"]["function"]["enum"]
    assert named == list(FUNCTIONS)
    assert {raw["function"] for raw in EVERY.values()} == set(FUNCTIONS)


@given(st.dictionaries(st.sampled_from([*QUESTIONS, *EVERY, TODAY_KEY]), RUBBISH))
def test_no_set_of_answers_makes_a_calculation_raise(answers: dict[str, Any]) -> None:
    outcome = check_answers(EVERYTHING, answers)
    assert prune(EVERYTHING, outcome.answers) == outcome.answers


@pytest.mark.parametrize(
    ("raw", "answers", "shown"),
    [
        (entry("sum", of=["rent", "food"]), {"rent": 10, "food": 2.5}, "£12.50"),
        (entry("highest", of=["weeks"]), {"weeks": "31+4"}, "31 weeks and 4 days"),
        (entry("mean", of=["a", "rent"]), {"a": 1, "rent": 2}, "1.5"),
        (AREA, grades("4"), "4"),
    ],
)
def test_a_value_is_shown_as_the_answers_that_it_is_made_of(
    raw: dict[str, Any], answers: dict[str, Any], shown: str
) -> None:
    definition = definition_of(it=raw)
    value = check_answers(definition, answers).answers["it"]
    assert display(definition.calculated["it"].question, value) == shown
