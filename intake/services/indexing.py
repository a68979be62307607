"""Index who is named in a submission: the worker's job, because it must open it for that."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions import FormDefinition, answers_in
from intake.app_state import keys
from intake.database import db, transaction
from intake.models import (
    BlindIndexEntry,
    ExtractIndexEntry,
    Link,
    PersonMatch,
    SealedKeyCopy,
    Submission,
    SubmissionExtract,
)
from intake.sealing import CannotOpen, UnknownSuite, blind_index, open_sealed
from intake.sealing.submissions import open_submission
from intake.services.forms import runnable
from intake.services.known_people import exact_digests, index_digests
from intake.services.link_issuing import recipient_context
from intake.services.people_named import people_named
from intake.services.safe_contact import safety_of

Entries = frozenset[tuple[str, bytes]]


def index_submission(submission_id: str) -> int:
    """Store a submission's blind-index entries, in place of any earlier; how many.

    Raises SealingError where it cannot be opened, FormNotFound. One that was erased meanwhile has
    none, and nobody named in it is taken for somebody else any more.
    """
    submission = db.session.get(Submission, submission_id)
    if submission is None:
        return 0
    if _is_erased(submission_id):
        _forget(submission_id)
        return 0
    entries, parts = _entries(submission)
    with transaction() as session:
        session.execute(
            sa.delete(BlindIndexEntry).where(BlindIndexEntry.submission_id == submission_id)
        )
        session.add_all(
            BlindIndexEntry(submission_id=submission_id, kind=kind, digest=digest)
            for kind, digest in sorted(entries)
        )
        _keep_parts(session, submission_id, parts)
    return len(entries)


def _entries(submission: Submission) -> tuple[Entries, dict[str, Entries]]:
    """The entries of a submission, and those of its extracts by their ids."""
    definition = runnable(submission.form_id, submission.form_version).definition
    answers = open_submission(submission, keys()).answers
    people = index_digests(people_named(definition, answers), submission.submitted_at.date())
    safety = safety_of(definition, answers, _recipient(submission.link_id))
    entries = people | blind_index.digests(keys().index_key(), safety)
    extracts = db.session.scalars(
        sa.select(SubmissionExtract).where(SubmissionExtract.submission_id == submission.id)
    )
    parts = {each.id: _part_entries(definition, answers, each.sections) for each in extracts}
    return entries, parts


def _part_entries(
    definition: FormDefinition, answers: Mapping[str, Any], sections: Sequence[str]
) -> Entries:
    """What an extract is found by; that an email is not safe counts for its addresses, whichever
    section says so."""
    shown = answers_in(definition, answers, sections)
    people = exact_digests(people_named(definition, shown, sections))
    safety = safety_of(definition, answers, within=shown)
    return people | blind_index.digests(keys().index_key(), safety)


def _keep_parts(session: Session, submission_id: str, parts: Mapping[str, Entries]) -> None:
    _forget_parts(session, submission_id)
    session.add_all(
        ExtractIndexEntry(extract_id=extract_id, kind=kind, digest=digest)
        for extract_id, entries in parts.items()
        for kind, digest in sorted(entries)
    )


def _forget_parts(session: Session, submission_id: str) -> None:
    of_it = sa.select(SubmissionExtract.id).where(SubmissionExtract.submission_id == submission_id)
    session.execute(sa.delete(ExtractIndexEntry).where(ExtractIndexEntry.extract_id.in_(of_it)))


def _is_erased(submission_id: str) -> bool:
    """Whether no team has a key to it any more: that is how a submission is erased."""
    copies = sa.exists().where(
        SealedKeyCopy.submission_id == submission_id, SealedKeyCopy.team_id.is_not(None)
    )
    return not db.session.scalar(sa.select(copies))


def _forget(submission_id: str) -> None:
    ends = (PersonMatch.first_submission_id, PersonMatch.second_submission_id)
    with transaction() as session:
        session.execute(
            sa.delete(BlindIndexEntry).where(BlindIndexEntry.submission_id == submission_id)
        )
        session.execute(
            sa.delete(PersonMatch).where(sa.or_(*(end == submission_id for end in ends)))
        )
        # what was erased is erased for those too who were sent a part of it
        session.execute(
            sa.delete(SubmissionExtract).where(SubmissionExtract.submission_id == submission_id)
        )


def _recipient(link_id: str | None) -> str:
    """Whom the link of a submission was sent to; empty for nobody, or where that is damaged."""
    link = db.session.get(Link, link_id) if link_id else None
    if link is None or link.sealed_recipient is None:
        return ""
    try:
        context = recipient_context(link.id)
        return open_sealed(link.sealed_recipient, context, keys().private_key).decode()
    except (CannotOpen, UnknownSuite):
        return ""
