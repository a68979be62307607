"""Exit this page: the browser forgets, with and without scripts."""

import re
from pathlib import Path

import pytest
from flask import Flask

from intake.config import Settings
from intake.public.way_out import way_out
from intake.services.forms import runnable
from intake.worker import run_once
from tests.intake import food_parcel as fp
from tests.journeys.form_filler import carry_on
from tests.journeys.html_contract import Page
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.database("sqlite")

AWAY = "https://www.example.org/weather"
EXITING = {**fp.FORM, "x-form": {**fp.FORM["x-form"], "exit_this_page": {"url": AWAY}}}


@pytest.fixture
def browser(app: Flask) -> Visitor:
    with app.app_context():
        fp.publish(EXITING)
        url = fp.a_link().url
    browser = fp.visitor(app)
    fp.as_far_as("about", browser, url)
    return browser


def test_without_scripts_the_way_out_forgets_the_key_and_leads_away(browser: Visitor) -> None:
    client = browser.transport.client  # type: ignore[attr-defined]
    assert 'href="/exit/food-parcel/1.0.0"' in browser.here.html
    client.set_cookie("intake-staff", "kept")
    answer = client.get("/exit/food-parcel/1.0.0")
    assert (answer.status_code, answer.headers["Location"]) == (303, AWAY)
    assert client.get_cookie("intake-visitor") is None
    assert client.get_cookie("intake-staff") is not None
    assert browser.open(browser.here.url).status == 404, "the back button shows no answer"


def test_with_scripts_a_beacon_makes_the_browser_forget(browser: Visitor) -> None:
    client = browser.transport.client  # type: ignore[attr-defined]
    assert 'data-forget="/exit/food-parcel/1.0.0"' in browser.here.html
    assert client.post("/exit/food-parcel/1.0.0").status_code == 204
    assert client.get_cookie("intake-visitor") is None


def test_another_site_cannot_make_a_browser_forget(browser: Visitor) -> None:
    client = browser.transport.client  # type: ignore[attr-defined]
    other = {"Sec-Fetch-Site": "cross-site"}
    assert client.get("/exit/food-parcel/1.0.0", headers=other).status_code == 303
    assert client.post("/exit/food-parcel/1.0.0", headers=other).status_code == 404
    assert client.get_cookie("intake-visitor") is not None


def test_the_way_out_leads_nowhere_that_an_author_did_not_choose(browser: Visitor) -> None:
    client = browser.transport.client  # type: ignore[attr-defined]
    for address in ("/exit/nothing/1", "/exit/food-parcel/9", "/exit/x/%2F%2Fevil.example.org"):
        answer = client.get(address)
        assert answer.status_code in (303, 308, 404)
        assert "//" not in answer.headers.get("Location", "/").removeprefix("http://localhost")


def has_way_out(page: Page, browser: Visitor) -> None:
    """It leads away, forgets every cookie of ours, and does not say which form it is."""
    assert f'href="{AWAY}"' in page.html, page.url
    (path,) = re.findall(r'data-forget="([^"]+)"', page.html)
    assert f'href="{path}"' in page.html, "without scripts too"
    if not page.url.endswith("/done"):
        assert "food-parcel" not in page.html
    client = browser.transport.client  # type: ignore[attr-defined]
    kept = dict(client._cookies)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, AWAY)
    assert not client._cookies
    client._cookies.update(kept)
    assert client.post(path).status_code == 204
    assert not client._cookies
    client._cookies.update(kept)


def test_every_page_around_the_form_has_the_way_out(
    app: Flask, browser: Visitor, settings: Settings
) -> None:
    has_way_out(browser.press("save", [("full_name", fp.NAME)]), browser)
    code = browser.press("send", [("email", "parent@example.org")])
    has_way_out(code, browser)
    with app.app_context():
        run_once()
    mailed = "".join(path.read_text() for path in Path(settings.mail_url[5:]).glob("*.eml"))
    link = re.search(r"http://\S+/r/[\w.-]+", mailed.replace("=\n", ""))[0]  # type: ignore[index]
    other = fp.visitor(app)
    has_way_out(other.open(link), other)
    has_way_out(other.press("continue", [("answer", "000 000")]), other)
    other.press("continue", [("answer", code.reference)])
    carry_on(other, fp.FILLED)
    has_way_out(other.here, other)
    status = other.press("follow")
    for path in ("", "/more", "/withdraw"):
        has_way_out(other.open(status.url + path), other)
    client = other.transport.client  # type: ignore[attr-defined]
    (token,) = [one.value for one in client._cookies.values() if "status" in one.key]
    has_way_out(other.open(f"http://localhost/s/{token}"), other)


def test_the_page_that_asks_for_a_code_has_the_way_out(app: Flask, browser: Visitor) -> None:
    with app.app_context():
        url = fp.a_link(verify="code").url
    asked = fp.visitor(app)
    asked.open(url)
    has_way_out(asked.press("continue"), asked)
    for _ in range(5):
        asked.press("continue", [("answer", "000000")])
    assert asked.here.status == 410
    has_way_out(asked.here, asked)


def test_nobody_can_make_a_way_out_to_another_website(browser: Visitor) -> None:
    client = browser.transport.client  # type: ignore[attr-defined]
    with client.application.app_context():
        path = way_out(runnable("food-parcel", "1.0.0").definition)["exit_path"]
        assert client.get(path).headers["Location"] == AWAY
    signed = path.rpartition("/")[2]
    for forged in (signed[:-1], "IngiCg.x", "x", signed.partition(".")[0]):
        assert client.get(f"/exit/{forged}").headers["Location"] == "/"
