"""What holds for every form and every set of answers, good or rubbish."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from form_definitions import (
    FormDefinition,
    check_answers,
    check_page,
    parse_form,
    prune,
    visible,
    visible_on,
)
from tests.examples import examples
from tests.form_definitions.factories import checkboxes, make_form, radios

TEXT = {"type": "string", "maxLength": 8}
FILE: dict[str, Any] = {"type": "string", "format": "file"}
LEAVES: dict[str, dict[str, Any]] = {
    "choice": radios("a", "b", "c"),
    "number_choice": radios(1, 2),
    "many": checkboxes("a", "b", "none", **{"x-ui": {"exclusive": "none"}}),
    "text": TEXT,
    "long": {"type": "string", "x-ui": {"widget": "textarea"}},
    "coded": {"type": "string", "pattern": "^[A-Z]+$"},
    "whole": {"type": "integer", "minimum": 0, "maximum": 10, "multipleOf": 2},
    "money": {"type": "number", "format": "money", "minimum": 0},
    "yes": {"type": "boolean"},
    "agree": {"type": "boolean", "const": True},
    "scale": {"type": "integer", "minimum": 1, "maximum": 3, "x-ui": {"widget": "scale"}},
    "born": {"type": "string", "format": "date"},
    "email": {"type": "string", "format": "email"},
    "phone": {"type": "string", "format": "telephone"},
    "postcode": {"type": "string", "format": "postcode"},
    "nhs": {"type": "string", "format": "nhs-number"},
    "upn": {"type": "string", "format": "upn"},
    "crime": {"type": "string", "format": "police-reference"},
    "share": {"type": "number", "format": "percentage"},
    "month": {"type": "string", "format": "month"},
    "time": {"type": "string", "format": "time-of-day"},
    "weeks": {"type": "string", "format": "gestation"},
    "photo": FILE,
    "papers": {"type": "array", "items": FILE, "minItems": 1, "maxItems": 2},
}
GROUPS: dict[str, dict[str, Any]] = {
    "home": {"type": "object", "x-ui": {"widget": "address"}},
    "birth": {"type": "object", "x-ui": {"widget": "birth-date"}},
    "lead": {
        "type": "object",
        "properties": {
            "choice": {"title": "Choice", **radios("a", "b")},
            "text": {"title": "Text", **TEXT, "x-ui": {"when": {"choice": "a"}, "required": True}},
            "born": {"title": "Born", **LEAVES["born"]},
        },
        "required": ["choice"],
    },
    "people": {
        "type": "array",
        "minItems": 1,
        "maxItems": 3,
        "items": {
            "type": "object",
            "properties": {
                "text": {"title": "Text", **TEXT},
                "whole": {"title": "Whole", **LEAVES["whole"]},
                "nhs": {
                    "title": "NHS",
                    **LEAVES["nhs"],
                    "x-ui": {"when": {"whole": {"minimum": 4}}},
                },
            },
            "required": ["text"],
        },
    },
}
GROUPS["family"] = {
    "type": "object",
    "properties": {
        "text": {"title": "Text", **TEXT},
        "pets": {
            "type": "array",
            "title": "Pets",
            "maxItems": 2,
            "items": {
                "type": "object",
                "properties": {
                    "text": {"title": "Text", **TEXT},
                    "whole": {"title": "Whole", **LEAVES["whole"]},
                },
                "if": {"properties": {"text": {"const": "Ann"}}, "required": ["text"]},
                "then": {"properties": {"yes": {"title": "Yes", "type": "boolean"}}},
                "else": {"required": ["whole"]},
            },
        },
    },
    "dependentRequired": {"text": ["pets"]},
}
GROUPS["body"] = {
    "type": "object",
    "oneOf": [
        {"properties": {"is": {"const": "a"}, "text": {"title": "Text", **TEXT}}},
        {"properties": {"is": {"const": "b"}, "born": LEAVES["born"] | {"title": "Born"}}},
    ],
}
GROUPS["place"] = {
    "type": "array",
    "prefixItems": [
        {"title": "Number", **LEAVES["whole"]},
        {"title": "Code", **LEAVES["coded"]},
        {"title": "Moved in", **LEAVES["born"]},
        {"title": "NHS", **LEAVES["nhs"]},
    ],
    "items": False,
    "minItems": 2,
}
GROUPS["span"] = {
    "type": "array",
    "prefixItems": [{"title": "Choice", **LEAVES["choice"]}, {"title": "Text", **TEXT}],
    "items": False,
}
CONDITIONS: list[Any] = [
    {"choice": "a"},
    {"choice": ["a", "b"]},
    {"not": {"choice": "a"}},
    {"many": {"contains": {"const": "b"}}},
    {"whole": {"minimum": 4}},
    {"yes": True},
    {"number_choice": 1},
    {"any": [{"yes": False}, {"text": {"minLength": 3}}]},
    {"lead.choice": "b"},
    {"people": {"minItems": 2}},
    {"place.0": {"minimum": 4}},
    {"span.1": "Ann"},
    {"span": {"prefixItems": [{"const": "a"}]}},
    {"photo": {"type": "string"}},
    {"papers": {"minItems": 2}},
]


def names_in(condition: Any) -> set[str]:
    """The root questions that a condition of the list above looks at."""
    found = set()
    for key, value in condition.items():
        parts = value if key == "any" else [value] if key == "not" else []
        found |= set().union(*map(names_in, parts)) if parts else {key.split(".")[0]}
    return found


@st.composite
def forms(draw: st.DrawFn) -> str:
    """A form file of a few pages, in which later questions depend on earlier ones."""
    names = draw(st.permutations([*LEAVES, *GROUPS]))[: draw(st.integers(2, 12))]
    properties: dict[str, Any] = {}
    required: list[str] = []
    pages: list[dict[str, Any]] = []
    for at, name in enumerate(names):
        raw = json.loads(json.dumps({**LEAVES, **GROUPS}[name]))
        usable = [c for c in CONDITIONS if names_in(c) <= set(names[:at])]
        if draw(st.booleans()) or not pages:
            pages.append({"id": f"page-{at}", "questions": []})
            if usable and draw(st.integers(0, 3)) == 0:
                pages[-1]["when"] = draw(st.sampled_from(usable))
        pages[-1]["questions"].append(name)
        is_required = draw(st.booleans())
        if usable and draw(st.booleans()):
            raw.setdefault("x-ui", {})["when"] = draw(st.sampled_from(usable))
        if is_required and ("when" in raw.get("x-ui", {}) or "when" in pages[-1]):
            raw.setdefault("x-ui", {})["required"] = True
        elif is_required:
            required.append(name)
        properties[name] = raw
    usable = [c for c in CONDITIONS if names_in(c) <= set(names)]
    if usable and draw(st.integers(0, 4)) == 0:
        end = {"id": "end", "type": "end", "body": "Stop.", "when": draw(st.sampled_from(usable))}
        pages.append(end)
    return json.dumps(make_form(properties, pages=pages, required=required))


@cache
def definition_of(form: str) -> FormDefinition:
    return parse_form(form)


RUBBISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
WORDS = st.text(st.sampled_from("ab \n\t\r\x00é’\u00a0\ud800"), max_size=6)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "choice": st.sampled_from(["a", "b", "c"]),
    "number_choice": st.sampled_from([1, 2, 1.0]),
    "many": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True) | st.just(["none"]),
    "text": WORDS | st.sampled_from(["Ann", "Bob"]),
    "long": WORDS,
    "coded": st.sampled_from(["ABC", " AB ", "x"]),
    "whole": st.sampled_from([0, 2, 4, 4.0, 12, 3]),
    "money": st.sampled_from([1, 12.5, 0.1, 12.345, -1]),
    "yes": st.booleans(),
    "agree": st.just(True) | st.booleans(),
    "scale": st.sampled_from([1, 2, 3, 2.0]),
    "born": st.sampled_from(["2026-03-27", "27//2026", "2026-02-30", " 2026-03-27", "0000-01-01"]),
    "email": st.sampled_from(["name@example.org", " name@example.org ", "name@", "a..b@c.org"]),
    "phone": st.sampled_from(["07700 900982", "07700  900982", "+44 20 7946 0000", "999x"]),
    "postcode": st.sampled_from(["BT12 6BA", "bt126ba", "BFPO801", "BT12"]),
    "nhs": st.sampled_from(["9990000018", "999 000 0018", "9991234567"]),
    "upn": st.sampled_from(["B801200005001", "b801 200005001", "A801200005001"]),
    "crime": st.sampled_from(["12/AB/12345/26", "12ab1234526", "seven  of nine"]),
    "share": st.sampled_from([0, 45, 12.5, 12.345, 101, -1, "45%"]),
    "month": st.sampled_from(["2026-03", "March 2026", "/2026", "2026-13"]),
    "time": st.sampled_from(["09:30", "9.30pm", "25:00"]),
    "weeks": st.sampled_from(["31+4", "31 weeks", "/4", "46+0"]),
    "photo": st.sampled_from(["a" * 32, f" {'b' * 32} ", "../photo", "A" * 32]),
    "papers": st.lists(st.sampled_from(["a" * 32, "b" * 32, "c" * 31]), max_size=3),
}
GOOD["birth"] = st.fixed_dictionaries(
    {}, optional={"date": GOOD["born"], "certainty": st.sampled_from(["exact", "expected", "x"])}
)
GOOD["home"] = st.fixed_dictionaries(
    {},
    optional={
        "line_1": WORDS | st.just("1 High Street"),
        "town": st.just("Belfast"),
        "postcode": GOOD["postcode"],
    },
)
GOOD["lead"] = st.fixed_dictionaries(
    {}, optional={"choice": GOOD["choice"], "text": GOOD["text"], "born": GOOD["born"]}
)
GOOD["people"] = st.lists(
    st.fixed_dictionaries(
        {}, optional={"text": GOOD["text"], "whole": GOOD["whole"], "nhs": GOOD["nhs"]}
    ),
    max_size=4,
)
GOOD["family"] = st.fixed_dictionaries(
    {},
    optional={
        "text": GOOD["text"],
        "pets": st.lists(
            st.fixed_dictionaries(
                {},
                optional={"text": GOOD["text"], "whole": GOOD["whole"], "yes": GOOD["yes"]},
            ),
            max_size=3,
        ),
    },
)
GOOD["body"] = st.fixed_dictionaries(
    {},
    optional={
        "is": st.sampled_from(["a", "b", "c"]),
        "text": GOOD["text"],
        "born": GOOD["born"],
    },
)
GOOD["place"] = st.tuples(*(GOOD[name] | st.none() for name in ("whole", "coded", "born", "nhs")))
GOOD["place"] = st.builds(lambda some, end: [*some][:end], GOOD["place"], st.integers(0, 4))
GOOD["span"] = st.lists(GOOD["choice"] | GOOD["text"] | st.none(), max_size=3)
LIKELY = st.fixed_dictionaries({}, optional=GOOD)
COMPLETE = st.fixed_dictionaries(GOOD)
ANYTHING = st.dictionaries(st.sampled_from([*GOOD, "unknown"]), RUBBISH)
ANSWERS = LIKELY | COMPLETE | ANYTHING | st.builds(lambda a, b: a | b, COMPLETE, ANYTHING)


def plain(schema: Any) -> Any:
    """The file as any other validator reads it: without ``x-*``."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if not key.startswith("x-")}
    return [plain(item) for item in schema] if isinstance(schema, list) else schema


def is_valid(schema: Any, answers: Any) -> bool:
    checker = jsonschema.FormatChecker()
    return jsonschema.Draft202012Validator(schema, format_checker=checker).is_valid(answers)


@examples(80)
@given(forms(), ANSWERS)
def test_accepted_answers_satisfy_the_file_and_the_effective_schema(
    form: str, answers: dict[str, Any]
) -> None:
    definition = definition_of(form)
    outcome = check_answers(definition, answers)
    if outcome.accepted:
        assert is_valid(definition.schema, outcome.answers)
        assert is_valid(plain(json.loads(form)), outcome.answers)
        json.dumps(outcome.answers, allow_nan=False, ensure_ascii=False).encode()
    else:
        assert all(error.message and error.path for error in outcome.errors)


@examples(80)
@given(forms(), ANSWERS)
def test_answers_that_are_refused_by_the_schema_are_refused_with_an_error(
    form: str, answers: dict[str, Any]
) -> None:
    definition = definition_of(form)
    pruned = prune(definition, answers)
    if not is_valid(definition.schema, pruned):
        assert check_answers(definition, answers).errors


@examples(80)
@given(forms(), ANSWERS)
def test_the_fast_way_and_the_slow_way_agree(form: str, answers: dict[str, Any]) -> None:
    definition = definition_of(form)
    outcome = check_answers(definition, answers)
    # an unknown answer is dropped, and makes the check take its slow way
    assert check_answers(definition, answers | {"unknown": 1}) == outcome
    # what was accepted is settled, so that the check takes its fast way where it can
    if outcome.accepted:
        again = check_answers(definition, outcome.answers)
        assert again == outcome
        assert json.dumps(again.answers) == json.dumps(outcome.answers)


@examples(80)
@given(forms(), ANSWERS)
def test_the_way_through_a_form_is_found_without_looking_at_everything(
    form: str, answers: dict[str, Any]
) -> None:
    definition = definition_of(form)
    found = definition.plan.walk(answers)
    way = definition.plan.way(answers)
    assert (way.pages, way.ended) == (tuple(found.pages), found.ended)
    assert way.ids == tuple(page.id for page in found.pages)


@examples(80)
@given(forms(), ANSWERS)
def test_what_a_page_shows_is_found_without_looking_at_everything(
    form: str, answers: dict[str, Any]
) -> None:
    definition = definition_of(form)
    whole = visible(definition, answers)
    for page in definition.pages:
        found = visible_on(definition, page, answers)
        own = {question.name for question in page.questions}
        assert found.questions == whole.questions & own
        conditions = (question.when for question in page.questions if question.when)
        if found.questions:
            for root in {each.path[0] for when in conditions for each in when.comparisons()}:
                assert found.answers.get(root) == whole.answers.get(root)
        assert found.answers.items() <= whole.answers.items()


@given(forms(), ANSWERS)
def test_pruning_keeps_exactly_what_is_shown(form: str, answers: dict[str, Any]) -> None:
    definition = definition_of(form)
    pruned = prune(definition, answers)
    assert prune(definition, pruned) == pruned
    shown, ended = shown_by_schemas(definition, pruned)
    assert set(pruned) <= shown
    seen = visible(definition, answers)
    assert seen.questions == shown
    assert seen.answers == pruned
    assert (seen.ended is not None) is ended
    for name in shown & answers.keys():
        given_answer = answers[name]
        if isinstance(given_answer, bool | int) or given_answer in ("a", "b", "c"):
            assert pruned[name] == given_answer


def shown_by_schemas(definition: FormDefinition, pruned: dict[str, Any]) -> tuple[set[str], bool]:
    """The same by the letter of the specification: jsonschema decides each condition."""
    seen: dict[str, Any] = {}
    shown: set[str] = set()
    for page in definition.pages:
        if page.when and not is_valid(page.when.schema, seen):
            continue
        if page.type == "end":
            return shown, True
        for question in page.questions:
            if question.when and not is_valid(question.when.schema, seen):
                continue
            shown.add(question.name)
            if question.name in pruned:
                seen[question.name] = pruned[question.name]
    return shown, False


@examples(50)
@given(forms(), ANSWERS)
def test_a_page_reports_what_the_whole_check_reports_of_it(
    form: str, answers: dict[str, Any]
) -> None:
    definition = definition_of(form)
    whole = check_answers(definition, answers)
    pages = visible(definition, answers).pages
    by_page = [error for page in pages for error in check_page(definition, page, answers).errors]
    assert by_page == [error for error in whole.errors if error.code != "ended"]
