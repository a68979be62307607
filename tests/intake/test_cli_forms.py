"""`intake forms`: to the letter of what authors and tools rely on."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from form_definitions import load_form, shipped_forms
from intake.cli.forms import forms
from intake.database import db
from intake.models import FormVersion
from tests.intake import food_parcel as fp
from tests.intake.conftest import START

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def form_file(tmp_path: Path) -> Path:
    path = tmp_path / "food-parcel.json"
    path.write_text(json.dumps(fp.FORM, indent=2), "utf-8")
    return path


def run(*args: str | Path, input: str | None = None) -> Result:  # noqa: A002
    return CliRunner().invoke(forms, [str(each) for each in args], input=input)


def answers_file(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "answers.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def test_try_prints_one_verdict_for_each_line(tmp_path: Path, form_file: Path) -> None:
    answers = answers_file(tmp_path, {**fp.PARENT, "ward": "hidden"}, "", {})
    result = run("try", form_file, "--answers", answers, "--json")
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 0
    assert result.stderr == ""
    assert first == {"accepted": True, "errors": [], "answers": fp.PARENT}
    assert second["accepted"] is False
    assert {error["path"] for error in second["errors"]} >= {"applying_as", "full_name"}
    assert all(set(error) == {"path", "message"} for error in second["errors"])


def test_try_judges_anything_against_a_plain_json_schema(tmp_path: Path) -> None:
    schema = tmp_path / "count.json"
    schema.write_text('{"properties": {"count": {"type": "integer"}}}', "utf-8")
    answers = answers_file(tmp_path, {"count": 1, "more": True}, {"count": "x"}, "[1]")
    result = run("try", schema, "--answers", answers, "--json")
    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    assert [verdict["accepted"] for verdict in verdicts] == [True, False, True]
    assert verdicts[0]["answers"] == {"count": 1, "more": True}
    assert verdicts[1]["errors"][0]["path"] == "count"


def test_try_reads_standard_input(form_file: Path) -> None:
    result = run("try", form_file, "--answers", "-", "--json", input=json.dumps(fp.PARENT))
    assert json.loads(result.stdout)["accepted"] is True


def test_try_without_json_is_for_people(tmp_path: Path, form_file: Path) -> None:
    result = run("try", form_file, "--answers", answers_file(tmp_path, {}))
    assert result.stdout.startswith("line 1: not accepted\n  ")


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("{nonsense", ":2:2: "),
        ("[1]", ":2:1: "),
        ("NaN", ":2:1: "),
        ('{"full_name": "\\ud800"}', ":2:1: "),
        ("[" * 100_000, ":2:1: "),
    ],
)
def test_a_bad_line_is_named_with_what_to_do(
    tmp_path: Path, form_file: Path, line: str, place: str
) -> None:
    answers = answers_file(tmp_path, fp.PARENT, line)
    result = run("try", form_file, "--answers", answers, "--json")
    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 1, "the lines before it were judged"
    assert f"{answers}{place}" in result.stderr


def test_a_form_file_that_does_not_parse_is_named_with_line_and_fix(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{\n  "$id": "bad",\n  "titel": "x"\n', "utf-8")
    for args in (
        ("try", path, "--answers", "-"),
        ("render", path, "--out", tmp_path),
        ("check", path),
    ):
        result = run(*args, input="")
        assert result.exit_code == 2
        assert result.stdout == ""
        assert f"{path}:" in result.stderr


def test_a_misspelt_key_is_a_problem_with_its_place_and_a_fix(tmp_path: Path) -> None:
    path = tmp_path / "food-parcel.json"
    form = json.loads(json.dumps(fp.FORM))
    form["properties"]["ward"]["x-ui"]["hnit"] = "x"
    path.write_text(json.dumps(form, indent=2), "utf-8")
    result = run("check", path, "--json")
    (report,) = json.loads(result.stdout)
    (problem,) = report["problems"]
    assert result.exit_code == 2
    assert "hnit" in path.read_text("utf-8").splitlines()[problem["line"] - 1]
    assert "hint" in problem["message"] + problem["fix"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = run("try", tmp_path / "none.json", "--answers", "-", input="")
    assert result.exit_code == 2
    assert "none.json" in result.stderr


def test_the_shipped_forms_have_no_problems() -> None:
    result = run("check", "--json")
    assert result.exit_code == 0, result.stderr
    reports = json.loads(result.stdout)
    assert len(reports) == len(shipped_forms())
    assert not any(report["problems"] for report in reports)


@pytest.mark.parametrize("form_id", sorted(shipped_forms()))
def test_render_writes_each_page_as_it_would_be_served(tmp_path: Path, form_id: str) -> None:
    path = shipped_forms()[form_id]
    result = run("render", path, "--out", tmp_path / "pages", "--json")
    assert result.exit_code == 0, result.stderr
    form = load_form(path)
    expected = {page.id for page in form.pages} | {"start", "check-answers", "done"}
    expected |= {"task-list"} if form.has_tasks else set()
    written = {Path(each).stem for each in json.loads(result.stdout)["pages"]}
    assert written == expected
    for page in (tmp_path / "pages").glob("*.html"):
        html = page.read_text("utf-8")
        assert html.startswith("<!DOCTYPE html>")
        assert html.count("<h1") == 1


def test_render_shows_given_answers(tmp_path: Path, form_file: Path) -> None:
    answers = answers_file(tmp_path, fp.PARENT)
    result = run("render", form_file, "--out", tmp_path / "pages", "--answers", answers)
    assert result.exit_code == 0
    assert fp.NAME in (tmp_path / "pages" / "about.html").read_text("utf-8")


def test_render_into_a_file_is_refused(form_file: Path) -> None:
    result = run("render", form_file, "--out", form_file)
    assert result.exit_code == 2
    assert "food-parcel.json" in result.stderr


def test_publish_freezes_a_version(app: Flask, form_file: Path) -> None:
    runner = app.test_cli_runner()
    first = runner.invoke(forms, ["publish", str(form_file), "--json"])
    assert json.loads(first.stdout)[0]["is_new"] is True
    again = runner.invoke(forms, ["publish", str(form_file), "--json"])
    assert json.loads(again.stdout)[0]["is_new"] is False
    form_file.write_text(form_file.read_text("utf-8").replace("Full name", "Name"), "utf-8")
    changed = runner.invoke(forms, ["publish", str(form_file)])
    assert changed.exit_code == 1
    assert "x-form.version" in changed.stderr
    refused = runner.invoke(forms, ["publish", str(form_file), "--replace"])
    assert refused.exit_code == 2, "the test application is a production one"


def test_nothing_is_published_if_one_of_the_files_is_wrong(
    app: Flask, form_file: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{", "utf-8")
    result = app.test_cli_runner().invoke(forms, ["publish", str(form_file), str(wrong)])
    assert result.exit_code == 2
    assert "wrong.json" in result.stderr
    with app.app_context():
        assert db.session.query(FormVersion).count() == 0


def test_a_new_version_is_current_and_the_old_one_stays(app: Flask) -> None:
    from intake.services.forms import runnable, startable

    with app.app_context():
        fp.publish()
        newer = json.loads(json.dumps(fp.FORM))
        newer["x-form"]["version"] = "1.1.0"
        fp.publish(newer)
        assert startable("food-parcel", None, START).definition.version == "1.1.0"
        assert runnable("food-parcel", "1.0.0").definition.version == "1.0.0"
        assert db.session.query(FormVersion).count() == 2


def test_list_says_what_is_published(app: Flask) -> None:
    runner = app.test_cli_runner()
    listed = json.loads(runner.invoke(forms, ["list", "--json"]).stdout)
    assert {line["id"] for line in listed} == set(shipped_forms())
    assert {line["published"] for line in listed} == {None}
    runner.invoke(forms, ["publish"])
    listed = json.loads(runner.invoke(forms, ["list", "--json"]).stdout)
    assert all(line["published"] == line["version"] for line in listed)


@pytest.mark.parametrize("command", sorted(forms.commands))
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = run(command, "--help")
    assert "Example: intake forms" in result.stdout
