"""The way out of campaigns, as a person and as their mail program take it."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from intake.cli.campaigns import campaign
from intake.database import db
from intake.models import AuditEntry, Campaign, OptOut
from intake.services.campaign_figures import campaign_line
from intake.services.campaign_plans import check_plan
from tests.intake.campaign_making import messages, plan_of, recipients, send, ways_out, work
from tests.intake.case_making import NORTHERN, PUMPS, Browser, make_staff, prepare

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def way_out(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    with app.app_context():
        prepare(app, monkeypatch)
        send(recipients(1))
        work()
    (path,) = ways_out(messages(tmp_path / "mail"))
    return path


def opted_out(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(OptOut)) or 0


def test_looking_changes_nothing_and_the_button_stops_the_messages(
    app: Flask, public_app: Flask, way_out: str
) -> None:
    visitor = public_app.test_client()
    assert "Belfast Trust" in visitor.get(way_out).text
    assert opted_out(app) == 0
    answer = visitor.post(way_out)
    assert answer.status_code == 200
    assert "no more of these messages" in answer.text
    assert opted_out(app) == 1


def test_a_mail_program_presses_it_without_a_page(public_app: Flask, app: Flask, way_out: str):
    answer = public_app.test_client().post(way_out, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert opted_out(app) == 1


def test_another_address_is_told_nothing(public_app: Flask, app: Flask, way_out: str) -> None:
    visitor = public_app.test_client()
    for path in (f"{way_out[:-1]}!", "/o/x", f"/o/{'A' * 22}.{'A' * 43}"):
        assert visitor.get(path).status_code == visitor.post(path).status_code == 404
    assert opted_out(app) == 0


def test_whoever_wants_them_again_selects_the_box(
    app: Flask, public_app: Flask, way_out: str
) -> None:
    visitor = public_app.test_client()
    visitor.post(way_out)
    assert "Do you want them again?" in visitor.get(way_out).text
    pressed = visitor.post(f"{way_out}/again")
    assert pressed.status_code == 422, "a scanner presses every button"
    assert 'href="#again"' in pressed.text
    assert opted_out(app) == 1
    for _ in range(2):
        assert "You will get these messages again" in again(visitor, way_out)
    assert opted_out(app) == 0
    assert "Press the button" in visitor.get(way_out).text
    assert visitor.post("/o/x/again", data={"again": "1"}).status_code == 404
    with app.app_context():
        done = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.position))
        assert [each for each in done if "opt" in each] == ["campaign.opt-out", "campaign.opt-in"]


def again(visitor: FlaskClient, way_out: str) -> str:
    return visitor.post(f"{way_out}/again", data={"again": "1"}).text


def test_a_lead_looks_an_address_up_stops_it_and_lets_it_again_with_a_reason(
    app: Flask, way_out: str
) -> None:
    assert way_out
    with app.app_context():
        make_staff("lee", PUMPS, role="lead")
        make_staff("pat", PUMPS)
    lead, url = Browser(app, "lee"), "/staff/campaigns/opt-outs"
    assert Browser(app, "pat").get(url).status_code == 404
    assert "<strong>0 addresses</strong>" in lead.get(url).text
    asked = {"team": PUMPS, "email": " Person-1@example.org"}
    assert "can get campaigns" in lead.post(url, **asked).text
    assert lead.post(url, **asked, change="stop").status_code == 422
    assert lead.post(url, **asked | {"team": NORTHERN}).status_code == 422
    assert lead.post(url, **asked | {"email": "nobody"}).status_code == 422
    assert lead.post(url, **asked, change="stop", why="asked").status_code == 303
    assert opted_out(app) == 1
    page = lead.get(url).text
    assert "gets no more campaigns" in page
    counted = app.test_cli_runner().invoke(campaign, ["opt-outs"]).stdout
    assert re.fullmatch(r" +1  belfast-trust, the newest of \d{4}-\d\d-\d\d\n", counted)
    assert "<strong>1 address</strong>" in page
    found = lead.post(url, **asked).text
    assert "This address gets no campaigns" in found
    assert lead.post(url, **asked, change="allow", why="by-mistake").status_code == 303
    assert opted_out(app) == 0
    with app.app_context():
        entries = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.thing_type == "opt-out")
        )
        noted = [(each.action, each.why, "person" in each.thing_id) for each in entries]
    assert noted == [("campaign.opt-out", "asked", False), ("campaign.opt-in", "by-mistake", False)]


def test_who_opted_out_is_in_the_figures_and_keeps_nothing_from_the_household(
    app: Flask, public_app: Flask, way_out: str, tmp_path: Path
) -> None:
    public_app.test_client().post(way_out)
    content = (
        b"email,greeting,home\nperson-1@example.org,A,1 High Street\n"
        b"two@example.org,B,1 High Street\nthree@example.org,C,1 High Street\n"
    )
    with app.app_context():
        plan = plan_of(content, name="Autumn", household="home")
        check = check_plan(plan)
        assert (check.recipients, check.opted_out, len(check.duplicates)) == (2, 1, 1)
        for _ in range(2):
            send(content, name="Autumn", household="home")
        work()
        line = campaign_line(db.session.get_one(Campaign, plan.id))
        figures = line.figures
        assert (figures.total, figures.queued, figures.sent, figures.opted_out) == (2, 1, 1, 1)
        assert line.state == "sent"
    sent = [str(one["To"]) for one in messages(tmp_path / "mail")]
    assert sorted(sent) == ["person-1@example.org", "two@example.org"]


def test_a_campaign_is_on_its_way_until_the_last_message_went(
    app: Flask, tmp_path: Path, public_app: Flask, way_out: str
) -> None:
    with app.app_context():
        plan = send(recipients(3), name="Slow", per_minute=1)
        clock = app.extensions["intake"].clock
        clock.advance(minutes=2, seconds=1)
        work()
    newest = [one for one in ways_out(messages(tmp_path / "mail")) if one != way_out]
    public_app.test_client().post(newest[0])
    with app.app_context():
        line = campaign_line(db.session.get_one(Campaign, plan.id))
    assert (line.figures.sent, line.figures.opted_out, line.figures.on_the_way) == (2, 1, 1)
    assert line.state == "sending"
