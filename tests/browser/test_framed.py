"""A challenged form inside another website's page, in a real browser: it opens, and is sent on."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import BrowserContext
from werkzeug.serving import make_server

from intake.app_state import system_clock
from intake.services.publishing import publish_form
from tests.intake import food_parcel as fp
from tests.intake.conftest import dispose, make_application, make_settings, prepare


class Around(BaseHTTPRequestHandler):
    """Another website: one page with a frame, whose address is in the server."""

    def do_GET(self) -> None:
        page = f'<!doctype html><iframe src="{self.server.framed}"></iframe>'  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def websites(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a page that may frame the form, and of one that may not."""
    around = ThreadingHTTPServer(("127.0.0.1", 0), Around)
    other = ThreadingHTTPServer(("127.0.0.1", 0), Around)
    friend = f"http://127.0.0.1:{around.server_port}"
    url = f"sqlite:///{tmp_path / 'intake.sqlite3'}"
    prepare(url, tmp_path)
    app = make_application(make_settings(url, tmp_path / "mail"), system_clock)
    settings = {**fp.FORM["x-form"], "embed": [friend], "challenge": True}
    with app.app_context():
        form = json.dumps({**fp.FORM, "x-form": settings})
        publish_form(form, "food-parcel.json", rules_text=json.dumps(fp.RULES))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    servers = (server, around, other)
    for each in servers:
        each.framed = f"http://localhost:{server.port}/forms/food-parcel"
        Thread(target=each.serve_forever, daemon=True).start()
    yield friend, f"http://127.0.0.1:{other.server_port}"
    for each in servers:
        each.shutdown()
        each.server_close()
    dispose(app)


def test_a_form_in_a_frame_opens_for_who_presses_before_the_sum_is_done(
    websites: tuple[str, str], open_window: Callable[..., BrowserContext]
) -> None:
    friend, stranger = websites
    page = open_window(800).new_page()
    page.goto(friend)
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Open the form").click()
    frame.get_by_role("heading", name="Ask for a food parcel").wait_for()
    frame.get_by_role("button", name="Start now").click()
    frame.get_by_role("heading", name="Who").wait_for()
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "intake-framed"]
    assert cookie["sameSite"] == "None"
    page.goto(stranger)
    assert page.frames[1].get_by_role("button").count() == 0
