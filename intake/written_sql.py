"""Statements written once in a driver's own words: for the paths on which somebody waits.

SQLAlchemy still hands them to the driver, so that errors, events and transactions are as anywhere
else. What is saved is to look up, for each call, the same text and the same types again.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class InWords:
    """A statement as one driver takes it: its text, and its parameters in their order."""

    text: str
    is_positional: bool
    order: tuple[str, ...]
    constants: Mapping[str, Any]
    converters: Mapping[str, Convert]

    def parameters(self, row: Mapping[str, Any]) -> Any:
        """A row as the driver takes it."""
        values = {**self.constants, **row}
        for name, convert in self.converters.items():
            values[name] = convert(values[name])
        return tuple([values[name] for name in self.order]) if self.is_positional else values


class Written:
    """A statement that is compiled once for each driver.

    ``columns`` are those that an INSERT is given: all of those that have no default, in the model
    or in the database. A default of the model that is not a plain value is not looked at. What a
    SELECT gives is as the driver gives it, so its columns are texts, whole numbers and bytes.
    """

    def __init__(self, statement: Any, *columns: str) -> None:
        self._statement = statement
        self._columns = columns or None
        self._in_words: dict[tuple[str, str], InWords] = {}

    def run(self, connection: sa.Connection, *rows: Mapping[str, Any]) -> sa.CursorResult[Any]:
        """Run it once for each row, in one go; without rows, once."""
        dialect = connection.dialect
        words = self._in_words.get((dialect.name, dialect.driver)) or self._write(dialect)
        if len(rows) > 1:
            return connection.exec_driver_sql(words.text, [*map(words.parameters, rows)])
        return connection.exec_driver_sql(words.text, words.parameters(rows[0] if rows else {}))

    def _write(self, dialect: Dialect) -> InWords:
        compiled = cast(
            SQLCompiler, self._statement.compile(dialect=dialect, column_keys=self._columns)
        )
        found = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        words = InWords(
            str(compiled),
            dialect.positional,
            tuple(compiled.positiontup or ()),
            {
                **{name: value for name, value in compiled.params.items() if value is not None},
                **_plain_defaults(compiled),
            },
            {name: convert for name, convert in found.items() if convert},
        )
        self._in_words[dialect.name, dialect.driver] = words
        return words


def _plain_defaults(compiled: SQLCompiler) -> dict[str, Any]:
    """What the model says of the columns of an INSERT that it is not given."""
    columns = compiled.insert_prefetch if compiled.isinsert else ()
    return {
        column.key: column.default.arg
        for column in columns
        if isinstance(column.default, sa.ColumnDefault) and column.default.is_scalar
    }


def insert(model: Any, *columns: str) -> Written:
    """The INSERT of a model's row with these columns, or all."""
    table = cast(sa.Table, model.__table__)
    return Written(sa.insert(table), *(columns or [column.key for column in table.columns]))


@contextmanager
def sent_together(connection: sa.Connection) -> Iterator[None]:
    """Send all statements of the block before any of them has answered, where the driver can.

    Only for statements whose answers nobody looks at: no rows, no ``rowcount``. The errors are
    those of the single statements, and come at the end of the block at the latest. Each statement
    waits for the one before, and the first that fails lets those that follow undone: what is
    whole or not is decided by the transaction around it, as ever.
    """
    driver: Any = connection.connection.driver_connection
    if not hasattr(driver, "pipeline"):
        yield
        return
    dialect = connection.dialect
    try:
        with driver.pipeline():
            yield
    except dialect.loaded_dbapi.Error as error:
        is_lost = dialect.is_disconnect(error, driver, None)
        if is_lost:
            connection.invalidate(error)
        raise sa.exc.DBAPIError.instance(
            None,
            None,
            error,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=dialect,
        ) from error
