"""Cold start: from starting a server process to its first page."""

import os
import statistics
import subprocess
import sys
import time

from benchmarks.http import GUNICORN, Server, free_port, inherited
from benchmarks.installation import sqlite_installation
from benchmarks.measuring import Figure, shown

STARTS = 5
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def measure() -> list[Figure]:
    """Median seconds until a fresh server has shown a form's first page."""
    with sqlite_installation(40) as installation:
        environment = {**inherited(), **installation.environment}
        start(environment)  # writes the bytecode
        took = statistics.median(start(environment) for _ in range(STARTS))
    return [Figure("Cold start to first page", shown(took), "–", took, 1.5, "s")]


def start(environment: dict[str, str]) -> float:
    """Start once; the file cache is warm, as it is on a server that restarts."""
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [
            sys.executable,
            str(GUNICORN),
            "--workers=1",
            f"--bind=127.0.0.1:{port}",
            "--log-level=error",
            "wsgi:app",
        ],
        env=environment,
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - begun < 30:
            try:
                status, _ = Server(port, 0).request(
                    "GET", "/forms/measured", headers={"Host": "localhost"}
                )
            except OSError:
                time.sleep(0.005)
                continue
            assert status == 200, status
            return time.perf_counter() - begun
        raise RuntimeError("the server did not start")
    finally:
        process.terminate()
        process.wait(timeout=20)
