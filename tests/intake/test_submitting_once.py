"""One single-use link, many submissions at once, and a crash between any two statements."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from intake import audit, database
from intake.app_state import clock
from intake.database import db
from intake.models import Case, Destination, Link, OutboxMessage, SealedKeyCopy, Submission
from intake.services.drafts import load_draft, save_answers
from intake.services.link_opening import exchange
from intake.services.receipts import Receipt
from intake.services.sealed_drafts import OpenedDraft
from intake.services.submitting import Incomplete, submit_referral
from tests.intake import food_parcel as fp

AT_ONCE = 200
PAGES = ("who", "danger", "about", "news", "family", "visits")


@pytest.fixture
def opened(app: Flask) -> OpenedDraft:
    """The filled draft of a single-use link."""
    with app.app_context():
        fp.publish()
        draft = exchange(fp.a_link().url.rpartition("/")[2])
        loaded = load_draft(draft.draft_id, draft.key, clock())
        save_answers(loaded, fp.PARENT, done=PAGES, now=clock())
    return draft


def submit(opened: OpenedDraft) -> Receipt | Incomplete:
    return submit_referral(opened.draft_id, opened.key, now=clock())


def test_two_hundred_submissions_at_once_store_one_referral(
    app: Flask, opened: OpenedDraft
) -> None:
    with app.app_context():
        audited = audit.head().position
    together = threading.Barrier(AT_ONCE)

    def press(_number: int) -> Receipt | Incomplete:
        with app.app_context():
            together.wait()
            return submit(opened)

    with ThreadPoolExecutor(AT_ONCE) as people:
        receipts = set(people.map(press, range(AT_ONCE)))
    assert len(receipts) == 1, "everybody is shown the same receipt"
    with app.app_context():
        for model in (Submission, Case, Destination):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 1
        copies = sa.select(sa.func.count()).select_from(SealedKeyCopy)
        assert db.session.scalar(copies) == 2, "the team's and the recovery key's"
        kinds = sorted(db.session.scalars(sa.select(OutboxMessage.kind)))
        assert kinds == ["email", "index-submission", "team-news"], (
            "the link's, the index, the team's"
        )
        assert db.session.scalars(sa.select(Link.uses_count)).all() == [1]
        assert audit.head().position == audited + 1
        assert audit.verify() == []


class Crash(BaseException):
    """The process ends here: nothing is tidied up."""


@contextmanager
def crash_at(engine: sa.Engine, place: int | str) -> Iterator[list[str]]:
    """Cut the database's connection in a write transaction; gives the statements that were sent.

    ``place`` is the number of the statement that is not sent any more, or ``before commit``, or
    ``after commit``: then it is done, and its answer is lost.
    """
    sent: list[str] = []

    def before(connection: Any, cursor: Any, statement: str, *_more: Any) -> None:
        if not database._in_transaction.get():
            return
        if len(sent) == place:
            die(connection)
        sent.append(statement)

    def commit(connection: Any) -> None:
        if database._in_transaction.get():
            if place == "after commit":
                connection.connection.dbapi_connection.commit()
            die(connection)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", commit)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "commit", commit)


def die(connection: Any) -> None:
    """What a database sees of a process that was killed: the connection is gone."""
    connection.connection.dbapi_connection.close()
    raise Crash


def everything_stored() -> dict[str, list[Any]]:
    """Every row of every table."""
    with db.engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(sa.select(table))))
            for name, table in db.metadata.tables.items()
        }


def crash(app: Flask, opened: OpenedDraft, place: int | str) -> int:
    """Submit and crash there; how many statements were sent before."""
    with app.app_context(), crash_at(db.engine, place) as sent:
        # a driver may complain of its lost connection before we hear of the crash
        with pytest.raises((Crash, sa.exc.DBAPIError)):
            submit(opened)
        db.session.close()
        db.engine.dispose()
        return len(sent)


def test_a_crash_between_any_two_statements_leaves_everything_or_nothing(
    app: Flask, opened: OpenedDraft
) -> None:
    with app.app_context():
        before = everything_stored()
    length = crash(app, opened, "before commit")
    assert length > 10
    for place in ("before commit", *range(length)):
        assert crash(app, opened, place) == (length if isinstance(place, str) else place)
        with app.app_context():
            assert everything_stored() == before, f"a crash at {place}"
    crash(app, opened, "after commit")
    with app.app_context():
        stored = everything_stored()
        assert len(stored["submissions"]) == len(stored["cases"]) == 1
        assert isinstance(submit(opened), Receipt), "whoever tries again gets the receipt"
        db.session.close()
        assert everything_stored() == stored
        assert audit.verify() == []
