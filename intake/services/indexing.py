"""Index who is named in a submission: the worker's job, because it must open it for that."""

import sqlalchemy as sa

from intake.app_state import keys
from intake.database import db, transaction
from intake.models import BlindIndexEntry, Submission
from intake.sealing import blind_index
from intake.sealing.submissions import open_submission
from intake.services.forms import runnable
from intake.services.people_named import people_named


def index_submission(submission_id: str) -> int:
    """Store a submission's blind-index entries, in place of any earlier; how many.

    Raises SealingError where it cannot be opened, FormNotFound. A submission that was erased
    meanwhile has none.
    """
    submission = db.session.get(Submission, submission_id)
    if submission is None:
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
    identifiers = [
        identifier
        for person in people_named(definition, answers)
        for identifier in blind_index.identifiers(
            nhs_number=person.nhs_number,
            name=person.name,
            date_of_birth=person.date_of_birth,
            postcode=person.postcode,
            telephone=person.telephone,
            email=person.email,
        )
    ]
    return blind_index.digests(keys().index_key(), identifiers)
