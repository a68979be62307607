"""Mistakes in the nested parts of a form: each is one message, at its place, with what to write."""

from __future__ import annotations

import pytest

from form_definitions import check_form
from tests.form_definitions.planted import written_mistakes

FORM, MISTAKES = written_mistakes("respite_mistakes.json")


def test_there_are_seventy() -> None:
    assert len(MISTAKES) >= 70


def test_the_form_without_a_mistake_has_none() -> None:
    assert check_form(FORM) == ()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_message_where_it_stands_with_what_to_write(name: str) -> None:
    mistake = MISTAKES[name]
    text = mistake.planted_in(FORM)
    (problem,) = check_form(text, "f.json")
    line = text.splitlines()[problem.line - 1]
    assert line[problem.column - 1 :].startswith(mistake.at), problem
    assert mistake.words in problem.fix
    assert problem.severity == mistake.severity


@pytest.mark.parametrize("text", ["{“a”: 1}", '{"a": [1, 2}', '{"a": 1', "{\n'a': 1}", "{]"])
def test_brackets_without_lines_are_told_as_they_are_met(text: str) -> None:
    (problem,) = check_form(text)
    assert problem.fix


def test_a_bracket_in_a_text_is_no_bracket() -> None:
    (problem,) = check_form('{\n  "a": "}}}",\n  "b": {\n    "c": "{",\n  "d": [1]\n}\n')
    assert (problem.line, problem.message) == (3, "this { is not closed before line 6")


@pytest.mark.parametrize("body", ["Write to <team@example.org>", "See <https://example.org>", "<5"])
def test_what_stands_in_angle_brackets_need_be_no_html(body: str) -> None:
    text = FORM.replace("Call [01632 960 001](tel:01632960001).", body)
    assert check_form(text) == ()
