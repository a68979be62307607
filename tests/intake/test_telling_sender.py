"""Whoever sent something hears of it at the points that its form chose, and no more."""

import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from form_definitions import load_form, shipped_forms
from intake.app_state import clock
from intake.config import Settings
from intake.database import db
from intake.models import Destination, SenderMail
from intake.sealing.keystore import WORKER
from intake.services import case_decisions
from intake.services.contacting import Contact, record_contact
from intake.services.key_care import new_key
from intake.services.resealing import reseal_everything
from intake.worker import run_once
from tests.intake import food_parcel as fp
from tests.intake.case_making import DUTY, make_staff, part
from tests.journeys.form_filler import complete

ON_SQLITE = pytest.mark.database("sqlite")
POINTS = ["received", "accepted", "outcome", "closed"]


def telling(points: list[str], **settings: Any) -> dict[str, Any]:
    return {**fp.FORM, "x-form": {**fp.FORM["x-form"], "tell_sender": points, **settings}}


class Scene:
    """Somebody who has sent a form, and one of the team that got it."""

    def __init__(self, app: Flask, settings: Settings, form: dict[str, Any]) -> None:
        self.app = app
        self.folder = Path(settings.mail_url.removeprefix("file:"))
        with app.app_context():
            fp.publish(form)
            url = fp.a_link(verify="none").url
            self.user = make_staff("kim", DUTY)
        self.browser = fp.visitor(app)
        complete(self.browser, url, fp.FILLED)
        with app.app_context():
            self.case_id = db.session.scalars(sa.select(Destination.case_id)).one()

    def ask_for_mails(self) -> None:
        self.browser.press("receipt", [("email", "me@example.org"), ("news", "yes")])

    def page(self) -> Any:
        if "/status/" not in self.browser.here.url:
            return self.browser.press("follow")
        return self.browser.open(self.browser.here.url)

    def do(self, act: Any, *given: Any, **named: Any) -> None:
        with self.app.app_context():
            act(self.user, part(self.case_id, DUTY), *given, **named, address="")

    def news(self) -> list[str]:
        """The messages that say that there is news."""
        with self.app.app_context():
            run_once()
        read = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in self.folder.glob("*.eml")
        ]
        texts = ["".join(m.get_body([k]).get_content() for k in ("plain", "html")) for m in read]
        found = zip(read, texts, strict=True)
        return [text for mail, text in found if mail["Subject"].startswith("There is news")]


@pytest.fixture
def scene(app: Flask, settings: Settings) -> Scene:
    return Scene(app, settings, telling(POINTS))


def test_the_page_and_the_emails_tell_the_points_that_the_form_chose(scene: Scene) -> None:
    scene.ask_for_mails()
    assert scene.news() == []
    scene.do(case_decisions.accept)
    assert len(scene.news()) == 1
    text = scene.news()[0]
    for secret in (fp.NAME, "food", "Duty", "Belfast", "accept", "dealing"):
        assert secret not in text
    link = re.search(r"http://\S+/s/[\w.-]+", text)
    assert link
    browser = fp.visitor(scene.app)
    browser.open(link[0])
    assert "2 November 2026 A team is dealing with it." in browser.press("continue").text
    scene.do(record_contact, Contact(clock_of(scene), "visit", "child-seen"), "today")
    assert len(scene.news()) == 1, "the form does not tell of contacts"
    scene.do(case_decisions.close, "They are well.", outcome="helped")
    assert len(scene.news()) == 3
    page = scene.page().text
    assert "The help was given." in page
    assert "This is finished." in page
    assert "Somebody has been in touch" not in page


def clock_of(scene: Scene) -> Any:
    with scene.app.app_context():
        return clock()


@ON_SQLITE
def test_nobody_who_did_not_ask_gets_an_email(scene: Scene) -> None:
    scene.browser.press("receipt", [("email", "me@example.org")])
    scene.do(case_decisions.accept)
    assert scene.news() == []
    assert "Stop these emails" not in scene.page().text


@ON_SQLITE
def test_whoever_stops_them_gets_no_more_and_the_address_is_gone(scene: Scene) -> None:
    scene.ask_for_mails()
    page = scene.page()
    assert "Stop these emails" in page.text
    form = re.search(r'action="([^"]+/stop-emails)">\s*<input[^>]+value="([^"]+)"', page.html)
    assert form
    client = scene.browser.transport.client  # type: ignore[attr-defined]
    assert "We send you no more emails." in client.post(form[1], data={"csrf_token": form[2]}).text
    assert client.post(form[1], data={"csrf_token": "x"}).status_code >= 400
    scene.do(case_decisions.accept)
    assert scene.news() == []
    with scene.app.app_context():
        assert db.session.scalars(sa.select(SenderMail)).all() == []


@ON_SQLITE
def test_the_address_is_sealed_and_outlives_the_workers_key(scene: Scene) -> None:
    scene.ask_for_mails()
    with scene.app.app_context():
        sealed = db.session.scalars(sa.select(SenderMail.sealed_address)).one()
        assert b"me@example.org" not in sealed
        new_key(WORKER)
        list(reseal_everything(WORKER, None))
    scene.do(case_decisions.accept)
    assert len(scene.news()) == 1


@ON_SQLITE
def test_a_sensitive_case_never_tells_its_outcome(app: Flask, settings: Settings) -> None:
    scene = Scene(app, settings, telling(POINTS, sensitive=True))
    scene.do(case_decisions.accept)
    scene.do(case_decisions.close, "Well.", outcome="helped")
    page = scene.page().text
    assert "The team has decided what comes next." in page
    assert "The help was given" not in page


@ON_SQLITE
def test_what_is_the_familys_to_tell_is_never_said(scene: Scene) -> None:
    scene.do(case_decisions.accept)
    scene.do(case_decisions.close, "They said no.", outcome="family-declined")
    page = scene.page().text
    assert "The team has decided what comes next." in page


@ON_SQLITE
def test_a_form_that_chose_nothing_tells_nothing_but_that_it_arrived(
    app: Flask, settings: Settings
) -> None:
    scene = Scene(app, settings, telling(["received"]))
    assert "Email me when there is news" not in scene.browser.here.text
    scene.do(case_decisions.accept)
    page = scene.page().text
    assert "We received it." in page
    assert "dealing with it" not in page


@ON_SQLITE
def test_a_form_without_the_key_shows_how_far_each_team_is(app: Flask, settings: Settings) -> None:
    scene = Scene(app, settings, fp.FORM)
    assert load_form(shipped_forms()["closure"]).tell_sender is None
    scene.do(case_decisions.accept)
    assert "A team The team is dealing with it." in scene.page().text
