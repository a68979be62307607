"""The blob store: sealed files in a folder, in memory (tests) or in S3, by one interface."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from obstore import WritableFile
    from obstore.store import ObjectStore

LOCAL_PART = 512 * 1024  # bytes that are written to a folder at once
# Bytes of a local disk that files never take: the database beside them stores referrals there.
LEFT_FREE = 512 * 1024 * 1024
REMOTE_PART = 5 * 1024 * 1024  # the smallest part of an upload that S3 takes


class BlobNotFound(Exception):  # noqa: N818
    """Raised if there is no such blob (any more)."""


class BlobsUnavailable(Exception):  # noqa: N818
    """Raised if the blob store does not answer, refuses us or is full."""


class BlobStore:
    """Blobs by name. Whatever is written here was sealed before.

    The library is loaded at first use: a process that handles no file does without its memory,
    and its threads are not copied when a server forks.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._opened: ObjectStore | None = None

    @property
    def folder(self) -> Path | None:
        """The folder of a local store."""
        parts = urlsplit(self.url)
        return Path(parts.path) if parts.scheme == "file" else None

    def writer(self, name: str) -> "BlobWriter":
        """Begin a blob; it appears under its name when it is finished."""
        return BlobWriter(self, name)

    def read(self, name: str, size: int) -> Iterator[bytes]:
        """A blob in pieces of about ``size`` bytes. Raises BlobNotFound at once."""
        import obstore

        try:
            stream = obstore.get(self.store, name).stream(min_chunk_size=size)
        except Exception as error:
            raise _translated(error) from error
        return _chunks(iter(stream))

    def delete(self, name: str) -> None:
        """Delete a blob; one that is not there is deleted already."""
        import obstore

        try:
            obstore.delete(self.store, name)
        except Exception as error:
            problem = _translated(error)
            if not isinstance(problem, BlobNotFound):
                raise problem from error

    def names(self, prefix: str, before: datetime) -> Iterator[str]:
        """The blobs under a prefix that were written before a time."""
        import obstore

        try:
            for batch in obstore.list(self.store, prefix):
                yield from (str(one["path"]) for one in batch if one["last_modified"] < before)
        except Exception as error:
            raise _translated(error) from error

    def delete_unfinished(self, before: datetime) -> int:
        """Delete what a process that was killed left of an upload in a folder; how many.

        S3 keeps such parts for itself: a lifecycle rule of the bucket deletes them.
        """
        deleted = 0
        for path in self.folder.glob("*/*#*") if self.folder else ():
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                deleted += 1
        return deleted

    def problem(self) -> str:
        """What keeps the store from being used; empty if nothing does."""
        try:
            if self.folder is not None:
                _make_folder(self.folder)
                return "" if os.access(self.folder, os.W_OK) else "its folder cannot be written"
            self.read("files/none", LOCAL_PART)
        except BlobNotFound:
            return ""
        except OSError as error:  # its text has the path, and anybody may ask /readyz
            return f"INTAKE_BLOB_URL cannot be used ({error.strerror})"
        except (BlobsUnavailable, ValueError) as error:
            return f"INTAKE_BLOB_URL cannot be used ({error})"
        return ""

    @property
    def store(self) -> "ObjectStore":
        """The library's store, opened. Raises BlobsUnavailable."""
        if self._opened is None:
            try:
                self._opened = self._open()
            except Exception as error:
                raise _translated(error) from error
        return self._opened

    def _open(self) -> "ObjectStore":
        from obstore import store

        if self.folder is not None:
            _make_folder(self.folder)
            return store.LocalStore(self.folder)
        if self.url.startswith("memory:"):
            return store.MemoryStore()
        return store.from_url(  # the address has bucket and folder; AWS_… variables the rest
            self.url,
            client_options={"connect_timeout": "5s", "timeout": "60s"},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=15)},
        )


class BlobWriter:
    """One blob being written in parts, at most two of them in memory."""

    def __init__(self, blobs: BlobStore, name: str) -> None:
        self._blobs = blobs
        self._name = name
        self._file: WritableFile | None = None

    def write(self, data: bytes) -> None:
        """Append. Raises BlobsUnavailable."""
        try:
            if self._file is None:
                self._file = self._open()
            self._file.write(data)
        except Exception as error:
            raise _translated(error) from error

    def finish(self) -> None:
        """Close it; on return it is stored under its name. Raises BlobsUnavailable."""
        try:
            if self._file is None:
                self._file = self._open()
            file, self._file = self._file, None
            file.close()
            if self._blobs.folder is not None:
                _sync(self._blobs.folder / self._name)
        except Exception as error:
            raise _translated(error) from error

    def abandon(self) -> None:
        """Leave nothing of it. Raises BlobsUnavailable."""
        if self._file is not None:
            self.finish()
            self._blobs.delete(self._name)

    def _open(self) -> "WritableFile":
        import obstore

        store = self._blobs.store
        _check_room(self._blobs.folder)
        part = REMOTE_PART if urlsplit(self._blobs.url).scheme == "s3" else LOCAL_PART
        return obstore.open_writer(store, self._name, buffer_size=part, max_concurrency=1)


def _chunks(stream: Iterator[Any]) -> Iterator[bytes]:
    while True:
        try:
            chunk = next(stream, None)
        except Exception as error:
            raise _translated(error) from error
        if chunk is None:
            return
        yield bytes(chunk)


def _check_room(folder: Path | None) -> None:
    """Raise BlobsUnavailable if a local disk is nearly full."""
    if folder is not None and shutil.disk_usage(folder).free < LEFT_FREE:
        raise BlobsUnavailable("the disk is nearly full")


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _sync(path: Path) -> None:
    """Put a file and its name on the disk: a receipt means that all of it is there."""
    for each in (path, path.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _translated(error: Exception) -> Exception:
    """The library's errors as ours; their texts hold names of blobs, which are random."""
    if isinstance(error, BlobNotFound | BlobsUnavailable):
        return error
    if isinstance(error, FileNotFoundError):
        return BlobNotFound()
    from obstore.exceptions import BaseError

    if isinstance(error, BaseError | OSError | ValueError):
        return BlobsUnavailable(type(error).__name__)
    return error
