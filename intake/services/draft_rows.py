"""Read one draft's row: the busiest query of the platform, so it goes the shortest way."""

from collections import deque
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import aliased

from intake.database import db
from intake.models import Draft, FormVersion, Link


class StoredDraft(NamedTuple):
    """A draft as it is stored, with the hashes of its form version and rules."""

    form_id: str
    form_version: str
    link_id: str | None
    case_id: str | None
    staff_id: str | None
    revision: int
    sealed_answers: bytes | None
    content_hash: str
    rules_hash: str
    translations: str
    rules_line: str
    is_stopped: bool  # its link was revoked
    is_behind: bool  # a later version of its form is in force, or will be

    @property
    def hashes(self) -> tuple[str, str, str, str]:
        """What stands for the form version and its rules among those that are compiled."""
        return self.content_hash, self.rules_hash, self.translations, self.rules_line

    def __repr__(self) -> str:
        return f"StoredDraft(form_id={self.form_id!r}, revision={self.revision!r})"


_newer = aliased(FormVersion)

# Only columns that every driver gives as they are: no result is converted below.
_QUERY = (
    sa.select(
        Draft.form_id,
        Draft.form_version,
        Draft.link_id,
        Draft.case_id,
        Draft.staff_id,
        Draft.revision,
        Draft.sealed_answers,
        FormVersion.content_hash,
        FormVersion.rules_hash,
        FormVersion.translations,
        FormVersion.rules_line,
        Link.revoked_at.is_not(None),
        sa.exists().where(
            _newer.form_id == Draft.form_id, _newer.current_from > FormVersion.current_from
        ),
    )
    .join(
        FormVersion,
        sa.and_(FormVersion.form_id == Draft.form_id, FormVersion.version == Draft.form_version),
    )
    .outerjoin(Link, Link.id == Draft.link_id)
    .where(Draft.id == sa.bindparam("draft_id"))
)


def find_draft(draft_id: str, engine: Engine | None = None) -> StoredDraft | None:
    """The row of a draft in the application's database, or another one; None if there is none.

    SQLAlchemy writes the SQL once, and the driver runs it: that takes an eighth of the time of
    ``Connection.execute``. What the driver cannot do is asked again through SQLAlchemy, which
    knows about broken connections and gives errors that the rest of the application knows.
    """
    engine = engine or db.engine
    try:
        found = _ask_driver(engine, draft_id)
    except engine.dialect.loaded_dbapi.Error:
        with engine.connect() as connection:
            found = connection.execute(_QUERY, {"draft_id": draft_id}).first()
    return StoredDraft._make(found) if found else None


def _ask_driver(engine: Engine, draft_id: str) -> Any:
    statement, is_positional = _statement(engine.dialect)
    if is_positional:
        return _readers(engine).ask(engine, statement, draft_id)
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        driver.autocommit = True  # one journey to the server, without BEGIN and ROLLBACK around it
        found = driver.execute(statement, {"draft_id": draft_id}).fetchone()
        driver.autocommit = False
    except BaseException:  # a worker that is being stopped too: none may stay in autocommit
        connection.invalidate()
        raise
    else:
        return found
    finally:
        connection.close()


class Readers:
    """SQLite connections beside the pool, which only ever read one row.

    To take one out of the pool and give it back takes as long as the row. There are as many as
    there were threads that read at the same moment.
    """

    def __init__(self) -> None:
        self._free: deque[Any] = deque()  # threads may use its end at the same moment

    def ask(self, engine: Engine, statement: str, draft_id: str) -> Any:
        """The row; a connection on which anything went wrong is not used again."""
        connection = self._taken() or _connection_beside_the_pool(engine)
        try:
            cursor = connection.execute(statement, (draft_id,))
            found = cursor.fetchone()
            cursor.close()  # or its snapshot would be held, and the log never put away
        except BaseException:
            connection.close()
            raise
        self._free.append(connection)
        return found

    def close(self, _engine: Engine) -> None:
        """Close those that nobody uses just now."""
        while connection := self._taken():
            connection.close()

    def _taken(self) -> Any:
        try:
            return self._free.pop()
        except IndexError:
            return None


def _connection_beside_the_pool(engine: Engine) -> Any:
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    return connection


_readers_of: WeakKeyDictionary[Engine, Readers] = WeakKeyDictionary()


def _readers(engine: Engine) -> Readers:
    known = _readers_of.get(engine)
    if known is None:
        known = _readers_of.setdefault(engine, Readers())
        event.listen(engine, "engine_disposed", known.close)
    return known


@cache
def _statement(dialect: Dialect) -> tuple[str, bool]:
    """The query in the driver's own words, and whether its parameter goes by position."""
    compiled = _QUERY.compile(dialect=dialect)
    return str(compiled), dialect.positional
