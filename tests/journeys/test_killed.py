"""Kill the server and the worker at random moments: nothing acknowledged is lost or doubled."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.http import GUNICORN, Server, free_port
from benchmarks.installation import Installation, postgres_installation, sqlite_installation
from benchmarks.prepared import Submitting, filled_drafts
from intake import audit, create_app
from intake.app_state import clock
from intake.config import Settings
from intake.database import db
from intake.models import Case, OutboxMessage, SealedKeyCopy, Submission
from intake.worker import run_once

ROOT = Path(__file__).parents[2]
INTAKE = Path(sys.executable).parent / "intake"
SUBMISSIONS = int(os.environ.get("SUBMISSIONS", "80"))
QUESTIONS = 10
VISITORS = 4
KILLS = 8  # of the server and the worker by turns
LONGEST = 100  # seconds until every visitor has a receipt

pytestmark = pytest.mark.slow


@dataclass
class Processes:
    """A server and a worker that are killed and started again until told to stop."""

    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    kills: int = 0
    acknowledged: int = 0
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, name: str) -> None:
        """Start the one of that name, in a session of its own so that all of it can be killed."""
        commands = {
            "server": [
                GUNICORN,
                "--worker-class=gthread",
                f"--threads={VISITORS}",
                f"--bind=127.0.0.1:{self.port}",
                "--log-level=critical",
                "wsgi:app",
            ],
            "worker": [INTAKE, "worker"],
        }
        self.running[name] = subprocess.Popen(
            [str(part) for part in commands[name]],
            env={**os.environ, **self.environment},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        """SIGKILL to the process and its children: nothing is tidied up."""
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running[name].wait()

    def keep_killing(self, chance: random.Random) -> None:
        """Kill them by turns, each time somewhere within the next few submissions."""
        while self.kills < KILLS and not self.stopping.is_set():
            wanted = self.acknowledged + chance.randint(1, 2 * SUBMISSIONS // KILLS - 4)
            while self.acknowledged < wanted and not self.stopping.is_set():
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.02))  # to fall anywhere within a request
            name = ("server", "worker")[self.kills % 2]
            self.kill(name)
            self.kills += 1
            self.start(name)

    def stop(self) -> None:
        """End both."""
        for name in self.running:
            self.kill(name)


@pytest.fixture
def installation(request: pytest.FixtureRequest) -> Iterator[Installation]:
    makers: dict[str, AbstractContextManager[Installation]] = {
        "sqlite": sqlite_installation(QUESTIONS),
        "postgresql": postgres_installation(QUESTIONS),
    }
    with makers[request.param] as made:
        yield made


def submit_until_acknowledged(processes: Processes, request: Submitting) -> str:
    """Press the button again and again, as somebody does whose page does not load."""
    server, stop = Server(processes.port, 0), time.monotonic() + LONGEST
    while time.monotonic() < stop:
        try:
            status, _ = server.request("POST", request.path, request.body, request.headers)
        except (OSError, HTTPException):  # killed in the middle of its answer
            status = 0
        if status == 303:
            processes.acknowledged += 1
            return request.draft_id
        assert status in (0, 503), f"a visitor was told {status}"
        time.sleep(0.05)
    raise AssertionError("a visitor never got a receipt")


@pytest.mark.parametrize(
    "installation",
    [pytest.param("sqlite", marks=pytest.mark.nightly), "postgresql"],
    indirect=True,
)
def test_submissions_survive_kills(installation: Installation) -> None:
    environment = installation.environment
    requests = filled_drafts(environment, SUBMISSIONS, QUESTIONS)
    processes = Processes(environment)
    for name in ("server", "worker"):
        processes.start(name)
    killer = threading.Thread(target=processes.keep_killing, args=(random.Random(2),))
    killer.start()
    try:
        with ThreadPoolExecutor(VISITORS) as visitors:
            acknowledged = set(
                visitors.map(lambda each: submit_until_acknowledged(processes, each), requests)
            )
    finally:
        processes.stopping.set()
        killer.join()
        processes.stop()
    assert processes.kills >= 6
    assert len(acknowledged) == SUBMISSIONS
    check_what_is_stored(environment, acknowledged)
    mails = list((installation.folder / "mail").glob("*.eml"))
    assert len(mails) >= SUBMISSIONS


def check_what_is_stored(environment: Mapping[str, str], acknowledged: set[str]) -> None:
    """Each once, whole, and with its work done."""
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        submissions = db.session.execute(
            sa.select(Submission.draft_id, Submission.id, Submission.case_id)
        ).all()
        assert {row.draft_id for row in submissions} == acknowledged
        assert len(submissions) == len({row.case_id for row in submissions}) == SUBMISSIONS
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == SUBMISSIONS
        sealed = set(db.session.scalars(sa.select(SealedKeyCopy.submission_id)))
        assert sealed == {row.id for row in submissions}
        db.session.rollback()
        while run_once(clock() + timedelta(minutes=10)):  # after the killed workers' claims
            pass
        states = set(db.session.scalars(sa.select(OutboxMessage.state)))
        assert states == {"done"}
        assert audit.verify() == []
        db.session.remove()
        db.engine.dispose()
