"""Shows a rendered page in Chromium without a server: its requests are answered from memory."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route

from intake.web import CONTENT_SECURITY_POLICY

STATIC = Path("intake/static")
ADDRESS = "http://localhost:1/page"  # nothing listens there, and nothing is asked
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def show(context: BrowserContext, html: str, problems: list[str]) -> Page:
    """A window with the page, under the application's own CSP; its complaints go to the list."""

    def respond(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if not path.startswith("/static/"):
            headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
            return
        file = STATIC / path.removeprefix("/static/")
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])

    page = context.new_page()
    page.route("**/*", respond)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: said.type == "error" and problems.append(said.text))
    page.goto(ADDRESS)
    if 'id="intake-live"' in html:
        page.locator("form + [role=status]").wait_for(state="attached")
    return page
