"""A copy of one's own answers: for whoever gave them, for an hour, and in nobody else's hands."""

from base64 import urlsafe_b64decode
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.database import db
from intake.models import Draft
from intake.sealing import Context, derive, open_body
from intake.sealing.errors import SealingError
from intake.services import own_copies
from intake.services.drafts import load_draft
from intake.services.own_copies import own_copy, purge_copies
from intake.services.submitting import submit_referral
from renderers import NotSet
from tests.intake import food_parcel as fp
from tests.intake import photo_album as album
from tests.intake.conftest import SECRET_KEYS, START, Clock
from tests.intake.test_exiting import EXITING
from tests.intake.test_safe_contact import FORM as ASKS_WHETHER_SAFE
from tests.intake.test_safe_contact import UNSAFE
from tests.journeys.form_filler import complete
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

ON_SQLITE = pytest.mark.database("sqlite")
LINK = "Save a copy (PDF)"


def at_check_answers(app: Flask, form: dict[str, Any] = fp.FORM, **options: object) -> Visitor:
    with app.app_context():
        fp.publish(form)
        url = fp.a_link(**options).url
    browser = fp.visitor(app)
    fp.as_far_as("check-answers", browser, url)
    return browser


def sent(app: Flask, form: dict[str, Any] = fp.FORM) -> Visitor:
    browser = at_check_answers(app, form)
    browser.press("submit")
    return browser


def copy_address(page: Page) -> str:
    return next(url for words, url in page.links if words == LINK).removeprefix("http://localhost")


def client_of(browser: Visitor) -> Any:
    return browser.transport.client  # type: ignore[attr-defined]


def test_the_answers_are_there_before_and_for_an_hour_after_sending(
    app: Flask, clock: Clock
) -> None:
    browser = at_check_answers(app)
    address = copy_address(browser.here)
    before = client_of(browser).get(address)
    assert before.status_code == 200
    browser.press("submit")
    assert "Exit this page" not in browser.here.text, "the form has no such button"
    assert "for 1 hour after you sent the form" in browser.here.text
    assert copy_address(browser.here) == address
    clock.advance(minutes=59)
    after = client_of(browser).get(address)
    assert after.data.startswith(b"%PDF")
    headers = after.headers
    assert headers["Content-Disposition"] == "attachment; filename=copy.pdf"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert after.data != before.data, "with the reference"
    clock.advance(minutes=1)
    assert browser.open(address).status == 404
    assert "The copy is not here any more" in browser.here.text
    assert LINK not in browser.open(address.replace("copy.pdf", "done")).text
    with app.app_context():
        assert db.session.scalars(sa.select(Draft.sealed_copy)).one() is not None
        purge_copies(clock.now)
        row = db.session.scalars(sa.select(Draft)).one()
        assert (row.sealed_copy, row.copy_until) == (None, None)
    assert browser.open(address).status == 404


def test_the_database_with_every_key_of_the_installation_opens_no_copy(app: Flask) -> None:
    browser = sent(app)
    with app.app_context():
        row = db.session.scalars(sa.select(Draft)).one()
        sealed = row.sealed_copy
        assert sealed is not None
        assert fp.NAME.encode() not in sealed
        context = Context("own-copy", row.form_id, row.form_version, row.id)
        for key in (*(derive(one.encode(), "draft", row.id) for one in SECRET_KEYS), bytes(32)):
            with pytest.raises(SealingError):
                open_body(key, sealed, context)
    key = urlsafe_b64decode(client_of(browser).get_cookie("intake-visitor").value)[16:48]
    assert fp.NAME.encode() in open_body(key, sealed, context), "the visitor's cookie does"


def test_nobody_else_has_it_and_not_whoever_exited(app: Flask) -> None:
    browser = sent(app, EXITING)
    assert "even if you select ‘Exit this page’" in browser.here.text
    address = copy_address(browser.here)
    stranger = fp.visitor(app)
    assert stranger.open(address).status == 404
    with app.app_context():
        other = fp.a_link().url
    stranger.open(other)
    stranger.press("continue")
    assert stranger.open(address).status == 404, "another recipient's key opens only their own"
    client_of(browser).get("/exit/food-parcel/1.0.0")
    assert browser.open(address).status == 404


@ON_SQLITE
def test_the_link_in_the_message_shows_no_answers(app: Flask) -> None:
    browser = sent(app)
    page = browser.press("follow")
    assert "/status/" in page.url
    assert LINK not in page.text


@ON_SQLITE
def test_it_is_not_offered_to_who_said_that_email_is_unsafe(app: Flask) -> None:
    with app.app_context():
        fp.publish(ASKS_WHETHER_SAFE)
        url = fp.a_link().url
    browser = fp.visitor(app)
    page = complete(browser, url, UNSAFE)
    assert all(LINK not in each.text for each in browser.seen)
    assert browser.open(page.url.replace("/done", "/copy.pdf")).status == 404
    with app.app_context():
        assert db.session.scalars(sa.select(Draft.sealed_copy)).one() is None


@ON_SQLITE
def test_without_typst_nothing_is_offered_or_kept(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_copies, "can_print", lambda: False)
    browser = at_check_answers(app)
    address = browser.here.url.replace("/check-answers", "/copy.pdf")
    assert LINK not in browser.here.text
    assert LINK not in browser.press("submit").text
    assert browser.open(address).status == 404
    with app.app_context():
        assert db.session.scalars(sa.select(Draft.sealed_copy)).one() is None


@ON_SQLITE
def test_answers_that_are_not_complete_lead_back_to_the_form(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        url = fp.a_link().url
    browser = fp.visitor(app)
    page = fp.as_far_as("about", browser, url)
    assert browser.open(page.url.replace("/about", "/copy.pdf")).url.split("?")[0] == page.url


@ON_SQLITE
def test_many_copies_at_once_are_slowed_down(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sent(app)
    monkeypatch.setattr("intake.public.own_copy.own_copy", lambda *_: b"%PDF")
    answers = [browser.open(copy_address(browser.seen[-1])).status]
    address = copy_address(next(page for page in browser.seen if page.url.endswith("/done")))
    answers += [browser.open(address).status for _ in range(30)]
    assert answers == [200] * 30 + [429]


@ON_SQLITE
def test_files_are_named_before_and_after_sending(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[dict[str, Any]] = []
    monkeypatch.setattr(own_copies, "set_pdf_apart", lambda _to, data: said.append(data) or b"%PDF")
    album.publish()
    draft = album.a_draft()
    photo, letter = album.send(draft), album.send(draft, name="letter.jpg")
    draft = album.answered(draft, {"photos": [photo.id], "letter": letter.id})
    own_copy(draft, START)
    submit_referral(draft.id, draft.key, now=START)
    own_copy(load_draft(draft.id, draft.key, START), START)
    before, after = (str(each["parts"]) for each in said)
    for parts in (before, after):
        assert "photo.jpg" in parts
        assert "letter.jpg" in parts
        assert "Made Up" in parts
    assert "not sent yet" in before
    assert "Reference PA-" in after


@ON_SQLITE
def test_a_copy_that_cannot_be_set_now_can_be_asked_for_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sent(app)
    address = copy_address(browser.here)

    def fail(*_: object) -> bytes:
        raise NotSet

    with monkeypatch.context() as patched:
        patched.setattr(own_copies, "set_pdf_apart", fail)
        answer = client_of(browser).get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert client_of(browser).get(address).data.startswith(b"%PDF")
