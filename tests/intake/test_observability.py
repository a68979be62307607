"""Logs say what happened, and nothing about anybody."""

import json
import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.observability import RedactAddresses, redact

pytestmark = pytest.mark.database("sqlite")

PERSON = "Quillfeather"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_logged_by_its_route_and_never_by_its_path(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/l/some-secret-token?name=Quillfeather", headers={"User-Agent": PERSON})
    (line,) = lines(capsys)
    assert line["route"] == "/l/<token>"
    assert line["method"] == "GET"
    assert line["status"] in (400, 404, 410)
    assert isinstance(line["ms"], float)
    assert "secret" not in json.dumps(line)
    assert PERSON not in json.dumps(line)


def test_an_unknown_path_is_not_logged_either(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get(f"/{PERSON}")
    client.open("/", method=PERSON.upper())
    logged = lines(capsys)
    assert [line["route"] for line in logged] == ["none", "none"]
    assert logged[1]["method"] == "other"
    assert PERSON.lower() not in json.dumps(logged).lower()


def test_every_answer_carries_the_id_under_which_it_was_logged(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/healthz")
    assert [line["request_id"] for line in lines(capsys)] == [answer.headers["X-Request-ID"]]


def test_a_proxy_may_give_the_id_but_nobody_may_write_into_the_log(client: FlaskClient) -> None:
    given = "0123456789abcdef0123456789abcdef"
    kept = client.get("/healthz", headers={"X-Request-ID": given})
    replaced = client.get("/healthz", headers={"X-Request-ID": PERSON})
    assert kept.headers["X-Request-ID"] == given
    assert replaced.headers["X-Request-ID"] != PERSON


def test_an_exception_of_a_library_is_logged_without_its_words(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        raise ValueError(PERSON)
    except ValueError:
        logging.getLogger("some.library").exception("It failed at /l/secret-token")
    (line,) = lines(capsys)
    assert line["exception"] == "builtins.ValueError"
    assert line["places"]
    assert "secret" not in json.dumps(line)
    assert PERSON not in json.dumps(line)


def test_a_web_servers_own_log_is_redacted(app: Flask) -> None:
    logger = logging.getLogger("gunicorn.access")
    assert any(isinstance(one, RedactAddresses) for one in logger.filters)
    record = logger.makeRecord(
        logger.name,
        logging.INFO,
        "",
        0,
        '"%(r)s" %(s)s',
        ({"r": "GET /l/abc HTTP/1.1", "s": 200},),
        None,
    )
    assert logger.filters[0].filter(record)
    assert record.getMessage() == '"GET /l/… HTTP/1.1" 200'


def test_werkzeugs_access_lines_are_silent(app: Flask) -> None:
    assert not logging.getLogger("werkzeug").isEnabledFor(logging.INFO)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("GET /l/abc.def HTTP/1.1", "GET /l/… HTTP/1.1"),
        ("GET /form/0123/about-you HTTP/1.1", "GET /form/… HTTP/1.1"),
        ("/staff/find?postcode=E16AN", "/staff/find?…"),
        ("/forms/breast-pump-loan", "/forms/breast-pump-loan"),
    ],
)
def test_addresses_lose_what_is_secret(text: str, redacted: str) -> None:
    assert redact(text) == redacted
