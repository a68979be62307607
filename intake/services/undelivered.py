"""Messages that could not be delivered: shown to those who lead the team, and sent again."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from intake import audit, outbox
from intake.access import User
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import OutboxMessage
from intake.services import campaign_storage, team_news

MOST_LISTED = 500
KINDS = (
    "email",
    team_news.KIND,
    campaign_storage.KIND,
)  # what a person would miss; other work is the operator's


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One message: what is known of it without opening it."""

    id: str
    kind: str
    team_id: str
    link_id: str | None
    created_at: datetime
    attempts: int
    last_problem: str
    is_given_up: bool
    next_attempt_at: datetime


def undelivered_messages(user: User) -> tuple[Undelivered, ...]:
    """The given up and the failing messages of the teams that the user leads, newest first."""
    is_failing = sa.and_(OutboxMessage.state == outbox.WAITING, OutboxMessage.last_problem != "")
    query = (
        sa.select(OutboxMessage)
        .where(
            OutboxMessage.team_id.in_(user.led),
            OutboxMessage.kind.in_(KINDS),
            sa.or_(OutboxMessage.state == outbox.DEAD, is_failing),
        )
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
        .limit(MOST_LISTED)
    )
    return tuple(_undelivered(row) for row in db.session.scalars(query))


def team_of(message_id: str) -> str | None:
    """The team that a message belongs to; None if there is no such message."""
    return db.session.scalar(sa.select(OutboxMessage.team_id).where(OutboxMessage.id == message_id))


def send_again(user: User, message_id: str, *, address: str) -> bool:
    """Put a message that was given up back into the queue; False if it no longer waits for it."""
    with transaction():
        if not outbox.send_again(message_id, clock()):
            return False
        team_id = team_of(message_id)
        audit.record(
            user.actor, "message.send-again", "message", message_id, team=team_id, address=address
        )
    return True


def _undelivered(row: OutboxMessage) -> Undelivered:
    return Undelivered(
        id=row.id,
        kind=row.kind,
        team_id=row.team_id or "",
        link_id=row.link_id,
        created_at=row.created_at,
        attempts=row.attempts,
        last_problem=row.last_problem,
        is_given_up=row.state == outbox.DEAD,
        next_attempt_at=row.available_at,
    )
