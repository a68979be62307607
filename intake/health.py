"""For the operator: is the process alive, and is everything there that it needs?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from intake.app_state import blobs, clock, keys, settings, state
from intake.database import MIGRATIONS, db
from intake.models import FormVersion, Key, Team
from intake.sealing import SealingError
from intake.sealing.keystore import RECOVERY, TEAM, WORKER

BLOBS_SEEN_FOR = timedelta(seconds=10)  # a store elsewhere is asked no more often

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Alive: it answers. Asks nothing else, so that a slow database restarts no process."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Ready to serve: 200, else 503 with the name of each check and what is wrong."""
    problems = readiness()
    status = "ready" if not any(problems.values()) else "not ready"
    return jsonify(status=status, checks={name: text or "ok" for name, text in problems.items()}), (
        200 if status == "ready" else 503
    )


def readiness() -> dict[str, str]:
    """What is wrong, by check; an empty text where nothing is."""
    return {name: tried(check) for name, check in CHECKS.items()}


def check_database() -> str:
    """Whether the database answers."""
    db.session.execute(sa.text("SELECT 1"))
    return ""


def check_migrations() -> str:
    """Whether the schema is the one that this version was written for."""
    from alembic.migration import MigrationContext  # here: it would take a third of every start

    current = MigrationContext.configure(db.session.connection()).get_current_revision()
    if current == newest_migration():
        return ""
    return f"the schema is at {current or 'nothing'}: run `intake db upgrade`"


def check_keys() -> str:
    """Whether every team, the worker and recovery have a key, and the master key opens them."""
    live = sa.select(Key.owner_kind, Key.team_id, Key.id).where(Key.retired_at.is_(None))
    rows = db.session.execute(live).all()
    kinds = {row.owner_kind for row in rows}
    teams = set(db.session.scalars(sa.select(Team.id)))
    without = teams - {row.team_id for row in rows if row.owner_kind == TEAM}
    if not {WORKER, RECOVERY} <= kinds or without:
        return "a key is missing: run `intake keys init`"
    if settings().can_open:
        try:
            keys().private_key(next(row.id for row in rows if row.owner_kind == WORKER))
        except SealingError:
            return "INTAKE_MASTER_KEY does not open the stored keys"
    return ""


def check_forms() -> str:
    """Whether any form is published."""
    published = db.session.scalar(sa.select(sa.func.count()).select_from(FormVersion))
    return "" if published else "no form is published: run `intake forms publish`"


def check_files() -> str:
    """Whether the store of sealed files can be used.

    One that is elsewhere is asked now and then: anybody may ask /readyz as often as they like.
    """
    if blobs().folder is not None:
        return blobs().problem()
    here, now = state(), clock()
    if here.blobs_looked_at is None or not is_fresh(here.blobs_looked_at[0], now):
        here.blobs_looked_at = now, blobs().problem()
    return here.blobs_looked_at[1]


def is_fresh(seen_at: datetime, now: datetime) -> bool:
    """Whether what was seen then may be said again."""
    return timedelta(0) <= now - seen_at < BLOBS_SEEN_FOR


CHECKS: dict[str, Callable[[], str]] = {
    "database": check_database,
    "migrations": check_migrations,
    "keys": check_keys,
    "forms": check_forms,
    "files": check_files,
}


@cache
def newest_migration() -> str | None:
    """The revision that this version's migrations lead to."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def tried(check: Callable[[], str]) -> str:
    """What a check says is wrong; a database that cannot be used is wrong too."""
    try:
        return check()
    except SQLAlchemyError as error:
        db.session.rollback()
        return f"the database cannot be used ({type(error).__name__})"
