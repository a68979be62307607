"""Undo a merge of two cases, as long as nothing has happened since."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from intake import audit
from intake.access import CasePair, User, merging_teams
from intake.app_state import clock
from intake.database import transaction
from intake.models import (
    Case,
    CaseEvent,
    CaseMerge,
    CaseSubmission,
    Destination,
    ExtractKeyCopy,
    SealedKeyCopy,
    Submission,
    SubmissionExtract,
)
from intake.sealing.envelopes import without_team
from intake.services.case_decisions import NotNow
from intake.services.case_notes import add_event
from intake.services.joined_cases import FROM_SENDER
from intake.services.merged_parts import put_back
from intake.services.merging import events_on, locked_pair
from intake.services.passing_on import DECLINED, readers_of

UNMERGED = "unmerged"
TOO_LATE = (
    "Something has happened on this case since it was merged, so the merge cannot be undone. Split "
    "the case instead: both cases then show everything."
)
LATER_FIRST = "This case was merged again since. Undo the later merge first."


def unmerge(user: User, pair: CasePair, words: str, *, address: str) -> None:
    """Make two cases of one again: each with the parts, the times and the readers that it had.

    What a team has read meanwhile it has read; that is on the record. Raises NotNow if anything
    happened on the case that goes on since, other than that it was looked at.
    """
    now = clock()
    with transaction() as session:
        kept, other = locked_pair(session, user, "case.unmerge", pair)
        team = merging_teams(user, pair)[0]
        row = session.scalar(_merge_of(kept.id, other.id))
        if row is None:
            raise NotNow(LATER_FIRST)
        if events_on(kept.id) != row.before["events"]:
            raise NotNow(TOO_LATE)
        _part(session, other, row)
        put_back(kept, row.before["kept"])
        put_back(other, row.before["other"])
        _take_back(session, row)
        row.undone_at = kept.updated_at = other.updated_at = now
        session.flush()
        session.expire_all()  # the parts were written past the models
        _tell(user, kept, other, team, words.strip(), now, address)


def _merge_of(kept_id: str, other_id: str) -> sa.Select[tuple[CaseMerge]]:
    return sa.select(CaseMerge).where(
        CaseMerge.kept_id == kept_id,
        CaseMerge.merged_id == other_id,
        CaseMerge.undone_at.is_(None),
    )


def _part(session: Session, other: Case, row: CaseMerge) -> None:
    """Take away what one read of the other; of a chain, put the cases before it back to it."""
    session.execute(sa.delete(CaseSubmission).where(CaseSubmission.merge_id == row.id))
    other.merged_into = None
    session.execute(
        sa.update(Case).where(Case.id.in_(row.before["merged"])).values(merged_into=other.id)
    )


def _take_back(session: Session, row: CaseMerge) -> None:
    """Delete the keys that the merge gave to teams that had none, and that read it nowhere else."""
    for what, team in row.before["given"]:
        extract, event = session.get(SubmissionExtract, what), session.get(CaseEvent, what)
        submission_id = extract.submission_id if extract else what
        if event:
            submission_id = event.submission_id if event.kind in FROM_SENDER else ""
        if _reads_elsewhere(session, submission_id or "", team, {row.kept_id, row.merged_id}):
            continue
        for copy, of in (
            (SealedKeyCopy, SealedKeyCopy.submission_id),
            (ExtractKeyCopy, ExtractKeyCopy.extract_id),
        ):
            session.execute(sa.delete(copy).where(of == what, copy.team_id == team))
        if event and event.sealed_note:
            event.sealed_note = without_team(event.sealed_note, team)


def _reads_elsewhere(
    session: Session, submission_id: str, team: str, here: Collection[str]
) -> bool:
    """Whether a team has another case that reads a submission: one that was split off, say."""
    home = sa.select(Submission.case_id).where(Submission.id == submission_id)
    joined = sa.select(CaseSubmission.case_id).where(CaseSubmission.submission_id == submission_id)
    has_it = sa.exists().where(
        Destination.team_id == team,
        Destination.state != DECLINED,
        Destination.case_id.not_in(here),
        Destination.case_id.in_(home.union(joined)),
    )
    return bool(session.scalar(sa.select(has_it)))


def _tell(
    user: User, kept: Case, other: Case, team: str, words: str, now: datetime, address: str
) -> None:
    for here, there in ((kept, other), (other, kept)):
        readers = {*readers_of(here)} & {*readers_of(there)}
        event = add_event(
            here.id, UNMERGED, user.actor, now, team_id=team, words=words, readers=readers
        )
        event.about_case_id = there.id
    for here, there in ((kept, other), (other, kept)):
        why = f"from {there.reference}"
        audit.record(
            user.actor, "case.unmerge", "case", here.id, team=team, address=address, why=why
        )
