"""Filling in forms in a real browser: with a mouse, or with nothing but the keyboard."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

from tests.journeys.form_filler import MOST_PAGES, Answers, fill, forward
from tests.journeys.html_contract import Page as Read
from tests.journeys.html_contract import read_page

MOST_TABS = 400  # key presses on one page; the longest form page needs about 60


@dataclass
class Window:
    """A browser window and every page that it showed."""

    page: Page
    answers: Answers
    seen: list[Read] = field(default_factory=list)
    status: int = 200
    on_page: Any = None  # called with the window on each new page

    def open(self, url: str) -> Read:
        """Follow a link."""
        answer = self.page.goto(url)
        self.status = answer.status if answer else 0
        return self.arrive()

    def arrive(self) -> Read:
        """Read the page that is shown."""
        self.page.wait_for_load_state("load")
        here = read_page(self.page.url, self.status, self.page.content())
        self.seen.append(here)
        if self.on_page:
            self.on_page(self)
        return here

    def press(self, button: str) -> Read:
        """Press a button of the form with the mouse."""
        self.button(button).click()
        return self.arrive()

    def button(self, value: str) -> Locator:
        """The form's button of that value."""
        chosen = f"main button[name=action][value={value}]" if value else "main form button"
        chosen += ":not([aria-hidden])"  # a first, hidden one takes the Enter key
        return self.page.locator(chosen).first

    def fill_in(self, here: Read) -> None:
        """Answer every question that can be seen."""
        for name, value in fill(here, self.answers):
            control = self.page.locator(f'main [name="{name}"]').first
            kind = here.control(name).kind
            if kind in ("radio", "checkbox"):
                option = self.page.locator(f'main [name="{name}"][value="{value}"]')
                if is_seen(option):
                    option.check(force=True)
            elif kind == "select":
                control.select_option(value)
            elif is_seen(control):
                control.fill(value)


def is_seen(control: Locator) -> bool:
    """Whether a control can be used: not inside a closed reveal. GOV.UK's own are transparent."""
    return bool(control.evaluate("tag => tag.getClientRects().length > 0"))


def complete(window: Window, link: str) -> Read:
    """From a link to the confirmation or an end page, with the mouse."""
    here = window.open(link)
    for _ in range(MOST_PAGES):
        assert not here.errors, f"{here.url}: {here.errors}"
        if here.reference or not here.has_form:
            return here
        window.fill_in(here)
        here = window.press(forward(here))
    raise AssertionError(f"the journey does not end: {[page.url for page in window.seen]}")


def complete_by_keyboard(window: Window, link: str) -> Read:
    """From a link to the confirmation with Tab, Space, arrows, letters and Enter alone."""
    here = window.open(link)
    for _ in range(MOST_PAGES):
        assert not here.errors, f"{here.url}: {here.errors}"
        if here.reference or not here.has_form:
            return here
        walk(window, here)
        here = window.arrive()
    raise AssertionError(f"the journey does not end: {[page.url for page in window.seen]}")


def walk(window: Window, here: Read, button: str = "") -> None:
    """Tab through the page once, answering what has the focus, and press a button of it."""
    wanted: dict[str, list[str]] = {}
    for name, value in fill(here, window.answers):
        wanted.setdefault(name, []).append(value)
    button = button or forward(here)
    for _ in range(MOST_TABS):
        window.page.keyboard.press("Tab")
        focus = focused(window.page)
        assert focus["isMarked"], f"{here.url}: the focus on {focus} cannot be seen"
        if focus["tag"] == "BUTTON" and focus["value"] == button and focus["isInMain"]:
            with window.page.expect_navigation():
                window.page.keyboard.press("Enter")
            return
        if focus["name"] in wanted and focus["isInMain"]:
            answer(window.page, focus, wanted[focus["name"]])
    raise AssertionError(f"{here.url}: Tab never reaches the button {button!r}")


def answer(page: Page, focus: dict[str, Any], values: list[str]) -> None:
    """Answer the control that has the focus."""
    keyboard = page.keyboard
    if focus["type"] == "radio":
        keyboard.press("Space")
        for _ in range(60):
            if focused(page)["value"] == values[0]:
                return
            keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reach {values[0]!r} of {focus['name']}")
    if focus["type"] == "checkbox":
        if (focus["value"] in values) is not focus["isChecked"]:
            keyboard.press("Space")
    elif focus["tag"] == "SELECT":
        keyboard.type(label_of(page, values[0]))
    else:
        keyboard.press("Control+A")
        keyboard.type(values[0])


def label_of(page: Page, value: str) -> str:
    """The words of an option of the select that has the focus."""
    return str(
        page.evaluate(
            "value => [...document.activeElement.options].find(o => o.value === value).text", value
        )
    )


def focused(page: Page) -> dict[str, Any]:
    """What has the focus, and whether anything shows it."""
    found: dict[str, Any] = page.evaluate(
        """() => {
          const tag = document.activeElement;
          const styles = [tag, tag.nextElementSibling, tag.parentElement].filter(Boolean)
            .flatMap(t => [getComputedStyle(t), getComputedStyle(t, '::before')]);
          const isMarked = styles.some(s =>
            (s.outlineStyle !== 'none' && s.outlineWidth !== '0px') || s.boxShadow !== 'none');
          return {tag: tag.tagName, name: tag.name || '', type: tag.type || '',
                  value: tag.value || '', isChecked: Boolean(tag.checked),
                  isInMain: Boolean(tag.closest('main')), isMarked};
        }"""
    )
    return found


def new_window(context: BrowserContext, answers: Answers, on_page: Any = None) -> Window:
    """A window that answers so; its scripts may not complain."""
    page = context.new_page()
    window = Window(page, answers, on_page=on_page)
    page.on("pageerror", lambda error: fail(f"a script failed on {page.url}: {error}"))
    page.on(
        "console",
        lambda message: message.type == "error" and fail(f"{page.url}: {message.text}"),
    )
    return window


def fail(problem: str) -> None:
    """Raise in Playwright's callback; it comes out of the next call."""
    raise AssertionError(problem)
