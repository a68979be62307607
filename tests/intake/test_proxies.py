"""Proxies in front: trusted where the settings say so, noticed where they do not."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.cli.doctor import check_proxies
from intake.config import Settings
from tests.intake.conftest import Clock, dispose, make_application

pytestmark = pytest.mark.database("sqlite")

FORWARDED = {"X-Forwarded-For": "192.0.2.1"}


def test_an_unknown_proxy_is_told_by_the_log_and_the_doctor(
    app: Flask, client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    client.get("/help")
    with app.app_context():
        assert check_proxies() == ""
    for _ in range(3):
        client.get("/help", headers=FORWARDED)
    assert capfd.readouterr().err.count("unknown proxy") == 1
    with app.app_context():
        assert "INTAKE_TRUSTED_PROXIES" in check_proxies()


def test_a_day_without_one_is_forgotten(app: Flask, client: FlaskClient, clock: Clock) -> None:
    client.get("/help", headers=FORWARDED)
    clock.advance(days=1)
    with app.app_context():
        assert check_proxies() == ""
    client.get("/help", headers=FORWARDED)
    with app.app_context():
        assert check_proxies()


def test_a_proxy_that_the_settings_know_is_no_problem(settings: Settings, clock: Clock) -> None:
    behind = make_application(replace(settings, trusted_proxies=1), clock)
    behind.test_client().get("/help", headers=FORWARDED)
    with behind.app_context():
        assert check_proxies() == ""
    dispose(behind)
