"""Ways to visit the site without a browser: over HTTP, or straight into the Flask application."""

import time
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.journeys.html_contract import Page, read_page

Fields = list[tuple[str, str]]


class Transport(Protocol):
    """Something that fetches pages, keeps cookies and follows redirects."""

    def fetch(self, method: str, url: str, fields: Fields | None = None) -> tuple[str, int, str]:
        """The final address, the status and the text."""


class HttpTransport:
    """Real HTTP, with the standard library."""

    def __init__(self, timeout: float = 20) -> None:
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.timeout = timeout

    def fetch(self, method: str, url: str, fields: Fields | None = None) -> tuple[str, int, str]:
        data = urlencode(fields or []).encode() if method == "POST" else None
        request = Request(url, data=data, method=method)
        try:
            with self.opener.open(request, timeout=self.timeout) as answer:
                return answer.url, answer.status, answer.read().decode()
        except HTTPError as error:
            return error.url or url, error.code, error.read().decode()


class FlaskTransport:
    """Flask's test client."""

    def __init__(self, client: Any, base_url: str) -> None:
        self.client = client
        self.base_url = base_url

    def fetch(self, method: str, url: str, fields: Fields | None = None) -> tuple[str, int, str]:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        data = urlencode(fields or []) if method == "POST" else None
        answer = self.client.open(
            path,
            method=method,
            data=data,
            base_url=self.base_url,
            content_type="application/x-www-form-urlencoded" if data is not None else None,
            follow_redirects=True,
        )
        final = answer.request.full_path.rstrip("?")
        return urljoin(self.base_url, final), answer.status_code, answer.text


@dataclass
class Visitor:
    """Somebody with a browser window: one page at a time, and everything that they saw."""

    transport: Transport
    page: Page | None = None
    seen: list[Page] = field(default_factory=list)

    def open(self, url: str) -> Page:
        """Follow a link."""
        return self._arrive(*self.transport.fetch("GET", url))

    def press(self, button: str, fields: Fields | None = None) -> Page:
        """Press a button of the page's form, with what was filled in."""
        page = self.here
        sent = [*page.hidden, *(fields or [])]
        if button:
            sent.append(("action", button))
        return self._arrive(*self.transport.fetch("POST", page.action, sent))

    def press_form(self, action: str, fields: Fields | None = None) -> Page:
        """Press the button of the page's form whose address contains ``action``."""
        form = next(form for form in self.here.forms if action in form.action)
        sent = [*form.hidden, *(fields or [])]
        return self._arrive(*self.transport.fetch("POST", form.action, sent))

    @property
    def here(self) -> Page:
        """The page in the window."""
        assert self.page is not None, "open a page first"
        return self.page

    def _arrive(self, url: str, status: int, html: str) -> Page:
        self.page = read_page(url, status, html)
        self.seen.append(self.page)
        return self.page


def wait_until(condition: Any, seconds: float, what: str) -> Any:
    """Wait for something that another process does; returns what it gave."""
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")
