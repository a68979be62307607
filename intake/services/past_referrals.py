"""Past referrals for a trial of other rules: opened in batches, and never stored again."""

from collections.abc import Collection, Iterator
from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.app_state import keys
from intake.database import db, transaction
from intake.models import Destination, Submission
from intake.sealing.opening_many import open_many
from referral_router.replaying import PastReferral

BATCH = 200


def count_since(form_id: str, since: datetime) -> int:
    """How many referrals of a form were sent since then."""
    query = sa.select(sa.func.count()).select_from(Submission).where(*_sent(form_id, since))
    return db.session.scalar(query) or 0


def past_referrals(
    form_id: str, since: datetime, *, actor: str, why: str
) -> Iterator[tuple[list[PastReferral], int]]:
    """Yield batches of a form's referrals since then, with how many of each cannot be opened.

    That they are read is on the record before the first is. What was erased, or cannot be opened,
    is only counted. Raises MasterKeyMissing in a process that may not open anything.
    """
    with transaction():
        audit.record(actor, "routes.replay", "form", form_id, why=why)
    last = (since, "")
    while batch := _batch(form_id, since, last):
        answers, closed = open_many(batch, keys())
        teams = _teams([each.case_id for each in batch])
        opened = [
            PastReferral(
                each.reference,
                answers[each.id],
                each.submitted_at,
                tuple(teams.get(each.case_id, ())),
            )
            for each in batch
            if each.id in answers
        ]
        last = (batch[-1].submitted_at, batch[-1].id)
        db.session.expunge_all()  # a year of referrals is not to be held in memory
        yield opened, len(closed)


def _sent(form_id: str, since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Submission.form_id == form_id, Submission.submitted_at >= since


def _batch(form_id: str, since: datetime, last: tuple[datetime, str]) -> list[Submission]:
    at, submission_id = last
    later = sa.or_(
        Submission.submitted_at > at,
        sa.and_(Submission.submitted_at == at, Submission.id > submission_id),
    )
    query = (
        sa.select(Submission)
        .where(*_sent(form_id, since), later)
        .order_by(Submission.submitted_at, Submission.id)
        .limit(BATCH)
    )
    return list(db.session.scalars(query))


def _teams(case_ids: Collection[str]) -> dict[str, list[str]]:
    query = sa.select(Destination.case_id, Destination.team_id).where(
        Destination.case_id.in_(case_ids)
    )
    found: dict[str, list[str]] = {}
    for case_id, team_id in db.session.execute(query.order_by(Destination.team_id)):
        found.setdefault(case_id, []).append(team_id)
    return found
