"""A page of a form is the same, whether Flask or the short way answers it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from intake.public import quick_pages
from intake.services.forms import PREPARED
from intake.services.links import IssuedLink
from tests.intake import food_parcel as fp
from tests.journeys.visitors import FlaskTransport, Visitor

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def browser(app: Flask, link: IssuedLink) -> Visitor:
    """Somebody who has answered everything and not sent it."""
    browser = fp.visitor(app)
    fp.as_far_as("check-answers", browser, link.url, fp.FILLED)
    return browser


@pytest.fixture
def calls(app: Flask) -> Iterator[list[str]]:
    """The addresses that reached Flask."""
    reached: list[str] = []
    (short,) = short_ways(app)
    inner = short._application

    def note(environ: Any, start_response: Any) -> Any:
        reached.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    short._application = note
    yield reached
    short._application = inner


def short_ways(app: Flask) -> list[quick_pages.QuickPages]:
    found: list[Any] = [app.wsgi_app]
    while (inner := getattr(found[-1], "_application", None)) is not None:
        found.append(inner)
    return [one for one in found if isinstance(one, quick_pages.QuickPages)]


def paths(browser: Visitor) -> list[str]:
    found = [urlsplit(page.url).path for page in browser.seen]
    return [path for path in found if path.startswith("/form/")]


def get(browser: Visitor, path: str, **more: Any) -> TestResponse:
    assert isinstance(browser.transport, FlaskTransport)
    answer: TestResponse = browser.transport.client.get(
        path, base_url=browser.transport.base_url, **more
    )
    return answer


@contextmanager
def only_flask(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(quick_pages.QuickPages, "_is_plain", lambda *_: False)
        yield


def test_both_ways_give_the_same_bytes_and_headers(
    browser: Visitor, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = set()
    for path in paths(browser):
        quick = get(browser, path)
        if not calls:
            short.add(path.rpartition("/")[2])
        calls.clear()
        with only_flask(monkeypatch):
            slow = get(browser, path)
        assert calls.pop() == path
        assert (quick.status, quick.data) == (slow.status, slow.data)
        kept = [[one for one in way.headers if one[0] != "X-Request-ID"] for way in (quick, slow)]
        assert sorted(kept[0]) == sorted(kept[1])
    assert short >= {"who", "danger", "about", "news", "family"}
    assert not short & quick_pages.OTHER_PAGES


def test_both_ways_write_the_same_line_into_the_log(
    browser: Visitor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = paths(browser)[-2]
    capsys.readouterr()
    named = {"headers": {"X-Request-ID": "0123456789abcdef"}}
    answers = [get(browser, path, **named)]
    with only_flask(monkeypatch):
        answers.append(get(browser, path, **named))
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    for line in lines:
        assert line.pop("ms") >= 0
        assert line.pop("at").endswith("Z")
    assert lines[0] == lines[1]
    assert {answer.headers["X-Request-ID"] for answer in answers} == {"0123456789abcdef"}


@pytest.mark.parametrize(
    "unusual",
    [
        {"query_string": "change=1"},
        {"headers": {"X-Forwarded-For": "192.0.2.1"}},
        {"method": "HEAD"},
    ],
    ids=["a query", "an unknown proxy", "another method"],
)
def test_what_is_unusual_is_left_to_flask(
    browser: Visitor, calls: list[str], unusual: dict[str, Any]
) -> None:
    path = paths(browser)[-2]
    assert isinstance(browser.transport, FlaskTransport)
    browser.transport.client.open(
        path, base_url=browser.transport.base_url, **({"method": "GET"} | unusual)
    )
    assert calls == [path]


def test_a_staff_session_is_left_to_flask_which_may_renew_or_end_it(
    app: Flask, browser: Visitor, calls: list[str]
) -> None:
    path = paths(browser)[-2]
    assert isinstance(browser.transport, FlaskTransport)
    browser.transport.client.set_cookie(app.config["SESSION_COOKIE_NAME"], "a-session")
    assert get(browser, path).status_code == 200
    assert calls == [path]


def test_a_stranger_is_left_to_flask_and_turned_away(
    app: Flask, browser: Visitor, calls: list[str]
) -> None:
    path = paths(browser)[-2]
    answer = app.test_client().get(path)
    assert answer.status_code in {403, 404, 410}
    assert calls == [path]


def test_a_fault_on_the_short_way_is_met_again_by_flask(
    browser: Visitor, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    path = paths(browser)[-2]
    monkeypatch.setattr(quick_pages.DraftReader, "load", fail)
    assert get(browser, path).status_code == 200
    assert calls == [path]


def test_a_form_that_is_yet_to_be_compiled_is_left_to_flask(
    app: Flask, browser: Visitor, calls: list[str]
) -> None:
    path = paths(browser)[-2]
    del app.extensions[PREPARED]
    first, second = (get(browser, path) for _ in range(2))
    assert first.status_code == 200
    assert first.data == second.data
    assert calls == [path]


def test_flask_does_nothing_around_a_page_that_the_short_way_does_not_know_of(app: Flask) -> None:
    def names(functions: Any) -> set[str]:
        return {function.__name__ for each in functions.values() for function in each}

    before = {
        key: each for key, each in app.before_request_funcs.items() if key in (None, "public")
    }
    after = {key: each for key, each in app.after_request_funcs.items() if key in (None, "public")}
    # the id and the log are the same; a proxy, a language, a session and a POST are Flask's
    assert names(before) == {"begin_request", "notice", "csrf_protect", "count_address"}
    assert names(after) == {"log_request", "remember_choice", "_update_remember_cookie"}
    routes = [rule.rule for rule in app.url_map.iter_rules()]
    pages = {rule.rpartition("/")[2] for rule in routes if rule.count("/") == 3}
    beside = {rule.rpartition("/")[2] for rule in routes if rule.startswith("/form/<draft_id>/")}
    # no id of a page has a dot: the short way never takes such an address for one
    found = {name for name in beside & pages if "." not in name}
    assert found - {"<page_id>"} == quick_pages.OTHER_PAGES
