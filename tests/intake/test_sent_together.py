"""Statements that are sent together: stored as if each had been alone, and as wrong if one is."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from intake.database import db, transaction
from intake.models import Area
from intake.written_sql import insert, sent_together

ADD = insert(Area, "code", "name")


def names() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(sa.select(Area.name).where(Area.code.like("new-%"))))


def test_all_of_them_are_stored(context: Flask) -> None:
    with transaction() as session, sent_together(session.connection()):
        ADD.run(session.connection(), {"code": "new-1", "name": "Ards"})
        two = ({"code": "new-2", "name": "Bann"}, {"code": "new-3", "name": "Clogher"})
        ADD.run(session.connection(), *two)
    assert names() == {"Ards", "Bann", "Clogher"}


def test_an_error_of_one_is_what_it_is_alone_and_nothing_is_stored(context: Flask) -> None:
    with pytest.raises(IntegrityError) as raised, transaction() as session:  # noqa: PT012
        with sent_together(session.connection()):
            for name in ("Ards", "Bann"):
                ADD.run(session.connection(), {"code": "new-1", "name": name})
            ADD.run(session.connection(), {"code": "new-2", "name": "Clogher"})
        pytest.fail("the transaction went on")
    assert "Bann" not in str(raised.value), "an error's text holds no values"
    assert names() == set()
    with transaction() as session:
        ADD.run(session.connection(), {"code": "new-4", "name": "Derg"})
    assert names() == {"Derg"}


def test_a_connection_that_is_lost_under_way_is_replaced(
    context: Flask,
) -> None:
    if db.engine.dialect.name != "postgresql":
        return
    with pytest.raises(OperationalError), transaction() as session:  # noqa: PT012
        connection = session.connection()
        mine = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with sa.create_engine(db.engine.url, poolclass=sa.NullPool).connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
        with sent_together(connection):
            ADD.run(connection, {"code": "new-1", "name": "Ards"})
            ADD.run(connection, {"code": "new-2", "name": "Bann"})
    assert names() == set()
