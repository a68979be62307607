"""What is said to be unreachable is unreachable, for every set of answers there can be."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import visible
from form_definitions.pattern_linting import can_match
from form_definitions.reach import unreachable
from tests.examples import examples
from tests.form_definitions.factories import checkboxes, make_definition, radios

DOMAINS: dict[str, list[Any]] = {
    "colour": ["red", "green", "blue"],
    "agreed": [True, False],
    "count": [0, 1, 2, 3],
    "boxes": [["p"], ["q"], ["p", "q"]],
}
QUESTIONS: dict[str, dict[str, Any]] = {
    "colour": radios("red", "green", "blue"),
    "agreed": {"type": "boolean"},
    "count": {"type": "integer", "minimum": 0, "maximum": 3},
    "boxes": checkboxes("p", "q"),
}
COMPARISONS = st.one_of(
    st.sampled_from(DOMAINS["colour"]).map(lambda value: {"colour": value}),
    st.lists(st.sampled_from(DOMAINS["colour"]), min_size=1, max_size=2, unique=True).map(
        lambda values: {"colour": values}
    ),
    st.booleans().map(lambda value: {"agreed": value}),
    st.integers(0, 3).map(lambda value: {"count": {"minimum": value}}),
    st.integers(0, 3).map(lambda value: {"count": {"exclusiveMaximum": value}}),
    st.integers(0, 3).map(lambda value: {"count": {"not": {"const": value}}}),
    st.sampled_from("pq").map(lambda value: {"boxes": {"contains": {"const": value}}}),
    st.sampled_from("pq").map(lambda value: {"boxes": {"not": {"contains": {"const": value}}}}),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        inner.map(lambda part: {"not": part}),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: {"any": parts}),
    ),
    max_leaves=4,
)
EVERY_ANSWER_SET = [
    {name: value for name, value in zip(DOMAINS, values, strict=True) if value is not None}
    for values in itertools.product(*([None, *values] for values in DOMAINS.values()))
]


@examples(20)
@given(CONDITIONS, CONDITIONS, CONDITIONS)
def test_what_is_unreachable_is_shown_by_no_answers(first: Any, end: Any, second: Any) -> None:
    text = {"type": "string"}
    form = make_definition(
        {**QUESTIONS, "one": text, "two": {**text, "x-ui": {"when": second}}},
        pages=[
            {"id": "start-here", "questions": list(QUESTIONS)},
            {"id": "one", "when": first, "questions": ["one"]},
            {"id": "end", "type": "end", "title": "End", "body": "Stop.", "when": end},
            {"id": "two", "title": "Two", "questions": ["two"]},
        ],
    )
    shown = [visible(form, answers) for answers in EVERY_ANSWER_SET]
    reached = {page.id for seen in shown for page in seen.pages}
    asked = {name for seen in shown for name in seen.questions}
    for found in unreachable(form):
        if found.ends_all:
            assert "two" not in reached
        elif found.question:
            assert found.path not in asked
        else:
            assert found.page.id not in reached


def test_what_depends_on_an_answer_that_excludes_it_is_unreachable() -> None:
    form = make_definition(
        {
            "a": radios("x", "y"),
            "b": {"type": "boolean", "x-ui": {"when": {"a": "x"}}},
            "c": {"type": "string", "x-ui": {"when": {"a": "y", "b": True}}},
        }
    )
    assert [found.path for found in unreachable(form)] == ["c"]


def test_a_required_answer_is_never_missing() -> None:
    when = {"x-ui": {"when": {"not": {"a": ["x", "y"]}}}}
    questions = {"a": radios("x", "y"), "b": {"type": "string", **when}}
    assert list(unreachable(make_definition(questions))) == []
    assert [found.path for found in unreachable(make_definition(questions, required=["a"]))] == [
        "b"
    ]


@pytest.mark.parametrize(
    "pattern", ["a^", "$a", "(?!)", "[^\\s\\S]", "(^a){2}", "(?=$a)b", "^(a$b|c^)"]
)
def test_a_pattern_that_nothing_matches_is_known(pattern: str) -> None:
    assert not can_match(pattern)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of sets that may change their meaning
@examples(70)
@given(st.text("ab^$|()*?+[]", max_size=8), st.text("ab", max_size=4))
def test_a_pattern_that_something_matches_is_never_refused(pattern: str, text: str) -> None:
    try:
        found = re.search(pattern, text)
    except re.error:
        return
    assert can_match(pattern) or found is None
