"""Questions that the tests of calculations work with."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.form_definitions.factories import checkboxes, radios

GRADE = radios("1", "2", "3", "4", "5", "not-scored")
DATE = {"type": "string", "format": "date"}
WHOLE = {"type": "integer"}
QUESTIONS: dict[str, Any] = {
    "born": DATE,
    "scored_on": DATE,
    "a": WHOLE,
    "b": WHOLE,
    "rent": {"type": "number", "format": "money"},
    "food": {"type": "number", "format": "money"},
    "grade_a": GRADE,
    "grade_b": GRADE,
    "grade_c": GRADE,
    "own": GRADE,
    "why": {"type": "string"},
    "signs": checkboxes("drugs", "debt", "weapons"),
    "weeks": {"type": "string", "format": "gestation"},
    "children": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "age": {"type": "integer", "title": "Age"},
                "safe": {"type": "boolean", "title": "Safe?"},
            },
        },
    },
    "last": {"type": "string"},
}


def entry(function: str, **arguments: Any) -> dict[str, Any]:
    return {"function": function, "title": f"The {function}", **arguments}


AREA = entry("grade_roll_up", of=["grade_a", "grade_b", "grade_c"], rule="original-gcp-1")


RUBBISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
