"""A serving process that is sent a large photograph: how it grows, and what reaches the disk."""

import http.client
import os
import signal
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from benchmarks.http import free_port
from intake.config import Settings
from intake.database import db
from intake.models import DraftFile
from intake.services.blob_sweep import sweep_blobs
from intake.services.drafts import save_answers
from intake.services.sealed_drafts import Draft
from tests.intake import photo_album as album
from tests.intake.conftest import MASTER_KEY, SECRET_KEYS, Clock
from tests.intake.files import hostile
from tests.journeys.visitors import wait_until

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.slow]

ROOT = Path(__file__).parents[3]
MOST_GROWTH = 16 * 1024  # KiB
FILE_NAME = "our-secret-kitchen-in-Example-Street"
PAUSE_AFTER = 6 * 1024 * 1024  # bytes of the upload


@dataclass
class Serving:
    """A running gunicorn with one process that serves."""

    master: "subprocess.Popen[bytes]"
    port: int

    @property
    def worker(self) -> int:
        """The process that serves."""
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children")
        return int(children.read_text().split()[0])

    def memory(self, name: str) -> int:
        """VmRSS or VmHWM of the serving process in KiB."""
        status = Path(f"/proc/{self.worker}/status").read_text()
        return int(status.partition(f"{name}:")[2].split()[0])

    def forget_peak(self) -> None:
        """Begin to measure the peak anew."""
        Path(f"/proc/{self.worker}/clear_refs").write_text("5")


@pytest.fixture
def serving(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Serving]:
    with app.app_context():
        album.publish()
    port = free_port()
    (tmp_path / "tmp").mkdir()
    master = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--threads", "2", "--workers", "1"),
            *("--bind", f"127.0.0.1:{port}", "--worker-tmp-dir", str(tmp_path / "tmp")),
            "wsgi:app",
        ],
        cwd=ROOT,
        env=environment(settings, tmp_path),
        stderr=subprocess.DEVNULL,
    )
    found = Serving(master, port)
    wait_until(lambda: status_of(port) == 200, 30, "gunicorn starting")
    yield found
    master.terminate()
    master.wait(20)


def environment(settings: Settings, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(tmp_path / "tmp"),
        "INTAKE_ENVIRONMENT": "production",
        "INTAKE_ROLE": "all",
        "INTAKE_BASE_URL": settings.base_url,
        "INTAKE_DATABASE_URL": settings.database_url,
        "INTAKE_SECRET_KEYS": ",".join(SECRET_KEYS),
        "INTAKE_MASTER_KEY": b64encode(MASTER_KEY).decode(),
        "INTAKE_MAIL_URL": settings.mail_url,
        "INTAKE_BLOB_URL": settings.blob_url,
    }


def status_of(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@dataclass
class Visitor:
    """Somebody without JavaScript, who sends one photograph in two halves."""

    draft: Draft
    connection: http.client.HTTPConnection

    @property
    def path(self) -> str:
        return f"/form/{self.draft.id}/files"

    @property
    def cookie(self) -> str:
        pair = bytes.fromhex(self.draft.id) + self.draft.key
        return f"intake-visitor={urlsafe_b64encode(pair).decode()}"

    def look_at_the_page(self) -> bytes:
        self.connection.request("GET", self.path, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        assert answer.status == 200
        return answer.read()

    def send_first_half(self, body: bytes) -> None:
        self.connection.putrequest("POST", self.path)
        self.connection.putheader("Cookie", self.cookie)
        self.connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        self.connection.putheader("Content-Length", str(len(body)))
        self.connection.endheaders()
        self.connection.send(body[:PAUSE_AFTER])

    def send_second_half(self, body: bytes) -> int:
        self.connection.send(body[PAUSE_AFTER:])
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


@pytest.fixture
def visitor(serving: Serving, app: Flask, clock: Clock) -> Iterator[Visitor]:
    """A visitor on the page with the file questions, by the clock of the serving process."""
    clock.now = datetime.now(UTC)
    with app.app_context():
        draft = save_answers(album.a_draft(), {"name": "Made Up"}, done=["name"], now=clock.now)
    connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=60)
    yield Visitor(draft, connection)
    connection.close()


@pytest.fixture
def body(visitor: Visitor) -> bytes:
    """What a browser posts: the token, the button and a photograph of more than 10 MiB."""
    fields = {"csrf_token": visitor.draft.csrf, "action": "continue"}
    head = "".join(f"{part(name)}\r\n\r\n{value}\r\n" for name, value in fields.items())
    head += f'{part("photos")}; filename="{FILE_NAME}.jpg"\r\n\r\n'
    whole = head.encode() + hostile.large_photograph() + b"\r\n--x--\r\n"
    assert len(whole) > 10 * 1024 * 1024
    return whole


def part(name: str) -> str:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"'


def readable(serving: Serving, folder: Path, words: tuple[bytes, ...]) -> list[str]:
    """Where any of these words lies: in files of the folder, or in deleted ones still open."""
    opened = Path(f"/proc/{serving.worker}/fd")
    files = [path for path in folder.rglob("*") if path.is_file()]
    files += [path for path in opened.iterdir() if path.is_file()]
    return [str(path) for path in files if any(word in content_of(path) for word in words)]


def content_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def is_half_sent(folder: Path) -> bool:
    return bool(list((folder / "blobs").rglob("*#1")))


def test_a_large_photograph_neither_fills_the_memory_nor_reaches_the_disk_readable(
    serving: Serving, visitor: Visitor, body: bytes, app: Flask, tmp_path: Path
) -> None:
    words = (hostile.SECRET, FILE_NAME.encode(), body[3_000_000:3_000_040])
    assert b"multipart/form-data" in visitor.look_at_the_page()
    before = serving.memory("VmRSS")
    serving.forget_peak()
    visitor.send_first_half(body)
    wait_until(lambda: is_half_sent(tmp_path), 30, "half of it arriving")
    assert readable(serving, tmp_path, words) == []
    assert visitor.send_second_half(body) == 303
    growth = serving.memory("VmHWM") - before
    print(f"it grew by {growth} KiB")
    assert growth <= MOST_GROWTH
    assert readable(serving, tmp_path, words) == []
    with app.app_context():
        stored = db.session.scalars(sa.select(DraftFile)).one()
        assert album.blobs(app) == [f"files/{stored.id}"]
    assert FILE_NAME.encode() in visitor.look_at_the_page()


def test_a_process_that_is_killed_during_an_upload_leaves_nothing_that_opens(
    serving: Serving, visitor: Visitor, body: bytes, app: Flask, tmp_path: Path
) -> None:
    visitor.send_first_half(body)
    wait_until(lambda: is_half_sent(tmp_path), 30, "half of it arriving")
    os.kill(serving.worker, signal.SIGKILL)
    wait_until(lambda: status_of(serving.port) == 200, 30, "gunicorn starting another one")
    assert readable(serving, tmp_path, (hostile.SECRET, FILE_NAME.encode())) == []
    with app.app_context():
        assert db.session.scalars(sa.select(DraftFile)).all() == []
        assert album.blobs(app) != []
        sweep_blobs(datetime.now(UTC) + timedelta(days=2))
        assert album.blobs(app) == []
