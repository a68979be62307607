"""The way out of campaigns, as a person and as their mail program take it."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.database import db
from intake.models import OptOut
from tests.intake.campaign_making import messages, recipients, send, ways_out, work
from tests.intake.case_making import prepare

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def way_out(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    with app.app_context():
        prepare(app, monkeypatch)
        send(recipients(1))
        work()
    (path,) = ways_out(messages(tmp_path / "mail"))
    return path


def opted_out(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(OptOut)) or 0


def test_looking_changes_nothing_and_the_button_stops_the_messages(
    app: Flask, public_app: Flask, way_out: str
) -> None:
    visitor = public_app.test_client()
    assert "Belfast Trust" in visitor.get(way_out).text
    assert opted_out(app) == 0
    answer = visitor.post(way_out)
    assert answer.status_code == 200
    assert "no more of these messages" in answer.text
    assert opted_out(app) == 1


def test_a_mail_program_presses_it_without_a_page(public_app: Flask, app: Flask, way_out: str):
    answer = public_app.test_client().post(way_out, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert opted_out(app) == 1


def test_another_address_is_told_nothing(public_app: Flask, app: Flask, way_out: str) -> None:
    visitor = public_app.test_client()
    for path in (f"{way_out[:-1]}!", "/o/x", f"/o/{'A' * 22}.{'A' * 43}"):
        assert visitor.get(path).status_code == visitor.post(path).status_code == 404
    assert opted_out(app) == 0
