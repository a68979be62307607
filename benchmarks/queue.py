"""The queue's first page, signed in as a lead of five teams, with few referrals and with many.

BENCH_REFERRALS=1000,100000 measures other sizes on PostgreSQL: the largest takes minutes to build.
"""

import http.client
import os
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy import event

from benchmarks.http import Server, gunicorn
from benchmarks.installation import Installation, postgres_installation, sqlite_installation
from benchmarks.measuring import Figure, shown
from benchmarks.referrals import EMAIL, FORMS, PASSWORD, QUESTIONS, TEAMS, fill
from intake import create_app
from intake.access import User
from intake.config import Settings
from intake.database import db
from intake.models import Staff
from intake.services.queue import queue_page
from intake.services.queue_figures import team_counts
from intake.services.queue_filters import LIVE_SHOWS, NOBODY, SHOWS, SOMEBODY, Place, QueueFilter
from intake.services.staff_accounts import load_signed_in

SIZES = "1000,1000000"
ON_SQLITE = 100_000
ROUNDS = 20
SLOWEST = 60  # milliseconds for the whole GET
LARGE = ("destinations", "cases", "case_events")
GROWTH = 1.5  # times as long with the most as with the fewest
PAGES: Mapping[str, Mapping[str, object]] = {
    "first page": {},
    "overdue": {"overdue": "yes"},
    "one form, nobody's": {"form": FORMS[-1], "assigned": "nobody"},
    "two forms, urgent": {"form": FORMS[:2], "urgency": [3, 4]},
    "yours": {"show": "yours"},
    "accepted, somebody's": {"show": "accepted", "assigned": "somebody"},
    "finished": {"show": "finished"},
    "finished, immediate": {"show": "finished", "urgency": 4},
}


@dataclass(frozen=True)
class Signed:
    """An installation's server, and the cookie of somebody signed in."""

    installation: Installation
    server: Server
    cookie: str

    def get(self, **query: object) -> float:
        """Seconds of one page."""
        path = f"/staff/queue?{urlencode(query, doseq=True)}"
        start = time.perf_counter()
        status, body = self.server.request("GET", path, headers=self._headers())
        took = time.perf_counter() - start
        assert status == 200, (status, path)
        assert b"</html>" in body, path
        return took

    def _headers(self) -> dict[str, str]:
        return {"Host": "localhost", "Cookie": self.cookie}

    def processor(self, **query: object) -> float:
        """Seconds of processor of one page, in our process and in the database's: what else the
        machine does is not in it."""
        before = sum(map(processor_seconds, self._processes()))
        for _ in range(ROUNDS):
            self.get(**query)
        return (sum(map(processor_seconds, self._processes())) - before) / ROUNDS

    def _processes(self) -> list[int]:
        database = self.installation.folder / "pg"
        return [self.server.pid, *(pid for pid in running() if folder_of(pid) == database)]


def running() -> list[int]:
    """Every process that we may look at (Linux)."""
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]


def folder_of(pid: int) -> Path | None:
    """Where a process works."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure() -> list[Figure]:
    """Both databases; on PostgreSQL with the fewest and the most referrals, in turns."""
    sizes = [int(size) for size in os.environ.get("BENCH_REFERRALS", SIZES).split(",")]
    with ExitStack() as stack:
        few, many = (
            stack.enter_context(filled(stack.enter_context(postgres_installation(QUESTIONS)), size))
            for size in (sizes[0], sizes[-1])
        )
        figures = compared(few, many, sizes)
        figures.append(scans(many))
    with (
        sqlite_installation(QUESTIONS) as installation,
        filled(installation, ON_SQLITE) as on_sqlite,
    ):
        took = medians([on_sqlite])[0]
        slowest = max(took.values())
        told(f"SQLite, {ON_SQLITE:,}", took)
        of = f"{ON_SQLITE:,}, SQLite"
        figures.append(Figure(f"Queue of {of}", shown(slowest), "–", slowest * 1e3, SLOWEST, "ms"))
    return figures


def compared(few: Signed, many: Signed, sizes: list[int]) -> list[Figure]:
    """The figures of both sizes."""
    of_few, of_many = medians([few, many])
    told(f"{sizes[0]:,}", of_few)
    told(f"{sizes[-1]:,}", of_many)
    first = "first page"
    growth = of_many[first] / of_few[first]
    slowest = max(of_many, key=lambda page: of_many[page])
    return [
        Figure(f"Queue's first page, {sizes[-1]:,}", shown(of_many[first]),
               f"{sizes[0]:,}: {shown(of_few[first])}", growth, GROWTH, "×"),
        Figure("Its time", shown(of_many[first]), "–", of_many[first] * 1e3, SLOWEST, "ms"),
        Figure("Processor of it, ours and the database's", shown(many.processor()),
               f"{sizes[0]:,}: {shown(few.processor())}", many.processor() * 1e3, SLOWEST, "ms"),
        Figure(f"The slowest filter: {slowest}", shown(of_many[slowest]), "–",
               of_many[slowest] * 1e3, SLOWEST, "ms"),
    ]  # fmt: skip


def scans(signed: Signed) -> Figure:
    """How many statements, of all lists with all filters, read one of the large tables through."""
    plans = explained(signed.installation)
    through = [
        (statement, plan)
        for statement, plan in plans
        if any(f"Seq Scan on {table}" in plan for table in LARGE)
    ]
    for statement, plan in through[:3]:
        print(statement, plan, sep="\n", file=sys.stderr)
    return Figure(
        "Statements that read a large table through", f"of {len(plans)}", "–", len(through), 0, ""
    )


def explained(installation: Installation) -> list[tuple[str, str]]:
    """Every statement of every list with every filter, with its plan."""
    app = create_app(Settings.from_environment(installation.environment))
    with app.app_context():
        connection, seen = db.session.connection(), []

        def note(
            _connection: object, _cursor: object, statement: str, given: object, *_: object
        ) -> None:
            seen.append((statement, given))

        event.listen(db.engine, "before_cursor_execute", note)
        team_counts(load_user())
        for wanted in filters(FORMS):
            queue_page(TEAMS[0], wanted)
        event.remove(db.engine, "before_cursor_execute", note)
        plans = [
            (
                statement,
                "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", given).scalars()),
            )
            for statement, given in seen
        ]
        db.engine.dispose()
    return plans


def load_user() -> User:
    """The lead, as they are signed in."""
    staff_id = db.session.scalar(sa.select(Staff.id).where(Staff.email == EMAIL))
    signed_in = load_signed_in(staff_id or "")
    assert signed_in
    return signed_in.user


def filters(forms: Sequence[str]) -> Iterator[QueueFilter]:
    """Every kind of filter in every list, at the beginning and in the middle."""
    place = Place(2, datetime.now(UTC), "8" * 32)
    kinds = product(
        (*SHOWS, *LIVE_SHOWS.keys() - set(SHOWS)),
        (frozenset[int](), frozenset({4}), frozenset({1, 3})),
        (frozenset[str](), frozenset(forms[-1:]), frozenset(forms[:3])),
        (False, True),
        ("", NOBODY, SOMEBODY, "team-0-1"),
        (None, place),
        (False, True),
    )
    for show, urgencies, of_forms, overdue, assigned, at, is_backwards in kinds:
        if at or not is_backwards:
            yield QueueFilter(show, urgencies, of_forms, overdue, assigned, at, is_backwards)


def medians(signed: list[Signed]) -> list[dict[str, float]]:
    """Seconds of each page of each installation, in turns."""
    times: list[dict[str, list[float]]] = [{page: [] for page in PAGES} for _ in signed]
    for turn in range(ROUNDS + 5):
        for page, query in PAGES.items():
            for one, kept in zip(signed, times, strict=True):
                took = one.get(**query)
                if turn >= 5:  # the first ones compile statements and templates
                    kept[page].append(took)
    return [{page: statistics.median(took) for page, took in kept.items()} for kept in times]


def told(what: str, took: Mapping[str, float]) -> None:
    """One line for each page, on standard error."""
    for page, seconds in took.items():
        print(f"  {what:>16} {page:<22} {shown(seconds):>9}", file=sys.stderr, flush=True)


@contextmanager
def filled(installation: Installation, referrals: int) -> Iterator[Signed]:
    """A server of an installation with that many referrals."""
    begun = time.perf_counter()
    fill(installation.environment, referrals)
    built = time.perf_counter() - begun
    print(f"  {referrals:>9,} referrals stored in {built:.0f} s", file=sys.stderr, flush=True)
    with gunicorn("wsgi:app", installation.environment) as server:
        yield Signed(installation, server, sign_in(server))


def sign_in(server: Server) -> str:
    """The cookie of the lead."""

    def ask(method: str, body: str = "", **headers: str) -> tuple[str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(
            method, "/staff/sign-in", body or None, {"Host": "localhost", **kind, **headers}
        )
        answer = connection.getresponse()
        cookies = [each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie") or ()]
        return answer.read().decode(), "; ".join(cookies)

    page, cookie = ask("GET")
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token, page
    form = {"csrf_token": token[1], "email": EMAIL, "password": PASSWORD}
    _, signed = ask("POST", urlencode(form), Cookie=cookie)
    return signed
