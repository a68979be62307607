"""The standard forms of JSON Schema in a form file: what they show, require and refuse."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import (
    FormDefinition,
    FormFileError,
    Problem,
    check_answers,
    check_page,
    describe_condition,
    parse_form,
    prune,
    visible,
)
from renderers import Site, compile_form
from tests.examples import examples
from tests.form_definitions.factories import make_form, radios

TEXT = {"type": "string", "title": "A text"}
IF_YES = {"properties": {"work": {"const": "yes"}}, "required": ["work"]}


def make(properties: dict[str, Any], asked: tuple[str, ...] = (), **root: Any) -> dict[str, Any]:
    form = make_form(properties)
    form["x-form"]["pages"][0]["questions"] += asked
    return {**form, **root}


def defined(*arguments: Any, **root: Any) -> FormDefinition:
    return parse_form(json.dumps(make(*arguments, **root)))


def problem_of(form: dict[str, Any]) -> Problem:
    with pytest.raises(FormFileError) as raised:
        parse_form(json.dumps(form, indent=1), "f.json")
    return raised.value.problems[0]


def line_of(form: dict[str, Any], text: str) -> int:
    lines = json.dumps(form, indent=1).splitlines()
    return next(at for at, line in enumerate(lines, 1) if text in line)


def wrong(definition: FormDefinition, answers: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in check_answers(definition, answers).errors]


def plain(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if not key.startswith("x-")}
    return [plain(item) for item in schema] if isinstance(schema, list) else schema


WORK = make(
    {"work": radios("yes", "no"), "age": {"type": "integer"}, "note": TEXT},
    ("job", "why"),
    **{
        "if": IF_YES,
        "then": {
            "properties": {"job": {**TEXT, "title": "Which job?"}, "note": {"minLength": 3}},
            "required": ["job"],
        },
        "else": {"properties": {"why": {"$ref": "#/$defs/why"}}},
        "dependentRequired": {"age": ["note"]},
        "dependentSchemas": {"note": {"required": ["work"]}},
        "$defs": {"why": {"type": "string", "title": "Why?", "maxLength": 5}},
    },
)


def test_a_question_under_then_is_shown_and_required_while_if_holds() -> None:
    definition = parse_form(json.dumps(WORK))
    assert wrong(definition, {"work": "yes"}) == [("job", "required")]
    assert prune(definition, {"work": "no", "job": "x"}) == {"work": "no"}
    assert visible(definition, {"work": "yes"}).questions == {"work", "age", "note", "job"}
    condition = definition.questions["job"].when
    assert condition
    assert describe_condition(condition, definition) == "‘Question work’ is ‘Title of yes’"


def test_a_question_under_else_is_shown_while_if_does_not_hold() -> None:
    definition = parse_form(json.dumps(WORK))
    assert "why" in visible(definition, {}).questions
    assert wrong(definition, {"why": "too long"}) == [("why", "maxLength")]
    assert prune(definition, {"work": "yes", "why": "x", "job": "y"}) == {"work": "yes", "job": "y"}


def test_what_then_asks_of_a_question_that_is_there_anyway_counts_while_if_holds() -> None:
    definition = parse_form(json.dumps(WORK))
    short = {"note": "a"}
    assert wrong(definition, {"work": "no", **short}) == []
    assert wrong(definition, {"work": "yes", "job": "x", **short}) == [("note", "minLength")]
    outcome = check_page(definition, definition.pages[0], {"work": "yes", "job": "x", **short})
    assert [error.message for error in outcome.errors] == ["A text must be 3 characters or more"]


def test_dependent_required_and_dependent_schemas_require_while_the_other_is_answered() -> None:
    definition = parse_form(json.dumps(WORK))
    assert wrong(definition, {"age": 3}) == [("note", "required")]
    assert wrong(definition, {"note": "abc"}) == [("work", "required")]
    assert wrong(definition, {}) == []


def test_a_question_that_may_be_required_is_not_called_optional() -> None:
    definition = parse_form(json.dumps(WORK))
    html = compile_form(definition, Site()).page("only", {"age": 3}, csrf="x")
    assert "A text (optional)" not in html
    assert "Question age (optional)" in html


def test_all_of_adds_questions_and_narrows_limits() -> None:
    definition = defined(
        {"name": {**TEXT, "maxLength": 9, "allOf": [{"$ref": "#/$defs/short"}]}},
        ("more",),
        allOf=[{"properties": {"more": TEXT}, "required": ["more"]}],
        **{"$defs": {"short": {"maxLength": 4}}},
    )
    assert wrong(definition, {"name": "12345"}) == [("name", "maxLength"), ("more", "required")]


def test_a_condition_inside_a_repeating_group_looks_at_its_own_item() -> None:
    person = {
        "type": "object",
        "properties": {"works": {"type": "boolean", "title": "Works?"}},
        "if": {"properties": {"works": {"const": True}}, "required": ["works"]},
        "then": {"properties": {"job": TEXT}, "required": ["job"]},
    }
    definition = defined(
        {"people": {"type": "array", "items": {"$ref": "#/$defs/person"}}},
        **{"$defs": {"person": person}},
    )
    assert wrong(definition, {"people": [{"works": False}, {"works": True}]}) == [
        ("people.1.job", "required")
    ]


def variant(kind: str, title: str, **properties: Any) -> dict[str, Any]:
    return {
        "title": title,
        "properties": {"kind": {"const": kind}, **properties},
        "required": ["kind", *properties],
    }


WHO = {
    "type": "object",
    "oneOf": [
        variant("person", "A person", first_name={**TEXT, "title": "First name"}),
        variant("body", "An organisation", called={**TEXT, "title": "Its name"}),
    ],
}


def test_a_choice_between_variants_asks_which_and_then_what_belongs_to_it() -> None:
    definition = defined({"who": WHO})
    kind, *_ = definition.questions["who"].questions
    assert [option.title for option in kind.options] == ["A person", "An organisation"]
    assert wrong(definition, {"who": {"kind": "person"}}) == [("who.first_name", "required")]
    given = {"who": {"kind": "body", "called": "Us", "first_name": "Ann"}}
    assert prune(definition, given) == {"who": {"kind": "body", "called": "Us"}}


def test_variants_that_nothing_tells_apart_are_refused() -> None:
    form = make({"who": {"type": "object", "oneOf": [{"properties": {"a": TEXT}}] * 2}})
    problem = problem_of(form)
    assert "tells these variants apart" in problem.message
    assert problem.line == line_of(form, '"oneOf"')


@pytest.mark.parametrize(
    ("reference", "message", "fix"),
    [
        ("https://example.org/x.json", "leads out of the file", "Copy it"),
        ("other.json#/a", "leads out of the file", "Copy it"),
        ("#/$defs/wy", "nothing at", "Did you mean ‘why’?"),
        ("#/$defs/loop", "leads back to itself", "Write one"),
    ],
)
def test_a_ref_that_leads_nowhere_is_an_error_at_its_line(
    reference: str, message: str, fix: str
) -> None:
    loop = {"$ref": "#/$defs/again"}
    again = {"$ref": "#/$defs/loop"}
    form = make(
        {"q": {"$ref": reference}}, **{"$defs": {"why": TEXT, "loop": loop, "again": again}}
    )
    problem = problem_of(form)
    assert message in problem.message
    assert fix in problem.fix
    written = json.dumps(form, indent=1).splitlines()[problem.line - 1]
    assert json.dumps(reference) in written


@pytest.mark.parametrize(
    ("change", "at", "message"),
    [
        ({"if": {"properties": []}}, '"if"', "cannot be used for a condition"),
        ({"if": {"required": [["work"]]}}, '"if"', "cannot be used for a condition"),
        ({"if": {"$schema": "x"}}, '"if"', "cannot be used for a condition"),
        ({"if": {"minProperties": 2}}, '"if"', "cannot be used for a condition"),
        ({"if": {"properties": {"late": {"const": "x"}}}}, '"late"', "is no question"),
        ({"then": {"properties": {"job": {"type": "strin"}}}}, '"strin"', "‘strin’"),
        ({"then": {"required": ["jab"]}}, '"jab"', "no question ‘jab’"),
        ({"else": {"properties": {"job": {**TEXT, "title": "?"}}}}, '"if"', "asked in two ways"),
        ({"dependentRequired": {"age": ["nothing"]}}, '"age": [', "no question ‘nothing’"),
    ],
)
def test_mistakes_in_the_standard_forms_are_reported_where_they_are_written(
    change: dict[str, Any], at: str, message: str
) -> None:
    form = {**WORK, **change}
    problem = problem_of(form)
    assert message in problem.message
    assert abs(problem.line - line_of(form, at)) <= 1


def test_a_question_that_may_be_hidden_cannot_be_required_by_a_rule() -> None:
    form = {**WORK, "dependentRequired": {"age": ["job"]}}
    problem = problem_of(form)
    assert "‘job’ is not always shown where this requires it" in problem.message
    assert "x-ui" in problem.fix


def test_definitions_that_multiply_are_refused_and_do_not_take_for_ever() -> None:
    defs: dict[str, Any] = {"d0": {**TEXT}}
    for at in range(1, 12):
        inside = {f"q{n}": {"$ref": f"#/$defs/d{at - 1}"} for n in range(10)}
        defs[f"d{at}"] = {"type": "object", "title": "x", "properties": inside}
    problem = problem_of(make({"q": {"$ref": "#/$defs/d11"}}, **{"$defs": defs}))
    assert "too many questions" in problem.message


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "work": st.sampled_from(["yes", "no", "other"]),
        "age": st.sampled_from([3, "x"]),
        "note": st.sampled_from(["a", "abc"]),
        "job": st.sampled_from(["driver"]),
        "why": st.sampled_from(["no", "far too long"]),
        "who": st.fixed_dictionaries(
            {},
            optional={
                "kind": st.sampled_from(["person", "body", "neither"]),
                "first_name": st.just("Ann"),
                "called": st.just("Us"),
            },
        ),
    },
)
BOTH = {**WORK, "properties": {**WORK["properties"], "who": {**WHO, "title": "Who?"}}}
BOTH["x-form"] = json.loads(json.dumps(WORK["x-form"]))
BOTH["x-form"]["pages"][0]["questions"].append("who")
EVERYTHING = parse_form(json.dumps(BOTH))


@examples(100)
@given(ANSWERS)
def test_the_verdict_is_that_of_jsonschema_on_the_exported_schema(answers: dict[str, Any]) -> None:
    outcome = check_answers(EVERYTHING, answers)
    stored = prune(EVERYTHING, answers)
    assert jsonschema.Draft202012Validator(EVERYTHING.schema).is_valid(stored) == outcome.accepted
    if outcome.accepted:
        assert jsonschema.Draft202012Validator(plain(BOTH)).is_valid(outcome.answers)
        assert check_answers(EVERYTHING, answers | {"unknown": 1}) == outcome


def test_definitions_that_would_be_read_without_end_are_given_up() -> None:
    definitions: dict[str, Any] = {
        f"d{at}": {"allOf": [{"$ref": f"#/$defs/d{at + 1}"}] * 4} for at in range(15)
    }
    definitions["d15"] = {"type": "string", "title": "What?"}
    schema = {"$defs": definitions, "properties": {"a": {"$ref": "#/$defs/d0"}}}
    form = {**make_form({"b": {"type": "string", "title": "B"}}), **schema}
    with pytest.raises(FormFileError, match="too many questions"):
        parse_form(json.dumps(form))


def test_definitions_that_lead_on_for_ever_are_given_up() -> None:
    defs: dict[str, Any] = {f"d{at}": {"$ref": f"#/$defs/d{at + 1}"} for at in range(2000)}
    problem = problem_of(make({"q": {"$ref": "#/$defs/d0"}}, **{"$defs": defs}))
    assert "too many others" in problem.message
