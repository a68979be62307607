"""The pages round the questions: start, information, end, confirmation."""

from datetime import UTC, datetime
from typing import Any

from renderers.moments import in_words
from tests.renderers.forms import renderer_of
from tests.renderers.html_trees import soup

TEXT: dict[str, Any] = {"type": "string"}
CONTACT = {
    "name": "The <helpline>",
    "telephone": "01632 960 001",
    "email": "help@example.org",
    "hours": "9am to 5pm",
}
PAGES = [
    {"id": "only", "questions": ["name"]},
    {"id": "news", "type": "information", "title": "Before you go on", "body": "Read **this**."},
    {"id": "stop", "type": "end", "title": "Call us", "when": {"name": "x"}, "body": "We listen."},
]
SETTINGS: dict[str, Any] = {
    "pages": PAGES,
    "contact": CONTACT,
    "start": {
        "purpose": "Ask for **help**.",
        "minutes": 5,
        "needed": ["a <phone>"],
        "who_sees": "Only [us](https://example.org/).",
    },
    "confirmation": {"next": "We will **call** you."},
}


def renderer() -> Any:
    return renderer_of({"name": TEXT}, **SETTINGS)


def test_the_start_page_says_what_for_how_long_what_is_needed_and_who_sees_it() -> None:
    html = soup(renderer().start(csrf="token"))
    words = " ".join(html.main.get_text(" ", strip=True).split())
    assert html.h1.get_text() == "A made-up form"
    for part in ("Ask for help", "about 5 minutes", "a <phone>", "Only us"):
        assert part in words
    assert html.select_one("form input[name=csrf_token]")["value"] == "token"
    button = html.select_one("form button.govuk-button--start")
    assert (button["name"], button["value"]) == ("action", "continue")


def test_the_start_page_names_the_form_once_in_its_title() -> None:
    assert soup(renderer().start(csrf="t")).title.get_text() == "A made-up form – Intake"


def test_a_form_that_says_nothing_still_has_a_start_page() -> None:
    html = soup(renderer_of({"name": TEXT}).start(csrf="t"))
    assert [heading.name for heading in html.select("main h1, main h2")] == ["h1"]


def test_the_start_page_explains_how_to_leave_in_a_hurry() -> None:
    html = soup(renderer_of({"name": TEXT}, exit_this_page=True).start(csrf="t"))
    assert "Exit this page" in html.select_one(".govuk-inset-text").get_text()


def test_an_information_page_has_words_and_a_button_to_go_on() -> None:
    html = soup(renderer().page("news", {}, csrf="token"))
    assert html.h1.get_text() == "Before you go on"
    assert html.select_one("form button[name=action][value=continue]")
    assert not html.select("form input:not([type=hidden])")


def test_an_end_page_has_words_and_a_person_to_call_and_no_form() -> None:
    by_page = renderer().page("stop", {}, csrf="token", back_url="/back")
    assert by_page == renderer().end("stop", back_url="/back")
    html = soup(by_page)
    assert not html.select("form")
    links = [link["href"] for link in html.select("main a")]
    assert links == ["tel:01632960001", "mailto:help@example.org"]
    assert "The <helpline>" in html.main.get_text()
    assert html.select_one(".govuk-back-link")


def test_the_receipt_of_a_form_completed_on_a_case_leads_back_to_it() -> None:
    sent = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
    receipt = renderer().confirmation("R", submitted_at=sent, case_url="/staff/cases/1")
    links = [link["href"] for link in soup(receipt).main.select("a[href^='/staff/']")]
    assert links == ["/staff/cases/1"]


def test_the_confirmation_shows_the_reference_the_time_and_what_happens_next() -> None:
    sent = datetime(2026, 7, 27, 14, 5, tzinfo=UTC)
    html = soup(renderer().confirmation("BPL-7K3M", submitted_at=sent))
    assert html.select_one(".govuk-panel strong").get_text() == "BPL-7K3M"
    words = html.main.get_text(" ", strip=True)
    assert "27 July 2026 at 3:05pm" in words
    assert "We will call you." in words
    assert html.title.get_text().startswith("Form sent")


def test_what_happens_next_may_be_told_by_the_caller() -> None:
    sent = datetime(2026, 1, 2, tzinfo=UTC)
    html = renderer().confirmation("R", submitted_at=sent, next_html="<p>Brent will call.</p>")
    assert "Brent will call." in html
    assert "We will <strong>call" not in html


def test_a_time_is_told_as_in_london() -> None:
    assert in_words(datetime(2026, 1, 2, 0, 0, tzinfo=UTC)) == "2 January 2026 at 12:00am"
    assert in_words(datetime(2026, 6, 2, 11, 30, tzinfo=UTC)) == "2 June 2026 at 12:30pm"
