"""Sealing a file piece by piece, so that it is never whole in memory and never readable at rest.

    suite | key mark, 16 bytes | piece | piece | … | last piece

Every piece is 256 KiB of ciphertext and a tag; the last one is padded to a bucket only, as other
bodies are. The construction is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár 2015): the nonce is
the piece's number, and the associated data says whether it is the last one. A file's key seals one
file only, so that no nonce is used twice.
"""

from collections.abc import Iterable, Iterator
from hmac import compare_digest
from itertools import chain

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.files.blobs import BlobWriter
from intake.sealing import CannotOpen, Context, UnknownSuite, derive, new_data_key
from intake.sealing.canonical import LENGTH_SIZE, bucket, pad, unpad

SUITE = b"AES-256-GCM/PIECES/1"
MARK_SIZE = 16  # AES-GCM does not commit to its key; this mark, a hash of it, does
PIECE = 256 * 1024  # bytes of a piece before it is sealed, its length and padding included
ROOM = PIECE - LENGTH_SIZE  # bytes of the file that go into one piece
TAG_SIZE = 16
SEALED_PIECE = PIECE + TAG_SIZE
HEADER_SIZE = len(SUITE) + MARK_SIZE


def file_context(file_id: str, purpose: str = "file") -> Context:
    """What the pieces of a file are bound to."""
    return Context(purpose, subject=file_id)


def sealed_size(size: int) -> int:
    """How many bytes a file of this size takes in the blob store."""
    full, rest = divmod(size, ROOM)
    if full and not rest:
        full, rest = full - 1, ROOM
    return HEADER_SIZE + full * SEALED_PIECE + bucket(rest + LENGTH_SIZE) + TAG_SIZE


class SealingWriter:
    """Seals what is written to it, under a fresh key, into a blob."""

    def __init__(self, blob: BlobWriter, context: Context) -> None:
        self.key = new_data_key()
        self.size = 0
        self._blob = blob
        self._cipher = _Cipher(self.key, context)
        self._waiting = bytearray()
        self._index = 0

    def write(self, data: bytes) -> None:
        """Append. A full piece is sealed once it is known not to be the last. BlobsUnavailable."""
        self.size += len(data)
        for start in range(0, len(data), PIECE):  # one huge write is not kept waiting whole
            self._waiting += data[start : start + PIECE]
            while len(self._waiting) > ROOM:
                self._emit(bytes(self._waiting[:ROOM]), is_last=False)
                del self._waiting[:ROOM]

    def finish(self) -> None:
        """Seal the last piece and store the blob. Raises BlobsUnavailable."""
        self._emit(bytes(self._waiting), is_last=True)
        self._waiting.clear()
        self._blob.finish()

    def abandon(self) -> None:
        """Leave nothing of it. Raises BlobsUnavailable."""
        self._waiting.clear()
        self._blob.abandon()

    def _emit(self, data: bytes, *, is_last: bool) -> None:
        if self._index == 0:
            self._blob.write(self._cipher.header)
        self._blob.write(self._cipher.seal(self._index, pad(data), is_last=is_last))
        self._index += 1


def open_pieces(chunks: Iterable[bytes], key: bytes, context: Context) -> Iterator[bytes]:
    """The plaintext, piece by piece, from chunks of the blob of any size.

    Raises CannotOpen or UnknownSuite where it was altered, cut, moved or lies under another key:
    whatever was given before that is right.
    """
    cipher = _Cipher(key, context)
    blocks = _blocks(chunks)
    cipher.check_header(next(blocks, b""))
    piece = next(blocks, b"")
    for index, following in enumerate(chain(blocks, (None,))):
        if data := cipher.open(index, piece, is_last=following is None):
            yield data
        piece = following or b""


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Chunks of any size as the header and the pieces that they hold; the last may be short."""
    waiting, wanted = bytearray(), HEADER_SIZE
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= wanted:
            yield bytes(waiting[:wanted])
            del waiting[:wanted]
            wanted = SEALED_PIECE
    if waiting:
        yield bytes(waiting)


class _Cipher:
    """Seals and opens the pieces of one file."""

    def __init__(self, key: bytes, context: Context) -> None:
        self.header = SUITE + derive(key, "file-key-mark")[:MARK_SIZE]
        self._aead = AESGCM(derive(key, "file-pieces"))
        self._context = context

    def check_header(self, header: bytes) -> None:
        """Whether a blob is of this suite and under this key. Raises UnknownSuite, CannotOpen."""
        if not header.startswith(SUITE):
            raise UnknownSuite(repr(header[: len(SUITE)]))
        if not compare_digest(header, self.header):
            raise CannotOpen(self._context.purpose)

    def seal(self, index: int, padded: bytes, *, is_last: bool) -> bytes:
        """One piece as it is stored."""
        nonce = index.to_bytes(12, "big")
        return self._aead.encrypt(nonce, padded, self._bound_to(is_last=is_last))

    def open(self, index: int, sealed: bytes, *, is_last: bool) -> bytes:
        """One piece as it was. Raises CannotOpen."""
        nonce = index.to_bytes(12, "big")
        try:
            return unpad(self._aead.decrypt(nonce, sealed, self._bound_to(is_last=is_last)))
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(self._context.purpose) from error

    def _bound_to(self, *, is_last: bool) -> bytes:
        return self.header + (b"last" if is_last else b"more") + bytes(self._context)
