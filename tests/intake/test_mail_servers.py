"""Mail servers that refuse, delay, answer by halves and repeat themselves."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import delivery, mail, outbox
from intake.app_state import settings as current_settings
from intake.config import Settings
from intake.database import db, transaction
from intake.models import OutboxMessage
from intake.worker import run_once
from tests.intake.conftest import START, Clock
from tests.intake.mail_servers import (
    API_KEY,
    SERVICE,
    TEMPLATE,
    Mailbox,
    claims_of,
    notify_server,
    smtp_server,
)

pytestmark = pytest.mark.database("sqlite")

PAYLOAD = {
    "to": "parent@example.org",
    "subject": "A form for you",
    "text": "Open the form.\n",
    "html": "<p>Open the form.</p>",
    "message_id": "<link-1@localhost>",
}
NAMES = ("Siân Ŵyn Llŷr", "Małgorzata Żółć", "فاطمة الزهراء", "שרה כהן", "李小龍")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT", 0.2)


@pytest.fixture
def smtp(context: Flask) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    with smtp_server(mailbox) as url:
        use(context, url)
        yield mailbox


@pytest.fixture
def notify(context: Flask) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    with notify_server(mailbox) as url:
        use(context, url)
        yield mailbox


def use(app: Flask, url: str) -> None:
    state = app.extensions["intake"]
    state.settings = replace(state.settings, mail_url=url, notify_api_key=API_KEY)


def queue(**changes: str) -> None:
    with transaction():
        outbox.enqueue("email", {**PAYLOAD, **changes})


def stored() -> OutboxMessage:
    db.session.rollback()
    return db.session.scalars(sa.select(OutboxMessage)).one()


def work(clock: Clock, times: int = 1) -> OutboxMessage:
    for _ in range(times):
        run_once()
        clock.advance(hours=1)
    return stored()


@pytest.mark.parametrize("mood", ["cut after data", "slow after data"])
def test_a_message_whose_answer_was_lost_is_sent_again_under_the_same_id(
    smtp: Mailbox, clock: Clock, mood: str
) -> None:
    smtp.moods = [mood]
    queue()
    assert work(clock).last_problem == "the mail server: SMTPServerDisconnected"
    assert work(clock).state == outbox.DONE
    first, second = (message_from_bytes(one, policy=policy.default) for one in smtp.arrived)
    assert first["Message-ID"] == second["Message-ID"] == "<link-1@localhost>"


def test_a_server_that_never_speaks_is_given_up_for_now(smtp: Mailbox, clock: Clock) -> None:
    smtp.moods = ["silent"]
    queue()
    assert work(clock).state == outbox.WAITING
    assert smtp.arrived == []
    assert work(clock).state == outbox.DONE


def test_an_odd_goodbye_does_not_send_an_accepted_message_twice(
    smtp: Mailbox, clock: Clock
) -> None:
    smtp.moods = ["odd goodbye"]
    queue()
    assert work(clock, times=2).state == outbox.DONE
    assert len(smtp.arrived) == 1


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_arrive_whole_over_seven_bits(
    context: Flask, smtp: Mailbox, clock: Clock, name: str
) -> None:
    state = context.extensions["intake"]
    state.settings = replace(state.settings, mail_from=f"{name} <forms@example.org>")
    queue(subject=f"A form for {name}", text=f"Hello {name},\n\n{'x' * 2000}\n", html=f"<p>{name}")
    work(clock)
    (raw,) = smtp.arrived
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998  # RFC 5322 section 2.1.1
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == f"A form for {name}"
    (sender,), (to,) = message["From"].addresses, message["To"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "forms@example.org")
    assert to.addr_spec == "parent@example.org"
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert name in body.get_content()


@pytest.mark.parametrize(
    ("url", "posts"), [("https://x.example.org/o/1", True), ("http://localhost/o/1", False)]
)
def test_a_campaigns_message_says_how_to_get_no_more_of_them(url: str, posts: bool) -> None:
    message = make(unsubscribe_url=url)
    assert message["List-Unsubscribe"] == f"<{url}>"
    assert bool(message["List-Unsubscribe-Post"]) is posts


def make(**changes: str) -> EmailMessage:
    return mail.make_message(
        {**PAYLOAD, **changes}, sender="i@example.org", message_id="<1@localhost>", sent_at=START
    )


def test_notify_gets_subject_body_and_our_reference(notify: Mailbox, clock: Clock) -> None:
    queue(unsubscribe_url="https://intake.example.org/o/1")
    assert work(clock).state == outbox.DONE
    ((asked, _status),) = notify.arrived
    assert asked == {
        "email_address": "parent@example.org",
        "template_id": TEMPLATE,
        "personalisation": {"subject": "A form for you", "body": "Open the form.\n"},
        "reference": "link-1@localhost",
        "one_click_unsubscribe_url": "https://intake.example.org/o/1",
    }
    assert claims_of(notify.tokens[0]) == {"iss": SERVICE, "iat": int(START.timestamp())}


@pytest.mark.parametrize("mood", ["cut before answer", "slow"])
def test_a_message_that_notify_has_already_is_not_sent_again(
    notify: Mailbox, clock: Clock, mood: str
) -> None:
    notify.moods = [mood]
    queue()
    assert work(clock).state == outbox.WAITING
    assert work(clock).state == outbox.DONE
    assert len(notify.arrived) == 1
    assert notify.asked == ["/v2/notifications?reference=link-1%40localhost"]


def test_an_answer_cut_after_its_headers_counts(notify: Mailbox, clock: Clock) -> None:
    notify.moods = ["cut after headers"]
    queue()
    assert work(clock).state == outbox.DONE
    assert len(notify.arrived) == 1


@pytest.mark.parametrize(
    ("mood", "state", "problem"),
    [
        ("wrong address", outbox.DEAD, "Notify answered 400 (ValidationError)"),
        ("no template", outbox.WAITING, "Notify answered 400 (BadRequestError)"),
        ("bad key", outbox.WAITING, "Notify answered 403 (AuthError)"),
        ("too many", outbox.WAITING, "Notify answered 429 (RateLimitError)"),
        ("broken", outbox.WAITING, "Notify answered 500 (Exception)"),
        ("moved", outbox.WAITING, "Notify answered 302"),
    ],
)
def test_only_a_wrong_address_is_final_at_notify(
    notify: Mailbox, clock: Clock, mood: str, state: str, problem: str
) -> None:
    notify.moods = [mood]
    queue()
    message = work(clock)
    assert (message.state, message.last_problem) == (state, problem)
    assert notify.arrived == []


def test_an_address_that_notify_could_not_deliver_to_is_given_up(
    notify: Mailbox, clock: Clock
) -> None:
    notify.moods = ["cut before answer"]
    queue()
    work(clock)
    notify.arrived = [(asked, "permanent-failure") for asked, _status in notify.arrived]
    assert work(clock).state == outbox.DEAD


def test_the_doctor_asks_notify_and_sends_nothing(notify: Mailbox) -> None:
    assert mail.check_connection(current_settings()) == ""
    assert notify.arrived == []


def test_a_process_without_a_key_says_so_and_does_not_fail(notify: Mailbox, context: Flask) -> None:
    state = context.extensions["intake"]
    state.settings = replace(state.settings, notify_api_key="")
    assert "INTAKE_NOTIFY_API_KEY" in mail.check_connection(current_settings())
    assert notify.tokens == []


def test_the_api_key_is_in_no_repr(settings: Settings) -> None:
    assert API_KEY not in repr(replace(settings, notify_api_key=API_KEY))
