"""A lead sees what becomes of new referrals, and changes the settings of their own team."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from intake.app_state import clock as app_clock
from intake.database import db, transaction
from intake.models import AuditEntry, Team
from intake.services.directory import current_directory
from intake.services.directory_pages import directory_page
from intake.services.directory_storing import count_change, lock_directory
from intake.services.team_settings import team_page
from tests.intake.case_making import DUTY, NORTHERN, PUMPS, Browser, make_case, make_staff, prepare

HOME = f"/staff/teams/{PUMPS}"


@pytest.fixture(autouse=True)
def people(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        make_staff("lee", PUMPS, role="lead")
        make_staff("noor", NORTHERN, role="lead")
        make_staff("jo", DUTY, role="administrator")


def post(browser, page, team=PUMPS, **fields):
    """Fill in a page of settings as it was opened, and press its button."""
    shown = browser.get(f"/staff/teams/{team}/{page}").text
    revision = re.search(r'name="revision" value="(\d+)"', shown)[1]
    return browser.post(f"/staff/teams/{team}/{page}", **{"revision": revision, **fields})


def the_team(app, team=PUMPS):
    with app.app_context():
        return current_directory().teams[team]


def days(name, day):
    return {f"{name}-{part}": getattr(day, part) for part in ("day", "month", "year")}


def test_a_lead_pauses_the_team_until_a_day_and_it_comes_back_by_itself(app, clock):
    lead = Browser(app, "lee")
    assert "New referrals come to the team." in lead.get(HOME).text
    assert post(lead, "capacity", capacity="1", cover=NORTHERN).status_code == 303
    answer = post(lead, "pause", paused="until", **days("until", date(2026, 11, 5)))
    assert answer.status_code == 303
    page = lead.get(HOME).text
    assert "The team is paused. New referrals go to ‘Northern pumps’, which covers for it." in page
    assert "Paused until 5 November 2026" in page
    clock.advance(days=3)
    with app.app_context():
        make_case()
    lead = Browser(app, "lee")
    page = lead.get(HOME).text
    assert "holds 1 live referral and has room for 1. New referrals go to ‘Northern pumps’" in page
    with app.app_context(), transaction():
        found = db.session.scalars(
            sa.select(AuditEntry.why).where(AuditEntry.action == "team.change")
        ).all()
    assert found == [f"capacity 1, cover {NORTHERN}", "paused until 2026-11-05"]


def test_hours_and_closing_days_make_the_calendar_of_the_team(app):
    lead = Browser(app, "lee")
    own = {"monday-opens": "8am", "monday-closes": "17.30", "friday-opens": "20:00",
           "friday-closes": "midnight"}  # fmt: skip
    assert post(lead, "hours", week="own", nation="scotland", **own).status_code == 303
    team = the_team(app)
    assert (team.hours[0], team.hours[1]) == (("08:00", "17:30"), None)
    assert (team.hours[4], team.nation) == (("20:00", "24:00"), "scotland")
    first, last = date(2026, 12, 24), date(2027, 1, 4)
    given = {**days("first", first), **days("last", last), "why": "Christmas"}
    assert post(lead, "closing-days", **given).status_code == 303
    assert the_team(app).closures == ((first, last),)
    page = lead.get(f"{HOME}/closing-days").text
    assert "24 December 2026 to 4 January 2027" in page
    closing = re.search(r'name="closing" value="([^"]+)"', page)[1]
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    remove = {"closing": closing, "revision": revision}
    assert lead.post(f"{HOME}/closing-days/remove", **remove).status_code == 303
    assert the_team(app).closures == ()
    assert post(lead, "hours", week="usual", nation="northern-ireland").status_code == 303
    assert the_team(app).hours == ()


def test_of_two_people_who_change_the_same_team_one_wins_and_the_other_is_told(app):
    with app.app_context():
        make_staff("mo", PUMPS, role="administrator")
    lee, mo = Browser(app, "lee"), Browser(app, "mo")
    seen = re.search(r'name="revision" value="(\d+)"', mo.get(f"{HOME}/contact").text)[1]
    assert post(lee, "contact", email="new@example.org", telephone="").status_code == 303
    lost = mo.post(f"{HOME}/contact", revision=seen, email="other@example.org", telephone="")
    assert lost.status_code == 409
    assert "Somebody has changed the settings of this team" in lost.text
    assert f'href="{HOME}"' in lost.text
    assert the_team(app).email == "new@example.org"


WRONG = (
    ("pause", {}, "Select whether the team gets new referrals"),
    ("pause", {"paused": "until"}, "Enter the day from which referrals come again"),
    ("pause", {"paused": "until", **days("until", date(2026, 11, 2))}, "Enter a day from 3"),
    ("hours", {"week": "own", "nation": "none"}, "Enter the hours of at least one day"),
    ("hours", {"week": "own", "nation": "none", "monday-opens": "9"}, "when Monday ends"),
    ("hours", {"week": "usual", "nation": "france"}, "Select on which bank holidays"),
    ("closing-days", {"first-day": "31", "first-month": "2"}, "Enter the first day"),
    ("closing-days", {**days("first", date(2026, 1, 1))}, "The last day must be today or"),
    ("capacity", {"capacity": "-3", "cover": ""}, "Enter a whole number of referrals"),
    ("capacity", {"capacity": "", "cover": "nobody"}, "Select a team, or nobody"),
    ("contact", {"email": "us", "telephone": ""}, "Enter an email address"),
    ("contact", {"email": "=?utf-8?q?a?=@example.org"}, "Enter an email address"),
)


@pytest.mark.database("sqlite")
def test_what_cannot_be_saved_is_said_at_its_field(app):
    lead = Browser(app, "lee")
    for page, fields, told in WRONG:
        answer = post(lead, page, **fields)
        assert answer.status_code == 422, fields
        assert "Error: " in answer.text, fields
        assert told in answer.text, fields


@pytest.mark.database("sqlite")
def test_teams_do_not_cover_for_one_another_in_a_circle(app):
    assert post(Browser(app, "lee"), "capacity", capacity="", cover=NORTHERN).status_code == 303
    answer = post(Browser(app, "noor"), "capacity", NORTHERN, capacity="", cover=PUMPS)
    assert answer.status_code == 422
    assert "That team is covered by yours" in answer.text


@pytest.mark.database("sqlite")
def test_a_team_that_has_left_has_no_settings(app):
    lead = Browser(app, "lee")
    with app.app_context(), transaction():
        db.session.execute(sa.update(Team).where(Team.id == PUMPS).values(is_removed=True))
    assert lead.get(HOME).status_code == 404
    assert "Belfast pumps" not in lead.get("/staff/teams").text


@pytest.mark.database("sqlite")
def test_who_keeps_the_directory_sees_every_team_and_the_gaps(app):
    keeper = Browser(app, "jo")
    assert "/staff/directory" in keeper.get("/staff/teams").text
    page = keeper.get("/staff/directory").text
    assert "No gaps" in page
    assert all(name in page for name in ("Belfast pumps", "Northern pumps", "Breast pump loan"))
    with app.app_context(), transaction():
        lock_directory()
        db.session.execute(sa.update(Team).where(Team.id == PUMPS).values(email=""))
        count_change()
    assert "has no email address" in Browser(app, "jo").get("/staff/directory").text
    assert "/staff/directory" not in Browser(app, "lee").get("/staff/teams").text


@pytest.mark.database("sqlite")
def test_the_pages_ask_as_much_however_many_teams_there_are(app):
    with app.app_context():
        current_directory()
        seen = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *each: seen.append(each[2]))
        directory_page(app_clock())
        assert len(seen) <= 8, seen
        seen.clear()
        team_page(PUMPS, app_clock())
        assert len(seen) <= 6, seen
