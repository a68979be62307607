"""A form file loads, or says by line and fix what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from form_definitions import (
    FormFileError,
    Problem,
    load_form,
    parse_form,
    shipped_forms,
)
from form_definitions.dialect import dialect
from tests.form_definitions.factories import make_form, radios

GOOD = json.dumps(make_form({"name": {"type": "string"}}), indent=2)


def problems_of(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(FormFileError) as caught:
        parse_form(text, "my-form.json")
    return caught.value.problems


def test_the_dialect_is_itself_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(dialect())


def test_a_misspelt_key_is_named_with_its_line_column_and_the_right_one() -> None:
    text = json.dumps(
        make_form({"name": {"type": "string", "x-ui": {"hnt": "Your name"}}}), indent=2
    )
    (problem,) = problems_of(text)
    line = next(at for at, row in enumerate(text.splitlines(), 1) if "hnt" in row)
    assert str(problem) == (
        f"my-form.json:{line}:9: there is no key ‘hnt’ here. Did you mean ‘hint’?"
    )
    assert problem.where == "question ‘name’"


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", (1, 1), "ends too early"),
        ('{"$id": "a",\n "title": "b"', (2, 14), "ends too early"),
        ('{"$id": "a",\n}', (1, 12), "comma after the last"),
        ('{"$id": "a"\n "title": "b"}', (2, 2), "comma is missing"),
        ('{\n  $id: "a"}', (2, 3), "double quotes"),
        ("{'$id': 1}", (1, 2), "double quotes"),
        ('{"a": NaN}', (1, 7), "‘NaN’ is not JSON"),
        ('{"a": 1e999}', (1, 7), "too large"),
        ('{"a": "b\nc"}', (1, 7), "no end on its line"),
        ('{"a": "\\ud800"}', (1, 7), "half of a character"),
        ('{"a": "\x00"}', (1, 8), "cannot hold the character U+0000"),
        ('{"a": 01}', (1, 8), "cannot begin with 0"),
        ("{“a”: 1}", (1, 2), "no quotation mark of JSON"),
        ("{} {}", (1, 4), "more text"),
        ("[" * 100_000, (1, 66), "nested too deeply"),
        ('{"a":' * 100_000, (1, 326), "nested too deeply"),
        ("9" * 10_000, (1, 1), "too long"),
    ],
)
def test_broken_json_is_named_by_line_and_column(
    text: str, position: tuple[int, int], words: str
) -> None:
    (problem,) = problems_of(text)
    assert (problem.line, problem.column) == position
    assert words in problem.message
    assert problem.fix


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xff\xfe{\x00}\x00", "UTF-16"),
        (b'{"$id": "caf\xe9"}', "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00", "not UTF-8"),
        (b"\xef\xbb\xbf", "ends too early"),
        (b" " * 3_000_000, "larger than"),
        ('{"a": "\ud800"}', "not a character"),
    ],
)
def test_a_file_that_is_no_text_says_how_to_save_it(raw: str | bytes, words: str) -> None:
    (problem,) = problems_of(raw)
    assert words in problem.message


def test_a_byte_order_mark_before_the_form_does_no_harm() -> None:
    assert parse_form(b"\xef\xbb\xbf" + GOOD.encode()).id == "made-up"


@pytest.mark.parametrize("text", ["[]", "5", "null", '"form"', "true", "{}"])
def test_json_that_is_no_form_is_refused(text: str) -> None:
    assert problems_of(text)


def test_a_key_that_is_written_twice_is_an_error_at_its_second_place() -> None:
    text = GOOD.replace('"title": "A made-up form",', '"title": "One",\n  "title": "Two",')
    (problem,) = problems_of(text)
    assert "‘title’ is written twice" in problem.message
    assert problem.line == 4


def test_every_problem_is_reported_in_the_order_of_the_file() -> None:
    form = make_form({"one": {"typ": "string"}, "two": {"type": "text"}})
    form["x-form"]["version"] = "first"
    problems = problems_of(json.dumps(form, indent=2))
    assert len(problems) == 3
    assert [problem.line for problem in problems] == sorted(p.line for p in problems)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path, Path("nul\0.json")):
        with pytest.raises(FormFileError, match="cannot be read"):
            load_form(path)


def test_loading_a_file_names_it_in_problems(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{")
    with pytest.raises(FormFileError) as caught:
        load_form(path)
    assert caught.value.problems[0].file == str(path)


@pytest.mark.parametrize("form_id", shipped_forms())
def test_a_shipped_form_loads_and_is_called_like_its_file(form_id: str) -> None:
    definition = load_form(shipped_forms()[form_id])
    assert definition.id == form_id
    jsonschema.Draft202012Validator.check_schema(dict(definition.source))
    jsonschema.Draft202012Validator.check_schema(dict(definition.schema))


def test_the_hash_changes_with_the_content_and_not_with_its_layout() -> None:
    form = make_form({"name": {"type": "string"}})
    one, other = parse_form(json.dumps(form)), parse_form(json.dumps(form, indent=4))
    assert one.content_hash == other.content_hash
    assert one == other
    assert hash(one) == hash(other)
    form["title"] = "Another"
    assert parse_form(json.dumps(form)) != one


def test_defaults_are_safe() -> None:
    definition = parse_form(GOOD)
    assert not definition.is_open
    assert definition.link.uses == 1
    assert definition.link.expires.days == 14
    assert definition.reference_prefix == "MU"


@pytest.mark.parametrize(
    ("audience", "on_case", "is_open"),
    [
        (["public"], False, True),
        (["professional"], False, True),
        (["staff"], False, False),
        (["professional"], True, False),
    ],
)
def test_a_form_is_open_to_all_unless_it_is_for_staff_or_on_a_case(
    audience: list[str], on_case: bool, is_open: bool
) -> None:
    form = make_form({"a": {"type": "string"}}, audience=audience, on_case=on_case)
    assert parse_form(json.dumps(form)).is_open is is_open


def test_the_example_of_the_design_loads() -> None:
    form: dict[str, Any] = {
        "$schema": "../form.schema.json",
        "$id": "breast-pump-loan",
        "title": "Borrow a breast pump",
        "type": "object",
        "required": ["applying_as", "baby_date_of_birth"],
        "properties": {
            "applying_as": {
                "title": "Who is filling in this form?",
                **radios("parent", "professional"),
                "x-ui": {"widget": "radios", "errors": {"required": "Select who it is"}},
            },
            "ward": {
                "type": "string",
                "title": "Which ward or unit?",
                "maxLength": 120,
                "x-ui": {"when": {"applying_as": "professional"}, "required": True},
            },
            "baby_date_of_birth": {
                "type": "string",
                "format": "date",
                "title": "When was your baby born?",
                "x-ui": {"hint": "For example, 27 3 2026"},
            },
        },
        "x-form": {
            "version": "1.0.0",
            "reference_prefix": "BPL",
            "audience": ["public", "professional"],
            "conditions": {"professional": {"applying_as": "professional"}},
            "pages": [
                {"id": "about-you", "title": "About you", "questions": ["applying_as", "ward"]},
                {"id": "your-baby", "questions": ["baby_date_of_birth"]},
            ],
            "facets": ["applying_as"],
            "link": {"expires": "P14D", "uses": 1, "verify": "none"},
            "retention": {"draft": "P7D", "submission": "P2Y"},
        },
    }
    definition = parse_form(json.dumps(form))
    assert definition.page("your-baby").title == "When was your baby born?"
    assert definition.retention.submission.days == 730


@given(st.integers(0, len(GOOD)), st.binary(max_size=3), st.integers(0, 9))
@example(at=0, added=b"\x00", cut=0)
def test_a_damaged_file_loads_or_is_refused_and_never_crashes(
    at: int, added: bytes, cut: int
) -> None:
    raw = GOOD.encode()
    loads_or_is_refused(raw[:at] + added + raw[at + cut :])


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_bytes_and_any_text_are_refused_and_never_crash(raw: str | bytes) -> None:
    loads_or_is_refused(raw)


KEYS = sorted(
    {
        key
        for part in ("question", "x-ui", "x-form", "page", "person", "items")
        for key in dialect()["$defs"][part]["properties"]
    }
    | {"all", "any", "not", "name"}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["name", "string", "P1D", ""]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(["question", "page", "form", "root"]), st.sampled_from(KEYS), JSON)
def test_any_value_under_any_key_loads_or_is_refused(place: str, key: str, value: Any) -> None:
    form = make_form({"name": {"type": "string"}, "other": radios("a")})
    targets = {
        "question": form["properties"]["other"],
        "page": form["x-form"]["pages"][0],
        "form": form["x-form"],
        "root": form,
    }
    targets[place][key] = value
    loads_or_is_refused(json.dumps(form))


def loads_or_is_refused(raw: str | bytes) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        parse_form(raw)
    except FormFileError as error:
        problems = error.problems
    assert all(problem.line >= 1 and problem.message for problem in problems)
