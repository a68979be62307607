"""The public journeys in a real browser: narrow and wide, with and without scripts, by keyboard."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.checkers import axe_problems
from tests.browser.windows import Window, complete, complete_by_keyboard, new_window
from tests.journeys.answers import DANGER, FULL_REFERRAL, INTELLIGENCE, PUMP, SIMPLE
from tests.journeys.form_filler import Answers
from tests.running_demo import RunningDemo

PHONE, DESK, HEIGHT = 360, 1280, 800
MINUTE, DAY = 60, 24 * 3600  # seconds

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenWindow = Callable[..., BrowserContext]


class Inspector:
    """Looks at each page that is shown, with axe, and whether it fits a phone and a desk."""

    def __init__(self, axe_source: str, axe_widths: tuple[int, ...] = ()) -> None:
        self.axe_source = axe_source
        self.axe_widths = axe_widths  # besides the window's own
        self.problems: list[str] = []

    def __call__(self, window: Window) -> None:
        page = window.page
        own = page.viewport_size["width"]
        for width in (DESK + PHONE - own, own):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                self.problems.append(f"{page.url} is wider than {width} px")
            if width == own or width in self.axe_widths:
                self.problems += axe_problems(page, self.axe_source)


@pytest.fixture
def inspector(axe_source: str) -> Inspector:
    return Inspector(axe_source)


def test_a_parent_borrows_a_pump_and_axe_finds_nothing(
    demo: RunningDemo, open_window: OpenWindow, axe_source: str
) -> None:
    inspector = Inspector(axe_source, axe_widths=(PHONE, DESK))
    answers = Answers({**PUMP, "collect_or_deliver": "deliver-elsewhere"})
    window = new_window(open_window(DESK), answers, inspector)
    done = complete(window, f"{demo.base_url}/forms/breast-pump-loan")
    assert done.reference
    assert inspector.problems == []


@pytest.mark.nightly
def test_a_parent_borrows_a_pump_without_javascript(
    demo: RunningDemo, open_window: OpenWindow
) -> None:
    window = new_window(open_window(PHONE, javascript=False), SIMPLE["breast-pump-loan"])
    assert complete(window, f"{demo.base_url}/forms/breast-pump-loan").reference


@pytest.mark.nightly
def test_a_parent_borrows_a_pump_with_the_keyboard_alone(
    demo: RunningDemo, open_window: OpenWindow
) -> None:
    window = new_window(open_window(DESK), SIMPLE["breast-pump-loan"])
    assert complete_by_keyboard(window, f"{demo.base_url}/forms/breast-pump-loan").reference


@pytest.mark.parametrize(
    ("width", "answers"),
    [
        pytest.param(PHONE, DANGER, id="danger", marks=pytest.mark.nightly),
        pytest.param(DESK, FULL_REFERRAL, id="full", marks=pytest.mark.nightly),
        pytest.param(PHONE, INTELLIGENCE, id="intelligence"),
    ],
)
def test_a_professional_refers_and_axe_finds_nothing(
    demo: RunningDemo,
    open_window: OpenWindow,
    inspector: Inspector,
    width: int,
    answers: dict[str, Any],
) -> None:
    window = new_window(open_window(width), Answers(answers), inspector)
    done = complete(window, f"{demo.base_url}/forms/master-referral")
    assert done.reference
    assert inspector.problems == []


def test_the_language_is_switched_in_the_middle_and_axe_finds_nothing(
    demo: RunningDemo, open_window: OpenWindow, inspector: Inspector
) -> None:
    window = new_window(open_window(PHONE), SIMPLE["breast-pump-loan"])
    window.open(f"{demo.base_url}/forms/breast-pump-loan")
    here = window.press("continue")
    while not any(control.kind in ("text", "tel") for control in here.controls):
        window.fill_in(here)
        here = window.press("continue")
    window.fill_in(here)
    (typed, *_) = [control.name for control in here.controls if control.kind in ("text", "tel")]
    box = window.page.locator(f'main [name="{typed}"]')
    before = box.input_value()
    inspector(window)
    window.page.get_by_role("button", name="Cymraeg").click()
    here = window.arrive()
    assert window.page.locator("html").get_attribute("lang") == "cy"
    assert box.input_value() == before != ""
    inspector(window)
    box.press("Enter")
    assert window.arrive().url != here.url
    assert window.page.locator("html").get_attribute("lang") == "cy"
    window.open(f"{demo.base_url}/help")
    assert window.page.locator("html").get_attribute("lang") == "cy"
    inspector(window)
    assert inspector.problems == []


@pytest.mark.parametrize("pages", [5, pytest.param(40, marks=pytest.mark.nightly)])
def test_pages_with_errors_are_accessible_and_take_the_focus_to_the_summary(
    demo: RunningDemo, open_window: OpenWindow, inspector: Inspector, pages: int
) -> None:
    """Every kind of question with an error is looked at in ``test_every_widget``."""
    wrong = 0
    window = new_window(open_window(PHONE), SIMPLE["breast-pump-loan"], inspector)
    here = window.open(f"{demo.base_url}/forms/breast-pump-loan")
    for _ in range(40):
        if wrong == pages or "submit" in here.buttons:
            break
        if here.controls:
            here = window.press("continue")
            if here.errors:
                wrong += 1
                focus = window.page.evaluate("document.activeElement.className")
                assert "govuk-error-summary" in focus
        window.fill_in(here)
        here = window.press("continue" if "continue" in here.buttons else "")
    assert wrong >= 5
    assert wrong == pages or "submit" in here.buttons
    assert inspector.problems == []


def to_first_question(window: Window, demo: RunningDemo) -> None:
    here = window.open(f"{demo.base_url}/forms/breast-pump-loan")
    while "/form/" not in here.url or not here.controls:
        here = window.press("continue")


def test_the_back_button_leads_to_a_page_that_had_errors_before(
    demo: RunningDemo, open_window: OpenWindow
) -> None:
    """Browsers show an error of their own for the answer to a button, unless it is made a page."""
    window = new_window(open_window(PHONE), SIMPLE["breast-pump-loan"])
    to_first_question(window, demo)
    page = window.press("continue")
    assert page.errors
    window.fill_in(page)
    assert window.press("continue").url != page.url
    window.page.go_back()
    back = window.arrive()
    assert (back.url, back.errors) == (page.url, ())
    assert any(option.is_chosen for control in back.controls for option in control.options)


def test_who_is_slow_is_asked_in_time_and_keeps_the_answers(
    demo: RunningDemo, open_window: OpenWindow
) -> None:
    window = Window(open_window(PHONE).new_page(), SIMPLE["breast-pump-loan"])
    page = window.page
    page.clock.install()
    to_first_question(window, demo)
    kept = page.locator("#intake-kept")
    left = int(kept.get_attribute("data-until") or 0) - page.evaluate("Date.now() / 1000")
    page.clock.fast_forward(int((left - 6 * MINUTE) * 1000))
    dialog = page.get_by_role("alertdialog", name="Do you need more time?")
    assert not dialog.is_visible()
    page.clock.fast_forward(2 * MINUTE * 1000)
    dialog.wait_for()
    later = {"until": int(page.evaluate("Date.now() / 1000") + DAY), "words": "Kept for longer."}
    page.route("**/stay", lambda route: route.fulfill(json=later), times=1)
    page.keyboard.press("Enter")  # the dialog has the focus
    dialog.wait_for(state="hidden")
    assert kept.inner_text() == "Kept for longer."
    page.clock.fast_forward(DAY * 1000)  # a machine that slept too long
    dialog.wait_for()
    page.context.clear_cookies()
    with page.expect_navigation():
        page.get_by_role("button", name="Keep my answers").click()
    assert "Keep my answers" not in page.content()


def test_a_baby_who_died_is_met_with_a_person_to_call(
    demo: RunningDemo, open_window: OpenWindow, inspector: Inspector
) -> None:
    window = new_window(open_window(PHONE), Answers({**PUMP, "baby_now": "died"}), inspector)
    here = complete(window, f"{demo.base_url}/forms/breast-pump-loan")
    assert not here.has_form
    assert not here.reference
    assert any(url.startswith("tel:") for _words, url in here.links)
    assert inspector.problems == []


def test_exit_this_page_leaves_at_once(demo: RunningDemo, open_window: OpenWindow) -> None:
    window = new_window(open_window(PHONE), SIMPLE["master-referral"])
    here = window.open(f"{demo.base_url}/forms/master-referral")
    for _ in range(3):
        window.fill_in(here)
        here = window.press("continue" if "continue" in here.buttons else "")
    leave = window.page.locator(".govuk-exit-this-page a, a.govuk-js-exit-this-page-button").first
    assert str(leave.get_attribute("href")).startswith("https://")
    with window.page.expect_request(lambda request: request.is_navigation_request()) as going:
        leave.click(no_wait_after=True)
    assert not going.value.url.startswith(demo.base_url)
    assert forgets_soon(window.page.context), "the key to the answers is gone too"


def forgets_soon(browser: BrowserContext) -> bool:
    """Whether the key is gone within five seconds: nobody who leaves is kept waiting for that."""
    late = monotonic() + 5
    while any(cookie["name"] == "intake-visitor" for cookie in browser.cookies()):
        if monotonic() > late:
            return False
        sleep(0.02)
    return True


@pytest.mark.parametrize(
    "path", ["/", "/help", "/privacy", "/accessibility", "/links/ask", "/nowhere"]
)
def test_the_plain_pages_are_accessible(
    demo: RunningDemo, open_window: OpenWindow, axe_source: str, path: str
) -> None:
    page = open_window(PHONE).new_page()
    page.goto(demo.base_url + path)
    assert axe_problems(page, axe_source) == []


def test_the_landing_page_of_a_link_says_nothing_about_its_form(
    demo: RunningDemo, open_window: OpenWindow, axe_source: str
) -> None:
    page = open_window(PHONE).new_page()
    page.goto(demo.link("master-referral"))
    assert axe_problems(page, axe_source) == []
    assert "exploit" not in page.content().lower()
