"""Exit this page: the browser forgets, with and without scripts."""

import pytest
from flask import Flask

from tests.intake import food_parcel as fp
from tests.journeys.visitors import Visitor

AWAY = "https://www.example.org/weather"
EXITING = {**fp.FORM, "x-form": {**fp.FORM["x-form"], "exit_this_page": {"url": AWAY}}}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


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


def test_saving_for_later_keeps_the_way_out(browser: Visitor) -> None:
    page = browser.press("save", [("full_name", fp.NAME)])
    assert f'href="{AWAY}"' in page.html
    assert 'data-forget="/exit/food-parcel/1.0.0"' in page.html
