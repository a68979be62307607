"""Reports that a message was not delivered after all."""

from email import message_from_bytes
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from intake.cli.campaigns import campaign
from intake.database import db
from intake.models import Campaign, Link
from intake.services.bounces import has_failed, note_bounce, original_id
from intake.services.campaign_figures import campaign_line
from intake.services.links import issue_link
from tests.intake.campaign_making import messages, recipients, send, work
from tests.intake.case_making import prepare

pytestmark = pytest.mark.database("sqlite")


REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: forms@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system at host mx.example.org.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; person@example.org
Action: {action}
Status: 5.1.1

--b
Content-Type: {kind}

From: Intake <intake@example.org>
To: person@example.org
Message-ID: {message_id}
Subject: A form for you

--b--
"""


def report(message_id: str, action: str = "failed", kind: str = "text/rfc822-headers") -> bytes:
    return REPORT.format(message_id=message_id, action=action, kind=kind).encode()


@pytest.fixture
def sent_ids(context: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The Message-IDs of a campaign to one, and of a single link."""
    prepare(context, monkeypatch)
    send(recipients(1), name="Spring")
    issue_link("visit", recipient="z@example.org", actor="cli", team_id="belfast-pumps")
    work()
    return [str(one["Message-ID"]) for one in messages(tmp_path / "mail")]


def failed() -> int:
    db.session.rollback()
    return db.session.query(Link).filter(Link.delivery_failed_at.is_not(None)).count()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_of_a_failure_is_noted_on_its_link(sent_ids: list[str], kind: str) -> None:
    assert [note_bounce(report(one, kind=kind)) for one in sent_ids] == [True, True]
    assert [note_bounce(report(one, kind=kind)) for one in sent_ids] == [True, True]
    assert failed() == 2
    assert campaign_line(db.session.query(Campaign).one()).figures.not_delivered == 1


def test_whatever_else_arrives_changes_nothing(sent_ids: list[str]) -> None:
    for other in (
        report(sent_ids[0], action="delayed"),
        report(sent_ids[0], action="relayed"),
        report("<link-" + "0" * 32 + "@localhost>"),
        report("<somebody-elses@example.org>"),
        b"Subject: Thank you\n\nIt arrived.\n",
        b"",
        bytes(range(256)),
        report(sent_ids[0]).replace(b"message/delivery-status", b"text/plain"),
    ):
        assert note_bounce(other) is False
    assert failed() == 0


@given(st.binary(max_size=200), st.integers(0, len(REPORT)))
def test_a_report_that_is_cut_or_damaged_is_read_without_failing(damage: bytes, at: int) -> None:
    raw = report("<link-1@localhost>")
    message = message_from_bytes(raw[:at] + damage + raw[at + 5 :])
    assert has_failed(message) in (True, False)
    assert isinstance(original_id(message), str)


def test_the_command_reads_files_and_standard_input(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        prepare(app, monkeypatch)
        send(recipients(1))
        work()
    (message,) = messages(tmp_path / "mail")
    file = tmp_path / "report.eml"
    file.write_bytes(b"Subject: Hello\n\n")
    runner = app.test_cli_runner()
    result = runner.invoke(
        campaign, ["bounces", str(file), "-"], input=report(str(message["Message-ID"]))
    )
    assert result.stdout == "2 read, 1 noted on links\n"
