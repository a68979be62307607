"""Webhooks: what is sent, how it is signed, where it may go, and what becomes of it if it fails."""

import json
import threading
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from intake import outbox, webhook_calls
from intake.database import db, transaction
from intake.mail import mail_folder
from intake.models import Webhook, WebhookDelivery
from intake.outbox import WorkFailed
from intake.services import case_decisions, webhooks
from intake.services.webhook_events import EVENTS, emit
from intake.webhook_calls import BadAddress, is_public, post, signature, target_of
from tests.intake.case_making import (
    NAME,
    PUMPS,
    Browser,
    make_case,
    make_staff,
    part,
    prepare,
    work,
)

INSIDE = """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1
255.255.255.255 192.0.2.1 ::1 :: fe80::1%eth0 fc00::1 ff02::1 ::ffff:10.0.0.1 2002:7f00:1::
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe fec0::1"""
URL = "https://partner.example.org/hook?from=intake"


class Partner(HTTPServer):
    """A partner's system: it keeps what it gets, and answers as it is told to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got = []
        self.answer = lambda handler: _plain(handler, 200)
        self.patience = 10  # seconds that whoever calls waits for the next byte
        self.is_over = threading.Event()

    def connect(self, _target, _address):
        return HTTPConnection("127.0.0.1", self.server_port, timeout=self.patience)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.server.answer(self)

    def log_message(self, *_args):
        pass


def _plain(handler, status, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def _drip(handler):
    """A good answer, if anybody waits for the end of it."""
    with suppress(OSError):  # the call was cut off
        for number in b"HTTP/1.1%s200 OK\r\n\r\n" % (b" " * 200):
            handler.wfile.write(bytes([number]))
            handler.server.is_over.wait(0.01)


@pytest.fixture
def partner(monkeypatch):
    server = Partner()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(webhook_calls, "public_addresses", lambda _host, _port: ("127.0.0.1",))
    monkeypatch.setattr(webhooks, "public_addresses", lambda _host, _port: ("127.0.0.1",))
    monkeypatch.setattr(webhook_calls, "connection", server.connect)
    yield server
    server.is_over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def prepared(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        yield make_staff("lee", PUMPS, role="lead")


def call(clock):
    post(URL, b"{}", secret="whsec_AAAA", message_id="m", now=clock.now)


def added(lee, *events):
    return webhooks.add_webhook(lee, PUMPS, URL, events or EVENTS, address="")


def state():
    db.session.rollback()
    return [(row.event, row.state, row.attempts) for row in db.session.query(WebhookDelivery)]


def example():
    """The function that the manual gives to receivers."""
    manual = (Path(__file__).parents[2] / "docs/operators/webhooks.md").read_text("utf-8")
    code = manual.partition("```python\n")[2].partition("```")[0]
    given = {}
    exec(code, given)
    return given["is_from_intake"]


def test_what_happens_to_a_referral_is_told_signed_and_without_content(
    app, monkeypatch, clock, partner
):
    with prepared(app, monkeypatch) as lee:
        hook = added(lee)
        case_id = make_case()
        work(clock.now)
        case_decisions.accept(lee, part(case_id), address="")
        case_decisions.close(lee, part(case_id), "They moved.", address="")
        work(clock.now)
        work(clock.now)
        verify = example()
        told = [json.loads(body) for _path, _headers, body in partner.got]
        assert sorted(each["type"] for each in told) == [
            "referral.accepted",
            "referral.closed",
            "referral.received",
        ]
        received = next(each for each in told if each["type"] == "referral.received")
        assert set(received["data"]) == {"reference", "team", "due"}
        assert received["data"]["team"] == PUMPS
        for path, headers, body in partner.got:
            assert path == "/hook?from=intake"
            named = {name.lower(): value for name, value in headers.items()}
            assert verify(hook.secret, named, body, clock.now.timestamp())
            assert not verify(hook.secret, named, body + b" ", clock.now.timestamp())
            for word in (*NAME.split(), "moved"):
                assert word.encode() not in body
        assert len({headers["webhook-id"] for _path, headers, _body in partner.got}) == 3
        assert {each[1:] for each in state()} == {("done", 1)}
        stored = db.session.query(Webhook).one()
        assert hook.secret.encode() not in stored.sealed_secret


def test_the_signature_is_that_of_the_standards_own_example():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected


@pytest.mark.parametrize(
    ("answer", "problem", "is_permanent"),
    [
        (lambda one: _plain(one, 500), "it answered 500", False),
        (lambda one: _plain(one, 401), "it answered 401", False),
        (lambda one: _plain(one, 410), "it answered 410", True),
        (lambda one: _plain(one, 302, Location="http://127.0.0.1/secret"), "answered 302", False),
        (lambda one: one.connection.close(), "it did not answer", False),
        (lambda one: one.wfile.write(b"HTTP/1.1 2"), "it did not answer: BadStatusLine", False),
        (lambda one: one.wfile.write(b"<html>no</html>\r\n"), "BadStatusLine", False),
        (lambda one: one.wfile.write(b"X" * 70_000), "it did not answer", False),
    ],
    ids=["error", "refused", "gone", "redirect", "closed", "half", "html", "long"],
)
def test_whatever_the_other_side_does_is_a_problem_in_words(
    clock, partner, answer, problem, is_permanent
):
    partner.answer = answer
    with pytest.raises(WorkFailed, match=problem) as failed:
        call(clock)
    assert failed.value.is_permanent is is_permanent
    assert len(partner.got) == 1  # a redirect is not followed


def test_nobody_waits_for_an_answer_that_does_not_come(clock, partner):
    partner.patience = 0.1
    partner.answer = lambda _handler: partner.is_over.wait(20)
    with pytest.raises(WorkFailed, match="it did not answer: TimeoutError") as failed:
        call(clock)
    assert not failed.value.is_permanent


def test_an_answer_that_drips_is_cut_off(clock, partner, monkeypatch):
    monkeypatch.setattr(webhook_calls, "MOST_TIME", 0.2)
    partner.answer = _drip
    with pytest.raises(WorkFailed, match="it did not answer") as failed:
        call(clock)
    assert not failed.value.is_permanent


@pytest.mark.parametrize("address", INSIDE.split())
def test_no_call_goes_into_this_network(address):
    assert not is_public(address)


def test_a_call_goes_to_the_internet_only():
    assert is_public("93.184.215.14")
    assert is_public("2606:2800:220:1::1")
    for url in ("https://localhost/", "https://127.0.0.1/", "https://[::1]/"):
        target = target_of(url)
        with pytest.raises(BadAddress, match="open to the internet"):
            webhook_calls.public_addresses(target.host, target.port)


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example.org/",
        "ftp://partner.example.org/",
        "partner.example.org",
        "https://",
        "https://user:word@partner.example.org/",
        "https://partner.example.org:22/",
        "https://partner.example.org:99999/",
        "https://partner.example.org/a b",
        "https://partner.example.org/\r\nHost: x",
        "https://[::1/",
        "https://partner.example.org/" + "x" * 500,
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(BadAddress):
        target_of(url)


def test_a_name_that_leads_elsewhere_by_now_is_not_called(clock, monkeypatch):
    called = []
    monkeypatch.setattr(
        webhook_calls.socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("10.0.0.5", 443))]
    )
    with pytest.raises(WorkFailed, match="open to the internet"):
        post(URL, b"{}", secret="whsec_AAAA", message_id="m", now=clock.now, connect=called.append)
    assert called == []


@pytest.mark.database("sqlite")
def test_what_fails_is_tried_again_then_given_up_and_after_days_its_owner_is_told(
    app, monkeypatch, clock, partner, settings
):
    with prepared(app, monkeypatch) as lee:
        hook = added(lee, "referral.received")
        partner.answer = lambda one: _plain(one, 503)
        make_case()
        for _ in range(8):
            work(clock.now)
            clock.advance(hours=25)
            if db.session.query(Webhook).one().stopped_at:
                break
            make_case()
        stored = db.session.query(Webhook).one()
        assert stored.stopped_by == "worker"
        work(clock.now)
        texts = [file.read_text() for file in mail_folder(settings).glob("*.eml")]
        assert any(
            "To: lee@" in text and "webhook of your team was stopped" in text for text in texts
        )
        calls = len(partner.got)
        make_case()
        clock.advance(days=9)
        work(clock.now)
        assert len(partner.got) == calls  # a stopped one is not called
        assert {each[1] for each in state()} == {"dead"}
        partner.answer = lambda one: _plain(one, 204)
        again = webhooks.start_webhook(lee, hook.id, address="")
        assert again == len(state())
        work(clock.now)
        assert {each[1] for each in state()} == {"done"}
        ids = [headers["webhook-id"] for _path, headers, _body in partner.got]
        assert set(ids[calls:]) == set(ids[:calls])  # the receiver knows them again


@pytest.mark.database("sqlite")
def test_a_delivery_whose_worker_was_killed_each_time_ends_as_failed(
    app, monkeypatch, clock, partner
):
    with prepared(app, monkeypatch) as lee:
        hook = added(lee, "referral.received")
        with transaction():
            emit("referral.received", team_id=PUMPS, reference="VIS-1", now=clock.now)
        for _ in range(outbox.MOST_ATTEMPTS):
            assert outbox.lease("killed", clock.now)
            clock.advance(hours=1)
        assert state() == [("referral.received", "waiting", 0)]
        work(clock.now)
        assert state() == [("referral.received", "dead", outbox.MOST_ATTEMPTS)]
        assert partner.got == []
        assert webhooks.start_webhook(lee, hook.id, address="") == 1
        work(clock.now)
        assert state() == [("referral.received", "done", 1)]


@pytest.mark.database("sqlite")
def test_a_lead_adds_one_sees_its_secret_once_and_takes_it_away(app, monkeypatch, clock, partner):
    with prepared(app, monkeypatch):
        make_staff("robin", PUMPS)
    browser = Browser(app, "lee")
    assert 'href="/staff/late" aria-current="page"' in browser.get("/staff/webhooks/new").text
    bad = browser.post("/staff/webhooks/new", team=PUMPS, url="http://x", events=["nothing"])
    assert bad.status_code == 422
    page = browser.post("/staff/webhooks/new", team=PUMPS, url=URL, events=list(EVENTS))
    assert "whsec_" in page.text
    with app.app_context():
        hook_id = db.session.query(Webhook.id).scalar()
        make_case()
        work(clock.now)
    text = browser.get(f"/staff/webhooks/{hook_id}").text
    assert "referral.received" in text
    assert "Taken" in text
    assert "whsec_" not in text
    assert browser.post(f"/staff/webhooks/{hook_id}/stop").status_code == 303
    assert "Stopped" in browser.get("/staff/webhooks").text
    with app.app_context():
        db.session.query(WebhookDelivery).update({"state": "dead"})
        db.session.commit()
    assert browser.post(f"/staff/webhooks/{hook_id}/start").status_code == 303
    assert "started. 1 message will be sent again." in browser.get("/staff/webhooks").text
    assert browser.post(f"/staff/webhooks/{hook_id}/delete").status_code == 303
    assert browser.get(f"/staff/webhooks/{hook_id}").status_code == 404
    assert Browser(app, "robin").get("/staff/webhooks").status_code == 404
