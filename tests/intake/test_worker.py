"""The worker itself: it runs until told to stop, and survives its database."""

from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import outbox, rounds, worker
from intake.app_state import keys
from intake.config import Settings
from intake.database import db, transaction
from intake.models import BlindIndexEntry, Draft, Link
from intake.sealing import blind_index
from intake.services.links import revoke_link
from intake.worker import run_forever, run_once
from tests.intake import food_parcel
from tests.intake.conftest import Clock
from tests.intake.sealed_submissions import make_submission

pytestmark = pytest.mark.database("sqlite")

NAMED = {
    "properties": {
        **food_parcel.FORM["properties"],
        "number": {"type": "string", "format": "nhs-number", "title": "NHS number"},
    },
    "x-form": {
        **food_parcel.FORM["x-form"],
        "pages": [
            {"id": "number", "questions": ["number"]},
            *food_parcel.FORM["x-form"]["pages"],
        ],
        "people": [{"role": "Parent", "nhs_number": "number"}],
    },
}


def start(app: Flask) -> tuple[Thread, Event]:
    stop = Event()
    thread = Thread(target=run_forever, args=(app, stop))
    thread.start()
    return thread, stop


def waiting(app: Flask) -> int:
    with app.app_context():
        return outbox.counts().get(outbox.WAITING, 0)


def test_it_works_until_it_is_told_to_stop(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "IDLE_PAUSE", 0.01)
    with app.app_context(), transaction():
        outbox.enqueue("email", {"to": "a@example.org", "subject": "s", "text": "t", "html": ""})
    thread, stop = start(app)
    for _ in range(500):
        if not waiting(app):
            break
        stop.wait(0.02)
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert waiting(app) == 0


def test_it_waits_for_a_database_that_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TROUBLE_PAUSE", 0.01)
    seen = Event()

    def away(**_more: object) -> NoReturn:
        seen.set()
        raise sa.exc.OperationalError("SELECT", {}, Exception("locked"))

    monkeypatch.setattr(worker, "run_once", away)
    thread, stop = start(app)
    assert seen.wait(10)
    assert thread.is_alive()
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_the_message_of_a_link_that_was_revoked_meanwhile_is_not_sent(
    context: Flask, settings: Settings
) -> None:
    food_parcel.publish()
    issued = food_parcel.a_link()
    revoke_link(None, issued.id)
    assert run_once() == 0  # it was called off
    assert not list(Path(settings.mail_url.removeprefix("file:")).glob("*.eml"))
    assert db.session.get_one(Link, issued.id).sent_at is None


def test_expired_drafts_are_deleted(context: Flask, clock: Clock) -> None:
    with transaction() as session:
        for number, days in enumerate((1, 10)):
            session.add(
                Draft(
                    id=str(number) * 32,
                    form_id="food-parcel",
                    form_version="1.0.0",
                    created_at=clock(),
                    updated_at=clock(),
                    expires_at=clock() + timedelta(days=days),
                )
            )
    rounds.purge(clock.advance(days=5))
    assert db.session.scalars(sa.select(Draft.id)).all() == ["1" * 32]


def test_who_is_named_is_indexed_by_the_worker(context: Flask) -> None:
    food_parcel.publish({**food_parcel.FORM, **NAMED})
    submission_id = make_submission(answers={"number": "9990000018", "notes": "Not an identifier"})
    for _ in range(2):  # at least once: a second time changes nothing
        with transaction():
            outbox.enqueue("index-submission", {"submission_id": submission_id})
        run_once()
    entries = db.session.execute(
        sa.select(BlindIndexEntry.submission_id, BlindIndexEntry.kind, BlindIndexEntry.digest)
    ).all()
    (identifier,) = blind_index.identifiers(nhs_number="999 000 0018")
    digest = blind_index.digest(keys().index_key(), identifier)
    assert entries == [(submission_id, blind_index.NHS_NUMBER, digest)]
    assert outbox.counts() == {"done": 2}
