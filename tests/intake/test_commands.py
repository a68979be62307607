"""The command line as an operator meets it: help without settings, plain failures."""

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask

import intake.config
from intake.cli import main
from intake.cli.commands import cli
from intake.cli.doctor import doctor
from intake.cli.run import run
from intake.cli.worker import worker

pytestmark = pytest.mark.database("sqlite")

ROOT = Path(__file__).parents[2]
OPERATORS = ROOT / "docs/operators/running-in-production.md"


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in intake.config.__dict__:
        monkeypatch.delenv(name, raising=False)
    for name in ("INTAKE_ENVIRONMENT", "INTAKE_SECRET_KEYS", "INTAKE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def commands(group: click.Group, path: str = "") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        found.append((f"{path} {name}".strip(), command))
        if isinstance(command, click.Group):
            found += commands(command, f"{path} {name}".strip())
    return found


OURS = [  # the others are Flask-Migrate's
    (path, command)
    for path, command in commands(cli)
    if not isinstance(command, click.Group) and not path.startswith("db ")
]


def test_help_needs_no_settings(no_settings: None) -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    assert "--app" not in result.output


@pytest.mark.parametrize("path", [path for path, _ in OURS])
def test_every_command_has_help_with_an_example(path: str, no_settings: None) -> None:
    result = CliRunner().invoke(cli, [*path.split(), "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output
    assert "intake " in result.output


def test_missing_settings_are_listed_on_standard_error(
    no_settings: None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["keys", "list"])
    printed = capsys.readouterr()
    assert ended.value.code == 1
    assert printed.out == ""
    assert "INTAKE_SECRET_KEYS is missing" in printed.err
    assert "Traceback" not in printed.err


def test_a_database_without_tables_is_a_plain_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTAKE_ENVIRONMENT", "development")
    monkeypatch.setenv("INTAKE_DATABASE_URL", f"sqlite:///{tmp_path}/intake.sqlite3")
    with pytest.raises(SystemExit) as ended:
        main(["keys", "list"])
    assert ended.value.code == 1
    assert "intake db upgrade" in capsys.readouterr().err


def test_an_unknown_command_is_a_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["frobnicate"])
    assert ended.value.code == 2


def test_the_doctor_names_each_check_and_fails_if_one_does(app: Flask) -> None:
    result = app.test_cli_runner().invoke(doctor, ["--json"])
    checks = json.loads(result.stdout)
    assert result.exit_code == 1
    assert "intake forms publish" in checks.pop("forms")
    assert "nobody who can sign in" in checks.pop("directory")
    assert set(checks.values()) == {"ok"}


def test_a_public_process_cannot_be_a_worker(public_app: Flask) -> None:
    result = public_app.test_cli_runner().invoke(worker, ["--once"])
    assert result.exit_code == 1
    assert "INTAKE_ROLE=worker" in result.stderr


def test_the_worker_does_what_is_due_once(app: Flask) -> None:
    result = app.test_cli_runner().invoke(worker, ["--once"])
    assert result.exit_code == 0
    assert "0 pieces of work" in result.stderr


def test_the_development_server_refuses_production(app: Flask) -> None:
    result = app.test_cli_runner().invoke(run)
    assert result.exit_code == 1
    assert "gunicorn wsgi:app" in result.stderr


def test_every_setting_is_documented() -> None:
    source = Path(intake.config.__file__).read_text("utf-8")
    names = set(re.findall(r'"(INTAKE_[A-Z_]+)"', source))
    assert len(names) >= 12
    for document in (OPERATORS, ROOT / "README.md"):
        text = document.read_text("utf-8")
        assert {name for name in names if f"`{name}`" not in text} == set()
