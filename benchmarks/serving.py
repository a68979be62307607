"""GET of a 40-question page, whole stack, against a bare Flask route with the same bytes."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.http import Server, gunicorn, resident_mebibytes
from benchmarks.installation import sqlite_installation
from benchmarks.measuring import Figure, Times, compare, shown
from benchmarks.prepared import filled_drafts

QUESTIONS = 40
BATCH = 20


def measure() -> list[Figure]:
    """The ratio of the two servers, each one gunicorn worker; then our worker's memory."""
    with (
        sqlite_installation(QUESTIONS) as installation,
        gunicorn("wsgi:app", installation.environment) as ours,
    ):
        (draft,) = filled_drafts(installation.environment, 1, QUESTIONS)
        path = draft.path.replace("check-answers", "page-0")
        times = against_bare(ours, path, draft.headers)
        memory = resident_mebibytes(ours.pid)
    return [
        Figure(
            "GET of a 40-question page, whole stack",
            shown(times.ours),
            f"bare Flask {shown(times.theirs)}",
            times.ours / times.theirs,
            1.5,
            "×",
        ),
        Figure("Memory of a serving process", f"{memory:.0f} MiB", "–", memory, 120, "MiB"),
    ]


def against_bare(ours: Server, path: str, headers: Mapping[str, str]) -> Times:
    """Both servers' times for the same bytes."""
    status, body = ours.request("GET", path, headers=headers)
    assert status == 200
    assert body.count(b"question_") > QUESTIONS
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_bytes(body)
        environment = {
            "BARE_PAGE": str(page),
            "BARE_ROW_SIZE": "1",
            "BARE_DATABASE_URL": "sqlite://",
        }
        with gunicorn("benchmarks.bare:create_app()", environment) as bare:
            return compare(
                lambda: ours.request("GET", path, headers=headers),
                lambda: bare.request("GET", "/page"),
                rounds=40,
                ours_batch=BATCH,
                theirs_batch=BATCH,
            )
