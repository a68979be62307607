"""What a case reads besides its own: what it was split from, and what was merged into it.

A submission stays with the case that it was sent to, whatever happens to that case; another case
reads it by a row of ``case_submissions`` (docs/decisions/0024).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from intake.access import LIVE
from intake.database import db
from intake.models import Case, CaseEvent, CaseMerge, CaseSubmission, Submission

FROM_SENDER = ("more-sent", "withdrawal-asked")  # events that go to every case of the submission


def ids_read_by(case_id: str) -> sa.Select[tuple[str]]:
    """The ids of all submissions that a case reads, its own and others'."""
    own = sa.select(Submission.id).where(Submission.case_id == case_id)
    joined = sa.select(CaseSubmission.submission_id).where(CaseSubmission.case_id == case_id)
    return sa.select(own.union_all(joined).subquery().c[0])


def is_of(case_id: str, until: datetime | None = None) -> sa.ColumnElement[bool]:
    """The condition that a submission is one that the case reads, or read at that time."""
    if until is None:
        return Submission.id.in_(ids_read_by(case_id))
    joined = sa.select(CaseSubmission.submission_id).where(
        CaseSubmission.case_id == case_id, CaseSubmission.at <= until
    )
    own = sa.and_(Submission.case_id == case_id, Submission.submitted_at <= until)
    return Submission.id.in_(joined.union_all(sa.select(Submission.id).where(own)))


def joined_since(case_id: str, since: datetime) -> sa.ColumnElement[bool]:
    """The condition that a case began to read another's submission at that time or later."""
    query = sa.select(CaseSubmission.submission_id).where(
        CaseSubmission.case_id == case_id, CaseSubmission.at >= since
    )
    return Submission.id.in_(query)


def is_read_by(case_id: Any) -> sa.ColumnElement[bool]:
    """The condition that a submission is read by the case of an outer query."""
    joined = sa.exists().where(
        CaseSubmission.submission_id == Submission.id, CaseSubmission.case_id == case_id
    )
    return sa.or_(Submission.case_id == case_id, joined.correlate_except(CaseSubmission))


def events_of(case_id: str, until: datetime | None = None) -> sa.ColumnElement[bool]:
    """The condition that an event is one of the case's timeline.

    A case tells what happened to those that were merged into it, and what the sender of any
    submission that it reads sent later. With ``until``, nothing that came after that.
    """
    own = [case_id] if until else together(case_id)  # who has left never had those merged later
    read, places = _sent_elsewhere(case_id, until)
    sent_later = sa.and_(
        CaseEvent.case_id.in_(places),
        CaseEvent.kind.in_(FROM_SENDER),
        CaseEvent.submission_id.in_(read),
    )
    shown: sa.ColumnElement[bool] = CaseEvent.case_id.in_(own)
    if read:
        shown = sa.or_(shown, sent_later)
    return sa.and_(shown, CaseEvent.at <= until) if until else shown


def _sent_elsewhere(case_id: str, until: datetime | None) -> tuple[set[str], set[str]]:
    """The submissions of other cases that a case reads, and the cases with their events."""
    query = (
        sa.select(Submission.id, Submission.case_id)
        .join(CaseSubmission, CaseSubmission.submission_id == Submission.id)
        .where(CaseSubmission.case_id == case_id)
    )
    if until:
        query = query.where(CaseSubmission.at <= until)
    rows = db.session.execute(query).all()
    return {row.id for row in rows}, told_by({row.case_id for row in rows})


def told_by(homes: Collection[str]) -> set[str]:
    """The cases with what the senders of these cases' submissions sent later: each itself, the one
    that it was merged into, and those on the way there.
    """
    if not homes:
        return set()
    into = sa.select(Case.merged_into).where(Case.id.in_(homes), Case.merged_into.is_not(None))
    heads = set(db.session.scalars(into))
    if not heads:
        return set(homes)
    merged = sa.select(Case.id).where(Case.merged_into.in_(heads))
    return {*homes, *heads, *db.session.scalars(merged)}


def together(case_id: str) -> list[str]:
    """The case itself, and those that were merged into it."""
    merged = sa.select(Case.id).where(Case.merged_into == case_id).order_by(Case.id)
    return [case_id, *db.session.scalars(merged)]


def going_on(case_id: str) -> str:
    """The case that goes on in place of this one; itself, if it was not merged."""
    into = db.session.scalar(sa.select(Case.merged_into).where(Case.id == case_id))
    return into or case_id


def cases_reading(submission_id: str, home: str) -> tuple[str, ...]:
    """The cases that what its sender adds to a submission belongs to: each that goes on.

    ``home`` is the case that it was sent to; the others were split from it.
    """
    query = (
        sa.select(sa.func.coalesce(Case.merged_into, Case.id))
        .join(CaseSubmission, CaseSubmission.case_id == Case.id)
        .where(CaseSubmission.submission_id == submission_id, CaseSubmission.merge_id.is_(None))
        .order_by(Case.id)
    )
    return tuple(dict.fromkeys((going_on(home), *db.session.scalars(query))))


def teams_by_merging(case_id: str) -> set[str]:
    """The teams that are part of a case only because another was merged into it."""
    query = sa.select(CaseMerge.before).where(
        CaseMerge.kept_id == case_id, CaseMerge.undone_at.is_(None)
    )
    found: set[str] = set()
    for before in db.session.scalars(query):
        own, theirs = (
            {part["team_id"]: part["state"] for part in before[side]["parts"].values()}
            for side in ("kept", "other")
        )
        found |= {team for team, state in theirs.items() if state in LIVE} - own.keys()
    return found


def lock_cases(session: Session, case_ids: Iterable[str]) -> dict[str, Case]:
    """These cases, locked in the order of their ids, so that two who want both never wait for
    each other; without those that do not exist.
    """
    query = (
        sa.select(Case)
        .where(Case.id.in_(set(case_ids)))
        .order_by(Case.id)
        .with_for_update()
        .options(selectinload(Case.destinations))
        .execution_options(populate_existing=True)
    )
    return {case.id: case for case in session.scalars(query)}
