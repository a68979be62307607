"""Write transactions: whole or not at all, one after the other, readers beside them."""

import sqlite3
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from intake import create_app
from intake.config import SettingsError
from intake.database import db, new_id_in_order, transaction
from intake.models import Team
from tests.intake.conftest import START, Clock, dispose, make_application, make_settings


def telephone() -> str:
    db.session.rollback()
    return db.session.get_one(Team, "duty-desk").telephone


def test_a_transaction_is_stored_whole(context: Flask) -> None:
    with transaction() as session:
        session.get_one(Team, "duty-desk").telephone = "020 7946 0001"
    assert telephone() == "020 7946 0001"


def test_a_transaction_that_fails_stores_nothing(context: Flask) -> None:
    def fail() -> None:
        with transaction() as session:
            session.get_one(Team, "duty-desk").telephone = "020 7946 0001"
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert telephone() == ""


def test_transactions_do_not_nest(context: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError, match="under way"), transaction():
        pass
    with transaction():
        pass


def test_another_connection_reads_while_a_transaction_writes(context: Flask) -> None:
    with transaction() as session:
        session.get_one(Team, "duty-desk").telephone = "020 7946 0001"
        session.flush()
        with db.engine.connect() as connection:
            seen = connection.scalar(sa.select(Team.telephone).where(Team.id == "duty-desk"))
        assert seen == ""


def test_on_sqlite_a_transaction_takes_the_write_lock_at_its_start(
    context: Flask, sqlite_url: str
) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    with transaction():
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE teams SET telephone = 'x'")
        other.close()


def test_what_a_transaction_returns_is_readable_afterwards(context: Flask) -> None:
    with transaction() as session:
        team = session.get_one(Team, "duty-desk")
        team.telephone = "020 7946 0001"
    assert team.telephone == "020 7946 0001"


def test_ids_in_order_stand_in_the_order_of_their_time_and_are_all_different() -> None:
    made = [
        [new_id_in_order(START + timedelta(milliseconds=each)) for _ in range(100)]
        for each in range(20)
    ]
    assert all(max(before) < min(after) for before, after in pairwise(made))
    assert len({each for some in made for each in some}) == 2000
    assert {len(bytes.fromhex(each)) for some in made for each in some} == {16}


def test_a_new_sqlite_file_is_closed_to_other_accounts(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "new.sqlite3"
    app = make_application(make_settings(f"sqlite:///{path}", tmp_path), Clock())
    with app.app_context():
        db.session.execute(sa.text("CREATE TABLE things (name TEXT)"))
        db.session.commit()
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    dispose(app)


def test_a_folder_that_cannot_be_made_is_a_problem_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = make_settings(f"sqlite:///{tmp_path}/file/intake.sqlite3", tmp_path)
    with pytest.raises(SettingsError, match="INTAKE_DATABASE_URL"):
        create_app(settings)
