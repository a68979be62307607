"""Files of a draft: take one, look at it, remove it, and keep it with the submission.

A file has a key of its own. While it is a draft's, that key lies under the draft's key; from the
submission on, under the submission's data key: who shares or erases that does so with the files.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from form_definitions import FormDefinition
from form_definitions.file_kinds import BYTES
from intake import outbox
from intake.app_state import blobs, settings
from intake.database import db, new_id, transaction
from intake.files import scanning
from intake.files.blobs import BlobsUnavailable
from intake.files.inspecting import FileType, file_type
from intake.files.names import shown_name
from intake.files.pieces import SealingWriter, file_context, sealed_size
from intake.files.receiving import Received
from intake.files.sanitising import Busy, Unreadable, sanitise
from intake.models import Draft as DraftRow
from intake.models import DraftFile, SubmittedFile
from intake.sealing import SealingError, derive
from intake.services.sealed_drafts import Draft, DraftNotFound
from intake.services.stored_files import (
    FileNotFound,
    StoredFile,
    about,
    blob_name,
    content,
    open_file_key,
    seal_about,
    seal_file_key,
)

DELETE_BLOBS = "delete-blobs"  # the kind of work that deletes what was sealed in a lost file

log = structlog.get_logger("intake.files")


class FileRefused(Exception):  # noqa: N818
    """Raised if a file is not taken. ``code`` is one of the form language's error codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def receive_file(
    draft: Draft, upload: Received, *, kinds: Collection[str], max_size: int, now: datetime
) -> StoredFile:
    """Take one file into a draft: inspected, scanned, cleaned, sealed, and its row committed.

    ``kinds`` and ``max_size`` (bytes) are the question's. Raises FileRefused, DraftNotFound if the
    draft is gone, BlobsUnavailable. Whatever happens, nothing readable was written anywhere.
    """
    stored, key = seal_file(upload, kinds=kinds, max_size=max_size)
    try:
        _add_row(draft, stored, key, now)
    except BaseException:
        forget_file(stored.id)
        raise
    return stored


def seal_file(
    upload: Received, *, kinds: Collection[str], max_size: int
) -> tuple[StoredFile, bytes]:
    """A file, inspected, scanned, cleaned and sealed under a key of its own, and that key.

    No row knows of it yet: until one does, it is swept after a day. Raises FileRefused,
    BlobsUnavailable.
    """
    found = _inspected(upload, kinds, max_size)
    _scan(upload)
    file_id = new_id()
    writer = SealingWriter(blobs().writer(blob_name(file_id)), file_context(file_id))
    try:
        _clean(upload, found, writer)
    except BaseException:
        with suppress(BlobsUnavailable):  # what stays is swept, and its key is gone
            writer.abandon()
        forget_file(file_id)
        raise
    name = shown_name(upload.claimed_name, found.extension)
    return StoredFile(file_id, name, found.becomes, writer.size), writer.key


def forget_file(file_id: str) -> None:
    """Delete what was sealed of a file that no row knows of; if that fails, it is swept."""
    with suppress(BlobsUnavailable):
        blobs().delete(blob_name(file_id))


def files_of_draft(draft: Draft) -> Mapping[str, StoredFile]:
    """The files of this draft by their ids, the oldest first; a damaged one is not there."""
    query = sa.select(DraftFile).where(DraftFile.draft_id == draft.id)
    found = {}
    for row in db.session.scalars(query.order_by(DraftFile.created_at, DraftFile.id)):
        try:
            found[row.id] = about(row, _key_of(row, draft))
        except SealingError as error:
            log.error("a file cannot be opened", file=row.id, problem=type(error).__name__)
    return found


def open_draft_file(draft: Draft, file_id: str) -> tuple[StoredFile, Iterator[bytes]]:
    """A file of this draft and its content, piece by piece. Raises FileNotFound, CannotOpen."""
    row = db.session.get(DraftFile, file_id)
    if row is None or row.draft_id != draft.id:
        raise FileNotFound(file_id)
    key = _key_of(row, draft)
    return about(row, key), content(file_id, key)


def remove_file(draft: Draft, file_id: str, now: datetime) -> None:
    """Take a file of this draft away; one that is not there is away already.

    Its row, and with it its key, is gone at once. The worker deletes what was sealed with it.
    """
    which = sa.and_(DraftFile.draft_id == draft.id, DraftFile.id == file_id)
    with transaction() as session:
        lose_files(session, which, now)


def keep_files(
    session: Session,
    draft: Draft,
    submission_id: str,
    data_key: bytes,
    kept_ids: Collection[str],
    now: datetime,
) -> dict[str, bytes]:
    """Make the files that are answers the submission's, inside its transaction; lose the others.

    Answers the files' own keys by their ids. Raises FileNotFound if one is not the draft's.
    """
    mine = DraftFile.draft_id == draft.id
    rows = session.scalars(sa.select(DraftFile).where(mine).with_for_update()).all()
    if missing := set(kept_ids) - {row.id for row in rows}:
        raise FileNotFound(min(missing))
    kept = [row for row in rows if row.id in kept_ids]
    keys = {row.id: _key_of(row, draft) for row in kept}
    for row in kept:
        sealed = seal_file_key(keys[row.id], data_key, submission_id, row.id)
        session.add(_submitted(row, submission_id, sealed))
    session.execute(sa.delete(DraftFile).where(DraftFile.id.in_([row.id for row in kept])))
    lose_files(session, mine, now)
    return keys


def lose_files(session: Session, which: sa.ColumnElement[bool], now: datetime) -> None:
    """Delete rows of draft files inside the caller's transaction, and queue their content's end."""
    ids = session.scalars(sa.select(DraftFile.id).where(which)).all()
    if ids:
        session.execute(sa.delete(DraftFile).where(DraftFile.id.in_(ids)))
        outbox.enqueue(DELETE_BLOBS, {"files": list(ids)}, available_at=now)


def delete_blobs(file_ids: Collection[str]) -> None:
    """Delete what was sealed in lost files; again does no harm. Raises BlobsUnavailable."""
    for file_id in file_ids:
        blobs().delete(blob_name(file_id))


def file_ids(definition: FormDefinition, answers: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """The ids of the files that answers name, by question."""
    found = {}
    for question in definition.file_questions:
        answer = answers.get(question.name, [])
        ids = answer if isinstance(answer, list) else [answer]
        found[question.name] = [one for one in ids if isinstance(one, str)]
    return found


def strayed(draft: Draft, answers: Mapping[str, Any]) -> str | None:
    """The first question whose answer names a file that is not this draft's, or is damaged."""
    named = file_ids(draft.form.definition, answers)
    if not any(named.values()):
        return None
    mine = files_of_draft(draft).keys()
    return next((name for name, ids in named.items() if not mine >= set(ids)), None)


def _key_of(row: DraftFile, draft: Draft) -> bytes:
    return open_file_key(row.sealed_key, _files_key(draft), draft.id, row.id)


def _files_key(draft: Draft) -> bytes:
    return derive(draft.key, "files", draft.id)


def _inspected(upload: Received, kinds: Collection[str], max_size: int) -> FileType:
    if upload.is_too_large or upload.size > max_size:
        raise FileRefused("fileSize")
    if upload.size == 0:
        raise FileRefused("fileEmpty")
    found = file_type(next(upload.pieces(), b""))
    if found is None or found.kind not in kinds:
        raise FileRefused("fileType")
    return found


def _scan(upload: Received) -> None:
    if not settings().clamd_url:
        return
    try:
        scanning.scan(upload.pieces(), settings().clamd_url)
    except scanning.VirusFound as error:
        raise FileRefused("fileVirus") from error
    except scanning.NotScanned as error:
        raise FileRefused("fileNotScanned") from error


def _clean(upload: Received, found: FileType, writer: SealingWriter) -> None:
    places = settings().files_at_once
    try:
        sanitise(upload.pieces(), found.media_type, writer.write, at_once=places)
    except Unreadable as error:
        raise FileRefused("fileUnreadable") from error
    except Busy as error:
        raise FileRefused("fileNotScanned") from error
    writer.finish()


def _add_row(draft: Draft, stored: StoredFile, key: bytes, now: datetime) -> None:
    row = DraftFile(
        id=stored.id,
        draft_id=draft.id,
        sealed_key=seal_file_key(key, _files_key(draft), draft.id, stored.id),
        sealed_about=seal_about(stored, key),
        stored_size=sealed_size(stored.size),
        created_at=now,
    )
    with transaction() as session:
        _hold_draft(session, draft, now)
        _check_room(session, draft, row.stored_size)
        _check_room_of_all(session, row.stored_size, now)
        session.add(row)


def _hold_draft(session: Session, draft: Draft, now: datetime) -> None:
    """Lock the draft, so that two uploads at once cannot pass a limit together."""
    query = sa.select(DraftRow.expires_at).where(DraftRow.id == draft.id).with_for_update()
    expires_at = session.scalar(query)
    if expires_at is None or expires_at <= now:
        raise DraftNotFound(draft.id)


def _check_room(session: Session, draft: Draft, more: int) -> None:
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(DraftFile.stored_size), 0))
    count, stored = session.execute(query.where(DraftFile.draft_id == draft.id)).one()
    if count >= settings().files_per_draft:
        raise FileRefused("maxItems")
    if stored + more > settings().files_total * BYTES["MB"]:
        raise FileRefused("fileSize")


def _check_room_of_all(session: Session, more: int, now: datetime) -> None:
    """Whether the installation takes more: strangers are not to fill a store without an end.

    Counted is what lies in drafts, and what was given within a day and sent in since. Two uploads
    at once may pass it together: it is far from the last byte.
    """
    sizes = (
        sa.select(sa.func.coalesce(sa.func.sum(DraftFile.stored_size), 0)),
        sa.select(sa.func.coalesce(sa.func.sum(SubmittedFile.stored_size), 0)).where(
            SubmittedFile.created_at > now - timedelta(days=1)
        ),
    )
    waiting = sum(session.scalar(size) or 0 for size in sizes)
    if waiting + more > settings().files_waiting * 1024 * BYTES["MB"]:
        log.error("no more files are taken", limit="INTAKE_FILES_WAITING")
        raise FileRefused("fileNotScanned")


def _submitted(row: DraftFile, submission_id: str, sealed_key: bytes) -> SubmittedFile:
    return SubmittedFile(
        id=row.id,
        submission_id=submission_id,
        sealed_key=sealed_key,
        sealed_about=row.sealed_about,
        stored_size=row.stored_size,
        created_at=row.created_at,
    )
