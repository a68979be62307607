"""Work to be done after a transaction: queued in it, leased, retried, and never lost silently.

Queue inside your own write transaction; a worker (intake/worker.py) does it at least once. What
is to be done is sealed to the worker's key, so the process that queues cannot read it back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.app_state import clock, keys
from intake.database import db, new_id, transaction
from intake.models import OutboxMessage
from intake.sealing import Context, canonical_json, open_sealed, seal_for
from intake.sealing.keypairs import PublicKey
from intake.sealing.keystore import WORKER
from intake.written_sql import insert

WAITING, DONE, DEAD = "waiting", "done", "dead"
LEASE = timedelta(minutes=5)  # longer than any one piece of work may take (mail: 2 minutes)
PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
MOST_ATTEMPTS = len(PAUSES) + 1
LONGEST_PROBLEM = 200


_INSERT = insert(
    OutboxMessage,
    "id",
    "kind",
    "state",
    "sealed_payload",
    "team_id",
    "created_at",
    "available_at",
    "attempts",
    "last_problem",
)


class WorkFailed(Exception):  # noqa: N818
    """Raised if a piece of work failed. ``problem`` is stored and shown: never any content.

    ``is_permanent``: trying again cannot help.
    """

    def __init__(self, problem: str, *, is_permanent: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.is_permanent = is_permanent


class WorkNotNeeded(Exception):  # noqa: N818
    """Raised if a piece of work is not to be done any more: it ends as done, without effect."""


@dataclass(frozen=True, slots=True)
class Work:
    """One leased piece of work, opened."""

    id: str
    kind: str
    attempt: int
    payload: Mapping[str, Any] = field(repr=False)
    team_id: str | None
    link_id: str | None


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim on one piece of work, for a while."""

    message_id: str
    worker: str
    attempt: int

    @property
    def is_exhausted(self) -> bool:
        """Whether every attempt was used up, by workers that never came back to say how it went."""
        return self.attempt > MOST_ATTEMPTS


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    team_id: str | None = None,
    link_id: str | None = None,
    dedupe_key: str | None = None,
    available_at: datetime | None = None,
) -> str:
    """Queue work inside the caller's write transaction; the message's id.

    The same ``dedupe_key`` is queued once only: the id is then that of the earlier message.
    Raises KeyNotFound where ``intake keys init`` has not been run.
    """
    if dedupe_key and (earlier := _id_of(dedupe_key)):
        return earlier
    row = sealed_row(kind, payload, keys().public_key(WORKER), team_id=team_id)
    later: dict[str, Any] = {"link_id": link_id, "dedupe_key": dedupe_key}
    if available_at:
        later["available_at"] = available_at
    db.session.add(OutboxMessage(**row | later))
    return str(row["id"])


def short_key(kind: str, name: str) -> str:
    """A dedupe key of any name, however long."""
    return f"{kind}:{hashlib.sha256(name.encode()).hexdigest()}"


def is_queued(dedupe_key: str) -> bool:
    """Whether there is a message of this key, done or not."""
    return _id_of(dedupe_key) is not None


def sealed_row(
    kind: str, payload: Mapping[str, Any], worker: PublicKey, *, team_id: str | None = None
) -> dict[str, Any]:
    """A message sealed to the worker's current key, to be queued in a transaction that follows."""
    message_id, now = new_id(), clock()
    return {
        "id": message_id,
        "kind": kind,
        "state": WAITING,
        "sealed_payload": seal_for(canonical_json(payload), [worker], context(kind, message_id)),
        "team_id": team_id,
        "created_at": now,
        "available_at": now,
        "attempts": 0,
        "last_problem": "",
    }


def queue_rows(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Queue what ``sealed_row`` made, inside the caller's write transaction."""
    _INSERT.run(connection, *rows)


def context(kind: str, message_id: str) -> Context:
    """The context that a payload is sealed in."""
    return Context("outbox", form=kind, subject=message_id)


def lease(worker: str, now: datetime) -> Lease | None:
    """Claim the piece of work that has been due longest; None if none is.

    An attempt counts from here, so that work that kills its worker ends as dead too. On
    PostgreSQL, workers pass over what another one is just claiming.
    """
    if db.session.scalar(_due(now).with_only_columns(OutboxMessage.id)) is None:
        db.session.rollback()
        return None  # the usual case: no write lock is taken
    with transaction() as session:
        message = session.scalar(_due(now).with_for_update(skip_locked=True))
        if message is None:
            return None
        message.attempts += 1
        message.leased_until = now + LEASE
        message.leased_by = worker
        return Lease(message.id, worker, message.attempts)


def open_work(claim: Lease) -> Work:
    """Open what a claim is for. Raises SealingError, as in a process without the master key."""
    message = db.session.get_one(OutboxMessage, claim.message_id)
    return Work(
        id=message.id,
        kind=message.kind,
        attempt=claim.attempt,
        payload=payload_of(message),
        team_id=message.team_id,
        link_id=message.link_id,
    )


def payload_of(message: OutboxMessage) -> Mapping[str, Any]:
    """Open what a message is about. Raises SealingError; WorkFailed if it has been forgotten."""
    if message.sealed_payload is None:
        raise WorkFailed("its content is gone", is_permanent=True)
    sealed_in = context(message.kind, message.id)
    payload: Mapping[str, Any] = json.loads(
        open_sealed(message.sealed_payload, sealed_in, keys().private_key)
    )
    return payload


def held(claim: Lease) -> OutboxMessage | None:
    """The claimed message, locked in the caller's transaction; None if the claim was lost."""
    return db.session.scalar(
        sa.select(OutboxMessage)
        .where(
            OutboxMessage.id == claim.message_id,
            OutboxMessage.leased_by == claim.worker,
            OutboxMessage.attempts == claim.attempt,
            OutboxMessage.state == WAITING,
        )
        .with_for_update()
    )


def finish(message: OutboxMessage, now: datetime) -> None:
    """Mark work as done and forget its content, in the caller's transaction."""
    message.state = DONE
    message.sealed_payload = None
    message.last_problem = ""
    message.finished_at = now
    _release(message)


def fail(message: OutboxMessage, problem: WorkFailed, now: datetime) -> bool:
    """Try again after a pause, or give up, in the caller's transaction. Whether it gave up."""
    if problem.is_permanent or message.attempts >= MOST_ATTEMPTS:
        _bury(message, problem.problem, now)
        return True
    message.last_problem = problem.problem[:LONGEST_PROBLEM]
    message.available_at = now + PAUSES[message.attempts - 1]
    _release(message)
    return False


def send_again(message_id: str, now: datetime) -> bool:
    """Put a dead message back into the queue, in the caller's transaction; False if it is gone."""
    message = db.session.get(OutboxMessage, message_id, with_for_update=True)
    if message is None or message.state != DEAD or message.sealed_payload is None:
        return False
    message.state = WAITING
    message.attempts = 0
    message.available_at = now
    message.finished_at = None
    return True


def purge(now: datetime, *, keep: timedelta) -> int:
    """Delete what was finished or given up before ``now - keep``; how many."""
    with transaction() as session:
        deleted = session.execute(
            sa.delete(OutboxMessage).where(
                OutboxMessage.state.in_((DONE, DEAD)), OutboxMessage.finished_at <= now - keep
            )
        )
        return int(deleted.rowcount)


def call_off(link_id: str, now: datetime) -> None:
    """Forget the messages of a link that have not been sent, in the caller's transaction.

    One that a worker is sending at this moment goes out.
    """
    db.session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.link_id == link_id, OutboxMessage.state.in_((WAITING, DEAD)))
        .values(state=DONE, sealed_payload=None, finished_at=now, last_problem="")
    )


def counts() -> dict[str, int]:
    """How many messages are in each state."""
    counted = sa.select(OutboxMessage.state, sa.func.count()).group_by(OutboxMessage.state)
    return dict(db.session.execute(counted).tuples().all())


def _due(now: datetime) -> sa.Select[tuple[OutboxMessage]]:
    return (
        sa.select(OutboxMessage)
        .where(
            OutboxMessage.state == WAITING,
            OutboxMessage.available_at <= now,
            sa.or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now),
        )
        .order_by(OutboxMessage.available_at, OutboxMessage.id)
        .limit(1)
    )


def _bury(message: OutboxMessage, problem: str, now: datetime) -> None:
    message.state = DEAD
    message.last_problem = problem[:LONGEST_PROBLEM]
    message.finished_at = now
    _release(message)


def _release(message: OutboxMessage) -> None:
    message.leased_until = None
    message.leased_by = None


def _id_of(dedupe_key: str) -> str | None:
    return db.session.scalar(
        sa.select(OutboxMessage.id).where(OutboxMessage.dedupe_key == dedupe_key)
    )
