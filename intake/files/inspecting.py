"""What a file is, by its content: its name and what a browser claims are not asked."""

from collections.abc import Iterator
from dataclasses import dataclass

import filetype

ENOUGH = 8192  # bytes from the beginning; every type here is known after 40 of them


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken: what it is, what it is cleaned into, and the kinds it belongs to."""

    media_type: str
    becomes: str
    extension: str  # of what it becomes
    kinds: frozenset[str]


def _type(media_type: str, becomes: str, extension: str, *kinds: str) -> FileType:
    return FileType(media_type, becomes, extension, frozenset(kinds))


#: Whatever is not here is refused. Office documents are not: they cannot be cleaned of fields and
#: templates that fetch things. Nor is HEIC, which Pillow does not read: iPhones send JPEG instead
#: to a control whose ``accept`` names JPEG and not HEIC.
TYPES = {
    each.media_type: each
    for each in (
        _type("image/jpeg", "image/jpeg", "jpg", "image", "jpeg"),
        _type("image/png", "image/png", "png", "image", "png"),
        _type("image/gif", "image/png", "png", "image", "gif"),
        _type("image/webp", "image/webp", "webp", "image", "webp"),
        _type("application/pdf", "application/pdf", "pdf", "pdf"),
    )
}
KINDS = frozenset(kind for each in TYPES.values() for kind in each.kinds)


def file_type(beginning: bytes) -> FileType | None:
    """The type of a file that begins like this; None if it is none of those that are taken."""
    return TYPES.get(filetype.guess_mime(beginning[:ENOUGH]) or "")


def accepted(kinds: frozenset[str]) -> str:
    """The ``accept`` attribute of a control that takes these kinds."""
    return ",".join(sorted(each.media_type for each in TYPES.values() if each.kinds & kinds))


def peeked(pieces: Iterator[bytes]) -> bytes:
    """The beginning of a file, from the pieces that it comes in."""
    return next(pieces, b"")[:ENOUGH]
