"""The page that asks the holder of a link who they are, in a real browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.checkers import HtmlCollection, axe_problems
from tests.journeys.visitors import HttpTransport, Visitor, wait_until
from tests.running_demo import RunningDemo

PHONE = 360
PARENT = "holder@example.org"
WAYS = {"code": "000000", "date-of-birth": "", "passphrase": "not the words"}
GIVEN = {"date-of-birth": ("--answer", "27 3 1990"), "passphrase": ("--answer", "otter and tea")}

OpenWindow = Callable[..., BrowserContext]


def link_of(demo: RunningDemo, *more: str) -> str:
    return demo.command("links", "issue", "--form", "breast-pump-loan", "--to", PARENT, *more)


def newest_code(demo: RunningDemo) -> Any:
    """The code in the demonstration's mail, once it is there."""
    found = [
        re.findall(r"^(\d{6})\r?$", path.read_text("utf-8"), re.MULTILINE)
        for path in demo.mail.glob("*.eml")
    ]
    return next((codes[0] for codes in found if codes), None)


@pytest.mark.browser
@pytest.mark.slow
def test_a_code_is_entered_on_a_phone_with_the_keyboard(
    demo: RunningDemo, open_window: OpenWindow, axe_source: str
) -> None:
    page = open_window(PHONE).new_page()
    page.goto(link_of(demo, "--verify", "code"))
    page.keyboard.press("Tab")  # to the skip link
    page.get_by_role("button", name="Open the form").press("Enter")
    assert axe_problems(page, axe_source) == []
    page.get_by_label("Security code").fill("12 34")
    page.keyboard.press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert axe_problems(page, axe_source) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    code = wait_until(lambda: newest_code(demo), 20, "the code arriving")
    page.get_by_label("Security code").fill(f" {code[:3]} {code[3:]}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start")


@pytest.mark.html_checker
@pytest.mark.nightly
@pytest.mark.slow
def test_every_page_that_asks_is_valid_html(
    demo: RunningDemo, html_checker: HtmlCollection
) -> None:
    for way, wrong in WAYS.items():
        visitor = Visitor(HttpTransport())
        visitor.open(link_of(demo, "--verify", way, *GIVEN.get(way, ())))
        visitor.press("continue")
        visitor.press("continue", [("answer", wrong)])
        if way == "code":
            visitor.press("resend")
        if way == "passphrase":
            for _ in range(5):
                visitor.press("continue", [("answer", wrong)])
                if not visitor.here.has_form:
                    break
        for page in visitor.seen:
            html_checker.add(page.url, page.html)
    assert html_checker.problems() == []
