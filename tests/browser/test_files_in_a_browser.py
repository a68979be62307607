"""Files in a real browser: by keyboard, with progress, told before they are sent, read by staff."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.browser.checkers import axe_problems
from tests.intake import case_making, food_parcel, paper_trail
from tests.intake.conftest import Clock, make_application, make_settings, prepare

OpenWindow = Callable[..., BrowserContext]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHOTO = {"name": "me.png", "mimeType": "image/png", "buffer": paper_trail.picture()}
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_500_000}


def large_picture() -> bytes:
    """Noise of some 1.5 MB, which takes a second on a slow line."""
    out = io.BytesIO()
    Image.effect_noise((1300, 1200), 90).save(out, "PNG")
    return out.getvalue()


@dataclass
class Site:
    """The application behind a real port."""

    url: str
    case: Callable[[], str]  # the address of the only case


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    clock = Clock()
    settings = make_settings(f"sqlite:///{tmp_path / 'instance' / 'intake.sqlite3'}", tmp_path)
    (tmp_path / "instance").mkdir()
    prepare(settings.database_url, tmp_path)
    server = make_server("127.0.0.1", 0, app=lambda *_: [], threaded=True)
    settings = replace(settings, base_url=f"http://127.0.0.1:{server.server_port}")
    app = make_application(settings, clock)
    server.app = app
    with app.app_context():
        food_parcel.publish(paper_trail.FORM, paper_trail.RULES)
        case_making.make_staff("robin", case_making.DUTY)

    def case() -> str:
        from intake.database import db
        from intake.models import Case

        with app.app_context():
            return f"{settings.base_url}/staff/cases/{db.session.query(Case).one().id}"

    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(settings.base_url, case)
    server.shutdown()


def choose_by_keyboard(page: Page, control: str, files: object) -> None:
    """Open the file picker of a question from the keyboard, and choose."""
    page.locator(".intake-progress").wait_for(state="attached")  # the scripts have started
    with page.expect_file_chooser() as picker:
        page.locator(f"#{control}.govuk-file-upload-button").press("Enter")
    picker.value.set_files(files)  # type: ignore[arg-type]


def press(page: Page, action: str) -> None:
    page.locator(f"main button[value^={action}]:not([aria-hidden])").first.press("Enter")


def begin(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/forms/paper-trail")
    for _ in range(2):
        page.locator("main form button").first.click()
    page.wait_for_url("**/papers")
    page.locator("#photo.govuk-file-upload-button").wait_for()


def test_files_are_given_by_keyboard_removed_sent_and_read_by_staff(
    site: Site, open_window: OpenWindow, axe_source: str
) -> None:
    window = open_window(360)
    page = window.new_page()
    problems: list[str] = []
    page.on("console", lambda said: said.type == "error" and problems.append(said.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    begin(page, site)

    choose_by_keyboard(page, "photo", PHOTO)
    press(page, "upload-photo")
    expect(page.locator(".intake-files__file")).to_contain_text("me.png")

    # too large: told before it is sent, and the next choice counts
    large = {"name": "large.png", "mimeType": "image/png", "buffer": large_picture()}
    choose_by_keyboard(page, "letters", [large])
    press(page, "upload-letters")
    error = page.locator("#letters-error")
    expect(error).to_contain_text("‘large.png’ must be smaller than 100KB")
    assert page.evaluate("document.activeElement.id") == "letters"
    problems += axe_problems(page, axe_source)

    # a large one for the other question: progress, announced, and it takes the first one's place
    page.locator("input[name=letters]").set_input_files([])
    window.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    choose_by_keyboard(page, "photo", large)
    page.evaluate(
        """() => {
          const status = document.querySelector('main form [role=status]')
          window.said = []
          new MutationObserver(() => {
            window.said.push(status.textContent)
            sessionStorage.setItem('said', JSON.stringify(window.said))
          }).observe(status, {childList: true, characterData: true, subtree: true})
        }"""
    )
    height = page.evaluate("document.body.scrollHeight")
    press(page, "upload-photo")
    page.locator(".intake-progress progress").wait_for()
    assert page.evaluate("document.body.scrollHeight") == height, "nothing moves"
    assert page.evaluate("document.activeElement.textContent") == "Cancel upload"
    problems += axe_problems(page, axe_source)
    expect(page.locator(".intake-files__file")).to_contain_text("large.png")
    said = page.evaluate("JSON.parse(sessionStorage.getItem('said'))")
    assert said[0] == "Uploading"
    assert any("% uploaded" in words for words in said)

    # taken away by keyboard, and asked for again
    press(page, "remove-photo")
    expect(page.locator(".intake-files__file")).to_have_count(0)
    press(page, "continue")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Select a photo of you")
    page.locator(".govuk-error-summary a").first.press("Enter")
    assert page.evaluate("document.activeElement.id") == "photo"
    choose_by_keyboard(page, "photo", PHOTO)
    press(page, "continue")
    page.wait_for_url("**/more")
    press(page, "continue")
    page.wait_for_url("**/check-answers")
    problems += axe_problems(page, axe_source)
    press(page, "submit")
    page.wait_for_url("**/done")

    page.goto(f"{site.url}/staff/sign-in")
    page.fill("[name=email]", "robin@example.org")
    page.fill("[name=password]", case_making.PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/staff/queue*")
    page.goto(site.case())
    with page.expect_download() as saved:
        page.get_by_role("link", name="me.png").click()
    assert saved.value.suggested_filename == "me.png"
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    assert problems == []


def test_what_is_wrong_with_a_large_file_is_shown_without_losing_the_page(
    site: Site, open_window: OpenWindow
) -> None:
    page = open_window().new_page()
    begin(page, site)
    noise = {"name": "me.png", "mimeType": "image/png", "buffer": bytes(600_000)}
    choose_by_keyboard(page, "photo", noise)
    letter = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"no PDF"}
    choose_by_keyboard(page, "letters", [letter])
    page.fill("#note", "Hello")
    press(page, "continue")
    expect(page.locator(".govuk-error-summary")).to_contain_text("must be a JPG, PNG, GIF or WebP")
    assert page.title().startswith("Error: ")
    assert page.input_value("#note") == "Hello"
    choose_by_keyboard(page, "letters", [letter | {"buffer": bytes(200_000)}])
    press(page, "upload-letters")
    told = page.locator(".govuk-error-summary a[href='#letters']")
    expect(told).to_have_text("‘letter.pdf’ must be smaller than 100KB")
    page.locator("input[name=letters]").set_input_files([])
    choose_by_keyboard(page, "photo", PHOTO)  # the page still works
    press(page, "continue")
    page.wait_for_url("**/more")
