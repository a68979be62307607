"""A visitor of the measured form: as far as a page, or as far as the submit button."""

from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from benchmarks.http import Server
from tests.journeys.form_filler import Answers, fill, forward
from tests.journeys.html_contract import Page, read_page

START = "/forms/measured"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CHOICES = {f"question_{number}": "option-2" for number in range(1, 200, 10)}


@dataclass
class Window:
    """A browser window on connections without keep-alive: cookies, and the page it shows."""

    server: Server
    cookie: str = ""
    page: Page | None = None

    def go(self, method: str, path: str, body: bytes = b"") -> Page:
        """One request, redirections followed."""
        import http.client

        for _ in range(6):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            headers = {"Host": "localhost", "Cookie": self.cookie, **(FORM if body else {})}
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            self._keep_cookies(answer.headers.get_all("Set-Cookie") or [])
            connection.close()
            if answer.status not in (302, 303):
                self.page = read_page(path, answer.status, text)
                return self.page
            method, body, path = "GET", b"", urlsplit(str(answer.headers["Location"])).path
        raise RuntimeError(f"{path} redirects for ever")

    def _keep_cookies(self, headers: list[str]) -> None:
        jar = SimpleCookie(self.cookie)
        for header in headers:
            jar.load(header)
        self.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())

    def press(self) -> Page:
        """Fill in the page and press its button."""
        assert self.page
        return self.go("POST", urlsplit(self.page.action).path, self.sent())

    def sent(self) -> bytes:
        """What pressing the button would send."""
        assert self.page, "no page is open"
        assert not self.page.errors, self.page.errors
        fields = [*self.page.hidden, *fill(self.page, Answers(by_name=CHOICES))]
        return urlencode([*fields, ("action", forward(self.page))]).encode()


def at_page(server: Server) -> Window:
    """A window on the first page of questions, already answered once."""
    window = at_check_answers(server)
    found = next(url for words, url in window.page.links if "/form/" in url and "page-0" in url)  # type: ignore[union-attr]
    window.go("GET", urlsplit(found).path)
    return window


def at_check_answers(server: Server) -> Window:
    """A window on the page with the submit button."""
    window = Window(server)
    window.go("GET", START)
    for _ in range(20):
        assert window.page
        assert window.page.status == 200, f"{window.page.url}: {window.page.status}"
        if "submit" in window.page.buttons:
            return window
        window.press()
    raise RuntimeError("no submit button was reached")
