"""Every page that the public may meet is in Welsh for who chose it: no words of ours are left."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template

from form_definitions import languages as language_texts
from form_definitions import load_form, shipped_forms
from form_definitions.catalogues import catalogue_paths, load_catalogue
from intake.errors import NOT_READY, PAGES, error_page
from intake.services.messages import code_message
from intake.services.site import site
from tests.forms.test_other_languages import pages
from tests.intake import food_parcel as fp
from tests.intake.test_language_switch import publish
from tests.journeys.form_filler import Answers, fill, forward
from tests.journeys.other_languages import english_left, same_in_both
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.database("sqlite")

TEMPLATES = Path(__file__).resolve().parents[2] / "intake" / "templates" / "public"
CATALOGUE = Path(language_texts.__file__).parent / "locale" / "cy" / "LC_MESSAGES" / "intake.po"
PLAIN_PAGES = ("/", "/help", "/privacy", "/accessibility", "/links/ask", "/nowhere", "/l/x", "/o/x")
ANSWERS = Answers(by_name={"in_danger": "no", "applying_as": "professional"})


@pytest.fixture
def browser(app: Flask) -> Visitor:
    browser = fp.visitor(app)
    browser.open("/help?language=cy")
    return browser


def is_all_welsh(html: str) -> None:
    assert '<html lang="cy"' in html
    assert english_left(html) == set()


def test_english_is_found_where_it_is() -> None:
    html = "<p>Nothing is sent.</p><p>We received your form on 3 May. Keep a note of your reference"
    html += (
        " number.</p><button>Continue</button><p lang='en'>Send</p><nav aria-label='Back'></nav>"
    )
    assert english_left(html, form_texts=["Nothing is sent."]) == {
        "Nothing is sent.",
        "We received your form on 3 May. Keep a note of your reference number.",
        "Continue",
        "Back",
    }


def test_welsh_has_curled_apostrophes_as_english_has() -> None:
    files = [
        CATALOGUE,
        *catalogue_paths(shipped_forms()["breast-pump-loan"], "breast-pump-loan").values(),
    ]
    said = [line for file in files for line in file.read_text("utf-8").splitlines()]
    assert [line for line in said if "'" in line and not line.startswith(("#", "msgid"))] == []


def test_every_plain_page_is_in_welsh(browser: Visitor) -> None:
    for path in PLAIN_PAGES:
        is_all_welsh(browser.open(path).html)


def test_asking_for_a_link_is_in_welsh(browser: Visitor) -> None:
    browser.open("/links/ask")
    is_all_welsh(browser.press("").html)
    browser.open("/links/ask")
    is_all_welsh(browser.press("", [("token", "x")]).html)


#: What is called the same in both languages.
NAMES = {"Intake", "English", "Cymraeg", "Help", "Help – Intake"}
NAMES |= {"ABC-1234-5678", "pumps@example.org", "csrf"}
STATES: tuple[dict[str, Any], ...] = (
    {"verify": "code", "challenge": SimpleNamespace(wait=2, waited="", challenge={})},
    {"verify": "passphrase", "is_missing": True, "has_staff": True, "error": "Gwall"},
    {"verify": "date-of-birth", "organisation": "GIG", "notice": "Nodyn"},
)


PARTS = {"layout", "draft_layout", "shown", "after_sending", "own_copy"}
PARTS |= {"contact", "contact_details"}


@pytest.mark.parametrize("words", STATES)
def test_every_public_template_is_in_welsh(app: Flask, words: dict[str, Any]) -> None:
    """Also those that are seldom met."""
    form = load_form(shipped_forms()["breast-pump-loan"]) if "error" in words else None
    names = sorted(path.stem for path in TEMPLATES.glob("*.html"))
    for name in set(names) - PARTS:
        html = {}
        for language in ("en", "cy"):
            with app.test_request_context(f"/?language={language}"):
                html[language] = render_template(
                    f"public/{name}.html",
                    site=site(),
                    form=form,
                    answer={},
                    csrf_token="csrf",
                    minutes=2,
                    **words,
                )
        is_all_welsh(html["cy"])
        same = same_in_both(html["cy"], html["en"]) - NAMES - set(map(str, words.values()))
        assert (name, same) == (name, set())


def test_every_error_page_is_in_welsh(app: Flask) -> None:
    for page in (*PAGES.values(), NOT_READY):
        html = {}
        for language in ("en", "cy"):
            with app.test_request_context(f"/?language={language}"):
                html[language] = error_page(500, page).get_data(as_text=True)
        is_all_welsh(html["cy"])
        assert same_in_both(html["cy"], html["en"]) - NAMES == set()


def test_a_security_code_is_sent_in_welsh(app: Flask) -> None:
    with app.test_request_context("/"):
        message = code_message("parent@example.org", "123456", "cy")
    assert message["subject"] == "Eich cod diogelwch"
    is_all_welsh(message["html"])
    assert english_left(f"<p>{message['text']}</p>") == set()


def the_way(browser: Visitor) -> Iterator[str]:
    """Every page of a form's way, first with nothing and then with all that it asks for."""
    for _ in range(20):
        page = browser.here
        yield page.html
        if page.reference:
            return
        if page.controls:
            yield browser.press(forward(page), []).html
        if browser.here.url == page.url or browser.here.errors:
            page = browser.here
            browser.press(forward(page), fill(page, ANSWERS))
    raise AssertionError(browser.here.url)


def test_a_form_is_filled_in_and_sent_in_welsh(app: Flask, browser: Visitor) -> None:
    """The texts of this form are English with “cy” before them: only ours are looked for."""
    with app.app_context():
        publish()
        link = fp.a_link()
    browser.open(link.url)
    for html in the_way(browser):
        is_all_welsh(html)
    assert browser.here.reference


def without_answers(html: str) -> str:
    """A page without what somebody wrote: that is the same in every language."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select(".govuk-summary-list__value, input, textarea"):
        tag.decompose()
    return str(soup)


def test_every_page_of_the_pump_loan_is_in_welsh_in_every_state() -> None:
    path = shipped_forms()["breast-pump-loan"]
    catalogue = load_catalogue(catalogue_paths(path, "breast-pump-loan")["cy"])
    welsh = load_form(path, translation=catalogue.translation)
    in_english = dict(pages(load_form(path)))
    for name, html in pages(welsh):
        assert '<html lang="cy"' in html
        same = same_in_both(without_answers(html), without_answers(in_english[name]))
        assert (name, same - NAMES) == (name, set())
        assert (name, english_left(html)) == (name, set())
        if ", wrong" in name or ", empty" in name:
            titles = re.findall(r"<title>([^<]*)</title>", html)
            assert "govuk-error-summary" not in html or titles[0].startswith("Gwall: ")
