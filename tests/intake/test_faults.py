"""A thousand journeys while clock, database, disk and mail server fail at random steps."""

import errno
import io
import os
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from intake import audit, mail, outbox, worker
from intake.database import db
from intake.delivery import DeliveryFailed
from intake.files.blobs import BlobStore, BlobsUnavailable
from intake.models import Case, OutboxMessage, SealedKeyCopy, Submission
from intake.services import draft_rows
from intake.services.links import issue_link
from tests.intake import photo_album
from tests.intake.conftest import START, Clock

#: ``JOURNEYS=1000 make test ARGS="-k acknowledged"`` for a thousand on each database.
JOURNEYS = int(os.environ.get("JOURNEYS", "40"))
SEED = int(os.environ.get("SEED", "20261122"))
KINDS = ("statement", "commit", "unsure", "disk", "clock", "lost", "blob")
SUBMITTING = 4  # the step whose transaction is longest
MOST_TRIES = 12  # of one person, who then gives up
PROBLEMS = ("database is locked", "disk I/O error", "database or disk is full")
JUMPS = (  # back; on a little; past a draft's time; past a link's; over the end of summer time
    timedelta(hours=-3),
    timedelta(minutes=20),
    timedelta(days=8),
    timedelta(days=15),
    timedelta(days=200),
)
RECEIPT = re.compile(r"PA-\w{4}-\w{4}")
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
TOLD = re.compile(  # in the words of the pages that say so
    "press the button again|Go back to the page before|Ask for a new link|[Oo]pen the link|"
    "use the link again|open the form again|[Oo]pen the message"
)


@dataclass
class Failing:
    """What is about to fail, and how many statements later."""

    kind: str = ""
    statements: int = -1  # before this one; -1: none
    at_commit: bool = False
    problem: str = ""
    fired: Counter[str] = field(default_factory=Counter)

    def before_statement(self, *_args: Any) -> None:
        if self.statements == 0:
            self.statements = -1
            self.fired[self.kind] += 1
            raise OperationalError("a statement", {}, sqlite3.OperationalError(self.problem))
        self.statements -= self.statements > 0

    def before_commit(self, connection: Any) -> None:
        if self.at_commit:
            self.at_commit = False
            self.fired[self.kind] += 1
            if self.kind == "unsure":  # it is stored, and nobody hears of it
                connection.connection.dbapi_connection.commit()
            if self.kind == "disk":
                raise OSError(errno.ENOSPC, "No space left on device")
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError(self.problem))

    def nothing(self) -> None:
        self.statements, self.at_commit = -1, False


@contextmanager
def watched(app: Flask, failing: Failing) -> Iterator[None]:
    """The application's database fails as told."""
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", failing.before_statement)
    event.listen(engine, "commit", failing.before_commit)
    ask_driver = draft_rows._ask_driver

    def ask_failing_driver(engine: sa.Engine, draft_id: str) -> Any:
        if failing.statements == 0:  # it is asked again through SQLAlchemy, and fails there
            raise engine.dialect.loaded_dbapi.OperationalError(failing.problem)
        return ask_driver(engine, draft_id)

    draft_rows._ask_driver = ask_failing_driver
    try:
        yield
    finally:
        draft_rows._ask_driver = ask_driver
        event.remove(engine, "before_cursor_execute", failing.before_statement)
        event.remove(engine, "commit", failing.before_commit)


@dataclass
class Person:
    """Somebody with a link, who presses again what did not work, and knows what they were told."""

    app: Flask
    url: str
    chance: random.Random
    failing: Failing
    clock: Clock
    receipt: str = ""
    was_told: bool = True  # nobody owes them anything before they press the first button
    tries: int = 0

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.fault_at = self.chance.randrange(6)
        self.kind = self.chance.choice(KINDS)

    def go(self) -> None:
        """From the link to the receipt, or until they give up."""
        while not self.receipt and self.tries < MOST_TRIES:
            self.tries += 1
            place = self.press("POST", self.url, step=0)
            if place is None or "/form/" not in place:
                continue
            self.fill_in(place.rpartition("/")[0])

    def fill_in(self, form: str) -> None:
        """The one page, the check and the receipt."""
        page = self.look(f"{form}/name", step=1)
        if page is None:
            return
        token = CSRF.search(page)
        assert token, "a page of the form has its token"
        fields: dict[str, Any] = {"csrf_token": token[1], "name": "Zebedee", "action": "continue"}
        if self.press("POST", f"{form}/name", fields, step=2) is None:
            return
        fields = {"csrf_token": token[1], "action": "continue"}
        if self.kind == "blob" and self.tries == 1:
            self.give_photograph(f"{form}/files", fields)
        if self.press("POST", f"{form}/files", fields, step=3) is None:
            return
        fields = {"csrf_token": token[1], "action": "submit"}
        place = self.press("POST", f"{form}/check-answers", fields, step=4)
        if place and place.endswith("/done"):
            shown = self.look(place, step=5)
            found = RECEIPT.search(shown or "")
            self.receipt = found[0] if found else ""

    def give_photograph(self, path: str, fields: dict[str, Any]) -> None:
        """The disk does not take it; they are told so, and go on without."""
        photograph = (io.BytesIO(b"\xff\xd8 a photograph"), "a.jpg")
        answer = self.client.post(path, data=fields | {"photos": photograph})
        assert answer.status_code == 503, answer.status_code
        assert TOLD.search(answer.text)
        self.failing.fired["blob"] += 1

    def press(
        self, method: str, path: str, fields: dict[str, Any] | None = None, *, step: int
    ) -> str | None:
        """Where a button leads; None if they were told to try again, or heard nothing."""
        answer = self.ask(method, path, fields, step)
        return answer.headers.get("Location") if answer is not None else None

    def look(self, path: str, *, step: int) -> str | None:
        """A page that is shown."""
        answer = self.ask("GET", path, None, step)
        return answer.text if answer is not None and answer.status_code == 200 else None

    def ask(self, method: str, path: str, fields: dict[str, Any] | None, step: int) -> Any:
        """Press, and press again what did not work; None if that leads nowhere."""
        for again in range(3):
            fails = step == self.fault_at and self.tries == 1 and not again
            if fails:
                self.break_something()
            answer = self.client.open(path, method=method, data=dict(fields or {}))
            self.failing.nothing()
            if fails and self.kind == "lost":
                self.failing.fired["lost"] += 1
                self.was_told = False  # the connection was lost: they press again
                continue
            is_fine = answer.status_code in (200, 303)
            self.was_told = is_fine or bool(TOLD.search(answer.text))
            assert self.was_told, (answer.status_code, path, answer.text)
            if answer.status_code < 500:
                return answer if is_fine else None
        return None

    def break_something(self) -> None:
        self.failing.kind, self.failing.problem = self.kind, self.chance.choice(PROBLEMS)
        if self.kind == "statement":
            most = 16 if self.fault_at == SUBMITTING else 4
            self.failing.statements = self.chance.randrange(most)
        elif self.kind in ("commit", "unsure", "disk"):
            self.failing.at_commit = True
        elif self.kind == "clock":
            self.failing.fired["clock"] += 1
            self.clock.now += self.chance.choice(JUMPS)


def full(*_args: Any) -> Any:
    raise BlobsUnavailable("the disk is full")


@pytest.mark.slow
def test_every_acknowledged_submission_exists_once_and_everybody_is_told_something(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, failing = random.Random(SEED), Failing()
    sent: set[str] = set()
    monkeypatch.setattr(BlobStore, "writer", full)
    monkeypatch.setattr(worker, "MOST_AT_ONCE", 10)
    people = []
    with app.app_context():
        photo_album.publish()
    for number in range(JOURNEYS):
        clock.now = START + timedelta(minutes=number)
        with app.app_context():
            url = issue_link("photo-album", recipient="p@example.org", actor="cli").url
        person = Person(app, url.removeprefix("http://localhost"), chance, failing, clock)
        with watched(app, failing):
            person.go()
        people.append(person)
        if number % 20 == 0:
            deliver(app, clock, lambda: chance.random() < 0.5, sent, monkeypatch)
    check(app, people)
    assert set(failing.fired) == set(KINDS)
    assert min(failing.fired.values()) >= JOURNEYS / 40, failing.fired
    monkeypatch.setattr(worker, "MOST_AT_ONCE", 100)
    while deliver(app, clock, lambda: False, sent, monkeypatch):  # the mail server is well again
        clock.advance(hours=12)
    with app.app_context():
        for submission_id in db.session.scalars(sa.select(Submission.id)):
            assert any(submission_id in one for one in sent), "its team was told"


def deliver(
    app: Flask,
    clock: Clock,
    hangs_up: Callable[[], bool],
    sent: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> int:
    """The worker's turn, with a mail server that hangs up now and then; how much is left to do."""

    def send(message: EmailMessage, *_args: Any, **_how: Any) -> None:
        if hangs_up():
            raise DeliveryFailed("the mail server hung up")
        sent.add(message["Message-ID"])

    monkeypatch.setattr(mail, "send", send)
    with app.app_context():
        worker.run_once(clock())
        left = sa.select(sa.func.count()).where(OutboxMessage.state == outbox.WAITING)
        return db.session.scalar(left) or 0


def check(app: Flask, people: list[Person]) -> None:
    """What was acknowledged is there, once and whole; whoever has no receipt knows that."""
    receipts = [person.receipt for person in people if person.receipt]
    assert len(receipts) == len(set(receipts)) > 0.7 * len(people)
    assert all(person.was_told for person in people)
    with app.app_context():
        stored = db.session.execute(
            sa.select(Submission.reference, Submission.link_id, Submission.id, Submission.case_id)
        ).all()
        assert set(receipts) <= {row.reference for row in stored}
        assert len(stored) == len({row.reference for row in stored})
        assert len(stored) == len({row.link_id for row in stored}), "one for each link"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == len(stored)
        sealed = set(db.session.scalars(sa.select(SealedKeyCopy.submission_id)))
        assert sealed == {row.id for row in stored}
        assert audit.verify() == []
        asked = sa.select(sa.func.count()).where(OutboxMessage.kind == "index-submission")
        assert db.session.scalar(asked) == len(stored), "the work that follows is queued with each"
