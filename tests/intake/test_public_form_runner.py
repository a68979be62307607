"""The way through a form, page by page, without JavaScript."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.database import db
from intake.models import Draft
from intake.services import draft_rows
from intake.services.links import IssuedLink
from tests.intake import food_parcel as fp
from tests.journeys.form_filler import Answers
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.database("sqlite")

PROFESSIONAL = Answers(by_name={"in_danger": "no", "applying_as": "professional"}, text="Ward 5")


def at(browser: Visitor, link: IssuedLink, page_id: str, answers: Answers = fp.FILLED) -> Page:
    return fp.as_far_as(page_id, browser, link.url, answers)


def elsewhere(page: Page, page_id: str) -> str:
    """The address of another page of the same draft."""
    return f"{page.url.rpartition('/')[0]}/{page_id}"


def back_link(page: Page) -> str:
    return next(url for text, url in page.links if text == "Back")


def test_a_page_that_cannot_be_reached_yet_leads_to_the_first_open_one(
    browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "danger")
    for later in ("family", "check-answers", "done", "visits"):
        assert browser.open(elsewhere(page, later)).url.endswith("/danger")


def test_a_page_that_the_form_does_not_have_is_not_found(
    browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "danger")
    assert browser.open(elsewhere(page, "nonsense")).status == 404


def test_wrong_answers_come_back_with_a_summary_that_leads_to_them(
    browser: Visitor, link: IssuedLink
) -> None:
    at(browser, link, "about")
    page = browser.press("continue", [("notes", "Gluten-free")])
    assert page.status == 200
    assert page.title.startswith("Error: ")
    assert page.errors[0].href == "#full_name"
    assert "full_name" in page.ids
    assert page.control("notes").value.strip() == "Gluten-free", "nothing is typed twice"


def test_a_question_that_an_answer_brings_up_is_asked_before_it_is_required(
    browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "who")
    if not any(control.name == "ward" for control in page.controls):  # no reveal
        page = browser.press("continue", [("applying_as", "professional")])
        assert page.url.endswith("/who")
        assert not page.errors, "it was not on the page, so it cannot be missing"
    page = browser.press("continue", [("applying_as", "professional")])
    assert [error.href for error in page.errors] == ["#ward"]
    page = browser.press("continue", [("applying_as", "professional"), ("ward", "Ward 5")])
    assert page.url.endswith("/danger")


def test_the_back_link_leads_to_the_page_before(browser: Visitor, link: IssuedLink) -> None:
    page = at(browser, link, "danger")
    assert back_link(page).endswith("/who")
    assert back_link(browser.open(back_link(page))).endswith("/start")


def test_items_are_added_and_removed_without_losing_the_others(
    browser: Visitor, link: IssuedLink
) -> None:
    at(browser, link, "family")
    page = browser.press("add", [("children-0-first_name", "Ann")])
    assert page.control("children-0-first_name").value == "Ann"
    fields = [("children-0-first_name", "Ann"), ("children-1-first_name", "Ben")]
    page = browser.press("remove-0", fields)
    assert page.control("children-0-first_name").value == "Ben"
    assert not any(control.name.startswith("children-1") for control in page.controls)
    page = browser.press("continue", [("children-0-school", "Oak School")])
    assert [error.href for error in page.errors] == ["#children-0-first_name"]


def test_an_end_page_stops_the_journey(browser: Visitor, link: IssuedLink) -> None:
    page = at(browser, link, "danger")
    page = browser.press("continue", [("in_danger", "yes")])
    assert page.url.endswith("/call")
    assert not page.has_form
    assert browser.open(elsewhere(page, "check-answers")).url.endswith("/call")
    assert back_link(browser.here).endswith("/danger")


def test_a_change_goes_straight_back_to_checking_the_answers(
    browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "check-answers")
    change = next(url for _, url in page.links if "/about" in url)
    page = browser.open(change)
    assert back_link(page).endswith("/check-answers")
    page = browser.press("continue", [("full_name", "Somebody Else")])
    assert page.url.endswith("/check-answers")
    assert "Somebody Else" in page.text
    assert f"Full name {fp.NAME}" not in page.text


def test_a_change_that_brings_up_a_page_asks_it_and_then_goes_back(
    browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "check-answers")
    browser.open(elsewhere(page, "who") + "?change=1")
    fields = [("applying_as", "professional"), ("ward", "Ward 5")]
    page = browser.press("continue", fields)
    if page.url.endswith("/who"):
        page = browser.press("continue", fields)
    assert "/visits" in page.url
    page = browser.press("continue", [("visit_days", "Mondays")])
    assert page.url.endswith("/check-answers")


def test_an_answer_that_is_hidden_now_is_not_shown_when_checking(
    browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "check-answers", PROFESSIONAL)
    assert "Which ward?" in page.text
    browser.open(elsewhere(page, "who") + "?change=1")
    page = browser.press("continue", [("applying_as", "parent")])
    assert page.url.endswith("/check-answers")
    assert "Which ward?" not in page.text


def test_without_the_cookie_nobody_learns_whether_there_is_a_draft(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "about")
    stranger = app.test_client()
    known = stranger.get(page.url)
    unknown = stranger.get(f"/form/{'0' * 32}/about")
    assert known.status_code == unknown.status_code == 404
    assert known.text == unknown.text
    assert "browser" in known.text


def test_a_cookie_of_rubbish_counts_as_none(app: Flask) -> None:
    client = app.test_client()
    for value in ("%%%", "AAAA", "A" * 3000, "é"):
        client.set_cookie("intake-visitor", value)
        assert client.get(f"/form/{'0' * 32}/about").status_code == 404


def test_a_page_without_its_csrf_token_changes_nothing(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "about")
    client = browser.transport.client  # type: ignore[attr-defined]
    for fields in ({}, {"csrf_token": "wrong"}, {"csrf_token": "é\x00"}):
        answer = client.post(page.url, data={"full_name": fp.NAME, **fields})
        assert answer.status_code == 400
    assert browser.open(page.url).control("full_name").value == ""


@pytest.mark.parametrize("action", ["delete", "remove-", "remove-x", "submit"])
def test_a_button_that_the_page_does_not_have_is_refused(
    browser: Visitor, link: IssuedLink, action: str
) -> None:
    at(browser, link, "about")
    assert browser.press(action).status == 400


def test_malformed_and_oversized_bodies_get_a_clear_answer(
    browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "about")
    client = browser.transport.client  # type: ignore[attr-defined]
    bodies = {
        "application/json": (b"[1", 400),
        "multipart/form-data": (b"--x", 400),
        "multipart/form-data; boundary=x": (b"--x\r\nnonsense", 400),
        "application/x-www-form-urlencoded": (b"%zz=%ff&&&=", 400),
    }
    for content_type, (body, status) in bodies.items():
        answer = client.post(page.url, data=body, content_type=content_type)
        assert answer.status_code == status
        assert "<h1" in answer.text
    large = client.post(page.url, data={**dict(page.hidden), "full_name": "x" * 2_000_000})
    assert large.status_code == 413
    fields = dict.fromkeys(map(str, range(3000)), "x")
    many = client.post(page.url, data={**dict(page.hidden), **fields})
    assert many.status_code == 413
    assert client.put(page.url).status_code == 405
    assert client.delete(link.url).status_code == 405


def test_characters_that_no_keyboard_types_do_no_harm(browser: Visitor, link: IssuedLink) -> None:
    page = at(browser, link, "about")
    client = browser.transport.client  # type: ignore[attr-defined]
    token = dict(page.hidden)["csrf_token"]
    body = f"csrf_token={token}&action=continue&full_name=A%00nn%ED%A0%80%F0%9F%98%80"
    answer = client.post(page.url, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 303
    assert browser.open(page.url).control("full_name").value.startswith("Ann")


def test_two_tabs_do_not_undo_each_others_pages(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    page = at(browser, link, "check-answers")
    client = browser.transport.client  # type: ignore[attr-defined]
    about, who = elsewhere(page, "about"), elsewhere(page, "who")
    token = dict(page.hidden)["csrf_token"]
    client.post(about, data={"csrf_token": token, "full_name": "New Name"})
    client.post(who, data={"csrf_token": token, "applying_as": "parent"})
    assert "New Name" in browser.open(page.url).text


def test_a_draft_is_unreadable_in_the_database(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    at(browser, link, "check-answers")
    with app.app_context():
        path = db.engine.url.database
        sealed = db.session.scalar(sa.select(Draft.sealed_answers))
    stored = b"".join(Path(path + end).read_bytes() for end in ("", "-wal"))
    assert sealed
    assert fp.NAME.encode() not in stored


def test_showing_a_page_asks_the_database_once(
    app: Flask, browser: Visitor, link: IssuedLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, asked = at(browser, link, "about"), []
    ask_driver = draft_rows._ask_driver
    monkeypatch.setattr(
        draft_rows, "_ask_driver", lambda *which: asked.append(which) or ask_driver(*which)
    )
    with app.app_context():
        taken, stop = fp.connections(db.engine)
        beside_the_pool = db.engine.dialect.name == "sqlite"
    browser.open(page.url)
    stop()
    assert len(asked) == 1
    assert len(taken) == (0 if beside_the_pool else 1)


def test_a_form_that_is_open_to_all_starts_without_a_link(app: Flask, browser: Visitor) -> None:
    with app.app_context():
        fp.publish()
    page = fp.as_far_as("check-answers", browser, "http://localhost/forms/food-parcel")
    assert browser.press("submit").reference.startswith("FP-")
    assert page.status == 200


def test_forms_on_a_case_and_unknown_forms_are_the_same_404(app: Flask) -> None:
    with app.app_context():
        fp.publish(fp.CASE_FORM, fp.CASE_RULES)
    client = app.test_client()
    pages = [
        client.open(f"/forms/{form_id}", method=method)
        for form_id in ("case-note", "no-such-form", "x" * 300)
        for method in ("GET", "POST")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


@pytest.mark.parametrize("address", ["/", "/help", "/privacy", "/accessibility", "/links/ask"])
def test_the_plain_pages_are_there(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert "style=" not in answer.text
