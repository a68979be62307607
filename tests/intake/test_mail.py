"""Mail: real messages, delivered over SMTP or into a folder; refusals told apart."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask

from intake import mail, outbox, smtp
from intake.app_state import settings as current_settings
from intake.config import Settings
from intake.database import db, transaction
from intake.models import Link, OutboxMessage
from intake.worker import run_once, send_email
from tests.intake.conftest import START, Clock

pytestmark = pytest.mark.database("sqlite")

PAYLOAD = {
    "to": "parent@example.org",
    "subject": "A form for you",
    "text": "Open the form: https://intake.example.org/l/token\n",
    "html": "<p>Open <a href='https://intake.example.org/l/token'>the form</a></p>",
}


@dataclass
class Inbox:
    """An SMTP server that keeps what it gets, or answers what it is told to."""

    answers: list[str] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.envelopes.append(envelope)
        return "250 Message accepted for delivery"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("unknown"):
            return "550 no such user"
        if address.startswith("later"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(one.content, policy=policy.default) for one in self.envelopes]


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield inbox, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def free_port() -> int:
    with socket() as probe:  # the controller cannot be asked which port it was given
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def at(app: Flask, mail_url: str) -> None:
    state = app.extensions["intake"]
    state.settings = replace(state.settings, mail_url=mail_url)


def queue(**changes: str) -> None:
    with transaction():
        outbox.enqueue("email", {**PAYLOAD, **changes})


def stored() -> OutboxMessage:
    db.session.rollback()
    return db.session.scalars(sa.select(OutboxMessage)).one()


def test_a_message_is_plain_text_and_html(context: Flask, inbox: tuple[Inbox, str]) -> None:
    server, url = inbox
    at(context, url)
    queue()
    run_once()
    (message,) = server.messages()
    assert message["To"] == "parent@example.org"
    assert message["From"] == "Intake <intake@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert "https://intake.example.org/l/token" in message.get_body(("plain",)).get_content()
    assert stored().state == outbox.DONE


def test_a_message_keeps_its_id_over_retries(
    context: Flask, inbox: tuple[Inbox, str], clock: Clock
) -> None:
    server, url = inbox
    at(context, url)
    queue()
    claim = outbox.lease("killed", clock())
    assert claim is not None
    send_email(outbox.open_work(claim), clock())  # delivered, and killed before it was noted
    clock.advance(minutes=6)
    run_once()
    first, second = server.messages()
    assert first["Message-ID"] == second["Message-ID"]


def test_a_passing_refusal_is_retried_and_then_delivered(
    context: Flask, inbox: tuple[Inbox, str], clock: Clock
) -> None:
    server, url = inbox
    at(context, url)
    server.answers = ["421 too many messages, come back later"]
    queue()
    run_once()
    assert stored().state == outbox.WAITING
    assert stored().last_problem == "the mail server refused the message (421)"
    clock.advance(seconds=10)
    run_once()
    assert stored().state == outbox.DONE


@pytest.mark.parametrize(
    ("to", "state"), [("unknown@example.org", "dead"), ("later@example.org", "waiting")]
)
def test_a_refused_recipient_is_final_only_if_the_server_says_so(
    context: Flask, inbox: tuple[Inbox, str], to: str, state: str
) -> None:
    at(context, inbox[1])
    queue(to=to)
    run_once()
    assert stored().state == state
    assert to not in stored().last_problem


def test_an_unreachable_server_is_retried(context: Flask) -> None:
    at(context, "smtp://127.0.0.1:1")
    queue()
    run_once()
    assert stored().state == outbox.WAITING
    assert stored().last_problem == "the mail server: ConnectionRefusedError"
    assert mail.check_connection(current_settings()) == "the mail server: ConnectionRefusedError"


def test_a_server_without_encryption_gets_nothing_over_starttls(
    context: Flask, inbox: tuple[Inbox, str]
) -> None:
    server, url = inbox
    at(context, url.replace("smtp:", "smtp+starttls:"))
    queue()
    run_once()
    assert server.messages() == []
    assert stored().state == outbox.WAITING


def test_a_line_break_in_an_address_adds_no_header(
    context: Flask, inbox: tuple[Inbox, str]
) -> None:
    at(context, inbox[1])
    queue(to="parent@example.org\nBcc: other@example.org")
    run_once()
    assert stored().state == outbox.DEAD
    assert inbox[0].messages() == []


@pytest.mark.parametrize(
    "address",
    [
        "=?utf-8?q?a=40example=2Eorg=2C?=b@example.org",
        "=?utf-8?q?a=40example=2Eorg=3E=2C=3C?=b@example.org",
        "=?utf-8?b?YUBleGFtcGxlLm9yZw?=@example.org",
        "a@example.org, b@example.org",
    ],
)
def test_an_address_that_is_read_as_others_gets_nothing(
    context: Flask, inbox: tuple[Inbox, str], address: str
) -> None:
    server, url = inbox
    at(context, url)
    queue(to=address)
    run_once()
    assert stored().state == outbox.DEAD
    assert server.envelopes == []


def test_a_link_shows_that_its_message_went_or_did_not(
    context: Flask, inbox: tuple[Inbox, str], clock: Clock
) -> None:
    at(context, inbox[1])
    for link_id, to in (("ab" * 16, "parent@example.org"), ("cd" * 16, "unknown@example.org")):
        with transaction() as session:
            session.add(make_link(link_id, clock))
            session.flush()
            outbox.enqueue("email", {**PAYLOAD, "to": to}, link_id=link_id)
    run_once()
    db.session.rollback()
    assert db.session.get_one(Link, "ab" * 16).sent_at == START
    assert db.session.get_one(Link, "cd" * 16).sent_at is None
    assert db.session.get_one(Link, "cd" * 16).delivery_failed_at == START


def make_link(link_id: str, clock: Clock) -> Link:
    return Link(
        id=link_id,
        form_id="breast-pump-loan",
        form_version="1.0.0",
        team_id="belfast-pumps",
        created_by="cli",
        created_at=clock(),
        expires_at=clock(),
        uses_allowed=1,
        sealed_holder=b"",
    )


def test_a_folder_gets_one_private_file_a_message(
    context: Flask, settings: Settings, tmp_path: Path
) -> None:
    message = mail.make_message(
        PAYLOAD, sender="intake@example.org", message_id="<1@localhost>", sent_at=START
    )
    mail.send(message, settings)
    mail.send(message, settings)
    (file,) = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == PAYLOAD["to"]


def test_an_unwritable_folder_is_retried(context: Flask, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    queue()
    run_once()
    assert stored().last_problem.startswith("the mail folder:")
    assert stored().state == outbox.WAITING


def test_ports_and_passwords_are_read_from_the_url() -> None:
    server = smtp.server_of(urlsplit("smtps://us%40er:p%2Fw@mail.example.org"))
    assert (server.port, server.user, server.password) == (465, "us@er", "p/w")
    assert "p/w" not in repr(server)
    assert server.port == smtplib.SMTP_SSL_PORT
