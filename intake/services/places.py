"""Places for what takes much memory or a processor: few at once, and the rest wait for a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


class TooBusy(Exception):  # noqa: N818 — it is no mistake of anybody's
    """Raised if no place became free in time."""


@contextmanager
def a_place(places: BoundedSemaphore, longest_wait: float) -> Iterator[None]:
    """Hold one of the places for the block. Raises TooBusy if none is free within the seconds."""
    if not places.acquire(timeout=longest_wait):
        raise TooBusy
    try:
        yield
    finally:
        places.release()
