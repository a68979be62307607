"""Files that came with a line of a case's timeline: their keys lie under that line's data key.

So whoever the line is shared with, or sealed anew for, has its files as well.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
import structlog

from intake.database import db
from intake.files.pieces import sealed_size
from intake.models import CaseEvent, EventFile
from intake.sealing import SealingError, derive
from intake.sealing.errors import MasterKeyMissing, SealedToOthers
from intake.services.case_notes import note_key
from intake.services.stored_files import (
    FileNotFound,
    StoredFile,
    about,
    open_file_key,
    seal_about,
    seal_file_key,
)

log = structlog.get_logger("intake.files")


def event_file(
    event_id: str, file: StoredFile, key: bytes, data_key: bytes, now: datetime
) -> EventFile:
    """The row of a file that came with an event, whose words are sealed under ``data_key``."""
    return EventFile(
        id=file.id,
        event_id=event_id,
        sealed_key=seal_file_key(key, _files_key(data_key, event_id), event_id, file.id),
        sealed_about=seal_about(file, key),
        stored_size=sealed_size(file.size),
        created_at=now,
    )


def files_of_events(
    events: Collection[CaseEvent], as_teams: Collection[str]
) -> Mapping[str, tuple[StoredFile, ...]]:
    """The files that these teams can open, by event; a damaged one is left out, and logged."""
    known = {event.id: event for event in events if event.sealed_note is not None}
    query = sa.select(EventFile).where(EventFile.event_id.in_(known)).order_by(EventFile.id)
    found: dict[str, tuple[StoredFile, ...]] = {}
    for row in db.session.scalars(query) if known else ():
        try:
            file, _ = open_event_file(known[row.event_id], row, as_teams)
        except (MasterKeyMissing, SealedToOthers):
            continue
        except SealingError as error:
            log.error("a file cannot be opened", file=row.id, problem=type(error).__name__)
            continue
        found[row.event_id] = (*found.get(row.event_id, ()), file)
    return found


def open_event_file(
    event: CaseEvent, row: EventFile, as_teams: Collection[str]
) -> tuple[StoredFile, bytes]:
    """What is shown of a file, and its key. Raises FileNotFound, SealingError."""
    if row.event_id != event.id:
        raise FileNotFound(row.id)
    under = _files_key(note_key(event, as_teams=as_teams), event.id)
    key = open_file_key(row.sealed_key, under, event.id, row.id)
    return about(row, key), key


def _files_key(data_key: bytes, event_id: str) -> bytes:
    return derive(data_key, "event-files", event_id)
