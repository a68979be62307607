"""Which files a question may take: the one list that pages, checks and the file store go by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: An id of a stored file, which is the whole of a stored answer: its name is sealed elsewhere.
FILE_ID_PATTERN = "^[0-9a-f]{32}$"
IS_FILE_ID = re.compile("[0-9a-f]{32}")

BYTES = {"KB": 1024, "MB": 1024 * 1024}
USUAL_SIZE = 10 * BYTES["MB"]  # a photograph of a current phone
MOST_SIZE = 50 * BYTES["MB"]  # what a person can send on a slow connection, and a scanner reads
USUAL_FILES = 10  # to one question
MOST_FILES = 20

_SIZE = re.compile(r"([1-9][0-9]{0,4})(KB|MB)")


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One format of files: what it is called, its media type and the ends of its names."""

    name: str
    media_type: str
    extensions: tuple[str, ...]


#: What an author may name in ``x-ui.accept``. Each format is one that can be made harmless:
#: an image by being drawn anew, a PDF by being cleaned.
FORMATS_BY_KIND: dict[str, tuple[FileFormat, ...]] = {
    "image": (
        FileFormat("JPG", "image/jpeg", (".jpg", ".jpeg")),
        FileFormat("PNG", "image/png", (".png",)),
        FileFormat("GIF", "image/gif", (".gif",)),
        FileFormat("WebP", "image/webp", (".webp",)),
    ),
    "pdf": (FileFormat("PDF", "application/pdf", (".pdf",)),),
}

#: What a question takes whose author does not say.
USUAL_KINDS = tuple(FORMATS_BY_KIND)


def formats_of(kinds: Iterable[str]) -> tuple[FileFormat, ...]:
    """The formats of these kinds, in the order in which they are told to people."""
    wanted = frozenset(kinds)
    formats = (found for kind, found in FORMATS_BY_KIND.items() if kind in wanted)
    return tuple(one for found in formats for one in found)


def accept_attribute(kinds: Iterable[str]) -> str:
    """The ``accept`` of a file input: ends of names, and the types by which a phone offers its
    camera. A phone that keeps photographs in another format sends them as one of these."""
    formats = formats_of(kinds)
    ends = [end for one in formats for end in one.extensions]
    return ",".join([*ends, *(one.media_type for one in formats)])


def read_size(text: str) -> int:
    """The bytes of ``10MB`` or ``500KB``. Raises ValueError."""
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match[1]) * BYTES[match[2]]


def size_in_words(size: int) -> str:
    """``10MB``, ``1.4MB``, ``500KB``: as GOV.UK writes the size of a file."""
    if size < BYTES["MB"]:
        return f"{max(1, round(size / BYTES['KB']))}KB"
    return f"{size / BYTES['MB']:.1f}MB".replace(".0MB", "MB")
