"""Campaigns: each recipient gets one message with a link of their own, whatever happens."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import mail as mail_module
from intake import outbox
from intake.database import db, transaction
from intake.models import Campaign, CampaignRecipient, Link, OptOut, OutboxMessage
from intake.rounds import purge
from intake.sealing import BadToken
from intake.services import campaign_queueing, campaigns
from intake.services.campaign_figures import campaign_line, link_figures
from intake.services.campaign_plans import Duplicate, check_plan
from intake.services.campaign_previews import preview
from intake.services.campaign_queueing import queue_messages
from intake.services.campaign_reminders import count_due, remind
from intake.services.campaign_storage import CampaignRefused
from intake.services.drafts import load_draft, save_answers
from intake.services.key_care import new_key
from intake.services.link_opening import exchange, read_token
from intake.services.opting_out import opt_out
from intake.services.resealing import reseal_everything
from tests.intake.campaign_making import (
    TEAM,
    TEXT,
    link_in,
    messages,
    plan_of,
    recipients,
    send,
    text_of,
    ways_out,
    work,
)
from tests.intake.case_making import prepare
from tests.intake.conftest import START, Clock

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("forms")


@pytest.fixture
def forms(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(context, monkeypatch)


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    return tmp_path / "mail"


def figures(campaign_id: str) -> dict[str, int]:
    db.session.rollback()
    db.session.expire_all()
    line = campaign_line(db.session.get_one(Campaign, campaign_id))
    names = ("queued", "sent", "opened", "started", "finished", "not_delivered", "opted_out")
    return {name: getattr(line.figures, name) for name in names}


def test_everyone_gets_one_message_with_a_link_of_their_own(mail: Path) -> None:
    send(recipients(3))
    work()
    found = messages(mail)
    assert [one["To"] for one in found] == [f"person-{n}@example.org" for n in (1, 2, 3)]
    assert len({link_in(one) for one in found}) == 3
    assert "Hello Person 1," in text_of(found[0])
    assert "<bdi>Person 1</bdi>" in text_of(found[0], "html")


def test_a_link_opens_a_form_that_is_filled_in_from_the_file(mail: Path, context: Flask) -> None:
    plan = send(recipients(1))
    work()
    draft = open_first(mail)
    assert draft.answers["last_name"] == "Family 1"
    assert figures(plan.id)["opened"] == 1


def open_first(mail: Path) -> Any:
    opened = exchange(link_in(messages(mail)[0]).removeprefix("/l/"))
    return load_draft(opened.draft_id, opened.key, START)


def test_run_again_it_sends_nobody_a_second_message(mail: Path) -> None:
    first = send(recipients(5))
    assert send(recipients(5)).id == first.id
    work()
    assert len(messages(mail)) == 5


def test_interrupted_after_any_batch_it_goes_on_where_it_was(
    mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_queueing, "BATCH", 2)
    plan = plan_of(recipients(7))
    campaigns.begin(plan, check_plan(plan), actor="cli")
    for stops_after in (1, 2, 1):
        run = queue_messages(plan, "cli")
        for _ in range(stops_after):
            next(run)
        run.close()
    db.session.rollback()
    list(queue_messages(plan, "cli"))
    work()
    assert [one["To"] for one in messages(mail)] == [f"person-{n}@example.org" for n in range(1, 8)]


def test_late_recipients_are_added_to_a_campaign_of_the_same_name(mail: Path) -> None:
    first = send(recipients(2), name="Spring")
    again = send(recipients(4), name="Spring")
    assert first.id == again.id
    work()
    assert len(messages(mail)) == 4


def test_a_campaign_of_the_same_name_keeps_its_message() -> None:
    send(recipients(1), name="Spring")
    with pytest.raises(CampaignRefused, match="another message"):
        send(recipients(1), TEXT + "\nMore words.\n", name="Spring")


def test_the_same_address_or_household_gets_one_message(mail: Path) -> None:
    content = (
        b"email,greeting,home\n"
        b"a@example.org,Ada,1 High Street\n"
        b"A@Example.org,Ada,2 High Street\n"
        b"b@example.org,Bo,HIGH STREET 1\n"
        b"c@example.org,Cy,\n"
    )
    plan = plan_of(content, household="home")
    assert check_plan(plan).duplicates == (Duplicate(3, 2, "address"), Duplicate(4, 2, "household"))
    send(content, household="home")
    work()
    assert [one["To"] for one in messages(mail)] == ["a@example.org", "c@example.org"]


def test_nothing_about_a_recipient_is_readable_in_the_database() -> None:
    send(recipients(2), name="Spring")
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)).all():
            assert "person-1" not in repr(row)
            assert "Family 1" not in repr(row)
            assert "we ask everyone" not in repr(row)


def test_messages_are_spread_over_the_minutes(mail: Path, clock: Clock) -> None:
    send(recipients(4), per_minute=2)
    sent = []
    for _ in range(5):
        work()
        sent.append(len(messages(mail)))
        clock.advance(seconds=30)
    assert sent == [0, 1, 2, 3, 4]


def test_a_preview_shows_the_message_of_a_row_and_sends_nothing(mail: Path) -> None:
    shown = preview(plan_of(recipients(3)), row=3)
    assert shown.to == "person-2@example.org"
    assert "Hello Person 2," in shown.text
    assert shown.prefill["last_name"] == "Family 2"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Campaign)) == 0


def test_figures_follow_each_step(mail: Path, clock: Clock) -> None:
    plan = send(recipients(3))
    assert figures(plan.id)["sent"] == 0
    work()
    draft = open_first(mail)
    assert figures(plan.id) | {"sent": 3, "opened": 1, "started": 0} == figures(plan.id)
    save_answers(draft, {**draft.answers, "first_name": "Ada"}, now=clock())
    assert figures(plan.id)["started"] == 1
    with transaction() as session:
        session.get_one(Link, draft.link_id).uses_count = 1
    assert figures(plan.id)["finished"] == 1


def test_an_export_has_rows_and_states_and_neither_address_nor_key(mail: Path) -> None:
    plan = send(recipients(2))
    work()
    open_first(mail)
    lines = list(link_figures(plan.id))
    assert [(line.row, line.state) for line in lines] == [(2, "opened"), (3, "sent")]
    assert "example.org" not in repr(lines)
    assert not {link_in(one).removeprefix("/l/") in repr(lines) for one in messages(mail)} - {False}


def test_an_address_that_is_refused_is_noted_on_its_link(
    mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(message: Any, *_args: Any, **_options: Any) -> None:
        raise outbox.WorkFailed("refused", is_permanent=True)

    monkeypatch.setattr("intake.mail.send", refuse)
    plan = send(recipients(2))
    work()
    assert figures(plan.id)["not_delivered"] == 2
    assert count_due(db.session.get_one(Campaign, plan.id), timedelta(0), 1) == 0


def test_a_message_that_was_given_up_is_sent_again(
    mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise outbox.WorkFailed("refused", is_permanent=True)

    plan = send(recipients(1))
    with monkeypatch.context() as patch:
        patch.setattr("intake.mail.send", refuse)
        work()
    assert figures(plan.id)["not_delivered"] == 1
    with transaction():
        assert outbox.send_again(db.session.scalars(sa.select(OutboxMessage.id)).one(), START)
    work()
    assert (figures(plan.id)["sent"], figures(plan.id)["not_delivered"]) == (1, 0)
    assert len(messages(mail)) == 1


def test_whoever_has_not_finished_is_reminded_with_the_same_link_once_a_round(
    mail: Path, clock: Clock
) -> None:
    plan = send(recipients(3))
    work()
    finished = open_first(mail)
    with transaction() as session:
        session.get_one(Link, finished.link_id).uses_count = 1
    clock.advance(days=4)
    campaign = db.session.get_one(Campaign, plan.id)
    assert count_due(campaign, timedelta(days=5), 1) == 0
    for _ in range(2):
        assert sum(1 for _ in remind(campaign, after=timedelta(days=3), actor="cli")) <= 1
    work()
    by_person = [str(one["To"]) for one in messages(mail)]
    assert sorted(by_person) == sorted(
        ["person-1@example.org", *(2 * ["person-2@example.org", "person-3@example.org"])]
    )
    first, second = (one for one in messages(mail) if one["To"] == "person-2@example.org")
    reminder = second if "reminder" in text_of(second) else first
    assert reminder["Subject"] == "Reminder: A form for you"
    assert "We wrote to you on 2 November 2026" in text_of(reminder)
    assert same_link(link_in(first), link_in(second))


def same_link(one: str, other: str) -> bool:
    """Both open the same link, though each token is encrypted anew."""
    return read_token(one.removeprefix("/l/")) == read_token(other.removeprefix("/l/"))


def test_once_something_is_written_nobody_can_make_it_out_of_what_is_stored(
    mail: Path, clock: Clock
) -> None:
    plan = send(recipients(1))
    work()
    draft = open_first(mail)
    assert db.session.get_one(Link, draft.link_id).reminder_share is not None
    save_answers(draft, {**draft.answers, "first_name": "Ada"}, now=clock())
    db.session.expire_all()
    assert db.session.get_one(Link, draft.link_id).reminder_share is None
    clock.advance(days=3)
    list(remind(db.session.get_one(Campaign, plan.id), after=HOUR, actor="cli"))
    work()
    reminder = next(one for one in messages(mail) if "reminder" in text_of(one))
    assert link_in(reminder) == ""
    assert "open the link in our" in text_of(reminder)


def test_a_message_that_waits_for_a_second_attempt_is_let_go_once_its_link_is_opened(
    mail: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mail_module.send

    def deliver_and_fail(message: Any, *args: Any, **options: Any) -> None:
        real(message, *args, **options)
        raise outbox.WorkFailed("the answer was lost")

    plan = send(recipients(1))
    monkeypatch.setattr("intake.mail.send", deliver_and_fail)
    work()
    open_first(mail)
    clock.advance(hours=1)
    work()
    states = set(db.session.scalars(sa.select(OutboxMessage.state)))
    assert states == {outbox.DONE}
    assert figures(plan.id)["opened"] == 1


def test_who_opts_out_gets_no_message_of_the_organisation_any_more(
    mail: Path, clock: Clock
) -> None:
    plan = send(recipients(2))
    work()
    opt_out(ways_out(messages(mail))[0].removeprefix("/o/"))
    opt_out(ways_out(messages(mail))[0].removeprefix("/o/"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OptOut)) == 1
    clock.advance(days=9)
    list(remind(db.session.get_one(Campaign, plan.id), after=HOUR, actor="cli"))
    other = send(recipients(2), name="Another")
    assert check_plan(plan_of(recipients(2))).opted_out == 1
    work()
    received = [str(one["To"]) for one in messages(mail)]
    assert received.count("person-1@example.org") == 1
    assert received.count("person-2@example.org") == 3
    assert figures(other.id)["queued"] == 1


def test_the_way_out_of_a_message_in_welsh_opens_in_welsh(mail: Path) -> None:
    send(recipients(1))
    db.session.execute(sa.update(Link).values(language="cy"))
    db.session.commit()
    work()
    (message,) = messages(mail)
    assert re.search(r"/o/\S+\?language=cy\s", text_of(message))


def test_who_opts_out_while_a_message_waits_does_not_get_it(mail: Path, clock: Clock) -> None:
    send(recipients(1))
    work()
    send(recipients(1), name="Later", per_minute=1)
    opt_out(ways_out(messages(mail))[0].removeprefix("/o/"))
    clock.advance(minutes=5)
    work()
    assert len(messages(mail)) == 1


def test_a_way_out_that_was_not_made_here_changes_nothing(mail: Path) -> None:
    send(recipients(1))
    work()
    token = ways_out(messages(mail))[0].removeprefix("/o/")
    for position in range(len(token)):
        turned = chr(ord(token[position]) ^ 1)
        with pytest.raises(BadToken):
            opt_out(token[:position] + turned + token[position + 1 :])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OptOut)) == 0


def test_a_stopped_campaign_sends_no_more_and_its_unsent_links_do_not_work(
    mail: Path, clock: Clock
) -> None:
    plan = send(recipients(4), per_minute=1)
    clock.advance(minutes=1)
    work()
    assert campaigns.stop(plan.id, actor="cli") == 3
    assert campaigns.stop(plan.id, actor="cli") == 0
    clock.advance(hours=1)
    work()
    assert len(messages(mail)) == 1
    db.session.expire_all()
    states = [line.state for line in link_figures(plan.id)]
    assert states == ["sent", "revoked", "revoked", "revoked"]
    with pytest.raises(CampaignRefused, match="stopped"):
        send(recipients(4), per_minute=1)


def test_a_form_that_is_completed_on_a_case_is_not_sent_to_many(context: Flask) -> None:
    with pytest.raises(CampaignRefused, match="on a case"):
        campaigns.prepare("closure", recipients(1), TEXT, team_id=TEAM)


def test_after_a_rotation_waiting_messages_and_reminders_still_go(mail: Path, clock: Clock) -> None:
    plan = send(recipients(2), per_minute=1)
    clock.advance(minutes=1)
    work()
    new_key("worker")
    new_key("team", TEAM)
    for kind, team in (("worker", None), ("team", TEAM)):
        list(reseal_everything(kind, team))
    db.session.expire_all()
    clock.advance(days=5)
    list(remind(db.session.get_one(Campaign, plan.id), after=HOUR, actor="cli"))
    clock.advance(minutes=1)
    work()
    assert len(messages(mail)) == 3


def test_what_no_reminder_needs_any_more_is_deleted(mail: Path, clock: Clock) -> None:
    plan = send(recipients(2))
    work()
    assert kept() == (2, 2)
    clock.advance(days=60)
    purge(clock())
    assert kept() == (0, 0)
    assert figures(plan.id)["sent"] == 2


def kept() -> tuple[int, int]:
    db.session.rollback()
    shares = sa.select(sa.func.count()).where(Link.reminder_share.is_not(None))
    deliveries = sa.select(sa.func.count()).where(CampaignRecipient.sealed_delivery.is_not(None))
    return db.session.scalar(shares) or 0, db.session.scalar(deliveries) or 0


def test_two_runs_at_once_send_nobody_two_messages(
    mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run looks at the rows before, and stores after, the first one does."""
    plan = plan_of(recipients(3))
    campaigns.begin(plan, check_plan(plan), actor="cli")
    seal = campaign_queueing._sealed
    runs: list[str] = []

    def seal_while_another_runs(*args: Any) -> Any:
        sealed = seal(*args)
        if not runs:
            runs.append("the other one")
            list(queue_messages(plan, "cli"))
        return sealed

    monkeypatch.setattr(campaign_queueing, "_sealed", seal_while_another_runs)
    list(queue_messages(plan, "cli"))
    work()
    assert len(messages(mail)) == 3
    assert figures(plan.id)["queued"] == 3
