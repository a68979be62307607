"""Read the bytes of a file that somebody names: never for ever, and never more than are wanted."""

from __future__ import annotations

import os
from pathlib import Path

#: A pipe that nobody writes to is opened, and is empty, in place of a wait without an end.
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0)


def read_bytes(path: Path, most: int = -1) -> bytes:
    """The first ``most`` bytes of a file, or all. Raises OSError, ValueError for a bad name."""
    with open(path, "rb", opener=_opened) as file:  # pathlib takes no opener
        return file.read(most)


def _opened(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | _WITHOUT_WAITING)
    os.set_blocking(descriptor, True)  # whoever does write to a pipe has the time that it takes
    return descriptor
