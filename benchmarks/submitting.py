"""The final submission, durable, sealed and routed, against a bare insert, on both databases."""

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import sqlalchemy as sa

from benchmarks.http import gunicorn
from benchmarks.installation import Installation, postgres_installation, sqlite_installation
from benchmarks.measuring import Figure, compare, shown
from benchmarks.prepared import filled_drafts

QUESTIONS = 40
ROUNDS = 60


def measure() -> list[Figure]:
    """The ratio on SQLite and on PostgreSQL."""
    return [
        figure("SQLite", sqlite_installation),
        figure("PostgreSQL", postgres_installation),
    ]


def figure(database: str, install: Callable[[int], AbstractContextManager[Installation]]) -> Figure:
    """The ratio on one database."""
    with install(QUESTIONS) as installation, tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text("", "utf-8")
        url = installation.environment["INTAKE_DATABASE_URL"]
        if database == "SQLite":
            url = f"sqlite:///{folder}/bare.sqlite3"
        with gunicorn("wsgi:app", installation.environment) as ours:
            requests = filled_drafts(installation.environment, ROUNDS + 3, QUESTIONS)

            def submit() -> None:
                request = requests.pop()
                status, _ = ours.request("POST", request.path, request.body, request.headers)
                assert status == 303, status

            submit()
            environment = {
                "BARE_PAGE": str(page),
                "BARE_ROW_SIZE": str(stored_size(installation)),
                "BARE_DATABASE_URL": url,
            }
            with gunicorn("benchmarks.bare:create_app()", environment) as bare:
                times = compare(submit, lambda: bare.request("POST", "/row"), rounds=ROUNDS)
    return Figure(
        f"Final submission on {database}",
        shown(times.ours),
        f"bare insert {shown(times.theirs)}",
        times.ours / times.theirs,
        3,
        "×",
    )


def stored_size(installation: Installation) -> int:
    """The bytes that one submission stores sealed: body, decision and key copies."""
    engine = sa.create_engine(installation.environment["INTAKE_DATABASE_URL"])
    with engine.connect() as connection:
        bodies = connection.exec_driver_sql(
            "SELECT length(sealed_answers) + length(sealed_decision) FROM submissions"
        ).scalar_one()
        keys = connection.exec_driver_sql(
            "SELECT sum(length(sealed_key)) FROM sealed_key_copies"
        ).scalar_one()
    engine.dispose()
    return int(bodies) + int(keys)
