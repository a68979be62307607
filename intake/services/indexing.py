"""Index who is named in a submission: the worker's job, because it must open it for that."""

import sqlalchemy as sa

from intake.app_state import keys
from intake.database import db, transaction
from intake.models import BlindIndexEntry, Link, PersonMatch, SealedKeyCopy, Submission
from intake.sealing import CannotOpen, UnknownSuite, blind_index, open_sealed
from intake.sealing.submissions import open_submission
from intake.services.forms import runnable
from intake.services.known_people import index_digests
from intake.services.link_issuing import recipient_context
from intake.services.people_named import people_named
from intake.services.safe_contact import safety_of


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
    entries = _entries(submission)
    with transaction() as session:
        session.execute(
            sa.delete(BlindIndexEntry).where(BlindIndexEntry.submission_id == submission_id)
        )
        session.add_all(
            BlindIndexEntry(submission_id=submission_id, kind=kind, digest=digest)
            for kind, digest in sorted(entries)
        )
    return len(entries)


def _entries(submission: Submission) -> frozenset[tuple[str, bytes]]:
    definition = runnable(submission.form_id, submission.form_version).definition
    answers = open_submission(submission, keys()).answers
    people = index_digests(people_named(definition, answers), submission.submitted_at.date())
    safety = safety_of(definition, answers, _recipient(submission.link_id))
    return people | blind_index.digests(keys().index_key(), safety)


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
