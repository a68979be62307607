"""A demonstration in a process of its own, as `make demo` starts it."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

INTAKE = Path(sys.executable).parent / "intake"
READY_WITHIN = 120  # seconds: it takes under 20 when the machine has nothing else to do


@dataclass
class RunningDemo:
    """What the demonstration printed when it was ready, and its process."""

    ready: dict[str, Any]
    process: subprocess.Popen[str]
    reader: threading.Thread
    log: list[str] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return str(self.ready["base_url"])

    @property
    def folder(self) -> Path:
        return Path(self.ready["dir"])

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    def link(self, form_id: str) -> str:
        return str(self.ready["links"][form_id])

    def staff(self, team: str, role: str | None = None) -> dict[str, str]:
        """A sign-in of the team, and of the role if one is named."""
        return next(
            person
            for person in self.ready["staff"]
            if person["team"] == team and role in (None, person["role"])
        )

    def command(self, *args: str) -> str:
        """What an `intake` command prints that is run on the demonstration."""
        lines = (self.folder / "settings.env").read_text("utf-8").splitlines()
        settings = dict(line.replace("'", "").split("=", 1) for line in lines if line)
        done = subprocess.run(
            [str(INTAKE), *args],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Stop it; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        status = self.process.wait(timeout=20)
        self.reader.join(timeout=5)
        close_pipes(self.process)
        return status


def close_pipes(process: subprocess.Popen[str]) -> None:
    """Close what was read from the process."""
    for pipe in (process.stdout, process.stderr):
        if pipe and not pipe.closed:
            pipe.close()


def start_demo(folder: Path, *more: str) -> RunningDemo:
    """Start a demonstration in the folder and wait until it is ready."""
    process = subprocess.Popen(
        [str(INTAKE), "demo", "--dir", str(folder), "--port", "0", "--json", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("INTAKE_")},
    )
    log: list[str] = []
    reader = threading.Thread(target=lambda: log.extend(process.stderr or ()), daemon=True)
    reader.start()
    alarm = threading.Timer(READY_WITHIN, process.kill)
    alarm.start()
    line = process.stdout.readline() if process.stdout else ""
    alarm.cancel()
    if not line:
        process.wait(timeout=10)
        reader.join(timeout=5)
        close_pipes(process)
        raise AssertionError("the demonstration did not start:\n" + "".join(log))
    return RunningDemo(json.loads(line), process, reader, log)
