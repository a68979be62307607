"""`intake forms check` answers people, tools and editors, and says by its status what it found."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from form_definitions import shipped_forms
from intake.cli.forms import forms
from tests.intake import food_parcel as fp


def check(*args: str | Path) -> Result:
    return CliRunner().invoke(forms, ["check", *map(str, args)])


def write(folder: Path, form: object) -> Path:
    path = folder / "food-parcel.json"
    path.write_text(json.dumps(form, indent=2, ensure_ascii=False), "utf-8")
    return path


@pytest.fixture
def unwise(tmp_path: Path) -> Path:
    """A form with one warning: an error message that nobody can ever see."""
    form = json.loads(json.dumps(fp.FORM))
    form["properties"]["notes"]["x-ui"]["errors"] = {"pattern": "Write it otherwise"}
    return write(tmp_path, form)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    form = json.loads(json.dumps(fp.FORM))
    form["x-form"]["pages"][0]["questions"].append("wrad")
    return write(tmp_path, form)


def test_a_form_without_problems_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, fp.FORM)
    result = check(path)
    assert (result.exit_code, result.stdout) == (0, f"{path}: no problems\n")


def test_warnings_alone_are_told_and_leave_the_status_at_0(unwise: Path) -> None:
    result = check(unwise)
    assert result.exit_code == 0
    assert result.stdout == f"{unwise}: no errors, 1 warning\n"
    assert re.match(rf"{re.escape(str(unwise))}:\d+:\d+: warning: the error", result.stderr)


def test_an_error_is_status_2_and_on_standard_error(wrong: Path) -> None:
    result = check(wrong)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Did you mean ‘ward’?" in result.stderr


@pytest.mark.parametrize("how", [("--json",), ("--format", "json")])
def test_json_is_all_that_standard_output_holds(unwise: Path, how: tuple[str, ...]) -> None:
    result = check(unwise, *how)
    ((report,), nothing) = json.loads(result.stdout), result.stderr
    assert nothing == ""
    (problem,) = report["problems"]
    assert problem["severity"] == "warning"
    assert "pattern" in unwise.read_text("utf-8").splitlines()[problem["line"] - 1]


def test_the_problem_matcher_of_the_editor_finds_every_problem(unwise: Path, wrong: Path) -> None:
    tasks = json.loads((Path(__file__).parents[2] / ".vscode" / "tasks.json").read_text("utf-8"))
    (matcher,) = {json.dumps(task["problemMatcher"]) for task in tasks["tasks"]}
    pattern = re.compile(json.loads(matcher)["pattern"]["regexp"])
    for path, severity in ((unwise, "warning"), (wrong, "error")):
        result = check(path, "--format", "problem-matcher")
        lines = result.stdout.splitlines()
        assert lines
        for line in lines:
            found = pattern.match(line)
            assert found
            assert found[1] == str(path)
            assert int(found[2]) > 1
            assert found[4] in {severity, "error"}
            assert found[5]


def test_a_check_loads_no_application() -> None:
    """An editor runs it at every save, and the application takes seconds to load."""
    asked = [sys.executable, "-X", "importtime", "-c", "from intake.cli import main; main()"]
    path = shipped_forms()["closure"]
    run = subprocess.run(
        [*asked, "forms", "check", str(path)], capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert "form_definitions.checking" in loaded
    assert loaded.isdisjoint({"flask", "sqlalchemy", "alembic", "structlog", "cryptography"})


def test_a_link_that_leads_to_itself_is_a_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "loop.json"
    path.symlink_to(path)
    result = check(path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{path}:1:1: the file cannot be read" in result.stderr
