"""Compare everybody again: after an upgrade that brought matching, or with other weights."""

from collections.abc import Iterator

import sqlalchemy as sa

from intake import outbox
from intake.app_state import keys
from intake.database import db, transaction
from intake.models import MatchingRun, Submission
from intake.sealing.keystore import WORKER
from intake.services.known_people import current_weights

BATCH = 500  # pieces of work in one transaction


def count_outdated() -> int:
    """How many submissions were never compared, or by other weights than the current ones."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(_outdated().subquery())) or 0


def queue_outdated() -> Iterator[int]:
    """Have the worker index and compare them; yields how many each batch queued.

    Queued twice, they are compared twice, which changes nothing. Raises KeyNotFound.
    """
    last = ""
    while True:
        page = _outdated().where(Submission.id > last).order_by(Submission.id).limit(BATCH)
        found = db.session.scalars(page).all()
        if not found:
            return
        with transaction() as session:
            worker = keys().public_key(WORKER)
            rows = [
                outbox.sealed_row("index-submission", {"submission_id": each}, worker)
                for each in found
            ]
            outbox.queue_rows(session.connection(), rows)
        last = found[-1]
        yield len(found)


def _outdated() -> sa.Select[tuple[str]]:
    done = sa.exists().where(
        MatchingRun.submission_id == Submission.id,
        MatchingRun.weights_version == current_weights().version,
    )
    return sa.select(Submission.id).where(~done)
