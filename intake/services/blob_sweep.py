"""Sweep the blob store: what no row knows of was left by a process that was killed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

import sqlalchemy as sa

from intake.app_state import blobs
from intake.database import db
from intake.files.receiving import INCOMING
from intake.models import DraftFile, EventFile, SubmittedFile
from intake.services.stored_files import STORED, blob_name

LEAVE_ALONE = timedelta(days=1)  # an upload under way has a blob, and no row yet
BATCH = 500


def sweep_blobs(now: datetime) -> int:
    """Delete what is a day old and belongs to nothing; how many. Raises BlobsUnavailable."""
    before = now - LEAVE_ALONE
    swept = blobs().delete_unfinished(before)
    for name in list(blobs().names(INCOMING, before)):
        blobs().delete(name)
        swept += 1
    for names in _batches(blobs().names(STORED, before)):
        ids = {name.removeprefix(blob_name("")) for name in names}
        for file_id in ids - _known(ids):
            blobs().delete(blob_name(file_id))
            swept += 1
    return swept


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(names, BATCH)):
        yield batch


def _known(ids: set[str]) -> set[str]:
    known: set[str] = set()
    for model in (DraftFile, SubmittedFile, EventFile):
        known |= set(db.session.scalars(sa.select(model.id).where(model.id.in_(ids))))
    return known
