"""Mistakes that a stranger made on purpose: other kinds, places and words than the sixty before."""

from __future__ import annotations

import json

import pytest

from form_definitions import check_form
from tests.form_definitions.planted import written_mistakes

FORM, MISTAKES = written_mistakes("more_author_mistakes.json")


def test_there_are_forty() -> None:
    assert len(MISTAKES) >= 40


def test_the_form_without_a_mistake_has_none() -> None:
    assert check_form(FORM) == ()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_message_at_its_line_with_a_fix(name: str) -> None:
    mistake = MISTAKES[name]
    text = mistake.planted_in(FORM)
    (problem,) = check_form(text, "f.json")
    assert mistake.words in f"{problem}"
    assert mistake.at in text.splitlines()[problem.line - 1], problem
    assert problem.fix
    assert problem.severity == mistake.severity


@pytest.mark.parametrize("name", ["an answer in an if that is not there", "true in quotes"])
def test_a_mistake_is_found_on_its_own_line_however_the_file_is_laid_out(name: str) -> None:
    mistake = MISTAKES[name]
    text = json.dumps(json.loads(mistake.planted_in(FORM)), indent=2)
    (problem,) = check_form(text)
    written = mistake.at.strip("{}").rpartition(" ")[2] or mistake.at
    assert written in text.splitlines()[problem.line - 1]


def test_a_false_or_true_of_json_is_said_as_it_is_written() -> None:
    text = FORM.replace('{"wet": true}', '{"wet": 1}').replace('"const": "other"', '"const": true')
    assert "True" not in "".join(map(str, check_form(text)))
