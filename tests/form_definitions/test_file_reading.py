"""Whatever file is named, reading it comes to an end, and soon."""

from __future__ import annotations

import difflib
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from form_definitions import check_file, check_form
from form_definitions.catalogues import load_catalogue
from form_definitions.dialect import MAX_FINDINGS, dialect_findings
from form_definitions.suggesting import MOST_COMPARED, did_you_mean
from referral_router.findings import read_file


@pytest.fixture
def pipe(tmp_path: Path) -> Any:
    """A pipe that nobody writes to: who waits for it all the same gets other words, and ends."""
    path = tmp_path / "form.po"
    os.mkfifo(path)

    def write() -> None:
        path.write_text("[")

    writer = threading.Timer(3, write)
    writer.daemon = True
    writer.start()
    yield path
    writer.cancel()


def test_a_pipe_that_nobody_writes_to_is_empty(pipe: Path) -> None:
    (problem,) = check_file(pipe)
    assert (problem.line, problem.fix) == (1, "A value is expected here")
    assert "A value is expected" in str(read_file(pipe)[1].problems[0])
    assert load_catalogue(pipe).entries == ()


def test_what_comes_through_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "form.json"
    os.mkfifo(path)
    reading, writing = os.open(path, os.O_RDONLY | os.O_NONBLOCK), os.open(path, os.O_WRONLY)
    os.write(writing, b"[1")
    threading.Timer(0.05, lambda: (os.write(writing, b", 2"), os.close(writing))).start()
    (problem,) = check_file(path)
    os.close(reading)
    assert (problem.column, problem.message) == (6, "the file ends too early")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_the_line_that_is_not_utf_8_is_named(encoding: str) -> None:
    (problem,) = check_form('{\n  "title": "£ 5"\n}'.encode(encoding))
    assert (problem.line, problem.column) == (2, 13)


def test_a_form_of_500_questions_with_500_slips_compares_few_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []
    closely = difflib.get_close_matches

    def counted(word: str, known: list[str], **limits: Any) -> list[str]:
        compared.append(len(known))
        return closely(word, known, **limits)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    asked = {f"some_question_{at}": {"type": "string", "title": "A"} for at in range(500)}
    slips = [name.replace("question", "questoin") for name in asked]
    pages = [{"id": "all", "title": "All", "questions": slips}]
    form = {"$id": "long", "title": "Long", "type": "object", "properties": asked}
    problems = check_form(json.dumps({**form, "x-form": {"version": "1.0.0", "pages": pages}}))
    assert problems
    assert len(compared) >= 500
    assert max(compared) <= MOST_COMPARED


def test_no_more_is_found_than_anybody_reads() -> None:
    wrong = {f"key{at}": at for at in range(5_000)}
    assert len(dialect_findings(wrong)) <= MAX_FINDINGS


def test_a_word_is_never_told_to_mean_itself() -> None:
    assert did_you_mean("a.name", ["a.name"]) == ""
    assert did_you_mean("a.name", ["a.name", "name", "a.names"]) == "Did you mean ‘a.names’?"
