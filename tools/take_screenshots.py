"""Takes the screenshots in docs/images: of a real demonstration, and of the example form."""

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, chromium_path
from tests.browser.every_widget import example, pages_in_every_state
from tests.browser.page_serving import show
from tests.running_demo import RunningDemo, start_demo

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
TEAM = "north-west-london-exploitation"


#: Pages of the example form that the authors' documentation shows, on a phone and on a desktop.
WIDGETS = {"words-and-codes": "about-you fresh", "choices": "choices answered"}
WIDGETS |= {"errors": "numbers wrong"}
WIDTHS = (360, 1280)


def main() -> int:
    """Start a demonstration, look at it, and stop it; with ``widgets``, only the example form."""
    IMAGES.mkdir(exist_ok=True)
    if sys.argv[1:] == ["widgets"]:
        with sync_playwright() as playwright:
            path = chromium_path()
            take_widgets(playwright.chromium.launch(executable_path=path, args=ARGUMENTS))
        make_small()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        demo = start_demo(Path(folder))
        try:
            with sync_playwright() as playwright:
                path = chromium_path()
                browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
                take_queue(browser.new_page(viewport={"width": 1120, "height": 800}), demo)
                take_question(browser.new_page(viewport={"width": 390, "height": 780}), demo)
                take_widgets(browser)
                browser.close()
        finally:
            demo.stop()
    make_small()
    return 0


def take_widgets(browser: Browser) -> None:
    """The example form with every kind of question."""
    pages = pages_in_every_state(example())
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 800})
        for name, which in WIDGETS.items():
            page = show(context, pages[which], [])
            page.screenshot(path=IMAGES / f"{name}-{width}.png", full_page=True)
            page.close()


def take_queue(page: Page, demo: RunningDemo) -> None:
    """A team's queue."""
    person = demo.staff(TEAM, "lead")
    page.goto(f"{demo.base_url}/staff/sign-in")
    page.fill("[name=email]", person["email"])
    page.fill("[name=password]", person["password"])
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/staff/queue*")
    page.screenshot(path=IMAGES / "queue.png")


def take_question(page: Page, demo: RunningDemo) -> None:
    """The first question of a form, on a phone, in English and in Welsh."""
    page.goto(demo.link("breast-pump-loan"))
    for _ in range(2):
        page.locator("main form button").first.click()
    page.screenshot(path=IMAGES / "question.png")
    page.get_by_role("button", name="Cymraeg").click()
    page.wait_for_selector("html[lang=cy]")
    page.screenshot(path=IMAGES / "question-welsh.png")


def make_small() -> None:
    """Pages have few colours: 64 of them show every edge, in a third of the bytes."""
    for path in IMAGES.glob("*.png"):
        Image.open(path).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(
            path, optimize=True
        )


if __name__ == "__main__":
    sys.exit(main())
