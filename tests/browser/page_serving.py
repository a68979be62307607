"""Shows a rendered page in Chromium without a server: its requests are answered from memory."""

from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route

from intake.web import CONTENT_SECURITY_POLICY

STATIC = Path("intake/static")
ADDRESS = "http://localhost:1/page"  # nothing listens there, and nothing is asked
NUMBERS = count()  # each page is a new one to the browser, with nothing typed into it
LISTS: dict[Page, list[str]] = {}  # where the complaints of what a tab shows now go
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def show(context: BrowserContext, html: str, problems: list[str]) -> Page:
    """The window with the page, under the application's own CSP; its complaints go to the list.

    One after the other is shown in the same tab: a new one costs more than a page.
    """

    def respond(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if not path.startswith("/static/"):
            headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
            return
        file = STATIC / path.removeprefix("/static/")
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])

    page = context.pages[0] if context.pages else context.new_page()
    page.unroute_all()
    page.route("**/*", respond)
    if page not in LISTS:
        page.on("pageerror", lambda error: LISTS[page].append(str(error)))
        page.on("console", lambda said: said.type == "error" and LISTS[page].append(said.text))
    LISTS[page] = problems
    page.goto(f"{ADDRESS}/{next(NUMBERS)}")
    if 'id="intake-live"' in html:
        page.locator("form + [role=status]").wait_for(state="attached")
    return page
