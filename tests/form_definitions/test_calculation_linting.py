"""What an author reads of a calculation that cannot be meant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from form_definitions import FormFileError, parse_form
from tests.form_definitions.calculated import AREA, QUESTIONS, WHOLE, entry
from tests.form_definitions.factories import make_definition, make_form

FOUND = [
    ({"it": entry("total", of=["a"])}, "‘total’ cannot be used for ‘function’"),
    ({"it": entry("sum", off=["a"])}, "there is no key ‘off’ here. Did you mean ‘of’?"),
    ({"it": entry("sum")}, 'calculation ‘it’ has no ‘of’, which ‘sum’ needs. Add "of": …'),
    ({"it": entry("sum", of=["a"], unit="days")}, "‘unit’ means nothing for ‘sum’. It has of"),
    ({"it": entry("sum", of=["rents"])}, "there is no question ‘rents’. Did you mean ‘rent’?"),
    ({"it": entry("sum", of=["why"])}, "‘why’ is of the kind text, which ‘sum’ cannot work with"),
    ({"it": entry("sum", of=["signs"])}, "‘signs’ is of the kind checkboxes"),
    (
        {"it": entry("age_on", born="a", on="today")},
        "‘a’ is of the kind integer, and ‘age_on’ needs a date",
    ),
    (
        {"it": entry("bands", value="children.age", bands=[{"from": 1, "label": "x"}])},
        "‘children.age’ repeats",
    ),
    (
        {
            "it": entry(
                "bands", value="a", bands=[{"from": 1, "label": "x"}, {"from": 0, "label": "y"}]
            )
        },
        "the bands do not go up",
    ),
    ({"a": entry("sum", of=["b"])}, "‘a’ is the name of a question and of a calculation"),
    ({"it": entry("sum", of=["it"])}, "calculation ‘it’ goes round in a circle"),
    (
        {"it": entry("sum", of=["other"]), "other": entry("sum", of=["it", "a"])},
        "calculation ‘other’ goes round",
    ),
    (
        {"it": entry("points", points=[{"when": {"gone": 1}, "score": 1}])},
        "the condition looks at ‘gone’, which is no question",
    ),
    (
        {"it": entry("points", points=[{"when": {"grade_a": "6"}, "score": 1}])},
        "‘6’ is not an option of ‘grade_a’",
    ),
    (
        {"it": entry("count", of=["children"], where={"agee": 1})},
        "‘agee’, which is no question beside this one",
    ),
    (
        {"it": entry("count", of=["children", "a"], where={"age": 1})},
        "calculation ‘it’ counts the items of more than one question",
    ),
    ({"it": {**AREA, "rule": "mean"}}, "there is no rule ‘mean’. Use one of: original-gcp-1"),
    ({"it": {**AREA, "override": "own"}}, "calculation ‘it’ may be overridden without a reason"),
    (
        {"it": entry("sum", of=["a"], section="Nowhere")},
        "in the section ‘Nowhere’, which no page has",
    ),
]


@pytest.mark.parametrize(("calculated", "words"), FOUND)
def test_a_mistake_is_told_with_its_line(calculated: dict[str, Any], words: str) -> None:
    text = json.dumps(make_form(QUESTIONS, calculated=calculated), indent=1, ensure_ascii=False)
    with pytest.raises(FormFileError) as caught:
        parse_form(text, "form.json")
    problems = [problem for problem in caught.value.problems if words in str(problem)]
    assert problems, str(caught.value)
    start = text[: text.index('"calculated"')].count("\n") + 1
    assert problems[0].line > start


def test_a_question_cannot_depend_on_a_value_that_is_worked_out_later() -> None:
    properties = {"a": WHOLE, "b": {**WHOLE, "x-ui": {"when": {"it": 1}}}}
    calculated = {"it": entry("sum", of=["a", "b"])}
    with pytest.raises(FormFileError, match="‘it’, which is asked later"):
        make_definition(properties, calculated=calculated)


def test_a_condition_on_a_label_that_no_band_has_is_told() -> None:
    raw = entry("bands", value="a", bands=[{"from": 0, "label": "Low"}])
    properties = {**QUESTIONS, "last": {"type": "string", "x-ui": {"when": {"it": "Lo"}}}}
    with pytest.raises(FormFileError, match=r"‘Lo’ is not an option of ‘it’\. Did you mean ‘Low’"):
        make_definition(properties, calculated={"it": raw})
