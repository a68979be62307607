"""Which teams have only sections of what a case holds: they are told nothing of the rest."""

from collections.abc import Collection

import sqlalchemy as sa

from intake.database import db
from intake.models import (
    CaseSubmission,
    Destination,
    ExtractKeyCopy,
    SealedKeyCopy,
    Submission,
    SubmissionExtract,
)


def has_part_only() -> sa.ColumnElement[bool]:
    """Whether a destination's team was sent only sections of a form of the case, and still has
    no more than these."""
    elsewhere = (
        sa.select(CaseSubmission.submission_id)
        .where(CaseSubmission.case_id == Destination.case_id)
        .correlate_except(CaseSubmission)
    )
    return sa.or_(
        _extract_without_whole(Submission.case_id == Destination.case_id),
        _extract_without_whole(Submission.id.in_(elsewhere)),
    )


def _extract_without_whole(of_the_case: sa.ColumnElement[bool]) -> sa.Exists:
    whole = (
        sa.exists()
        .where(
            SealedKeyCopy.submission_id == Submission.id,
            SealedKeyCopy.team_id == Destination.team_id,
        )
        .correlate_except(SealedKeyCopy)
    )
    return (
        sa.exists()
        .where(
            of_the_case,
            SubmissionExtract.submission_id == Submission.id,
            ExtractKeyCopy.extract_id == SubmissionExtract.id,
            ExtractKeyCopy.team_id == Destination.team_id,
            ~whole,
        )
        .correlate(Destination)
    )


def limited_teams(case_id: str) -> frozenset[str]:
    """The teams of a case that were sent only sections of a form of it."""
    query = sa.select(Destination.team_id).where(Destination.case_id == case_id, has_part_only())
    return frozenset(db.session.scalars(query))


def may_read_words(case_id: str, readers: Collection[str], author: str | None) -> list[str]:
    """Those of the readers that words on a case are sealed to.

    Whoever has all of a form may quote it, so a team that was sent a part reads nothing of them;
    of one that was sent a part itself, only if it was sent the same.
    """
    limited = limited_teams(case_id)
    if author in limited:
        limited -= _with_all_of(case_id, author)
    return sorted(set(readers) - limited)


def _with_all_of(case_id: str, author: str) -> frozenset[str]:
    """The author, and the teams that have every extract on the case that the author has."""
    elsewhere = sa.select(CaseSubmission.submission_id).where(CaseSubmission.case_id == case_id)
    query = (
        sa.select(ExtractKeyCopy.team_id, ExtractKeyCopy.extract_id)
        .join(SubmissionExtract, SubmissionExtract.id == ExtractKeyCopy.extract_id)
        .join(Submission, Submission.id == SubmissionExtract.submission_id)
        .where(sa.or_(Submission.case_id == case_id, Submission.id.in_(elsewhere)))
    )
    extracts: dict[str | None, set[str]] = {}
    for team, extract in db.session.execute(query).tuples():
        extracts.setdefault(team, set()).add(extract)
    own = extracts.get(author, set())
    return frozenset(team for team, theirs in extracts.items() if team and own <= theirs)
