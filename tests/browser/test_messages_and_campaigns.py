"""Messages on a phone's screen, and the pages of campaigns."""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext

from form_definitions.languages import LANGUAGES
from tests.browser.checkers import HtmlCollection, axe_problems
from tests.browser.page_serving import show
from tests.intake.campaign_making import recipients, send, work
from tests.intake.case_making import PUMPS, Browser, make_staff, prepare
from tests.intake.conftest import Clock, dispose, make_application, make_settings
from tests.intake.conftest import prepare as prepare_database
from tests.intake.message_rendering import MESSAGES, both_parts
from tests.intake.test_staff_campaigns import upload

OpenWindow = Callable[..., BrowserContext]
PHONE = 360

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("campaigns")
    url = f"sqlite:///{folder / 'intake.sqlite3'}"
    prepare_database(url, folder)
    made = make_application(make_settings(url, folder / "mail"), Clock())
    yield made
    dispose(made)


@pytest.fixture(scope="module")
def pages(app: Flask) -> dict[str, str]:
    """The pages of campaigns, one in each of its states, and the way out."""
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        prepare(app, patch)
        make_staff("lee", PUMPS, role="lead")
        sent = send(recipients(5), name="Sent").id
        work()
        sending = send(recipients(5), name="Sending", per_minute=1).id
    lead = Browser(app, "lee")
    twice = b"email,greeting\na@example.org,Ada\nA@example.org,Ada\n"
    prepared = upload(lead, twice).location
    refused = upload(lead, b"email,greeting\nnobody,\n", name="Other").text
    return {
        "list": lead.get("/staff/campaigns").text,
        "refused": refused,
        "prepared": lead.get(prepared).text,
        "sending": lead.get(f"/staff/campaigns/{sending}").text,
        "sent": lead.get(f"/staff/campaigns/{sent}").text,
    }


@pytest.mark.parametrize("width", [PHONE, 1280])
@pytest.mark.nightly
def test_the_pages_of_campaigns_are_accessible_and_fit(
    open_window: OpenWindow, axe_source: str, pages: dict[str, str], width: int
) -> None:
    problems: list[str] = []
    context = open_window(width, javascript=True)
    for name, html in pages.items():
        page = show(context, html, problems)
        problems += [f"{name}: {problem}" for problem in axe_problems(page, axe_source)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"{name} is wider than {width} px")
    assert problems == []


def test_the_pages_of_campaigns_are_valid_html(
    html_checker: HtmlCollection, pages: dict[str, str]
) -> None:
    for name, html in pages.items():
        html_checker.add(name, html)
    assert html_checker.problems() == []


def test_the_figures_follow_while_a_campaign_is_on_its_way(
    open_window: OpenWindow, pages: dict[str, str]
) -> None:
    problems: list[str] = []
    context = open_window()
    context.clock.install()
    page = show(context, pages["sending"], problems)
    figures = page.locator("#campaign-figures")
    assert "On its way" in str(figures.text_content())
    page.route(
        "**/figures", lambda route: route.fulfill(body="<p>Newer</p>", content_type="text/html")
    )
    page.clock.run_for(6_000)
    figures.get_by_text("Newer").wait_for()
    assert problems == []


def test_every_message_fits_a_phone_and_can_be_seen(
    app: Flask, open_window: OpenWindow, tmp_path: Path
) -> None:
    window = open_window(PHONE, javascript=True)
    asked: list[str] = []
    window.on("request", lambda request: asked.append(request.url))
    page = window.new_page()
    for name, lang in product(MESSAGES, LANGUAGES):
        with app.app_context():
            _, html = both_parts(app, name, lang)
        page.set_content(html)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
        size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert size >= 16, name
        for link in page.get_by_role("link").all():
            box = link.bounding_box()
            assert box, name
            assert box["height"] >= 16, name
        picture = page.screenshot(path=tmp_path / f"{name}-{lang}.png", full_page=True)
        assert len(picture) > 5_000, f"{name} shows nothing"
    assert asked == []
