"""A sum for the browser before a form begins that anybody can open, and a way without it."""

import re
from dataclasses import replace
from hashlib import pbkdf2_hmac
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake import spending
from intake.challenges import COST, KEY_SIZE, MOST
from intake.config import Settings
from intake.spending import Spent
from tests.intake import food_parcel as fp
from tests.intake.conftest import Clock, dispose, make_application

pytestmark = pytest.mark.database("sqlite")

OPEN = "/forms/food-parcel"
CHALLENGED = {**fp.FORM, "x-form": {**fp.FORM["x-form"], "challenge": True}}


@pytest.fixture
def challenged(app: Flask) -> Flask:
    with app.app_context():
        fp.publish(CHALLENGED)
    return app


def fields_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))


def solved(html: str) -> dict[str, str]:
    """The fields of a page, with the number that its script finds."""
    said = dict(re.findall(r'data-(salt|key)="([0-9a-f]+)"', html))
    salt, key = bytes.fromhex(said["salt"]), bytes.fromhex(said["key"])
    for number in range(1, MOST + 1):
        if pbkdf2_hmac("sha256", str(number).encode(), salt, COST, KEY_SIZE) == key:
            return {**fields_of(html), "number": str(number)}
    raise AssertionError("no number solves it")


def press(client: FlaskClient, fields: dict[str, str], address: str = OPEN) -> Any:
    return client.post(address, data={**fields, "action": "continue"})


@pytest.mark.parametrize("how", ["memory", "database"])
def test_a_solved_sum_opens_the_form_once(
    challenged: Flask, settings: Settings, clock: Clock, how: str
) -> None:
    app = make_application(replace(settings, throttle=how), clock)
    client = app.test_client()
    fields = solved(client.get(OPEN).text)
    assert press(client, fields).status_code == 303
    again = press(client, fields)
    assert again.status_code == 200
    assert "Wait 20 seconds" in again.text
    dispose(app)


def test_a_sum_of_another_form_a_made_up_one_or_an_old_one_opens_nothing(
    challenged: Flask, clock: Clock
) -> None:
    with challenged.app_context():
        other = {**CHALLENGED, "$id": "clothes"}
        fp.publish(other, {**fp.RULES, "form": "clothes"})
    client = challenged.test_client()
    fields = solved(client.get("/forms/clothes").text)
    assert press(client, fields).status_code == 200
    assert press(client, {**fields, "challenge": "made-up"}, "/forms/clothes").status_code == 200
    wrong = str(int(fields["number"]) % MOST + 1)
    assert press(client, {**fields, "number": wrong}, "/forms/clothes").status_code == 200
    clock.advance(hours=1)
    assert press(client, fields, "/forms/clothes").status_code == 200


def test_without_scripts_patience_opens_the_form_once(challenged: Flask, clock: Clock) -> None:
    client = challenged.test_client()
    page = press(client, fields_of(client.get(OPEN).text))
    assert "Wait 20 seconds" in page.text
    clock.advance(seconds=5)
    page = press(client, fields_of(page.text))
    assert "Wait 15 seconds" in page.text
    clock.advance(seconds=15)
    patient = fields_of(page.text)
    assert press(client, patient).status_code == 303
    assert "Wait 20 seconds" in press(client, patient).text, "each waits for themselves"


def test_the_way_without_scripts_is_too_narrow_for_a_crowd(challenged: Flask) -> None:
    client = challenged.test_client()
    told = [press(client, {}).status_code for _ in range(21)]
    assert told == [200] * 20 + [429]


def test_a_shared_link_asks_and_a_personal_one_does_not(challenged: Flask) -> None:
    with challenged.app_context():
        shared = fp.a_link(kind="shared", recipient="", uses=5).url
        personal = fp.a_link().url
    client = challenged.test_client()
    address = shared.removeprefix("http://localhost")
    fields = solved(client.get(address).text)
    assert press(client, {**fields, "number": ""}, address).status_code == 200
    assert press(client, fields, address).headers["Location"].endswith("/start")
    personal = personal.removeprefix("http://localhost")
    assert "intake-challenge" not in client.get(personal).text
    assert press(client, {}, personal).status_code == 303


@pytest.fixture
def plain(app: Flask) -> Flask:
    with app.app_context():
        fp.publish()
    return app


def test_an_operator_can_ask_everybody_or_nobody(
    plain: Flask, settings: Settings, clock: Clock
) -> None:
    for how, is_asked in (("forms", False), ("all", True)):
        app = make_application(replace(settings, challenge=how), clock)
        assert ("intake-challenge" in app.test_client().get(OPEN).text) is is_asked
        dispose(app)
    with plain.app_context():
        fp.publish({**CHALLENGED, "x-form": {**CHALLENGED["x-form"], "version": "1.0.1"}})
    app = make_application(replace(settings, challenge="off"), clock)
    assert "intake-challenge" not in app.test_client().get(OPEN).text
    dispose(app)


def test_the_second_press_counts_once(plain: Flask, settings: Settings, clock: Clock) -> None:
    app = make_application(replace(settings, quickest_start=1), clock)
    client = app.test_client()
    page = press(client, fields_of(client.get(OPEN).text))
    assert "press it once more" in page.text
    sure = fields_of(page.text)
    assert press(client, sure).status_code == 303
    assert "press it once more" in press(client, {"sure": sure["sure"]}).text
    dispose(app)


def test_a_flood_of_used_things_fills_no_memory_and_forgets_first_what_ends_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spending, "MOST_KEPT", 100)
    spent = Spent()
    assert spent.add("late", 10_000.0, 0.0)
    for number in range(500):
        spent.add(str(number), 100.0 + number, 0.0)
    assert len(spent.until) <= 100
    assert not spent.add("late", 10_000.0, 0.0)
