"""Ask a virus scanner about a file, by clamd's protocol.

A file that could not be scanned is never taken for clean.
"""

import socket
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

CONNECT_TIMEOUT = 5  # seconds
TIME_LIMIT = 60  # seconds for a whole file
LONGEST_ANSWER = 4096  # bytes
CHUNK = 128 * 1024  # bytes; clamd takes any size


class VirusFound(Exception):  # noqa: N818
    """Raised if the scanner knows what is in the file. It is not said what: that helps nobody."""


class NotScanned(Exception):  # noqa: N818
    """Raised if the scanner did not answer, or not in words that mean clean or found."""


def scan(pieces: Iterable[bytes], address: str) -> None:
    """Return if the scanner at ``tcp://host:port`` or ``unix:/path`` finds nothing.

    Raises VirusFound, NotScanned. Source: clamd(8), INSTREAM.
    """
    deadline = time.monotonic() + TIME_LIMIT
    try:
        with _connected(address) as connection:
            _send(connection, pieces, deadline)
            answer = _answer(connection, deadline)
    except OSError as error:
        raise NotScanned(type(error).__name__) from error
    if answer == "stream: OK":
        return
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        raise VirusFound
    raise NotScanned("an answer that means nothing")


def problem(address: str) -> str:
    """What keeps the scanner from being used; empty if nothing does."""
    try:
        with _connected(address) as connection:
            connection.sendall(b"zPING\0")
            answer = _answer(connection, time.monotonic() + CONNECT_TIMEOUT)
    except OSError as error:
        return f"INTAKE_CLAMD_URL does not answer ({type(error).__name__}): no file is taken"
    return "" if answer == "PONG" else "INTAKE_CLAMD_URL is not clamd: no file is taken"


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or 0), CONNECT_TIMEOUT)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(CONNECT_TIMEOUT)
        connection.connect(parts.path)
    except OSError:
        connection.close()
        raise
    return connection


def _send(connection: socket.socket, pieces: Iterable[bytes], deadline: float) -> None:
    connection.sendall(b"zINSTREAM\0")
    try:
        for piece in pieces:
            for start in range(0, len(piece), CHUNK):
                part = piece[start : start + CHUNK]
                _wait_no_longer_than(connection, deadline)
                connection.sendall(len(part).to_bytes(4, "big") + part)
        connection.sendall(bytes(4))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has made up its mind already, and may have said so: too large, or found


def _answer(connection: socket.socket, deadline: float) -> str:
    answer = b""
    while len(answer) < LONGEST_ANSWER and b"\0" not in answer:
        _wait_no_longer_than(connection, deadline)
        part = connection.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    said, ended, _rest = answer.partition(b"\0")
    return said.decode("ascii", "replace").strip() if ended else ""


def _wait_no_longer_than(connection: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
