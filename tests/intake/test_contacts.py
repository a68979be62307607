"""A page that cannot do what somebody wants says whom to call, in the language of the form."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from intake.database import db, transaction
from intake.models import Team
from intake.public import form_runner, throttled
from intake.services.links import list_links, revoke_link
from intake.throttling import Limit
from tests.intake import food_parcel as fp

pytestmark = pytest.mark.database("sqlite")
NONE_AT_ALL = Limit("none-at-all", 0, timedelta(minutes=10))
DESK = {"name": "the parcel desk", "telephone": "01632 960001", "email": "parcels@example.org"}
OPEN = "/forms/food-parcel"


def publish(app: Flask, **settings: Any) -> None:
    with app.app_context():
        fp.publish({**fp.FORM, "x-form": {**fp.FORM["x-form"], **settings}})


def in_a_form(app: Flask) -> Any:
    """Somebody on the first page of a form behind a link."""
    with app.app_context():
        url = fp.a_link().url
    browser = fp.visitor(app)
    fp.as_far_as("who", browser, url)
    return browser


def names_the_desk(text: str) -> bool:
    return all(part in text for part in DESK.values())


def test_whoever_is_held_up_at_an_open_form_is_told_whom_to_call(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(app, contact=DESK)
    monkeypatch.setitem(throttled.BY_ADDRESS, "public.start_form", NONE_AT_ALL)
    refused = app.test_client().post(OPEN)
    assert refused.status_code == 429
    assert names_the_desk(refused.text)
    welsh = app.test_client().post(f"{OPEN}?language=cy")
    assert names_the_desk(welsh.text)
    assert 'lang="cy"' in welsh.text


def test_whoever_is_held_up_on_the_way_is_told_whom_to_call(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(app, contact=DESK)
    browser = in_a_form(app)
    monkeypatch.setitem(throttled.BY_ADDRESS, "public.send_link", NONE_AT_ALL)
    page = browser.press("save")
    page = browser.press("send", [("email", "parent@example.org")])
    assert page.status == 429
    assert names_the_desk(page.text)


def test_a_link_tells_nobody_which_form_it_is_for(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(app, contact=DESK)
    with app.app_context():
        address = fp.a_link().url.removeprefix("http://localhost")
    monkeypatch.setitem(throttled.BY_ADDRESS, "public.use_link", NONE_AT_ALL)
    refused = app.test_client().post(address)
    assert refused.status_code == 429
    assert DESK["name"] not in refused.text
    assert "whoever sent you the link" in refused.text


def test_whose_link_was_stopped_is_told_whom_to_call_and_the_team_if_the_form_names_nobody(
    app: Flask,
) -> None:
    publish(app, contact=DESK)
    named, other = in_a_form(app), None
    publish(app, version="1.0.1")
    other = in_a_form(app)
    with app.app_context():
        with transaction() as session:
            session.execute(
                sa.update(Team).where(Team.id == "belfast-pumps").values(telephone="028 9018 0000")
            )
        for line in list_links():
            revoke_link(None, line.id)
        db.session.remove()
    told = named.press("continue")
    assert told.status == 410
    assert names_the_desk(told.text)
    told = other.press("continue")
    assert "Belfast pumps" in told.text
    assert "028 9018 0000" in told.text
    assert "belfast-pumps@example.org" not in told.text, (
        "where its notices go is not for the public"
    )


def test_whoever_meets_a_locked_database_is_told_whom_to_call(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(app, contact=DESK)
    browser = in_a_form(app)

    def locked(*_args: Any, **_more: Any) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(form_runner, "take", locked)
    page = browser.press("continue", [("applying_as", "parent")])
    assert page.status == 503
    assert names_the_desk(page.text)
