"""Read the bytes of a file that somebody names: never for ever, and never more than are wanted."""

from __future__ import annotations

import os
from pathlib import Path

MAX_BYTES = 2_000_000  # a form of 200 questions has about 100,000

#: A pipe that nobody writes to is opened, and is empty, in place of a wait without an end.
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, or one too many. Raises OSError, ValueError for a bad name."""
    with open(path, "rb", opener=_opened) as file:  # pathlib takes no opener
        return file.read(MAX_BYTES + 1)  # whatever is longer is refused


def _opened(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | _WITHOUT_WAITING)
    os.set_blocking(descriptor, True)  # whoever does write to a pipe has the time that it takes
    return descriptor
