"""GET of a 40-question page, whole stack, against a bare Flask route with the same bytes."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.http import Server, gunicorn, resident_mebibytes
from benchmarks.installation import Installation, sqlite_installation
from benchmarks.loading import with_conditions
from benchmarks.measuring import Figure, Times, compare, shown
from benchmarks.prepared import filled_drafts

QUESTIONS = 40
LONG, CONDITIONS = 200, 100
BATCH = 20
REACH = 1.5


def measure() -> list[Figure]:
    """The ratio of the two servers, each one gunicorn worker, for a page of a form of 40 questions
    and for one of a long form with conditions; then our worker's memory."""
    with sqlite_installation(QUESTIONS) as installation:
        times, memory = page_of(installation, QUESTIONS, "page-0", QUESTIONS)
    with sqlite_installation(LONG, form=with_conditions(LONG, CONDITIONS)) as installation:
        of_long, _ = page_of(installation, LONG, "page-100", 5)
    return [
        figure("GET of a 40-question page, whole stack", times),
        figure("GET of a page of 200 questions, 100 conditions", of_long),
        Figure("Memory of a serving process", f"{memory:.0f} MiB", "–", memory, 120, "MiB"),
    ]


def figure(what: str, times: Times) -> Figure:
    """One line of the table."""
    bare = f"bare Flask {shown(times.theirs)}"
    return Figure(what, shown(times.ours), bare, times.ours / times.theirs, REACH, "×")


def page_of(
    installation: Installation, questions: int, page_id: str, least: int
) -> tuple[Times, float]:
    """Both servers' times for one page, with at least so many controls; our worker's memory."""
    with gunicorn("wsgi:app", installation.environment) as ours:
        (draft,) = filled_drafts(installation.environment, 1, questions)
        path = draft.path.replace("check-answers", page_id)
        return against_bare(ours, path, draft.headers, least), resident_mebibytes(ours.pid)


def against_bare(ours: Server, path: str, headers: Mapping[str, str], least: int) -> Times:
    """Both servers' times for the same bytes."""
    status, body = ours.request("GET", path, headers=headers)
    assert status == 200
    assert body.count(b"question_") > least
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
