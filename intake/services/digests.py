"""One message a day for whoever chose so: how much there is, of which teams; no content."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from intake import outbox
from intake.access import RUNNING, UNANSWERED
from intake.database import db, transaction
from intake.models import Case, Destination, Membership, NotificationChoice, Staff, Team
from intake.services.messages import digest_message
from intake.services.notice_choices import DIGEST, TEAM, Recipient
from intake.services.staff_messages import queue_for
from referral_router.calendars import LONDON

NEW_SINCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for a team: in all, late, and what came within a day."""

    team: str
    waiting: int
    late: int
    new: int


def make_digests(now: datetime) -> int:
    """Queue the digests whose hour has come today in London; how many.

    The day is kept in the same transaction as the message, so nobody gets two, whichever worker
    makes them; after days without a worker there is one.
    """
    there = now.astimezone(LONDON)
    is_due = sa.and_(
        NotificationChoice.choice == DIGEST,
        NotificationChoice.digest_hour <= there.hour,
        sa.or_(NotificationChoice.digest_on.is_(None), NotificationChoice.digest_on < there.date()),
    )
    if db.session.scalar(sa.select(sa.exists().where(is_due))) is not True:
        db.session.rollback()
        return 0  # the usual case: no write lock is taken
    with transaction() as session:
        query = sa.select(NotificationChoice).where(is_due)
        rows = session.scalars(query.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.digest_on = there.date()
        return _queue(rows, now, there.date())


def _queue(rows: Sequence[NotificationChoice], now: datetime, today: date) -> int:
    waiting = _waiting({row.team_id for row in rows}, now)
    made = 0
    for recipient, team_ids in _recipients(rows):
        told_of = [team for team in team_ids if team in waiting]
        if not told_of:
            continue  # nothing waits: no message says so
        who = recipient.staff_id or team_ids[0]
        key = outbox.short_key("digest", f"{who}-{today}")
        lines = [waiting[team] for team in told_of]
        message = digest_message(recipient.email, teams=lines, message_id=f"digest-{key[7:39]}")
        queue_for(recipient, told_of, message, once=key)
        made += 1
    return made


def _recipients(
    rows: Sequence[NotificationChoice],
) -> Iterable[tuple[Recipient, list[str]]]:
    """Each address with its teams; a member only with those that they are in now."""
    emails = dict(
        db.session.execute(
            sa.select(Team.id, Team.email).where(
                Team.id.in_({row.team_id for row in rows if row.recipient == TEAM}),
                Team.email != "",
            )
        )
        .tuples()
        .all()
    )
    for team_id, email in sorted(emails.items()):
        yield Recipient(email), [team_id]
    wanted = {(row.recipient, row.team_id) for row in rows if row.recipient != TEAM}
    members = sa.select(Staff.id, Staff.email, Membership.team_id).join(
        Membership, Membership.staff_id == Staff.id
    )
    members = members.where(Staff.is_active, Staff.id.in_({staff_id for staff_id, _ in wanted}))
    teams: dict[Recipient, list[str]] = {}
    for staff_id, email, team_id in db.session.execute(members.order_by(Membership.team_id)):
        if (staff_id, team_id) in wanted:
            teams.setdefault(Recipient(email, staff_id), []).append(team_id)
    yield from teams.items()


def _waiting(team_ids: Iterable[str], now: datetime) -> Mapping[str, Waiting]:
    """What waits for each team; a team for which nothing does is left out."""

    def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    query = (
        sa.select(
            Team.id,
            Team.name,
            sa.func.count(),
            number(Destination.acknowledge_by < now),
            number(Destination.delivered_at > now - NEW_SINCE),
        )
        .join(Destination, Destination.team_id == Team.id)
        .join(Case, Case.id == Destination.case_id)
        .where(
            Team.id.in_(set(team_ids)),
            Destination.state.in_(UNANSWERED),
            Case.state.in_(RUNNING),
        )
        .group_by(Team.id, Team.name)
    )
    return {
        team_id: Waiting(name, waiting, int(late), int(new))
        for team_id, name, waiting, late, new in db.session.execute(query)
    }
