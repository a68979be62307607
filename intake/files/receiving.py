"""Taking files off a request: each goes through a sealing writer as it arrives.

Werkzeug's own parser puts uploads into readable temporary files. Here a file part is sealed under a
key that is kept in memory only, or thrown away if the page asks for no file. Whatever nobody took
over by the end of the request is deleted; what a killed process leaves cannot be opened by anyone.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast

import flask
import structlog

from intake.app_state import blobs
from intake.database import new_id
from intake.files.blobs import BlobsUnavailable
from intake.files.pieces import SEALED_PIECE, SealingWriter, file_context, open_pieces

INCOMING = "incoming"
TEXT_ALLOWANCE = 1024 * 1024  # bytes of a body beside its files, as for pages without any

log = structlog.get_logger("intake.files")


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What a page takes: bytes in one file, and files at once."""

    largest: int
    most: int


class Received(io.RawIOBase):
    """One file part of a request, sealed while it was written."""

    def __init__(self, claimed_name: str, largest: int) -> None:
        super().__init__()
        self.claimed_name = claimed_name
        self.is_too_large = False
        self._largest = largest
        self._id = new_id()
        self._writer: SealingWriter | None = None
        self._is_finished = False

    @property
    def size(self) -> int:
        """Bytes that arrived; of a file that is too large, those before that was noticed."""
        return self._writer.size if self._writer else 0

    def writable(self) -> bool:
        """Yes: the parser of the request writes into it."""
        return True

    def write(self, data: Any) -> int:
        """Seal what arrived; what is beyond the limit is thrown away."""
        part = bytes(data)
        if self.size + len(part) > self._largest:
            self.is_too_large = True
        if part and not self.is_too_large:
            if self._writer is None:
                self._writer = SealingWriter(blobs().writer(self._blob), self._context)
            self._writer.write(part)
        return len(part)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The parser goes back to the beginning when a part has ended."""
        if self._writer and not self._is_finished and not self.is_too_large:
            self._writer.finish()
            self._is_finished = True
        return offset + whence

    def pieces(self) -> Iterator[bytes]:
        """What arrived, piece by piece; as often as wanted. Raises BlobsUnavailable, CannotOpen."""
        if self._writer is None or not self._is_finished:
            return iter(())
        chunks = blobs().read(self._blob, SEALED_PIECE)
        return open_pieces(chunks, self._writer.key, self._context)

    def discard(self) -> None:
        """Delete it. What cannot be deleted now is swept later, and nobody can open it."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            if self._is_finished:
                blobs().delete(self._blob)
            else:
                writer.abandon()
        except BlobsUnavailable as error:
            log.warning("an upload could not be deleted", problem=str(error))

    @property
    def _blob(self) -> str:
        return f"{INCOMING}/{self._id}"

    @property
    def _context(self) -> Any:
        return file_context(self._id, "incoming-file")


class Nowhere(io.RawIOBase):
    """Where the files go that a page did not ask for."""

    def writable(self) -> bool:
        """Yes: the parser of the request writes into it."""
        return True

    def write(self, data: Any) -> int:
        """Forget it."""
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The parser goes back to the beginning when a part has ended."""
        return offset + whence


class Request(flask.Request):
    """A request whose files never lie readable anywhere."""

    upload_limits: UploadLimits | None = None

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.received: list[Received] = []

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        limits = self.upload_limits
        if limits is None or len(self.received) >= limits.most:
            return cast("IO[bytes]", Nowhere())
        self.received.append(Received(filename or "", limits.largest))
        return cast("IO[bytes]", self.received[-1])

    def close(self) -> None:
        """Delete whatever arrived: what was wanted has been cleaned and stored by now."""
        for received in self.received:
            received.discard()
        super().close()


def accept_files(limits: UploadLimits, *, largest_body: int) -> None:
    """Let the current request bring files, up to these limits; to be said before it is read.

    Each file beyond ``limits.largest`` is marked as too large; the body as a whole may have the
    files that fit, and ``largest_body`` at most: beyond, it is refused with 413.
    """
    request = _request()
    request.upload_limits = limits
    wanted = limits.largest * limits.most + TEXT_ALLOWANCE
    request.max_content_length = min(wanted, largest_body)


def received_files() -> Mapping[str, list[Received]]:
    """What the current request brought, by the name of the control; unused controls are left out.

    A list may hold a file that is empty or too large: who uses it says so to whoever sent it.
    """
    found: dict[str, list[Received]] = {}
    for name, storage in _request().files.items(multi=True):
        received = cast("object", storage.stream)
        if isinstance(received, Received) and (received.claimed_name or received.size):
            found.setdefault(name, []).append(received)
    return found


def _request() -> Request:
    return cast("Request", flask.request)
