"""Make a file harmless, in a process of its own that may do nothing but that.

Libraries that read images and PDFs have had holes, and need much memory: so they run beside the
serving process, without its secrets, and give back over a pipe. Nothing lies on a disk in between.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore, Timer

import structlog

CHILD = Path(__file__).with_name("sandbox")
TIME_LIMIT = 60  # seconds, the reading of the file included
LONGEST_WAIT = 20  # seconds for a place; then the visitor is asked to try again
BLOCK = 64 * 1024

log = structlog.get_logger("intake.files")


class Unreadable(Exception):  # noqa: N818
    """Raised if a file is damaged, locked, too large when unpacked, or not what it seems."""


class Busy(Exception):  # noqa: N818
    """Raised if too many files are being cleaned at the moment."""


def sanitise(
    pieces: Iterable[bytes], media_type: str, write: Callable[[bytes], None], *, at_once: int
) -> None:
    """Send a file through the child process, and ``write`` what comes back clean.

    Raises Unreadable or Busy; what was written until then is not to be used.
    """
    places = _places(at_once)
    if not places.acquire(timeout=LONGEST_WAIT):
        raise Busy
    try:
        _run(pieces, media_type, write)
    finally:
        places.release()


def _run(pieces: Iterable[bytes], media_type: str, write: Callable[[bytes], None]) -> None:
    cleaner = "documents" if media_type == "application/pdf" else "images"
    child = subprocess.Popen(  # noqa: S603 — the media type is one of our own list
        [sys.executable, "-I", str(CHILD), cleaner, media_type],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    watch = Timer(TIME_LIMIT, child.kill)
    watch.start()
    try:
        with child:
            _feed(child, pieces)
            has_output = _drain(child, write)
    except BaseException:
        child.kill()
        raise
    finally:
        watch.cancel()
        child.wait()
    if child.returncode != 0 or not has_output:
        log.info("a file could not be cleaned", status=child.returncode, type=media_type)
        raise Unreadable


def _feed(child: "subprocess.Popen[bytes]", pieces: Iterable[bytes]) -> None:
    """Give the child the whole file: it answers only when it has read all of it."""
    assert child.stdin is not None  # noqa: S101 — it was asked for
    try:
        for piece in pieces:
            child.stdin.write(piece)
        child.stdin.close()
    except BrokenPipeError:
        pass  # it has given up: its status says so


def _drain(child: "subprocess.Popen[bytes]", write: Callable[[bytes], None]) -> bool:
    assert child.stdout is not None  # noqa: S101 — it was asked for
    has_output = False
    while block := child.stdout.read(BLOCK):
        write(block)
        has_output = True
    return has_output


@cache
def _places(at_once: int) -> BoundedSemaphore:
    return BoundedSemaphore(at_once)
