"""What GOV.UK Notify could not deliver, learnt later and noted on its link."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import delivery, outbox
from intake.database import db
from intake.models import AuditEntry, Campaign, CampaignRecipient, Link, OutboxMessage
from intake.services import delivery_reports
from intake.services.campaign_figures import campaign_line
from intake.services.link_timeline import link_timeline
from intake.services.links import issue_link
from intake.staff.link_words import link_why
from intake.worker import run_once
from tests.intake.campaign_making import recipients, send
from tests.intake.case_making import PUMPS, prepare
from tests.intake.conftest import Clock
from tests.intake.mail_servers import API_KEY, Mailbox, notify_server

ON_SQLITE = pytest.mark.database("sqlite")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT", 0.2)


@pytest.fixture
def notify(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    prepare(context, monkeypatch)
    mailbox = Mailbox()
    with notify_server(mailbox) as url:
        state = context.extensions["intake"]
        state.settings = replace(state.settings, mail_url=url, notify_api_key=API_KEY)
        yield mailbox


def a_link() -> str:
    link = issue_link("visit", recipient="z@example.org", actor="cli", team_id=PUMPS)
    run_once()
    return link.id


def fail(notify: Mailbox, reference: str, at: datetime, status: str = "permanent-failure") -> None:
    notify.failed.insert(
        0,
        {
            "id": str(uuid4()),
            "reference": reference,
            "status": status,
            "created_at": at.isoformat().replace("+00:00", "Z"),
            "email_address": "z@example.org",
        },
    )


def ask(clock: Clock) -> None:
    delivery_reports.plan(clock())
    run_once()
    db.session.rollback()


def failed_links() -> set[str]:
    query = sa.select(Link.id).where(Link.delivery_failed_at.is_not(None))
    return set(db.session.scalars(query))


def test_failures_of_links_and_campaigns_are_noted_on_every_page_of_the_list(
    notify: Mailbox, clock: Clock
) -> None:
    single = a_link()
    send(recipients(4), name="Spring")
    run_once()
    rows = db.session.execute(sa.select(CampaignRecipient.id, CampaignRecipient.link_id)).all()
    for reference, status in (
        (f"link-{single}@intake.example.org", "permanent-failure"),
        (f"campaign-{rows[0].id}-0@intake.example.org", "temporary-failure"),
        (f"campaign-{rows[1].id}-1@intake.example.org", "technical-failure"),
        ("receipt-1@intake.example.org", "permanent-failure"),
        (f"link-{'0' * 32}@intake.example.org", "permanent-failure"),
    ):
        fail(notify, reference, clock(), status)
    clock.advance(hours=1)
    ask(clock)
    assert failed_links() == {single, rows[0].link_id, rows[1].link_id}
    campaign = db.session.scalars(sa.select(Campaign)).one()
    assert campaign_line(campaign).figures.not_delivered == 2
    query = sa.select(AuditEntry.actor, AuditEntry.why).where(AuditEntry.action == "link.bounced")
    noted = {("worker", f"{one}-failure") for one in ("permanent", "temporary", "technical")}
    assert set(db.session.execute(query).tuples()) == noted
    clock.advance(hours=1)
    ask(clock)
    assert len(db.session.execute(query).all()) == 3, "each once"


@ON_SQLITE
def test_the_page_of_the_link_says_why_its_message_came_back(notify: Mailbox, clock: Clock) -> None:
    link = a_link()
    fail(notify, f"link-{link}@localhost", clock(), "temporary-failure")
    ask(clock)
    happenings = {each.kind: link_why(each) for each in link_timeline(link)}
    assert happenings["link.bounced"] == "The mailbox took no mail for three days."


@ON_SQLITE
@pytest.mark.parametrize("mood", ["broken", "bad key", "too many", "slow", "half"])
def test_a_list_that_does_not_come_whole_is_asked_for_again(
    notify: Mailbox, clock: Clock, mood: str
) -> None:
    link = a_link()
    fail(notify, f"link-{link}@localhost", clock())
    notify.list_moods = [mood]
    ask(clock)
    assert failed_links() == set()
    clock.advance(seconds=11)
    run_once()
    db.session.rollback()
    assert failed_links() == {link}


@ON_SQLITE
def test_a_list_that_never_ends_is_left(notify: Mailbox, clock: Clock) -> None:
    link = a_link()
    for _ in range(3):
        fail(notify, f"link-{link}@localhost", clock())
    notify.list_moods = ["repeats"] * 50
    ask(clock)
    assert failed_links() == {link}
    assert len(notify.list_moods) == 48


@ON_SQLITE
def test_while_notify_is_out_of_order_nothing_piles_up(notify: Mailbox, clock: Clock) -> None:
    notify.list_moods = ["broken"] * 100
    for _ in range(12):
        ask(clock)
        clock.advance(minutes=15)
    run_once()
    waiting = sa.select(sa.func.count()).where(OutboxMessage.state != outbox.DONE)
    assert db.session.scalar(waiting) == 0
    assert len(notify.asked) < 40


@ON_SQLITE
@pytest.mark.parametrize(
    ("newest", "is_noted"), [("delivered", False), ("temporary-failure", True)]
)
def test_of_a_message_that_was_sent_again_the_newest_counts(
    notify: Mailbox, clock: Clock, newest: str, is_noted: bool
) -> None:
    before = clock()
    clock.advance(hours=2)
    link = a_link()
    fail(notify, f"link-{link}@intake.example.org", before)
    ((asked, _status),) = notify.arrived
    notify.arrived = [(asked | {"reference": f"link-{link}@intake.example.org"}, newest)]
    ask(clock)
    assert failed_links() == ({link} if is_noted else set())


@ON_SQLITE
def test_old_failures_are_no_news(notify: Mailbox, clock: Clock) -> None:
    link = a_link()
    fail(notify, f"link-{link}@localhost", clock() - timedelta(days=5))
    ask(clock)
    assert failed_links() == set()
    assert len(notify.asked) == 1


@ON_SQLITE
def test_several_workers_ask_once_a_quarter_of_an_hour(notify: Mailbox, clock: Clock) -> None:
    for _ in range(3):
        ask(clock)
    assert len(notify.asked) == 1
    clock.advance(minutes=15)
    ask(clock)
    assert len(notify.asked) == 2


@ON_SQLITE
def test_nobody_is_asked_where_mail_goes_another_way(context: Flask, clock: Clock) -> None:
    delivery_reports.plan(clock())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 0
