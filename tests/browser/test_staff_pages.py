"""The staff side in a real browser: every page, narrow and wide, and the forms on a case."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.browser.checkers import axe_problems
from tests.browser.windows import complete, new_window
from tests.journeys.answers import SIMPLE
from tests.running_demo import RunningDemo

PHONE, DESK = 360, 1280
LINK_PAGE = re.compile(r"/staff/links/[0-9a-f]{32}$")
OpenWindow = Callable[..., BrowserContext]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def sign_in(page: Page, demo: RunningDemo, team: str, role: str | None = None) -> None:
    person = demo.staff(team, role)
    page.goto(f"{demo.base_url}/staff/sign-in")
    page.fill("[name=email]", person["email"])
    page.fill("[name=password]", person["password"])
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/staff/queue*")


BROKEN_WORDS = """() => [...document.querySelectorAll(".moj-badge")].filter((badge) => {
    const range = document.createRange();
    range.selectNodeContents(badge);
    return range.getClientRects().length > 1;
}).map((badge) => badge.innerText)"""


def case_in(page: Page, demo: RunningDemo, show: str) -> str:
    page.goto(f"{demo.base_url}/staff/queue?show={show}")
    address = page.locator("main a[href*='/staff/cases/']").first.get_attribute("href")
    assert address
    return demo.base_url + address


def addresses(page: Page, demo: RunningDemo) -> Iterator[str]:
    """Every kind of page that this person can open by an address."""
    base = f"{demo.base_url}/staff"
    for show in ("waiting", "accepted", "finished", "declined", "archived"):
        yield f"{base}/queue?show={show}"
    for path in ("find", "messages", "campaigns", "campaigns/new", "campaigns/opt-outs"):
        yield f"{base}/{path}"
    yield f"{base}/links/new"
    page.locator("[name=form_id]").first.check()
    page.fill("[name=recipient]", "parent@example.org")
    page.locator("main form button").first.press("Enter")
    page.wait_for_url(LINK_PAGE)
    yield from (page.url, f"{page.url}/replace", f"{base}/links")
    for show in ("waiting", "accepted"):
        case = case_in(page, demo, show)
        yield case
        page.goto(case)
        hrefs = page.locator(f"main a[href*='{case.removeprefix(demo.base_url)}/']")
        yield from sorted({demo.base_url + str(a.get_attribute("href")) for a in hrefs.all()})


@pytest.mark.parametrize("width", [pytest.param(PHONE, marks=pytest.mark.nightly), DESK])
def test_every_staff_page_is_accessible_and_fits_a_phone_and_a_desk(
    demo: RunningDemo, open_window: OpenWindow, axe_source: str, width: int
) -> None:
    page = open_window(width).new_page()
    page.goto(f"{demo.base_url}/staff/sign-in")
    problems = axe_problems(page, axe_source)
    sign_in(page, demo, "eastmere-early-help", "lead")
    for address in addresses(page, demo):
        answer = page.goto(address.split("#")[0])
        assert answer
        assert answer.status == 200, address
        for each in (PHONE + DESK - width, width):
            page.set_viewport_size({"width": each, "height": 800})
            too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            problems += [f"{address} is wider than {each} px"] if too_wide else []
        problems += axe_problems(page, axe_source)
    assert problems == []


@pytest.mark.nightly
def test_every_page_about_rules_is_accessible_and_fits_a_phone_and_a_desk(
    demo: RunningDemo, open_window: OpenWindow, axe_source: str
) -> None:
    page = open_window(DESK).new_page()
    sign_in(page, demo, "duty-desk", "administrator")
    rules = f"{demo.base_url}/staff/rules"
    page.goto(f"{rules}/master-referral")
    page.get_by_role("button", name="Draft a change").click()
    draft, problems = page.url, []
    pages = ("rule?number=4", "rule", "fallback", "file", "try", "trial", "publish", "discard")
    for address in (rules, f"{rules}/master-referral", draft, *(f"{draft}/{one}" for one in pages)):
        page.goto(address)
        for width in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": 800})
            too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            problems += [f"{address} is wider than {width} px"] if too_wide else []
        problems += axe_problems(page, axe_source)
    assert problems == []


@pytest.mark.parametrize("form_id", [pytest.param("gcp2", marks=pytest.mark.nightly), "closure"])
def test_a_form_is_completed_on_a_case_by_trained_staff(
    demo: RunningDemo, open_window: OpenWindow, axe_source: str, form_id: str
) -> None:
    problems: list[str] = []
    window = new_window(
        open_window(DESK),
        SIMPLE[form_id],
        lambda window: problems.extend(axe_problems(window.page, axe_source)),
    )
    sign_in(window.page, demo, "eastmere-early-help", "practitioner")
    window.page.goto(case_in(window.page, demo, "accepted"))
    back = window.page.locator("#back-to-queue[href$='/staff/queue?show=accepted']")
    back.wait_for()
    window.page.locator(f"form[action$='/forms/{form_id}'] button").click()
    done = complete(window, window.page.url)
    assert done.reference
    assert problems == []


def test_a_case_is_accepted_and_then_shows_it_on_its_timeline(
    demo: RunningDemo, open_window: OpenWindow
) -> None:
    page = open_window(PHONE, javascript=False).new_page()
    sign_in(page, demo, "duty-desk", "lead")
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        assert "IMMEDIATE" in page.locator(".moj-badge").first.inner_text()
        assert page.evaluate(BROKEN_WORDS) == []
    way_out = page.get_by_role("button", name="Sign out").bounding_box()
    assert way_out, "whoever shares a computer has to find it"
    assert way_out["width"] > 40
    page.locator("main a[href*='/staff/cases/']").last.click()
    page.locator("form[action$='/accept'] button").first.click()
    assert "accepted" in str(page.locator(".moj-timeline").text_content()).lower()


def one_is_new(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"new": 1, "words": "1 new referral"})


def test_who_takes_a_case_by_key_goes_on_from_it_and_leaves_nobody_else_their_list(
    demo: RunningDemo, open_window: OpenWindow
) -> None:
    page = open_window(DESK).new_page()
    sign_in(page, demo, "eastmere-early-help", "practitioner")
    case, signed_in = case_in(page, demo, "accepted"), page.context.cookies()
    page.context.clear_cookies()
    sign_in(page, demo, "duty-desk", "practitioner")
    page.goto(f"{demo.base_url}/staff/queue?team=duty-desk&urgency=2")
    page.route("**/queue/news*", one_is_new)
    page.locator("#queue-keys-button").wait_for()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("#queue-news", has_text="1 new referral Show it").wait_for()
    for key in "jjt":
        page.keyboard.press(key)
    page.locator("tr:nth-child(2) a:focus[aria-describedby='queue-told']").wait_for()
    page.context.clear_cookies()
    page.context.add_cookies(signed_in)  # type: ignore[arg-type]
    page.goto(case)
    page.locator("#back-to-queue[href$='/staff/queue?show=accepted']").wait_for()


def test_delivered_mail_is_readable_and_accessible(
    demo: RunningDemo, open_window: OpenWindow, axe_source: str
) -> None:
    page = open_window(PHONE).new_page()
    page.goto(demo.ready["mail_url"])
    problems = axe_problems(page, axe_source)
    page.locator("main table a").first.click()
    problems += axe_problems(page, axe_source)
    assert problems == []
