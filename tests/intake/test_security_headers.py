"""Headers that every answer has."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake import create_app
from intake.config import Settings
from tests.intake.conftest import dispose

pytestmark = pytest.mark.database("sqlite")


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/staff/queue", "/l/x", "/help"])
def test_every_answer_has_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_static_files_may_be_kept_and_pages_may_not(client: FlaskClient) -> None:
    answer = client.get("/static/intake.css")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]
    answer.close()


def test_over_https_browsers_are_told_to_stay_there(settings: Settings, app: Flask) -> None:
    secure = create_app(replace(settings, base_url="https://intake.example.org"))
    headers = secure.test_client().get("/healthz").headers
    assert "max-age=" in headers["Strict-Transport-Security"]
    assert secure.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert secure.config["SESSION_COOKIE_SECURE"]
    dispose(secure)


def test_over_plain_http_they_are_not(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
