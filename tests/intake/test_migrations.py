"""The schema's migrations, up and down, on both databases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from intake import create_app, models
from intake.database import UtcDateTime, db
from intake.health import newest_migration
from tests.intake.conftest import START, dispose, make_settings


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def store_case() -> None:
    """A case with a file that its sender added later."""
    moment = {"created_at": START, "updated_at": START}
    case = models.Case(id="case", reference="A-1", form_id="form", state="new", **moment)
    event = models.CaseEvent(
        id="event", case_id="case", at=START, kind="more-sent", actor="visitor"
    )
    file = models.EventFile(
        id="file",
        event_id="event",
        sealed_key=b"",
        sealed_about=b"",
        stored_size=1,
        created_at=START,
    )
    for row in (case, event, file):
        db.session.add(row)
        db.session.flush()
    db.session.commit()


def test_it_goes_down_to_nothing_and_up_again(context: Flask) -> None:
    before = tables()
    assert before == set(db.metadata.tables)
    store_case()
    downgrade(revision="0004")
    with db.engine.connect() as connection:  # SQLite makes some tables anew, whose rows others name
        told = connection.exec_driver_sql(
            "SELECT count(*) FROM case_events JOIN event_files ON 1=1"
        )
        assert told.scalar() == 1
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert tables() == before


def test_models_and_migrations_do_not_differ(context: Flask) -> None:
    with db.engine.connect() as connection:
        migration = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True}
        )
        assert migration.get_current_revision() == newest_migration()
        assert compare_metadata(migration, db.metadata) == []


def test_times_come_back_aware_and_in_utc(context: Flask) -> None:
    stored = db.session.scalars(sa.select(models.Key.created_at)).first()
    assert stored == START
    assert stored.utcoffset().total_seconds() == 0


def test_a_time_without_a_zone_is_not_stored(context: Flask) -> None:
    query = sa.select(models.Key).where(models.Key.created_at == START.replace(tzinfo=None))
    with pytest.raises(sa.exc.StatementError, match="aware"):
        db.session.execute(query)


def test_sqlite_is_durable_and_keeps_its_references(sqlite_url: str, tmp_path: Path) -> None:
    app = create_app(make_settings(sqlite_url, tmp_path))  # other tests' applications are hastier
    with app.app_context(), db.engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    dispose(app)


LONG_AGO = datetime(2020, 3, 27, 9, 30, tzinfo=UTC)


def test_the_version_in_force_stays_in_force_when_versions_get_their_dates(context: Flask) -> None:
    downgrade(revision="0001")
    insert = sa.text(
        "INSERT INTO form_versions (form_id, version, content_hash, content, rules, rules_hash,"
        " published_at, is_current) VALUES ('f', :version, '', '', '', '', :at, :is_current)"
    ).bindparams(sa.bindparam("at", type_=UtcDateTime()))
    with db.engine.begin() as connection:
        for day, (version, is_current) in enumerate((("1", False), ("2", True), ("3", False))):
            at = LONG_AGO + timedelta(days=day)
            values = {"version": version, "at": at, "is_current": is_current}
            connection.execute(insert, values)
    upgrade()
    stored = db.session.scalars(sa.select(models.FormVersion).order_by("version")).all()
    assert [row.current_from for row in stored] == [LONG_AGO, LONG_AGO + timedelta(days=1), None]
    db.session.rollback()
    downgrade(revision="0001")
    with db.engine.connect() as connection:
        query = "SELECT version FROM form_versions WHERE is_current"
        assert connection.exec_driver_sql(query).scalars().all() == ["2"]
    upgrade()
