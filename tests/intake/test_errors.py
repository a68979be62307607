"""What goes wrong is answered with a page that says what to do, and with the right status."""

import sqlite3
from pathlib import Path
from typing import NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask, abort, request
from flask.testing import FlaskClient
from werkzeug.exceptions import TooManyRequests

from intake.database import db, transaction
from intake.models import Team
from intake.sealing import KeyNotFound
from intake.web import LARGEST_BODY
from tests.journeys.html_contract import read_page

pytestmark = pytest.mark.database("sqlite")


def add_routes(app: Flask) -> None:
    """Routes that fail in each way."""

    def forbidden() -> NoReturn:
        abort(403)

    def broken() -> NoReturn:
        raise ValueError("Made Up Person could not be parsed")

    def too_many() -> NoReturn:
        raise TooManyRequests(retry_after=30)

    def full() -> NoReturn:
        raise OSError(28, "No space left on device")

    def keyless() -> NoReturn:
        raise KeyNotFound("team belfast-pumps")

    def unstorable() -> NoReturn:
        raise sa.exc.DataError("SELECT 1", {}, ValueError("Made Up Person"))

    def write() -> str:
        with transaction() as session:
            session.get_one(Team, "duty-desk").telephone = request.form["telephone"]
        return "stored"

    app.add_url_rule("/test/forbidden", view_func=forbidden)
    app.add_url_rule("/test/broken", view_func=broken)
    app.add_url_rule("/test/too-many", view_func=too_many)
    app.add_url_rule("/test/full", view_func=full)
    app.add_url_rule("/test/keyless", view_func=keyless)
    app.add_url_rule("/test/unstorable", view_func=unstorable)
    app.add_url_rule("/test/write", view_func=write, methods=["POST"])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    add_routes(app)
    return app.test_client()


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


def test_what_is_forbidden_answers_exactly_as_what_does_not_exist(client: FlaskClient) -> None:
    forbidden, missing = client.get("/test/forbidden"), client.get("/test/nothing")
    assert forbidden.status_code == missing.status_code == 404
    assert forbidden.data == missing.data


def test_a_fault_shows_a_number_that_is_in_the_log_and_no_words(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/test/broken")
    logged = capsys.readouterr().err
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    assert answer.headers["X-Request-ID"] in logged
    assert "ValueError" in logged
    assert "Made Up Person" not in answer.text + logged


def test_a_team_without_a_key_is_the_operators_to_mend_and_loses_nothing(
    client: FlaskClient,
) -> None:
    answer = client.get("/test/keyless")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Nothing that you have entered was lost" in answer.text
    assert "belfast-pumps" not in answer.text


def test_a_value_that_no_column_holds_is_a_bad_request(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.get("/test/unstorable").status_code == 400
    assert "Made Up Person" not in capsys.readouterr().err


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.get("/test/write")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_oversized_body_is_refused(client: FlaskClient) -> None:
    answer = client.post("/test/write", data={"telephone": "0" * (LARGEST_BODY + 1)})
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_too_many_fields_are_refused(client: FlaskClient) -> None:
    fields = {f"field-{number}": "x" for number in range(3000)}
    answer = client.post("/test/write", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nrubbish"),
        ("application/x-www-form-urlencoded", b"%%%&=&=\xff\xfe"),
        ("application/json", b"{"),
    ],
)
def test_malformed_form_data_is_a_bad_request(
    client: FlaskClient, content_type: str, body: bytes
) -> None:
    answer = client.post("/test/write", data=body, content_type=content_type)
    assert answer.status_code == 400


def test_too_many_attempts_say_when_to_come_back(client: FlaskClient) -> None:
    answer = client.get("/test/too-many")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "30"


def test_a_full_disk_is_a_passing_state(client: FlaskClient) -> None:
    answer = client.get("/test/full")
    assert answer.status_code == 503
    assert "Nothing that you have sent was lost" in answer.text


def test_a_locked_database_asks_to_press_again(
    client: FlaskClient, on_sqlite: Path, app: Flask
) -> None:
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with sqlite3.connect(on_sqlite, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        locked = client.post("/test/write", data={"telephone": "020 7946 0001"})
        other.execute("ROLLBACK")
    other.close()
    assert locked.status_code == 503
    assert locked.headers["Retry-After"] == "5"
    assert "press the button again" in locked.text
    again = client.post("/test/write", data={"telephone": "020 7946 0001"})
    assert again.text == "stored"


def test_a_full_database_keeps_what_was_there(client: FlaskClient, app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    answer = client.post("/test/write", data={"telephone": "0" * 900_000})
    assert answer.status_code == 503
    with app.app_context():
        assert db.session.get_one(Team, "duty-desk").telephone == ""


def test_every_error_is_a_whole_page(client: FlaskClient) -> None:
    for path in ("/test/nothing", "/test/broken", "/test/full", "/test/too-many"):
        answer = client.get(path)
        assert read_page(path, answer.status_code, answer.text).title.endswith("Intake")
        assert "<h1" in answer.text


def test_a_database_that_is_away_is_unavailable(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_more: object) -> NoReturn:
        raise sa.exc.OperationalError("SELECT 1", {}, sqlite3.OperationalError("gone"))

    with app.app_context():
        monkeypatch.setattr(db.engine, "connect", away)
    assert client.post("/test/write", data={"telephone": "1"}).status_code == 503
