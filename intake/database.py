"""The database: one SQLAlchemy object, times in UTC, and write transactions."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from intake.config import SettingsError

IDLE_FOR = 1.0  # seconds; a server takes longer to restart
BACK_AT = "back at"

LOCK_TIMEOUT = 5  # seconds; longer than any transaction of ours, shorter than a person's patience

MIGRATIONS = Path(__file__).parent / "migrations"

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every model."""

    metadata = sa.MetaData(naming_convention=NAMING)


# what a transaction returns stays readable after its commit, without another query
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

_in_transaction: ContextVar[bool] = ContextVar("in_transaction", default=False)
_takes_write_lock: ContextVar[bool] = ContextVar("takes_write_lock", default=False)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite drops time zones, so they are put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Any,  # noqa: ARG002
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return value.astimezone(UTC)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Any,  # noqa: ARG002
    ) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def new_id() -> str:
    """A random identifier: 128 bits as 32 hexadecimal characters."""
    return secrets.token_hex(16)


def new_id_in_order(at: datetime) -> str:
    """An identifier whose first 48 bits are its millisecond, and 80 bits random.

    For rows that are stored by the thousand: they stand together in an index, where those of
    ``new_id`` touch each of its pages. It tells when it was made, so it is nothing to show.
    """
    return f"{int(at.timestamp() * 1000):012x}{secrets.token_hex(10)}"


@contextmanager
def transaction() -> Iterator[Any]:
    """One write transaction: committed at the end, rolled back on any error.

    On SQLite it takes the write lock at its start (BEGIN IMMEDIATE), so that two writers queue
    instead of one of them failing half way. Transactions do not nest: RuntimeError.
    """
    if _in_transaction.get():
        raise RuntimeError("a write transaction is under way already: pass the session on instead")
    token = _in_transaction.set(True)
    try:
        db.session.rollback()  # ends a read that was under way: its snapshot could not be upgraded
        _begin_writing()
        yield db.session
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _in_transaction.reset(token)


def read_without_transaction() -> None:
    """Let the session read without BEGIN and ROLLBACK around it, until its next transaction.

    On PostgreSQL this saves three journeys to the server, and the statements that the connection
    has prepared: psycopg forgets them at each ROLLBACK. Each read sees what is committed by then,
    as in a transaction at READ COMMITTED. Nothing to do on SQLite, or where a read is under way.
    """
    if db.engine.dialect.name == "postgresql" and not db.session().in_transaction():
        db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


def _begin_writing() -> None:
    """Begin on the session's own connection only: another one that is used meanwhile reads."""
    token = _takes_write_lock.set(True)
    try:
        db.session.connection()
    finally:
        _takes_write_lock.reset(token)


def create_sqlite_file(url: str) -> None:
    """Make a SQLite file and its folder, closed to other accounts of the machine.

    Raises SettingsError if they cannot be made.
    """
    path = sa.make_url(url).database
    if not url.startswith("sqlite") or not path or path == ":memory:":
        return
    file = Path(path).absolute()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)  # SQLite gives its log the same permissions
    except OSError as error:
        problem = f"INTAKE_DATABASE_URL: {file} cannot be made or written: {error.strerror}."
        raise SettingsError((problem,)) from error


def prepare_sqlite(engine: Engine) -> None:
    """Make SQLite durable and let SQLAlchemy, not the driver, begin transactions."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={LOCK_TIMEOUT * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _takes_write_lock.get() else "BEGIN")


def engine_options(url: str) -> dict[str, Any]:
    """How to connect: a lost PostgreSQL connection is noticed, a lock is not waited for long."""
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": LOCK_TIMEOUT}}
    options = f"-c timezone=UTC -c lock_timeout={LOCK_TIMEOUT * 1000}"
    return {
        "hide_parameters": True,  # an error's text holds no values
        "connect_args": {"options": options, "connect_timeout": 10, "application_name": "intake"},
    }


def ask_idle_connections(engine: Engine) -> None:
    """Ask a PostgreSQL connection whether it still works, if nobody has used it for a moment.

    Asked each time, as ``pool_pre_ping`` does, it cost a submission three journeys to the server. A
    server that goes away within the moment is met by the statement itself: the visitor is told to
    press the button again, and the pool begins anew.
    """
    if engine.dialect.name == "sqlite":
        return

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info[BACK_AT] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        if monotonic() - record.info.get(BACK_AT, monotonic()) < IDLE_FOR:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the pool makes new connections and tries again


class MigrateWhenAsked:
    """Flask-Migrate's settings, made when a command first asks for them.

    Alembic takes a third of the time of a start and 20 MiB, and no page needs it.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate(self._app, db, directory=str(MIGRATIONS), compare_type=True, render_as_batch=True)
        return getattr(self._app.extensions["migrate"], name)  # which it has put in our place


def init_app(app: Flask) -> None:
    """Connect the application to the database that its settings name."""
    url = app.extensions["intake"].settings.database_url
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    create_sqlite_file(url)
    db.init_app(app)
    app.extensions["migrate"] = MigrateWhenAsked(app)
    with app.app_context():
        prepare_sqlite(db.engine)
        ask_idle_connections(db.engine)
