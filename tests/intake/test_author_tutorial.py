"""docs/authors/tutorial.md, carried out: each command is run, and says what the page says."""

import json
import re
import shlex
from pathlib import Path
from textwrap import indent

import pytest
from flask import Flask

from form_definitions import check_file, load_form
from intake.cli.forms import forms
from intake.cli.previewing import FormOnDisk, preview_app
from intake.services.forms import runnable

pytestmark = pytest.mark.database("sqlite")

TEXT = (Path(__file__).parents[2] / "docs" / "authors" / "tutorial.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
QUESTIONS, PAGES = (json.loads(block) for language, block in BLOCKS if language == "json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(path: Path) -> None:
    """What step 3 asks for: the questions and the pages, everything else as it was written."""
    text = path.read_text("utf-8")
    questions, pages = (block for language, block in BLOCKS if language == "json")
    details = text.index('    "details": {'), text.index("  },\n", text.index('"what we can help'))
    text = (
        text[: details[0]]
        + indent("".join(questions.splitlines(True)[1:-1]), "  ")
        + text[details[1] :]
    )
    old = text.index('"pages": ['), text.index("    ],\n", text.index('"pages": ['))
    text = f'{text[: old[0]]}"pages": {indent(pages, "    ").strip()},\n{text[old[1] + 7 :]}'
    path.write_text(text, "utf-8")


def test_every_step_works_as_it_is_written(app: Flask, folder: Path) -> None:
    form = folder / "quiet-room.json"
    for language, block in BLOCKS:
        if language == "console":
            command, *expected = block.splitlines()
            carry_out(app, command, expected, form)
        elif language == "jsonl":
            (folder / "answers.jsonl").write_text(block, "utf-8")
        elif language == "json" and json.loads(block) == PAGES:
            edit(form)
        elif language == "text":
            assert_the_mistake_is_told(form, block)
    assert len(load_form(form).pages) == 2
    with app.app_context():
        assert runnable("quiet-room", "1.0.0").definition == load_form(form)
    listed = app.test_cli_runner().invoke(forms, ["list"]).output
    assert re.search(
        r"^quiet-room +1\.0\.0 +published 1\.0\.0 +Ask for a quiet room$", listed, re.MULTILINE
    )


def carry_out(app: Flask, command: str, expected: list[str], form: Path) -> None:
    prompt, program, group, name, *arguments = shlex.split(command)
    assert (prompt, program, group) == ("$", "intake", "forms")
    if name == "preview":  # it serves until it is stopped
        client = preview_app(FormOnDisk(form)).test_client()
        assert "Ask for a quiet room" in client.get("/").text
        return
    result = app.test_cli_runner().invoke(forms, [name, *arguments])
    assert result.exit_code == 0, result.output
    for line in expected:
        assert line in result.output.splitlines()


def assert_the_mistake_is_told(form: Path, said: str) -> None:
    right = form.read_text("utf-8")
    day = right.index('"day": {')
    form.write_text(right[:day] + right[day:].replace('"hint"', '"hnit"', 1), "utf-8")
    (problem,) = check_file(form)
    assert str(problem) == f"{form.parent}/{said.strip()}"
    form.write_text(right, "utf-8")


def test_the_form_of_the_tutorial_gives_no_warning(app: Flask, folder: Path) -> None:
    app.test_cli_runner().invoke(forms, ["new", "quiet-room.json"])
    edit(folder / "quiet-room.json")
    assert check_file(folder / "quiet-room.json") == ()
