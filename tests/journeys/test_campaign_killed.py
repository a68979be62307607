"""Kill the command that sends a campaign again and again: everyone gets exactly one message."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.campaigns import write_files
from benchmarks.installation import sqlite_installation
from intake import create_app, outbox
from intake.config import Settings
from intake.database import db
from intake.models import Campaign, OutboxMessage
from intake.services.campaign_storage import KIND

ROOT = Path(__file__).parents[2]
RECIPIENTS = 2_500
KILLS = 4
LONGEST = 120  # seconds for one run of the command

pytestmark = pytest.mark.slow


@pytest.mark.nightly
def test_a_campaign_that_is_killed_again_and_again_sends_everyone_one_message() -> None:
    chance = random.Random(4)
    with sqlite_installation(10) as installation:
        file, message = write_files(installation.folder, RECIPIENTS)
        command = [
            sys.executable,
            "-c",
            "from intake.cli import main; main()",
            *("campaign", "send", "--form=measured"),
            *(f"--recipients={file}", f"--message={message}"),
        ]
        environment = {**os.environ, **installation.environment, "PYTHONPATH": str(ROOT)}
        app = create_app(Settings.from_environment(installation.environment))
        with app.app_context():
            for kill in range(KILLS):
                wanted = chance.randint(0, 600) + kill * RECIPIENTS // (KILLS + 1)
                with start(command, environment) as running:
                    wait_for(wanted)
                    time.sleep(chance.uniform(0, 0.2))  # to fall anywhere within a batch
                    running.send_signal(signal.SIGKILL)
            with start(command, environment) as running:
                assert running.wait(LONGEST) == 0
            assert sorted(addresses()) == sorted(
                f"person-{number}@example.org" for number in range(RECIPIENTS)
            )
            assert db.session.scalars(sa.select(Campaign)).one().queued_at is not None
            db.session.remove()
            db.engine.dispose()


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(wanted: int) -> None:
    """Until so many messages are queued."""
    stop = time.monotonic() + LONGEST
    while queued() < wanted and time.monotonic() < stop:
        time.sleep(0.01)


def queued() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) or 0


def addresses() -> list[str]:
    """Whom each waiting message goes to, opened as a worker does."""
    db.session.rollback()
    ids = db.session.scalars(sa.select(OutboxMessage.id).where(OutboxMessage.kind == KIND)).all()
    claims = (outbox.Lease(one, "test", 1) for one in ids)
    return [str(outbox.open_work(claim).payload["to"]) for claim in claims]
