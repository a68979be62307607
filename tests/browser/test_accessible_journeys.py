"""From a weblink to the receipt on a phone: as a screen reader, by keyboard, without scripts, with
text twice as large, and in high contrast."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.windows import Window, complete, complete_by_keyboard, new_window, walk
from tests.journeys.answers import SIMPLE
from tests.journeys.visitors import wait_until
from tests.running_demo import RunningDemo

PHONE = 360
PASSPHRASE = "three wise otters"
PUMP = SIMPLE["breast-pump-loan"]
ANSWERS = replace(PUMP, by_name={**PUMP.by_name, "answer": PASSPHRASE})
OpenWindow = Callable[..., BrowserContext]
CONTROLS = {"textbox", "radio", "checkbox", "combobox", "button", "link", "searchbox", "listbox"}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def link(demo: RunningDemo) -> str:
    """One link for all of them, which asks who they are; each visitor has a draft of their own."""
    told = ("--to", "parent@example.org", "--uses", "20")
    told += ("--verify", "passphrase", "--answer", PASSPHRASE)
    return demo.command("links", "issue", "--form", "breast-pump-loan", *told)


class Tree:
    """Looks at what a screen reader is given of each page."""

    def __init__(self, window: Window) -> None:
        self.session = window.page.context.new_cdp_session(window.page)
        self.problems: list[str] = []

    def __call__(self, window: Window) -> None:
        nodes = self.nodes()
        roles = [role_of(node) for node in nodes]
        where = window.page.url
        if roles.count("main") != 1:
            self.problems.append(f"{where}: {roles.count('main')} main landmarks")
        for node in nodes:
            if role_of(node) in CONTROLS | {"group", "radiogroup"} and not name_of(node):
                self.problems.append(f"{where}: a {role_of(node)} without a name")
        levels = [level_of(node) for node in nodes if role_of(node) == "heading"]
        if levels.count(1) != 1:
            self.problems.append(f"{where}: headings of the first level: {levels.count(1)}")
        for before, after in pairwise(levels):
            if after > before + 1:
                self.problems.append(f"{where}: a heading {after} follows a heading {before}")
        fields = {control.name for control in window.seen[-1].controls if control.kind != "hidden"}
        if fields and not {"textbox", "radio", "checkbox", "combobox"} & set(roles):
            self.problems.append(f"{where}: {sorted(fields)} are not in the tree")

    def nodes(self) -> list[dict[str, Any]]:
        found = self.session.send("Accessibility.getFullAXTree")["nodes"]
        return [node for node in found if not node.get("ignored")]


def role_of(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def name_of(node: dict[str, Any]) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


def level_of(node: dict[str, Any]) -> int:
    found = (each["value"]["value"] for each in node["properties"] if each["name"] == "level")
    return int(next(found))


@pytest.mark.nightly
def test_a_screen_reader_is_given_all_of_the_journey(open_window: OpenWindow, link: str) -> None:
    window = new_window(open_window(PHONE), ANSWERS)
    tree = Tree(window)
    window.on_page = tree
    here = window.open(link)
    while not here.controls:
        here = window.press("continue")
    window.press("continue")  # with nothing answered
    alerts = [node for node in tree.nodes() if role_of(node) == "alert"]
    assert alerts, "the summary of errors is announced"
    assert window.page.evaluate(
        "document.activeElement.classList.contains('govuk-error-summary')"
    ), "and has the focus"
    assert complete(window, link).reference
    assert tree.problems == []


@pytest.mark.nightly
def test_the_keyboard_is_enough(open_window: OpenWindow, link: str) -> None:
    window = new_window(open_window(PHONE), ANSWERS)
    assert complete_by_keyboard(window, link).reference


def test_nothing_needs_javascript(open_window: OpenWindow, link: str) -> None:
    window = new_window(open_window(PHONE, javascript=False), ANSWERS)
    assert complete(window, link).reference


WIDER = """() => [...document.querySelectorAll('body *')]
  .filter(tag => tag.getBoundingClientRect().right > window.innerWidth + 1)
  .map(tag => tag.cloneNode(false).outerHTML.slice(0, 90))"""

CUT_OFF = """() => [...document.querySelectorAll('main *')].filter(tag => {
  const style = getComputedStyle(tag);
  const hides = ['hidden', 'clip'].includes(style.overflowX) || ['hidden', 'clip'].includes(style.overflowY);
  const isShown = tag.getClientRects().length && tag.offsetWidth > 1 && tag.offsetHeight > 1;
  return hides && isShown && (tag.scrollWidth > tag.clientWidth + 1 || tag.scrollHeight > tag.clientHeight + 1);
}).map(tag => tag.outerHTML.slice(0, 120))"""  # noqa: E501


@pytest.mark.nightly
def test_text_of_twice_the_size_fits_a_phone(open_window: OpenWindow, link: str) -> None:
    problems: list[str] = []

    def look(window: Window) -> None:
        size = window.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        wide = window.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        cut = window.page.evaluate(CUT_OFF)
        problems.extend([f"{window.page.url}: text of {size} px"] if size < 30 else [])
        if wide > 0:
            wider = window.page.evaluate(WIDER)
            problems.append(f"{window.page.url}: {wide} px too wide: {wider}")
        problems.extend(f"{window.page.url}: {each}" for each in cut)

    window = new_window(open_window(PHONE), ANSWERS, look)
    session = window.page.context.new_cdp_session(window.page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    assert complete(window, link).reference
    assert problems == []


@pytest.fixture
def high_contrast(chromium: Browser) -> Iterator[BrowserContext]:
    """A window as Windows shows it in a contrast theme, which replaces every colour."""
    window = chromium.new_context(
        viewport={"width": PHONE, "height": 800}, forced_colors="active", locale="en-GB"
    )
    window.set_default_timeout(15_000)
    yield window
    window.close()


UNMARKED = """() => [...document.querySelectorAll('main input, main select, main textarea, main button')]
  .filter(tag => tag.getClientRects().length && tag.type !== 'hidden' && !tag.hasAttribute('aria-hidden'))
  .filter(tag => {
    const drawn = [getComputedStyle(tag), getComputedStyle(tag.nextElementSibling || tag, '::before')];
    return !drawn.some(style => style.borderTopStyle !== 'none' && style.borderTopWidth !== '0px');
  }).map(tag => tag.outerHTML.slice(0, 120))"""  # noqa: E501


@pytest.mark.nightly
def test_every_control_has_an_edge_in_high_contrast(
    high_contrast: BrowserContext, link: str
) -> None:
    problems: list[str] = []

    def look(window: Window) -> None:
        problems.extend(window.page.evaluate(UNMARKED))

    window = new_window(high_contrast, ANSWERS, look)
    assert complete_by_keyboard(window, link).reference, "the focus can be seen as well"
    assert problems == []


@pytest.mark.nightly
@pytest.mark.parametrize("is_scripted", [True, False])
def test_saving_and_coming_back_needs_neither_a_mouse_nor_javascript(
    demo: RunningDemo, open_window: OpenWindow, link: str, is_scripted: bool
) -> None:
    """Half of the form here; the rest on another device, by the mailed link and the code."""
    address = f"back-{is_scripted}@example.org".lower()
    answers = replace(ANSWERS, by_name={**ANSWERS.by_name, "email": address})
    first = new_window(open_window(PHONE, javascript=is_scripted), answers)
    tree = Tree(first)
    first.on_page = tree
    here = first.open(link)
    while "baby" not in here.url:
        walk(first, here)
        here = first.arrive()
    walk(first, here, "save")
    walk(first, first.arrive(), "send")
    shown = first.arrive().text
    code = "".join(re.search(r"(\d{3}) (\d{3})", shown).groups())
    url = wait_until(lambda: way_back(demo, address), 20, "the link arriving")
    assert tree.problems == []
    second = new_window(open_window(PHONE, javascript=is_scripted), PUMP)
    second.answers = replace(PUMP, by_name={**PUMP.by_name, "answer": code})
    tree = Tree(second)
    second.on_page = tree
    assert complete_by_keyboard(second, url).reference
    asked = {page.url.rpartition("/")[2] for page in second.seen}
    assert not asked & {page.url.rpartition("/")[2] for page in first.seen[2:-3]}, "asked once"
    assert tree.problems == []


def way_back(demo: RunningDemo, address: str) -> str:
    """The link in the message to this address, once it is there."""
    for path in demo.mail.glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if message["To"] == address:
            text = message.get_body(("plain",)).get_content()
            return re.search(r"http\S+/r/\S+", text)[0]
    return ""
