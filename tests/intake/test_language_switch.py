"""The language of a page, and the switch that keeps what was typed."""

import json
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from form_definitions.catalogues import Catalogue, Entry, write_catalogue
from form_definitions.loading import read_document, texts_in
from intake.app_state import settings
from intake.database import db
from intake.models import Submission
from intake.services.form_translations import Catalogues
from intake.services.forms import in_language, runnable
from intake.services.link_papers import SVG, form_paper
from intake.services.links import IssuedLink, LinkNotIssued
from intake.services.messages import weblink_message
from intake.services.publishing import publish_form
from intake.worker import run_once
from renderers.notices import qr_svg
from tests.intake import food_parcel as fp
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.database("sqlite")


def publish(form: dict[str, Any] = fp.FORM, rules: dict[str, Any] = fp.RULES) -> None:
    """Publish the form with made-up Welsh, which says of every text that it is Welsh."""
    text = json.dumps(form)
    texts = [text for text, _line in texts_in(read_document(text, "f"), "f")]
    entries = {
        (each.context, each.text): Entry(each.text, f"cy {each.text}", each.context)
        for each in texts
    }
    catalogues = {"cy": write_catalogue(Catalogue("cy", tuple(entries.values())))}
    publish_form(text, "form.json", rules_text=json.dumps(rules), catalogues=Catalogues(catalogues))


@pytest.fixture
def link(app: Flask) -> IssuedLink:
    with app.app_context():
        publish()
        return fp.a_link()


def is_welsh(page: Page) -> bool:
    return '<html lang="cy"' in page.html


def test_a_public_page_is_english_until_welsh_is_chosen(browser: Visitor) -> None:
    assert browser.open("/help").heading == "Help"
    assert "There are no others" in browser.open("/privacy").text
    page = browser.open("/privacy?language=cy")
    assert is_welsh(page)
    assert page.heading == "Preifatrwydd"
    assert is_welsh(browser.open("/accessibility"))
    assert not is_welsh(browser.open("/help?language=en"))
    assert not is_welsh(browser.open("/accessibility"))


def test_the_browser_is_not_asked_which_language_it_prefers(client: FlaskClient) -> None:
    html = client.get("/privacy", headers={"Accept-Language": "cy"}).text
    assert '<html lang="en"' in html


def test_a_language_that_there_is_not_changes_nothing(client: FlaskClient) -> None:
    answer = client.get("/help?language=xx")
    assert '<html lang="en"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert '<html lang="en"' in client.get("/help", headers={"Cookie": "intake-language=xx"}).text


def test_the_switch_of_a_public_page_leads_to_the_same_page(client: FlaskClient) -> None:
    html = client.get("/help?item=a%26b&language=cy").text
    assert 'href="?item=a%26b&amp;language=en"' in html
    assert 'lang="en" hreflang="en"' in html
    html = client.get("//evil.example.org/?language=cy").text
    assert "evil" not in html.partition("</nav>")[0].partition("<nav")[2]


def test_an_error_page_is_in_the_chosen_language(browser: Visitor) -> None:
    browser.open("/help?language=cy")
    page = browser.open("/nowhere")
    assert (page.status, page.heading) == (404, "Heb ddod o hyd i’r dudalen")


def test_pages_for_staff_stay_english(browser: Visitor) -> None:
    browser.open("/help?language=cy")
    page = browser.open("/staff/sign-in")
    assert not is_welsh(page)
    assert "Cymraeg" not in page.text


def test_a_form_is_begun_in_the_chosen_language(browser: Visitor, link: IssuedLink) -> None:
    browser.open("/help?language=cy")
    page = browser.open(link.url)
    assert page.heading == "Agor eich ffurflen"
    page = browser.press("continue")
    assert is_welsh(page)
    assert page.heading == "cy Ask for a food parcel"
    assert "Dechrau nawr" in page.text


def test_a_form_without_welsh_has_no_switch_and_is_english(app: Flask, browser: Visitor) -> None:
    with app.app_context():
        fp.publish()
        link = fp.a_link()
    browser.open("/help?language=cy")
    browser.open(link.url)
    page = browser.press("continue")
    assert not is_welsh(page)
    assert "language-cy" not in page.html


@pytest.mark.parametrize("page_id", ["start", "who", "danger", "about", "family", "check-answers"])
def test_every_page_of_a_form_switches(browser: Visitor, link: IssuedLink, page_id: str) -> None:
    page = fp.as_far_as(page_id, browser, link.url, fp.FILLED)
    assert not is_welsh(page)
    before = page.url
    page = browser.press("language-cy")
    assert is_welsh(page)
    assert page.url == before
    assert not is_welsh(browser.press("language-en"))


def test_what_was_typed_is_kept_right_or_wrong(browser: Visitor, link: IssuedLink) -> None:
    fp.as_far_as("about", browser, link.url, fp.FILLED)
    typed = [("full_name", "x" * 70), ("notes", "One\r\ntwo")]
    page = browser.press("language-cy", typed)
    assert is_welsh(page)
    assert page.errors == ()  # nobody has said yet that this is their answer
    assert page.control("full_name").value == "x" * 70
    assert "One\ntwo" in page.control("notes").value
    page = browser.press("continue", typed)
    assert page.title.startswith("Gwall: ")
    (error,) = page.errors
    assert error.text == "Gwnewch yn siŵr bod yr ateb i ‘cy Full name’ yn 60 nod neu lai"


def test_an_item_that_is_half_typed_is_kept(browser: Visitor, link: IssuedLink) -> None:
    fp.as_far_as("family", browser, link.url, fp.FILLED)
    page = browser.press("language-cy", [("children-0-school", "Ysgol y Bryn")])
    assert is_welsh(page)
    assert page.control("children-0-school").value == "Ysgol y Bryn"


def test_a_form_is_sent_in_welsh_and_its_receipt_switches(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    fp.as_far_as("check-answers", browser, link.url, fp.FILLED)
    page = browser.press("language-cy")
    assert page.heading == "Gwiriwch eich atebion"
    page = browser.press("submit")
    assert page.reference.startswith("FP-")
    assert "Mae eich ffurflen wedi’i hanfon" in page.text
    reference, done = page.reference, page.url
    browser.open("/help?language=en")
    browser.open(done)
    assert is_welsh(browser.press("follow"))
    browser.open(done)
    page = browser.press("language-en")
    assert (page.reference, is_welsh(page)) == (reference, False)
    assert "Your form has been sent" in page.text
    with app.app_context():
        assert db.session.scalars(sa.select(Submission.facets)).all() == [{"applying_as": "parent"}]


def test_a_page_that_ends_the_journey_switches(browser: Visitor, link: IssuedLink) -> None:
    fp.as_far_as("danger", browser, link.url, fp.FILLED)
    page = browser.press("continue", [("in_danger", "yes")])
    assert page.heading == "Call 999"
    assert browser.press("language-cy").heading == "cy Call 999"


def test_enter_in_a_text_box_never_presses_the_switch(browser: Visitor, link: IssuedLink) -> None:
    page = fp.as_far_as("about", browser, link.url, fp.FILLED)
    first = page.html[page.html.index('<button type="submit"') :]
    assert 'value=""' in first[: first.index(">")]
    assert page.html.count('name="action" value="continue"') <= 1


def test_a_language_that_the_form_does_not_have_is_refused(
    browser: Visitor, link: IssuedLink
) -> None:
    fp.as_far_as("about", browser, link.url, fp.FILLED)
    assert browser.press("language-xx").status == 400


def test_two_browsers_see_a_draft_in_its_own_language(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    fp.as_far_as("about", browser, link.url, fp.FILLED)
    browser.press("language-cy")
    other = fp.visitor(app)
    other.open(link.url)
    assert is_welsh(other.press("continue"))


def test_a_link_in_welsh_has_a_welsh_message_and_opens_in_welsh(
    app: Flask, browser: Visitor
) -> None:
    with app.app_context():
        publish()
        link = fp.a_link(language="cy")
    page = browser.open(link.url)
    assert page.heading == "Agor eich ffurflen"
    assert is_welsh(browser.press("continue"))
    assert is_welsh(browser.open("/help"))


def test_whoever_chose_a_language_has_it_whatever_the_link_is_in(
    app: Flask, browser: Visitor
) -> None:
    with app.app_context():
        publish()
        link = fp.a_link(language="cy")
    browser.open(f"{link.url}?language=en")
    assert not is_welsh(browser.open(link.url))
    assert not is_welsh(browser.press("continue"))


def test_a_way_back_and_a_poster_in_welsh_open_in_welsh_in_any_browser(
    app: Flask, browser: Visitor, link: IssuedLink
) -> None:
    fp.as_far_as("about", browser, link.url)
    browser.press("language-cy")
    browser.press("save", [("full_name", fp.NAME)])
    code = browser.press("send", [("email", "parent@example.org")]).reference
    with app.app_context():
        run_once()
        folder = Path(settings().mail_url.removeprefix("file:"))
        sent = [
            message_from_bytes(each.read_bytes(), policy=default) for each in folder.glob("*.eml")
        ]
        text = "".join(each.get_body(["plain"]).get_content() for each in sent)
        (way_back,) = re.findall(r"http://\S+/r/\S+", text)
        title = in_language(runnable("food-parcel", "1.0.0"), "cy").definition.title
        paper = form_paper("food-parcel", SVG, "cy")
        address = f"{settings().base_url}/forms/food-parcel?language=cy"
    other = fp.visitor(app)
    assert is_welsh(other.open(way_back))
    third = fp.visitor(app)
    assert not is_welsh(third.open(way_back.partition("?")[0]))
    third.press("continue", [("answer", code)])
    assert is_welsh(third.open("/help"))
    assert paper.content == qr_svg(address, title=title).encode()


def test_a_link_is_not_issued_in_a_language_that_its_form_does_not_have(app: Flask) -> None:
    with app.app_context():
        fp.publish()
        with pytest.raises(LinkNotIssued) as refused:
            fp.a_link(language="cy")
    assert refused.value.field == "language"


def test_the_message_of_a_link_is_in_its_language(app: Flask) -> None:
    with app.app_context():
        publish()
        form = in_language(runnable("food-parcel", "1.0.0"), "cy").definition
        with app.test_request_context("/", headers={"Cookie": "intake-language=en"}):
            message = weblink_message(
                form,
                "parent@example.org",
                link_id="1",
                url="https://example.org/l/x",
                expires_at=datetime(2026, 3, 27, 14, 5, tzinfo=UTC),
                team_name="Pympiau Môn",
            )
    assert message["subject"] == "Ffurflen i chi ei llenwi"
    assert "27 Mawrth 2026 am 2:05pm" in message["text"]
    assert "Anfonwyd y neges hon atoch gan: Pympiau Môn." in message["text"]
    assert '<html lang="cy">' in message["html"]


def test_a_form_without_welsh_is_marked_as_english_on_the_welsh_front_page(
    app: Flask, browser: Visitor
) -> None:
    with app.app_context():
        fp.publish()
    assert f'<li lang="en"><a class="govuk-link" href="/forms/{fp.FORM["$id"]}">' in (
        browser.open("/?language=cy").html
    )
    assert "<li lang" not in browser.open("/?language=en").html
