"""A whole journey with every logger as talkative as it can be, and nothing of it in any log."""

import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from socket import socket
from threading import Thread
from types import SimpleNamespace
from urllib.request import Request

import pytest
from flask import Flask
from gunicorn.config import Config
from gunicorn.glogging import Logger
from werkzeug.serving import make_server

from intake.config import Settings
from intake.worker import run_once
from tests.intake import food_parcel as fp
from tests.intake import photo_album as album
from tests.intake.conftest import Clock, dispose, make_application
from tests.intake.paper_trail import picture
from tests.journeys.form_filler import Answers, carry_on, fill, forward
from tests.journeys.html_contract import Page
from tests.journeys.visitors import HttpTransport, Visitor

pytestmark = pytest.mark.database("sqlite")

MANUAL = Path(__file__).parents[2] / "docs/operators/running-in-production.md"
NAME, FILE, MORE = "Zebedee Quillfeather", "bruise-on-tuesday.png", "He came back on Friday"
SENT_TO, BACK_TO, RECEIPT_TO = ("first@example.org", "second@example.org", "third@example.org")


@pytest.fixture
def talkative(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Every logger at its lowest level, before and after the application is made."""
    names = ["", "werkzeug", "sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "gunicorn"]
    names += [name for name in logging.root.manager.loggerDict if name not in names]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def served(
    capfd: pytest.CaptureFixture[str], talkative: None, settings: Settings, clock: Clock
) -> Iterator[Flask]:
    """The application behind a real server, whose requests gunicorn's log is told of too."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = make_application(replace(settings, base_url=f"http://localhost:{port}"), clock)
    logging.getLogger("werkzeug").setLevel(logging.DEBUG)
    access = re.search(r"--access-logformat '([^']+)'", MANUAL.read_text("utf-8"))
    assert access
    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", access[1])
    gunicorn = Logger(config)
    inner = app.wsgi_app

    def logged(environ, start_response):
        answer = SimpleNamespace(status="200 OK", sent=1, headers=[], response_length=1)
        raw = {**environ, "RAW_URI": environ["REQUEST_URI"]}
        took = SimpleNamespace(seconds=0, microseconds=1, total_seconds=lambda: 0.0)
        gunicorn.access(answer, SimpleNamespace(headers=[]), raw, took)
        return inner(environ, start_response)

    server = make_server("127.0.0.1", port, logged, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield app
    server.shutdown()
    server.server_close()
    for handler in list(gunicorn.access_log.handlers):
        gunicorn.access_log.removeHandler(handler)
    dispose(app)


def mail(app: Flask, to: str) -> str:
    """All messages to somebody, once the worker has sent them."""
    with app.app_context():
        run_once()
    folder = Path(app.extensions["intake"].settings.mail_url.removeprefix("file:"))
    read = (
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in folder.glob("*.eml")
    )
    return "\n".join(one.get_body(["plain"]).get_content() for one in read if one["To"] == to)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[0]


def upload(visitor: Visitor) -> Page:
    """Post the page with one file, as a browser does."""
    boundary = secrets.token_hex(8)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in [*visitor.here.hidden, ("action", "upload-photos")]
    ]
    named = f'Content-Disposition: form-data; name="photos"; filename="{FILE}"'
    parts.append(f"--{boundary}\r\n{named}\r\nContent-Type: image/png\r\n\r\n".encode())
    body = b"".join([*parts, picture(), f"\r\n--{boundary}--\r\n".encode()])
    kind = f"multipart/form-data; boundary={boundary}"
    opener = visitor.transport.opener
    url = visitor.here.url
    with opener.open(Request(url, data=body, headers={"Content-Type": kind})) as answer:
        assert FILE.removesuffix(".png") in answer.read().decode()
    return visitor.open(url)


def test_no_log_at_any_level_tells_anything_of_a_journey(
    served: Flask, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with served.app_context():
        album.publish()
        link = fp.a_link("photo-album", recipient=SENT_TO, verify="code").url
    first, second = Visitor(HttpTransport()), Visitor(HttpTransport())
    first.open(link)
    first.press("continue")
    code = found(r"(?m)^\s*\d{6}\s*$", mail(served, SENT_TO)).strip()
    first.press("continue", [("answer", code)])
    while not first.here.url.endswith("/files"):
        first.press(forward(first.here), fill(first.here, Answers(text=NAME)))
    upload(first)
    first.press("save")
    way_back = first.press("send", [("email", BACK_TO)]).reference.replace(" ", "")
    back = found(r"http://\S+/r/[\w.-]+", mail(served, BACK_TO))
    second.open(back)
    second.press("continue", [("answer", way_back)])
    done = carry_on(second, Answers(text=NAME))
    assert done.reference
    second.press("receipt", [("email", RECEIPT_TO)])
    status = found(r"http://\S+/s/[\w.-]+", mail(served, RECEIPT_TO))
    second.open(status)
    second.press("continue")
    second.open(f"{second.here.url}/more")
    second.press("send", [("more", MORE)])
    cookies = [one.value or "" for each in (first, second) for one in each.transport.cookies]
    tokens = [each.rpartition("/")[2] for each in (link, back, status)]
    told = [NAME, "Quillfeather", FILE.removesuffix(".png"), MORE, SENT_TO, BACK_TO, RECEIPT_TO]
    secrets_of_it = [*tokens, *cookies, *told, code, way_back]
    assert all(len(each) > 4 for each in secrets_of_it)
    said = "\n".join(record.getMessage() for record in caplog.records)
    streams = "".join(capfd.readouterr())
    for talker in ("SELECT", "BEGIN", "HTTP/1.1"):
        assert talker in said, "the loggers are not as talkative as they can be"
    assert '"GET /l/… HTTP/1.1"' in streams, "gunicorn's lines are not there"
    assert [each for each in secrets_of_it if each in said or each in streams] == []
