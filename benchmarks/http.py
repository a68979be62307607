"""Servers as in production, one gunicorn worker each, and a client that measures requests."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

GUNICORN = Path(sys.executable).parent / "gunicorn"
STARTS_WITHIN = 30  # seconds


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int  # of gunicorn's worker

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request on a connection of its own, as behind a proxy; status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def gunicorn(application: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """A gunicorn as ``docs/operators/running-in-production.md`` says, but with one worker."""
    port = free_port()
    process = subprocess.Popen(
        [
            str(GUNICORN),
            "--workers=1",
            "--threads=4",
            f"--bind=127.0.0.1:{port}",
            "--log-level=error",
            application,
        ],
        env={**inherited(), **environment},
        cwd=Path(__file__).parent.parent,
        stderr=subprocess.DEVNULL,  # a line a request
    )
    try:
        wait_for(port, process)
        yield Server(port, child_of(process.pid))
    finally:
        process.terminate()
        process.wait(timeout=20)


def inherited() -> dict[str, str]:
    """Our environment, but with bytecode written: an installed server has its bytecode."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers anything at all."""
    stop = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < stop:
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended with status {process.returncode}")
        try:
            Server(port, 0).request("GET", "/healthz")
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"gunicorn did not answer within {STARTS_WITHIN} s")


def child_of(pid: int) -> int:
    """The worker of a gunicorn master."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return int(children[0])


def resident_mebibytes(pid: int) -> float:
    """What a process occupies in memory (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no VmRSS of {pid}")
