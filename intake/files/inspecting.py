"""What a file is, by its content: its name and what a browser claims are not asked.

What may be taken is the form language's list (form_definitions/file_kinds.py). Office documents are
not in it: they cannot be cleaned of templates and fields that fetch things. Nor is HEIC, which
Pillow does not read: an iPhone sends JPEG to a control whose ``accept`` does not name HEIC.
"""

from dataclasses import dataclass

import filetype

from form_definitions.file_kinds import FORMATS_BY_KIND

ENOUGH = 8192  # bytes from the beginning; every type here is known after 40 of them
SAME = {"image/apng": "image/png"}  # a PNG that moves: its first picture is kept
BECOMES = {"image/gif": "image/png"}  # whatever is not here is cleaned into its own type


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken: its kind in form files, and what it is cleaned into."""

    kind: str
    media_type: str
    becomes: str
    extension: str  # of what it becomes


_EXTENSIONS = {
    one.media_type: one.extensions[0].lstrip(".")
    for formats in FORMATS_BY_KIND.values()
    for one in formats
}
TYPES = {
    one.media_type: FileType(kind, one.media_type, becomes, _EXTENSIONS[becomes])
    for kind, formats in FORMATS_BY_KIND.items()
    for one in formats
    if (becomes := BECOMES.get(one.media_type, one.media_type))
}


def file_type(beginning: bytes) -> FileType | None:
    """The type of a file that begins like this; None if it is none of those that are taken."""
    found = filetype.guess_mime(beginning[:ENOUGH]) or ""
    return TYPES.get(SAME.get(found, found))
