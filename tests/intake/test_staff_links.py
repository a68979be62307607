"""Links that staff send, and messages that did not arrive."""

import re
from datetime import timedelta

import pytest

from intake import outbox
from intake.database import db, transaction
from intake.models import AuditEntry, Link, OutboxMessage
from tests.intake.case_making import NORTHERN, PUMPS, Browser, make_staff, prepare

pytestmark = pytest.mark.database("sqlite")

FIELDS = {
    "team": PUMPS,
    "form_id": "visit",
    "recipient": "parent@example.org",
    "expires": "14",
    "uses": "1",
}


@pytest.fixture(autouse=True)
def staff(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        make_staff("robin", PUMPS)
        make_staff("lee", PUMPS, role="lead")


def send_link(browser, **fields):
    browser.get("/staff/links/new")
    return browser.post("/staff/links/new", **{**FIELDS, **fields})


def bury(app, problem="The server refused the address"):
    with app.app_context(), transaction():
        message = db.session.query(OutboxMessage).filter_by(kind="email").one()
        message.state, message.last_problem, message.attempts = outbox.DEAD, problem, 8
        return message.id


def test_a_link_is_sent_listed_and_shown_with_its_recipient(app, clock):
    browser = Browser(app, "robin")
    answer = send_link(browser)
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "parent@example.org" in page
    assert "Waiting to be sent" in page
    assert "16 November 2026, 11:59pm" in page
    listed = browser.get("/staff/links").text
    assert answer.location in listed
    assert "0 of 1" in listed
    assert "parent@example.org" not in listed


def test_reading_who_a_link_went_to_is_audited(app):
    browser = Browser(app, "robin")
    browser.get(send_link(browser).location)
    with app.app_context():
        assert db.session.query(AuditEntry).order_by(AuditEntry.position.desc()).first().action == (
            "link.read"
        )


def test_the_recipient_is_stored_sealed(app):
    send_link(Browser(app, "robin"))
    with app.app_context():
        link = db.session.query(Link).one()
        assert b"parent@example.org" not in link.sealed_recipient + link.sealed_holder


def test_a_link_is_revoked_once_and_for_all(app):
    browser = Browser(app, "robin")
    address = send_link(browser).location
    browser.get(address)
    browser.post(f"{address}/revoke")
    text = browser.get(address).text
    assert "Revoked" in text
    assert "Revoke this link" not in text


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"form_id": "closure"}, "#form_id"),  # completed on a case, so never open to all
        ({"form_id": ""}, "#form_id"),
        ({"recipient": ""}, "#recipient"),
        ({"recipient": "nobody"}, "#recipient"),
        ({"uses": "0"}, "#uses"),
        ({"uses": "many"}, "#uses"),
        ({"uses": "1001"}, "#uses"),
        ({"uses": "001" + "0" * 5000}, "#uses"),
        ({"expires": "9999"}, "#expires"),
        ({"team": NORTHERN}, "#team"),
    ],
)
def test_a_link_that_cannot_be_sent_says_what_to_change(app, fields, link):
    answer = send_link(Browser(app, "robin"), **fields)
    assert answer.status_code == 422
    assert f'href="{link}"' in answer.text


def test_a_locked_link_is_unlocked_on_its_page(app, clock):
    browser = Browser(app, "robin")
    address = send_link(browser).location
    assert "Unlock this link" not in browser.get(address).text
    with app.app_context(), transaction():
        db.session.query(Link).one().locked_at = clock.now
    page = browser.get(address).text
    assert "Locked" in page
    assert "Unlock this link" in page
    assert browser.post(f"{address}/unlock").status_code == 303
    page = browser.get(address).text
    assert "The link is unlocked" in page
    assert "Unlock this link" not in page
    with app.app_context():
        actions = [entry.action for entry in db.session.query(AuditEntry)]
    assert "link.unlock" in actions


def test_messages_that_did_not_arrive_are_for_those_who_lead_the_team(app):
    send_link(Browser(app, "robin"))
    bury(app)
    assert Browser(app, "robin").get("/staff/messages").status_code == 404
    lead = Browser(app, "lee")
    page = lead.get("/staff/messages").text
    assert "The server refused the address" in page
    assert re.search(r'href="/staff/links/\w+"', page)
    assert "parent@example.org" not in page


def test_a_message_is_sent_again_and_leaves_the_list(app, clock):
    send_link(Browser(app, "robin"))
    message_id = bury(app)
    lead = Browser(app, "lee")
    lead.get("/staff/messages")
    assert lead.post(f"/staff/messages/{message_id}/send-again").status_code == 303
    with app.app_context():
        message = db.session.get(OutboxMessage, message_id)
        assert (message.state, message.attempts) == (outbox.WAITING, 0)
        assert message.available_at <= clock.now + timedelta(seconds=1)
        last = db.session.query(AuditEntry).order_by(AuditEntry.position.desc()).first()
        assert (last.action, last.thing_id) == ("message.send-again", message_id)


def test_sending_again_what_is_on_its_way_does_nothing(app):
    send_link(Browser(app, "robin"))
    with app.app_context():
        message_id = db.session.query(OutboxMessage.id).filter_by(kind="email").scalar()
    lead = Browser(app, "lee")
    lead.get("/staff/messages")
    answer = lead.post(f"/staff/messages/{message_id}/send-again")
    assert "already on its way" in lead.get(answer.location).text


def test_a_message_of_another_team_is_not_sent_again(app):
    send_link(Browser(app, "robin"))
    message_id = bury(app)
    with app.app_context():
        make_staff("alex", NORTHERN, role="administrator")
    other = Browser(app, "alex")
    assert other.post(f"/staff/messages/{message_id}/send-again").status_code == 404


def test_what_is_still_being_tried_is_shown_with_the_next_attempt(app):
    send_link(Browser(app, "robin"))
    with app.app_context(), transaction():
        message = db.session.query(OutboxMessage).filter_by(kind="email").one()
        message.last_problem, message.attempts = "The server did not answer", 2
    page = Browser(app, "lee").get("/staff/messages").text
    assert "The server did not answer" in page
    assert "We try again at" in page
