"""What is stored of a file, and how it is opened with the file's own key."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import sqlalchemy as sa
import structlog

from intake.app_state import blobs
from intake.database import db
from intake.files.blobs import BlobNotFound
from intake.files.pieces import SEALED_PIECE, file_context, open_pieces
from intake.models import DraftFile, EventFile, SubmittedFile
from intake.sealing import Context, SealingError, canonical_json, derive, open_body, seal_body

STORED = "files"

log = structlog.get_logger("intake.files")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What people are shown of a file; ``size`` is in bytes, after it was cleaned."""

    id: str
    name: str
    media_type: str
    size: int


class FileNotFound(Exception):  # noqa: N818
    """Raised if there is no such file, or it is another's: nobody learns which."""


def blob_name(file_id: str) -> str:
    """Where the sealed content of a file lies in the blob store."""
    return f"{STORED}/{file_id}"


def content(file_id: str, key: bytes) -> Iterator[bytes]:
    """A file's content, piece by piece.

    Raises FileNotFound or CannotOpen at once if there is no right beginning; CannotOpen on the
    way, where it is damaged.
    """
    try:
        chunks = blobs().read(blob_name(file_id), SEALED_PIECE)
    except BlobNotFound as error:
        raise FileNotFound(file_id) from error
    pieces = open_pieces(chunks, key, file_context(file_id))
    return chain([next(pieces, b"")], pieces)


def seal_about(file: StoredFile, key: bytes) -> bytes:
    """Name, type and size of a file, under its own key."""
    shown = {"name": file.name, "type": file.media_type, "size": file.size}
    return seal_body(derive(key, "file-about"), canonical_json(shown), _about_context(file.id))


def about(row: DraftFile | SubmittedFile | EventFile, key: bytes) -> StoredFile:
    """What is shown of a file, opened with its key. Raises CannotOpen."""
    opened = open_body(derive(key, "file-about"), row.sealed_about, _about_context(row.id))
    shown = json.loads(opened)
    return StoredFile(row.id, shown["name"], shown["type"], shown["size"])


def seal_file_key(key: bytes, owner_key: bytes, owner_id: str, file_id: str) -> bytes:
    """A file's key, under that of its draft or submission, and bound to it."""
    return seal_body(owner_key, key, _key_context(owner_id, file_id))


def open_file_key(sealed: bytes, owner_key: bytes, owner_id: str, file_id: str) -> bytes:
    """A file's key. Raises CannotOpen if it is not this owner's."""
    return open_body(owner_key, sealed, _key_context(owner_id, file_id))


def files_of_submission(submission_id: str, data_key: bytes) -> Mapping[str, StoredFile]:
    """The files of a submission by their ids; a damaged one is left out, and logged.

    Whoever has the data key may have been allowed it: that is decided and recorded before.
    """
    query = sa.select(SubmittedFile).where(SubmittedFile.submission_id == submission_id)
    rows = db.session.scalars(query.order_by(SubmittedFile.created_at, SubmittedFile.id))
    return files_under((row, row.sealed_key, data_key, submission_id) for row in rows)


def files_under(
    rows: Iterable[tuple[SubmittedFile, bytes, bytes, str]],
) -> Mapping[str, StoredFile]:
    """Files by their ids, each of a row, its sealed key, its owner's key and its owner's id."""
    found = {}
    for row, sealed_key, owner_key, owner_id in rows:
        try:
            key = open_file_key(sealed_key, owner_key, owner_id, row.id)
            found[row.id] = about(row, key)
        except SealingError as error:
            log.error("a file cannot be opened", file=row.id, problem=type(error).__name__)
    return found


def _about_context(file_id: str) -> Context:
    return Context("file-about", subject=file_id)


def _key_context(owner_id: str, file_id: str) -> Context:
    return Context("file-key", form=owner_id, subject=file_id)
