"""A connection to PostgreSQL that was lost is noticed, and another one takes its place."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import database
from intake.database import db
from intake.services.draft_rows import find_draft

pytestmark = [pytest.mark.database("postgresql"), pytest.mark.usefixtures("context")]


@pytest.fixture
def lost(context: Flask) -> Iterator[sa.Engine]:
    """The engine, after the server has ended the connections that lay in its pool."""
    with db.engine.connect() as connection:
        mine = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    other = sa.create_engine(db.engine.url)
    with other.connect() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
    yield db.engine
    other.dispose()


def test_one_that_lay_idle_is_asked_before_it_is_used(
    lost: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "IDLE_FOR", 0)
    with lost.connect() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


def test_one_that_was_lost_in_use_fails_one_statement_and_no_more(
    lost: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "IDLE_FOR", 3600)
    with pytest.raises(sa.exc.OperationalError), lost.connect() as connection:
        connection.scalar(sa.text("SELECT 1"))
    with lost.connect() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


def test_looking_for_a_draft_gets_over_a_lost_connection(
    lost: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "IDLE_FOR", 3600)
    assert find_draft("0" * 32) is None
    assert find_draft("0" * 32) is None
