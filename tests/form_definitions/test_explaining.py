"""A condition is said in the form's own words, with the comparison that decided it."""

from __future__ import annotations

from typing import Any

import pytest

from form_definitions import describe, describe_condition, explain, parse_condition
from tests.form_definitions.factories import checkboxes, make_definition, radios

DEFINITION = make_definition(
    {
        "trust": {"title": "Which trust?", **radios("belfast", "northern", "western")},
        "age": {"title": "Age", "type": "integer"},
        "indicators": {"title": "Indicators", **checkboxes("weapons", "missing")},
        "safe": {"title": "Is it safe?", "type": "boolean"},
        "born": {"title": "Born", "type": "string", "format": "date"},
        "amount": {"title": "Amount", "type": "number", "format": "money"},
        "parent": {
            "title": "Parent",
            "type": "object",
            "properties": {"name": {"title": "Parent’s name", "type": "string"}},
        },
    }
)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"trust": "belfast"}, "‘Which trust?’ is ‘Title of belfast’"),
        (
            {"trust": ["belfast", "northern", "western"]},
            "‘Which trust?’ is ‘Title of belfast’, ‘Title of northern’ or ‘Title of western’",
        ),
        ({"age": {"maximum": 17}}, "‘Age’ is 17 or less"),
        ({"age": {"minimum": 5, "exclusiveMaximum": 9}}, "‘Age’ is 5 or more and is less than 9"),
        (
            {"indicators": {"contains": {"const": "weapons"}}},
            "‘Indicators’ includes ‘Title of weapons’",
        ),
        (
            {"indicators": {"contains": {"enum": ["weapons", "missing"]}}},
            "‘Indicators’ includes ‘Title of weapons’ or ‘Title of missing’",
        ),
        ({"safe": True}, "‘Is it safe?’ is ‘Yes’"),
        ({"born": "2026-03-27"}, "‘Born’ is ‘27 March 2026’"),
        ({"parent.name": "Ann"}, "‘Parent’s name’ is ‘Ann’"),
        (
            {"trust": {"not": {"const": "belfast"}}},
            "‘Which trust?’ is answered, and not ‘Title of belfast’",
        ),
        ({"unknown": "x"}, "‘unknown’ is ‘x’"),
        ({"not": {"trust": "belfast"}}, "‘Which trust?’ is not ‘Title of belfast’"),
        ({"not": {"age": {"minimum": 3}}}, "it is not so that ‘Age’ is 3 or more"),
        (
            {"safe": False, "any": [{"age": 1}, {"age": 2}]},
            "‘Is it safe?’ is ‘No’ and (‘Age’ is 1 or ‘Age’ is 2)",
        ),
    ],
)
def test_a_condition_reads_like_the_form(raw: Any, words: str) -> None:
    assert describe_condition(parse_condition(raw), DEFINITION) == words


@pytest.mark.parametrize(
    ("raw", "answers", "holds", "deciding"),
    [
        ({"all": [{"age": 1}, {"safe": True}]}, {"age": 2, "safe": False}, False, ["age"]),
        ({"all": [{"age": 1}, {"safe": True}]}, {"age": 1, "safe": True}, True, ["age", "safe"]),
        ({"any": [{"age": 1}, {"safe": True}]}, {"age": 2, "safe": True}, True, ["safe"]),
        ({"any": [{"age": 1}, {"safe": True}]}, {"age": 2}, False, ["age", "safe"]),
        ({"not": {"any": [{"age": 1}, {"safe": True}]}}, {"safe": True}, False, ["safe"]),
        ("adult", {"age": 20}, True, ["age"]),
    ],
)
def test_what_decided_is_named(
    raw: Any, answers: dict[str, Any], holds: bool, deciding: list[str]
) -> None:
    condition = parse_condition(raw, {"adult": parse_condition({"age": {"minimum": 18}})})
    explained = explain(condition, answers)
    assert explained.holds is holds is condition.holds(answers)
    assert [".".join(comparison.path) for comparison, _held in explained.deciding] == deciding
    for comparison, held in explained.deciding:
        assert comparison.holds(answers) is held
        assert describe(comparison, DEFINITION)
