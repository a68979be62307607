"""A condition is plain JSON Schema: Python and a validator say the same of it."""

from __future__ import annotations

import contextlib
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import ConditionError, parse_condition
from tests.examples import examples

SCALARS = st.one_of(
    st.sampled_from(["a", "b", "", "1", "true"]),
    st.integers(-2, 3),
    st.sampled_from([0.0, 1.0, 1.5, -0.0]),
    st.booleans(),
)
VALUES = st.recursive(
    SCALARS | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(SCALARS, max_size=3)
        | st.dictionaries(st.sampled_from("xyz"), inner)
    ),
    max_leaves=6,
)
LEAF_SCHEMAS = st.one_of(
    st.builds(lambda v: {"const": v}, SCALARS),
    st.builds(lambda v: {"enum": v}, st.lists(SCALARS, min_size=1, max_size=3)),
    st.builds(lambda v: {"minimum": v}, st.integers(-1, 2)),
    st.builds(lambda v: {"maximum": v}, st.sampled_from([0, 1.5])),
    st.builds(lambda v: {"minLength": v}, st.integers(0, 2)),
    st.builds(lambda v: {"pattern": v}, st.sampled_from(["^a", "b$", "^[0-9]+$"])),
    st.builds(lambda v: {"type": v}, st.sampled_from(["string", "array", "null", "integer"])),
    st.builds(lambda v: {"contains": {"const": v}}, SCALARS),
    st.builds(lambda v: {"contains": {"enum": v}}, st.lists(SCALARS, min_size=1, max_size=3)),
    st.builds(lambda v: {"contains": {"minimum": v}}, st.integers(-1, 2)),
    st.just({"minItems": 1, "maxItems": 2}),
    st.just({"minItems": 1, "uniqueItems": True}),
)
SCHEMAS = st.recursive(
    LEAF_SCHEMAS,
    lambda inner: st.one_of(
        st.builds(lambda v: {"not": v}, inner),
        st.builds(lambda v: {"contains": v}, inner),
        st.builds(lambda v: {"items": v}, inner),
        st.builds(lambda v: {"prefixItems": v}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda v: {"anyOf": v}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda v: {"properties": {"x": v}, "required": ["x"]}, inner),
    ),
    max_leaves=3,
)
PATHS = st.sampled_from(["a", "b", "x.y", "x.y.z", "x.0", "a.1", "x.1.y"])
COMPARISONS = st.builds(
    lambda path, expected: {path: expected},
    PATHS,
    st.one_of(SCALARS, st.lists(SCALARS, min_size=1, max_size=3), SCHEMAS),
)
CONDITIONS = st.recursive(
    COMPARISONS | st.sampled_from(["first", "second"]),
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda one, part: one | {"not": part}, COMPARISONS, inner),
    ),
    max_leaves=5,
)
ANSWERS = (
    st.dictionaries(st.sampled_from(["a", "b", "x"]), VALUES)
    | st.builds(
        lambda y, rest: {"x": {"y": y}, **rest},
        VALUES | st.builds(lambda z: {"z": z}, VALUES),
        st.dictionaries(st.sampled_from(["a", "b"]), VALUES),
    )
    | st.builds(
        lambda x, rest: {"x": x, **rest},
        st.lists(VALUES | st.builds(lambda y: {"y": y}, VALUES), max_size=3),
        st.dictionaries(st.sampled_from(["a", "b"]), st.lists(VALUES, max_size=2)),
    )
)
NAMED = {
    "first": parse_condition({"a": "a"}),
    "second": parse_condition({"not": {"b": {"minimum": 1}}}),
}


@examples(130)
@given(CONDITIONS, ANSWERS)
def test_a_condition_holds_exactly_when_the_answers_satisfy_its_schema(
    raw: Any, answers: dict[str, Any]
) -> None:
    condition = parse_condition(raw, NAMED)
    oracle = jsonschema.Draft202012Validator(condition.schema)
    assert condition.holds(answers) is oracle.is_valid(answers)


@examples(200)
@given(SCALARS | st.lists(SCALARS, min_size=1, max_size=3) | LEAF_SCHEMAS, VALUES)
def test_a_comparison_holds_exactly_when_the_answer_satisfies_its_schema(
    expected: Any, answer: Any
) -> None:
    condition = parse_condition({"a": expected})
    oracle = jsonschema.Draft202012Validator(condition.schema)
    assert condition.holds({"a": answer}) is oracle.is_valid({"a": answer})


@examples(30)
@given(CONDITIONS)
def test_a_missing_answer_never_satisfies_a_comparison(raw: Any) -> None:
    for comparison in parse_condition(raw, NAMED).comparisons():
        assert comparison.holds({}) is False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", "a", "const", "pattern", "minimum", "A b", ""]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@examples(70)
@given(JSON)
def test_whatever_is_written_is_a_condition_or_a_condition_error(raw: Any) -> None:
    with contextlib.suppress(ConditionError):
        parse_condition(raw, NAMED).holds({"a": 1})


def test_a_condition_nested_a_thousand_deep_is_an_error_not_a_crash() -> None:
    raw: Any = {"a": "a"}
    for _ in range(1000):
        raw = {"not": raw}
    with pytest.raises(ConditionError, match="too deeply"):
        parse_condition(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        [],
        5,
        None,
        True,
        "unknown",
        {"a": None},
        {"a": []},
        {"a": {}},
        {"a": {"minimun": 3}},
        {"a": {"minimum": "three"}},
        {"a": {"pattern": "("}},
        {"a": {"format": "date"}},
        {"a": {"$ref": "https://example.org/schema"}},
        {"all": []},
        {"any": {"a": 1}},
        {"not": {}},
        {"A b": 1},
    ],
)
def test_what_is_no_condition_is_refused_with_a_way_to_put_it_right(raw: Any) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(raw)
    assert caught.value.message


def test_a_hostile_pattern_is_decided_at_once() -> None:
    condition = parse_condition({"a": {"pattern": "^(a+)+$"}})
    assert condition.holds({"a": "a" * 5000 + "!"}) is False
    look_around = parse_condition({"a": {"pattern": "^(?=(a+)+$)(a|aa)+$"}})
    assert look_around.holds({"a": "a" * 3000 + "!"}) is False
