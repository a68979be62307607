"""`intake campaign` as an administrator uses it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from intake.cli.campaigns import campaign
from tests.intake.campaign_making import TEAM, TEXT, messages, recipients, work
from tests.intake.case_making import prepare
from tests.intake.conftest import Clock

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def files(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with app.app_context():
        prepare(app, monkeypatch)
    (tmp_path / "people.csv").write_bytes(recipients(3))
    (tmp_path / "letter.txt").write_text(TEXT)
    return tmp_path


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(campaign, list(arguments))


def send(app: Flask, files: Path, *options: str, form: str = "visit") -> Result:
    return run(
        app,
        "send",
        f"--form={form}",
        f"--recipients={files / 'people.csv'}",
        f"--message={files / 'letter.txt'}",
        f"--team={TEAM}",
        *options,
    )


def deliver(app: Flask) -> None:
    with app.app_context():
        work()


def test_a_campaign_is_sent_shown_reminded_exported_and_stopped(
    app: Flask, files: Path, clock: Clock
) -> None:
    sent = json.loads(send(app, files, "--json").stdout)
    assert (sent["recipients"], sent["queued"]) == (3, 3)
    assert json.loads(send(app, files, "--json").stdout)["queued"] == 0
    deliver(app)
    shown = json.loads(run(app, "show", sent["id"], "--json").stdout)
    assert shown["state"] == "sent"
    assert shown["figures"]["sent"] == 3
    assert "3 sent, 0 opened" in run(app, "list").stdout
    clock.advance(days=8)
    assert "3 reminders would be queued" in run(app, "remind", sent["id"], "--dry-run").stdout
    assert "3 reminders queued" in run(app, "remind", sent["id"]).stdout
    assert "0 reminders queued" in run(app, "remind", sent["id"]).stdout
    assert "3 messages were not sent" in run(app, "stop", sent["id"]).stdout
    deliver(app)
    assert len(messages(files / "mail")) == 3
    lines = list(csv.DictReader(io.StringIO(run(app, "export", sent["id"]).stdout)))
    assert [(line["row"], line["state"]) for line in lines] == [(n, "sent") for n in "234"]


def test_a_dry_run_shows_the_message_of_a_row_and_stores_nothing(app: Flask, files: Path) -> None:
    result = send(app, files, "--dry-run", "--row=3")
    assert "3 people would get a message" in result.stdout
    assert "Filled in beforehand: email, last_name" in result.stdout
    assert "Hello Person 2," in result.stdout
    assert run(app, "list").stdout == ""
    as_json = json.loads(send(app, files, "--dry-run", "--json").stdout)
    assert as_json["preview"]["to"] == "person-1@example.org"


def test_every_problem_of_a_file_is_a_line_that_an_editor_can_open(app: Flask, files: Path) -> None:
    rows = b"email,greeting,area\nnobody,Ada,belfast\na@example.org,,belfast\nb@example.org,Bo,x\n"
    (files / "people.csv").write_bytes(rows)
    result = send(app, files)
    assert result.exit_code == 2
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()] == [
        "people.csv:2:email",
        "people.csv:3:greeting",
        "people.csv:4:area",
    ]
    assert "nobody" not in result.stderr
    assert run(app, "list").stdout == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"form": "closure"}, "--form: ‘Closing form’ is completed on a case"),
        ({"form": "none"}, "--form: no form “none” is published"),
        ({"household": "home"}, "--household: The file has no column ‘home’"),
        ({"per-minute": "-1"}, "--per-minute: Give a whole number"),
        ({"language": "cy"}, "--language: ‘Ask for a visit’ is not there in"),
        ({"team": "nobody"}, "--team: There is no team ‘nobody’"),
        ({"dry-run": None, "row": "9"}, "--row: row 9 is not one that gets a message"),
        ({"expires": "PT0H"}, "--expires: The links must expire in the future"),
    ],
)
def test_what_cannot_be_sent_names_the_option(
    app: Flask, files: Path, options: dict[str, Any], said: str
) -> None:
    form = options.pop("form", "visit")
    words = [f"--{name}" + (f"={value}" if value else "") for name, value in options.items()]
    result = send(app, files, *words, form=form)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_message_that_cannot_be_sent_names_its_line(app: Flask, files: Path) -> None:
    (files / "letter.txt").write_text("Hello {name}\n\n{link}\n")
    result = send(app, files)
    assert result.exit_code == 2
    assert result.stderr.startswith("letter.txt:1: There is no column ‘name’")


def test_an_empty_table_and_an_unknown_campaign_are_said_plainly(app: Flask, files: Path) -> None:
    (files / "people.csv").write_text("email,greeting\n")
    assert "people.csv:2: The file has a header and no row below it" in send(app, files).stderr
    result = run(app, "show", "0" * 32)
    assert (result.exit_code, "intake campaign list" in result.stderr) == (2, True)


def test_a_public_process_cannot_send_a_campaign(
    app: Flask, public_app: Flask, files: Path
) -> None:
    result = send(public_app, files)
    assert result.exit_code == 1
    assert "master key" in result.stderr.lower()
