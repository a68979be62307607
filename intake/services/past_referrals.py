"""Past referrals for a trial of other rules: opened in batches, and never stored again."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from intake import audit
from intake.app_state import keys
from intake.database import db, transaction
from intake.models import Destination, SealedKeyCopy, Submission
from intake.sealing import SealingError
from intake.sealing.errors import MasterKeyMissing
from intake.sealing.submissions import data_key_of, open_with
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
    private_key = cache(keys().private_key)
    last = (since, "")
    while batch := _batch(form_id, since, last):
        copies = _copies([each.id for each in batch])
        teams = _teams([each.case_id for each in batch])
        opened = []
        for submission in batch:
            try:
                key = data_key_of(submission, copies.get(submission.id, ()), private_key)
                answers = open_with(submission, key).answers
            except MasterKeyMissing:
                raise
            except SealingError:
                continue
            sent_to = tuple(teams.get(submission.case_id, ()))
            at = submission.submitted_at
            opened.append(PastReferral(submission.reference, answers, at, sent_to))
        last = (batch[-1].submitted_at, batch[-1].id)
        db.session.expunge_all()  # a year of referrals is not to be held in memory
        yield opened, len(batch) - len(opened)


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


def _copies(submission_ids: Collection[str]) -> dict[str, list[SealedKeyCopy]]:
    query = sa.select(SealedKeyCopy).where(
        SealedKeyCopy.submission_id.in_(submission_ids), SealedKeyCopy.team_id.is_not(None)
    )
    found: dict[str, list[SealedKeyCopy]] = {}
    for copy in db.session.scalars(query):
        found.setdefault(copy.submission_id, []).append(copy)
    return found


def _teams(case_ids: Collection[str]) -> dict[str, list[str]]:
    query = sa.select(Destination.case_id, Destination.team_id).where(
        Destination.case_id.in_(case_ids)
    )
    found: dict[str, list[str]] = {}
    for case_id, team_id in db.session.execute(query.order_by(Destination.team_id)):
        found.setdefault(case_id, []).append(team_id)
    return found
