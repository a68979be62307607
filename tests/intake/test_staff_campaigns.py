"""Campaigns in the staff pages: prepared, looked at, sent, followed, reminded, stopped."""

import io
import re

import pytest
import sqlalchemy as sa

from intake.database import db
from intake.files.receiving import UploadLimits
from intake.models import AuditEntry, Campaign
from intake.rounds import purge
from intake.services import campaign_delivery
from intake.services.campaign_delivery import KEEP_UNCONFIRMED
from intake.services.campaign_storage import CampaignRefused
from tests.intake.campaign_making import TEXT, messages, recipients, work
from tests.intake.case_making import NORTHERN, PUMPS, Browser, make_staff, prepare

pytestmark = pytest.mark.database("sqlite")

FIELDS = {
    "team": PUMPS,
    "name": "Spring",
    "form_id": "visit",
    "message": TEXT,
    "household": "",
    "expires": "28",
    "language": "en",
    "per_minute": "600",
}


@pytest.fixture
def lead(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        make_staff("lee", PUMPS, role="lead")
    return Browser(app, "lee")


def upload(browser, content=None, **fields):
    browser.get("/staff/campaigns/new")
    file = recipients(3) if content is None else content
    extra = {"recipients": (io.BytesIO(file), "people.csv")} if file else {}
    return browser.post("/staff/campaigns/new", **{**FIELDS, **fields}, **extra)


def deliver(app, clock):
    with app.app_context():
        work()
        clock.advance(minutes=1)
        work()


def test_a_campaign_is_checked_looked_at_sent_and_followed(app, lead, clock, tmp_path):
    address = upload(lead).location
    page = lead.get(address).text
    assert "Waiting" not in page
    assert "Hello Person 1," in page
    assert "Hello Person 3," in lead.get(f"{address}?row=4").text
    assert "Row 99 gets no message" in lead.get(f"{address}?row=99").text
    lead.post(f"{address}/send")
    assert "Making the links" in lead.get(address).text
    deliver(app, clock)
    assert len(messages(tmp_path / "mail")) == 3
    page = lead.get(address).text
    assert re.search(r"Sent</th><td[^>]*>3</td>", page)
    assert "<title id=" in page
    assert "100%" in lead.get(f"{address}/figures").text
    assert "Spring" in lead.get("/staff/campaigns").text
    lines = lead.get(f"{address}/links.csv").text.splitlines()
    assert [line.split(",")[0] for line in lines] == ["row", "2", "3", "4"]
    assert "example.org" not in "".join(lines)


def test_pressing_send_twice_sends_once(app, lead, clock, tmp_path):
    address = upload(lead).location
    lead.get(address)
    for _ in range(2):
        lead.post(f"{address}/send")
    deliver(app, clock)
    assert len(messages(tmp_path / "mail")) == 3


def test_the_file_is_never_stored_readable_and_goes_once_it_is_queued(app, lead, clock):
    address = upload(lead).location
    with app.app_context():
        kept = db.session.scalars(sa.select(Campaign.sealed_file)).one()
        assert b"person-1" not in kept
    lead.get(address)
    lead.post(f"{address}/send")
    deliver(app, clock)
    with app.app_context():
        assert db.session.scalars(sa.select(Campaign.sealed_file)).one() is None


def test_the_file_of_a_campaign_that_cannot_be_queued_is_deleted(app, lead, clock, monkeypatch):
    def withdrawn(_campaign):
        raise CampaignRefused("form", "It was withdrawn")

    monkeypatch.setattr(campaign_delivery, "stored_plan", withdrawn)
    address = upload(lead).location
    lead.get(address)
    lead.post(f"{address}/send")
    deliver(app, clock)
    with app.app_context():
        assert db.session.scalars(sa.select(Campaign.sealed_file)).one() is None


def test_the_file_of_a_campaign_that_failed_is_kept_for_a_week(app, lead, clock):
    address = upload(lead).location
    lead.get(address)
    lead.post(f"{address}/send")
    with app.app_context():
        for is_kept in (True, False):
            clock.advance(days=4)
            purge(clock())
            kept = db.session.scalars(sa.select(Campaign.sealed_file)).one()
            assert (kept is not None) is is_kept
            db.session.rollback()


def test_looking_at_the_file_is_recorded(app, lead):
    lead.get(upload(lead).location)
    with app.app_context():
        last = db.session.query(AuditEntry).order_by(AuditEntry.position.desc()).first()
        assert last.action == "campaign.read"


def test_what_nobody_confirmed_is_deleted_at_once_or_after_a_day(app, lead, clock):
    address = upload(lead).location
    lead.get(address)
    assert "Nothing was sent" in lead.get(lead.post(f"{address}/stop").location).text
    assert lead.get(address).status_code == 404
    upload(lead)
    clock.advance(hours=KEEP_UNCONFIRMED.total_seconds() / 3600)
    with app.app_context():
        purge(clock())
        assert db.session.scalars(sa.select(Campaign)).all() == []


def test_every_problem_of_a_file_is_listed_by_row_and_column(lead):
    page = upload(lead, b"email,greeting\nnobody,Ada\na@example.org,\n")
    assert page.status_code == 422
    assert "Row 2, column ‘email’: Enter an email address" in page.text
    assert "Row 3, column ‘greeting’: The message uses this column" in page.text


def test_a_mistake_in_many_rows_is_told_once(lead):
    wrong = b"email,greeting\n" + b"nobody,Ada\n" * 50
    page = upload(lead, wrong).text
    assert page.count("Rows 2 to 51, column ‘email’: Enter an email address") == 1
    some = b"email,greeting\n" + b"nobody,Ada\na@example.org,Ada\n" * 7
    assert "Rows 2, 4, 6, 8, 10 and 2 more, column ‘email’" in upload(lead, some).text
    two = b"email,greeting\nnobody,A\na@example.org,B\nnobody,C\n"
    assert "Rows 2 and 4, column ‘email’" in upload(lead, two).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"team": NORTHERN}, "#team"),
        ({"name": " "}, "#name"),
        ({"form_id": "closure"}, "#form_id"),
        ({"message": "Hello\n"}, "Line 2: Put {link} on a line of its own"),
        ({"message": ""}, "#message"),
        ({"household": "home"}, "#household"),
        ({"per_minute": "many"}, "#per_minute"),
        ({"per_minute": "99999"}, "#per_minute"),
        ({"expires": "9999"}, "#expires"),
        ({"language": "xx"}, "#language"),
        ({"content": b""}, "Choose the file of recipients"),
        ({"content": b"PK\x03\x04"}, "This is a workbook"),
    ],
)
def test_what_cannot_be_prepared_says_what_to_change(lead, fields, said):
    page = upload(lead, **fields)
    assert page.status_code == 422
    assert said in page.text


def test_a_file_that_is_too_large_is_refused(app, lead, monkeypatch):
    view = app.view_functions["staff.new_campaign_submitted"]
    monkeypatch.setattr(view, "upload_limits", UploadLimits(100, most=1))
    assert "larger than 10 MB" in upload(lead, recipients(5)).text


def test_a_second_campaign_of_the_same_name_is_refused(lead):
    upload(lead)
    assert "There is a campaign of this name already" in upload(lead).text


def test_a_campaign_is_reminded_after_a_week_and_can_be_stopped(app, lead, clock, tmp_path):
    address = upload(lead).location
    lead.get(address)
    lead.post(f"{address}/send")
    deliver(app, clock)
    assert "Send reminder" not in lead.get(address).text
    clock.advance(days=8)
    lead.sign_in("lee")
    assert "Send reminder 1 to 3" in lead.get(address).text
    lead.post(f"{address}/remind", round="1")
    assert "3 reminders are on their way" in lead.get(address).text
    lead.post(f"{address}/stop")
    deliver(app, clock)
    assert len(messages(tmp_path / "mail")) == 3
    assert "Stopped" in lead.get(address).text


def test_only_who_leads_the_team_sees_its_campaigns(app, lead):
    address = upload(lead).location
    with app.app_context():
        make_staff("robin", PUMPS)
        make_staff("alex", NORTHERN, role="lead")
    assert Browser(app, "robin").get("/staff/campaigns").status_code == 404
    assert Browser(app, "alex").get(address).status_code == 404
    assert "Spring" not in Browser(app, "alex").get("/staff/campaigns").text
