"""Takes the screenshots in docs/images: of a real demonstration, and of the example form."""

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, chromium_path
from tests.browser.every_widget import example, pages_in_every_state
from tests.browser.page_serving import show
from tests.intake.pages_around_the_form import fresh_pages
from tests.running_demo import RunningDemo, start_demo

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
TEAM = "north-west-london-exploitation"


#: Pages of the example form that the authors' documentation shows, on a phone and on a desktop.
WIDGETS = {"words-and-codes": "about-you fresh", "choices": "choices answered"}
WIDGETS |= {"errors": "numbers wrong"}
WIDTHS = (360, 1280)
SENDERS = "eastmere-early-help"
SHOWN = {"x": 60, "y": 165, "width": 700, "height": 1383}  # of the long page of a task
#: Pages after sending, for whoever runs the service.
AROUND = {"receipt": "receipt", "status": "status, added", "send-more": "send more"}


def main() -> int:
    """Start a demonstration, look at it, and stop it.

    With ``widgets``, only the example form; with ``around``, only the pages after sending.
    """
    IMAGES.mkdir(exist_ok=True)
    if sys.argv[1:] == ["around"]:
        with sync_playwright() as playwright:
            path = chromium_path()
            take_around(playwright.chromium.launch(executable_path=path, args=ARGUMENTS))
        make_small()
        return 0
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
                take_queue(browser.new_page(viewport={"width": 1120, "height": 1100}), demo)
                take_question(browser.new_page(viewport={"width": 390, "height": 780}), demo)
                take_links(browser.new_page(viewport={"width": 1120, "height": 800}), demo)
                take_rules(browser.new_page(viewport={"width": 900, "height": 900}), demo)
                take_widgets(browser)
                take_around(browser)
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


def take_around(browser: Browser) -> None:
    """What somebody sees after they have sent a form."""
    with tempfile.TemporaryDirectory() as folder:
        found = fresh_pages(Path(folder))
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 800})
        for name, which in AROUND.items():
            page = show(context, found[which], [])
            page.screenshot(path=IMAGES / f"{name}-{width}.png", full_page=True)
            page.close()


def take_queue(page: Page, demo: RunningDemo) -> None:
    """A team's queue."""
    sign_in(page, demo, TEAM)
    page.screenshot(path=IMAGES / "queue.png")
    page.set_viewport_size({"width": 360, "height": 1500})
    page.screenshot(path=IMAGES / "queue-360.png")


def sign_in(page: Page, demo: RunningDemo, team: str, role: str = "lead") -> None:
    """As the lead of a team, or in another role."""
    person = demo.staff(team, role)
    page.goto(f"{demo.base_url}/staff/sign-in")
    page.fill("[name=email]", person["email"])
    page.fill("[name=password]", person["password"])
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/staff/queue*")


def take_links(page: Page, demo: RunningDemo) -> None:
    """A task on a case with what it shows, its link's page, and a campaign on its way."""
    staff = f"{demo.base_url}/staff"
    sign_in(page, demo, SENDERS)
    page.goto(f"{staff}/queue?show=accepted")
    case = page.locator("main a[href*='/staff/cases/']").first.get_attribute("href")
    page.goto(f"{demo.base_url}{case}/links/new")
    page.get_by_label("Closure form").check()
    page.fill("[name=recipient]", "nurse@example.org")
    page.fill("[name=shown]", "We meet on Tuesday at two. Tell us how the visit went.")
    page.locator("#show_answers summary").first.click()
    for box in page.locator("[name=show_answers]").all()[2:5]:
        box.check()
    page.screenshot(path=IMAGES / "task.png", clip=SHOWN, full_page=True)
    page.locator("main form button").last.click()
    page.goto(f"{staff}/links")
    page.locator("main table a").first.click()
    page.get_by_text("handed over").or_(page.get_by_text("Issued")).first.wait_for()
    page.screenshot(path=IMAGES / "link.png")
    take_campaign(page, staff)


def take_rules(page: Page, demo: RunningDemo) -> None:
    """A rule that a manager changes by choosing, and what would change by it."""
    sign_in(page, demo, "duty-desk", "administrator")
    page.goto(f"{demo.base_url}/staff/rules/master-referral")
    page.get_by_role("button", name="Draft a change").click()
    page.get_by_role("link", name="Change the rule borough-youth-justice").click()
    page.select_option("#add-subject-0", "risk_level")
    page.get_by_role("button", name="Add the comparison to group 1").click()
    answers = page.get_by_role("group", name="Answers to “How high do you think the risk is?”")
    for answer in ("Medium", "High"):
        answers.get_by_label(answer).check()
    page.screenshot(path=IMAGES / "rule.png")
    page.get_by_role("button", name="Save in the draft").click()
    page.get_by_role("link", name="Try it on past referrals").click()
    page.get_by_role("button", name="Try it now").click()
    page.get_by_text("What would change").wait_for()
    page.locator("main").screenshot(path=IMAGES / "rules-tried.png")


def take_campaign(page: Page, staff: str) -> None:
    """One to forty households, at ten messages a minute."""
    people = "".join(f"person-{n}@example.org,Person {n}\n" for n in range(1, 41))
    file = {"name": "people.csv", "mimeType": "text/csv"}
    page.goto(f"{staff}/campaigns/new")
    page.fill("[name=name]", "Spring 2027")
    page.get_by_label("Borrow a breast pump").check()
    page.set_input_files(
        "[name=recipients]", {**file, "buffer": f"email,greeting\n{people}".encode()}
    )
    page.fill("[name=per_minute]", "120")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Send to 40 people").click()
    page.locator(".intake-chart").wait_for()
    page.wait_for_timeout(12_000)  # some of them have to go
    page.reload()
    page.screenshot(path=IMAGES / "campaign.png")


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
        image = Image.open(path)
        if image.mode != "P":  # else it was taken, and made small, before
            small = image.convert("RGB").quantize(64, dither=Image.Dither.NONE)
            small.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
