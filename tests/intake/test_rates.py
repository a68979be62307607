"""What one address, link or form may do in a sliding window, and what whoever does more is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from intake import rates
from intake.database import db
from intake.models import Throttle
from intake.public import throttled
from intake.public.throttled import network_of
from intake.rates import Counters, counted
from intake.throttling import Limit
from tests.intake import food_parcel as fp
from tests.intake.conftest import dispose, make_application

pytestmark = pytest.mark.database("sqlite")

FEW = Limit("few", attempts=10, window=timedelta(minutes=10))
OPEN = "/forms/food-parcel"
STARTS = Limit("starts", 2, timedelta(minutes=10))


@pytest.fixture
def published(app):
    with app.app_context():
        fp.publish()
    return app


@pytest.fixture(params=["memory", "database"])
def counters(request, context):
    return Counters() if request.param == "memory" else None


def allowed(counters, clock, times, who="192.0.2.1"):
    return [counted(FEW, who, clock(), counters).is_allowed for _ in range(times)]


def test_a_window_slides_so_that_its_end_lets_nobody_do_twice_as_much(counters, clock):
    clock.advance(minutes=9, seconds=59)
    assert all(allowed(counters, clock, 10))
    clock.advance(seconds=2)
    assert not any(allowed(counters, clock, 1))
    clock.advance(minutes=29)
    assert all(allowed(counters, clock, 10))


def test_others_are_not_held_up(counters, clock):
    allowed(counters, clock, 30)
    assert allowed(counters, clock, 1, "192.0.2.2") == [True]


def test_after_the_time_that_was_said_it_works_again(counters, clock):
    clock.advance(minutes=3)
    allowed(counters, clock, 10)
    refused = counted(FEW, "192.0.2.1", clock(), counters)
    assert not refused.is_allowed
    assert 0 < refused.retry_after <= 1200
    clock.advance(seconds=refused.retry_after + 60)
    assert allowed(counters, clock, 1) == [True]


def test_nobody_reads_an_address_in_the_database(context, clock):
    counted(FEW, "192.0.2.1", clock(), None)
    assert "192.0.2.1" not in repr([row.key for row in db.session.query(Throttle)])


def test_a_flood_of_addresses_does_not_fill_the_memory(context, clock, monkeypatch):
    monkeypatch.setattr(rates, "MOST_KEPT", 100)
    counters = Counters()
    for number in range(500):
        counted(FEW, f"192.0.2.{number}", clock(), counters)
    assert len(counters.kept) <= 100


def test_a_flood_of_addresses_lets_nobody_go_who_is_held_up(context, clock, monkeypatch):
    monkeypatch.setattr(rates, "MOST_KEPT", 100)
    counters = Counters()
    assert allowed(counters, clock, 11)[-1] is False
    for number in range(500):
        counted(FEW, f"198.51.100.{number}", clock(), counters)
    assert allowed(counters, clock, 1) == [False]


def test_amounts_are_counted_as_so_many(counters, clock):
    assert counted(FEW, "192.0.2.1", clock(), counters, 10).is_allowed
    assert not counted(FEW, "192.0.2.1", clock(), counters, 1).is_allowed


def test_one_subscriber_is_one_address():
    assert network_of("2001:db8::1") == network_of("2001:db8::2:3")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")
    assert network_of("nobody") == "nobody"


@pytest.fixture
def two_starts(monkeypatch):
    monkeypatch.setitem(throttled.BY_ADDRESS, "public.start_form", STARTS)


@pytest.mark.parametrize("how", ["memory", "database"])
def test_who_does_too_much_is_told_how_long_to_wait(published, settings, clock, two_starts, how):
    app = make_application(replace(settings, throttle=how), clock)
    client = app.test_client()
    assert [client.post(OPEN).status_code for _ in range(3)] == [303, 303, 429]
    refused = client.post(OPEN)
    assert 0 < int(refused.headers["Retry-After"]) <= 1200
    assert "You can try again in" in refused.text
    assert "Answers from the pages before are kept" in refused.text
    assert client.get(OPEN).status_code == 200, "looking costs nothing"
    assert client.post(OPEN, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 303
    clock.advance(seconds=int(refused.headers["Retry-After"]) + 600)
    assert client.post(OPEN).status_code == 303
    dispose(app)


def test_behind_a_proxy_that_nobody_named_all_are_not_taken_for_one(published, two_starts):
    client = published.test_client()
    passed_on = {"X-Forwarded-For": "192.0.2.7"}
    assert {client.post(OPEN, headers=passed_on).status_code for _ in range(5)} == {303}


def test_a_stranger_is_counted_whatever_header_they_send(published, two_starts):
    client = published.test_client()
    told = [
        client.post(
            OPEN,
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
            environ_base={"REMOTE_ADDR": "93.184.216.34"},
        ).status_code
        for number in range(3)
    ]
    assert told == [303, 303, 429]


def test_throttles_can_be_left_to_whoever_stands_in_front(published, settings, clock, two_starts):
    app = make_application(replace(settings, throttle="off"), clock)
    client = app.test_client()
    assert {client.post(OPEN).status_code for _ in range(5)} == {303}
    dispose(app)


def test_one_link_is_not_opened_without_end(published, monkeypatch):
    from intake.public import weblinks

    monkeypatch.setattr(weblinks, "OPENINGS_OF_LINK", Limit("openings", 1, timedelta(minutes=10)))
    with published.app_context():
        first, other = fp.a_link().url, fp.a_link().url
    client = published.test_client()
    path = first.removeprefix("http://localhost")
    assert [client.post(path).status_code for _ in range(2)] == [303, 429]
    assert client.post(other.removeprefix("http://localhost")).status_code == 303


def test_a_filled_in_hidden_field_only_asks_once_more(published):
    browser = fp.visitor(published)
    browser.open(f"http://localhost{OPEN}")
    page = browser.press("continue", [("website", "https://example.org")])
    assert page.status == 200
    assert "press it once more" in page.text
    assert browser.press("continue").url.endswith("/start")


def test_a_button_pressed_at_once_only_asks_once_more(published, settings, clock):
    app = make_application(replace(settings, quickest_start=1), clock)
    browser = fp.visitor(app)
    browser.open(f"http://localhost{OPEN}")
    page = browser.press("continue")
    assert page.status == 200
    assert browser.press("continue").url.endswith("/start")
    browser.open(f"http://localhost{OPEN}")
    clock.advance(seconds=2)
    assert browser.press("continue").url.endswith("/start")
    dispose(app)
