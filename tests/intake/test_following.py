"""After submitting: the receipt by email, the status page, send us more, withdraw."""

import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.config import Settings
from intake.database import db, transaction
from intake.models import AuditEntry, CaseEvent, Destination, StatusLink, Submission, Team
from intake.sealing import BadToken, mint, new_link_secret
from intake.sealing.weblinks import STATUS
from intake.services.case_notes import open_note
from intake.services.following import NotFollowed, follow
from intake.services.queue import QueueFilter, queue_page
from intake.worker import run_once
from tests.intake import food_parcel as fp
from tests.intake.conftest import SECRET_KEYS, START
from tests.journeys.visitors import Visitor

ON_SQLITE = pytest.mark.database("sqlite")
SENSITIVE = {**fp.FORM, "x-form": {**fp.FORM["x-form"], "sensitive": True}}
MORE = "The baby is ill as well"


@pytest.fixture
def browser(app: Flask) -> Visitor:
    """Somebody who has just sent a form."""
    return sent(app, fp.FORM)


def sent(app: Flask, form: dict[str, Any]) -> Visitor:
    with app.app_context():
        fp.publish(form)
        with transaction() as session:
            session.get_one(Team, "duty-desk").kind = "infant feeding"
        url = fp.a_link(verify="none").url
    from tests.journeys.form_filler import complete

    browser = fp.visitor(app)
    complete(browser, url, fp.FILLED)
    return browser


def mails(app: Flask, settings: Settings) -> list[Any]:
    with app.app_context():
        run_once()
    folder = Path(settings.mail_url.removeprefix("file:"))
    paths = sorted(folder.glob("*.eml"), key=lambda each: each.stat().st_mtime_ns)
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def text_of(message: Any) -> str:
    return "".join(message.get_body([kind]).get_content() for kind in ("plain", "html"))


def receipt(app: Flask, settings: Settings) -> str:
    found = [one for one in mails(app, settings) if one["Subject"] == "We received what you sent"]
    assert found[-1]["To"] == "me@example.org"
    return text_of(found[-1])


def link_in(text: str) -> str:
    return re.search(r"http://\S+/s/[\w.-]+", text)[0]  # type: ignore[index]


def decide(app: Flask, **values: Any) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Destination).values(**values))


def test_a_receipt_by_email_leads_to_the_status_page(
    app: Flask, browser: Visitor, settings: Settings
) -> None:
    reference = browser.here.reference
    assert "Somebody will answer by 3 November 2026." in browser.here.text
    page = browser.press("receipt", [("email", "me@example.org")])
    assert "We have sent you an email" in page.text
    text = receipt(app, settings)
    assert reference in text
    assert "3 November 2026" in text
    for secret in (fp.NAME, "food", "Duty desk", "Belfast"):
        assert secret not in text
    other = fp.visitor(app)
    assert reference not in other.open(link_in(text)).text
    page = other.press("continue")
    assert "/status/" in page.url
    assert link_in(text).rpartition("/")[2] not in page.url + page.html
    assert reference in page.text
    assert "A team for: infant feeding Arrived. Nobody has read it yet." in page.text


@ON_SQLITE
def test_the_status_says_how_far_it_is(app: Flask, browser: Visitor) -> None:
    browser.press("follow")
    for state, words in (
        ("seen", "Somebody has read it."),
        ("accepted", "The team is dealing with it."),
        ("done", "The team has finished."),
    ):
        decide(app, state=state)
        assert words in browser.open(browser.here.url).text
    assert fp.NAME not in browser.here.html


@ON_SQLITE
def test_it_shows_which_organisations_have_it(app: Flask, browser: Visitor) -> None:
    page = browser.press("follow")
    with app.app_context():
        name = db.session.get_one(Team, "duty-desk").organisation.name
    assert name in page.text
    assert "infant feeding" in page.text
    decide(app, is_named=False)
    hidden = browser.open(page.url).text
    assert name not in hidden
    assert "infant feeding" not in hidden


@ON_SQLITE
def test_one_team_that_hides_its_organisation_hides_it_for_all_of_them(
    app: Flask, browser: Visitor
) -> None:
    page = browser.press("follow")
    with app.app_context(), transaction() as session:
        hidden = session.scalars(sa.select(Destination)).one()
        team = session.get_one(Team, hidden.team_id)
        name = team.organisation.name
        session.add(
            Team(id="night-desk", organisation_id=team.organisation_id, name="Night", kind="nights")
        )
        session.flush()
        session.add(
            Destination(
                case_id=hidden.case_id,
                team_id="night-desk",
                state="delivered",
                urgency=1,
                acknowledge_by=hidden.acknowledge_by,
                delivered_at=hidden.delivered_at,
                is_named=True,
            )
        )
        hidden.is_named = False
    assert name not in browser.open(page.url).text


@ON_SQLITE
def test_a_sensitive_form_that_was_added_later_hides_all_names(
    app: Flask, browser: Visitor
) -> None:
    page = browser.press("follow")
    with app.app_context():
        name = db.session.get_one(Team, "duty-desk").organisation.name
        settings = {**fp.CASE_FORM["x-form"], "sensitive": True}
        fp.publish({**fp.CASE_FORM, "x-form": settings}, fp.CASE_RULES)
        with transaction() as session:
            sent = session.scalars(sa.select(Submission)).one()
            values = {each.key: getattr(sent, each.key) for each in sa.inspect(Submission).columns}
            later = {"id": "0" * 32, "reference": "CN-1", "draft_id": None, "form_id": "case-note"}
            session.add(Submission(**values | later))
    hidden = browser.open(page.url).text
    assert name not in hidden
    assert "infant feeding" not in hidden


@ON_SQLITE
def test_a_sensitive_form_names_neither_organisation_nor_kind_of_team(app: Flask) -> None:
    browser = sent(app, SENSITIVE)
    page = browser.press("follow")
    with app.app_context():
        name = db.session.get_one(Team, "duty-desk").organisation.name
    assert name not in page.text
    assert "infant feeding" not in page.text
    assert "A team Arrived." in page.text
    decide(app, is_named=True)
    assert name in browser.open(page.url).text


def test_what_is_sent_later_is_sealed_to_the_teams_and_flagged(
    app: Flask, browser: Visitor, settings: Settings
) -> None:
    page = browser.press("follow")
    browser.open(f"{page.url}/more")
    assert browser.press("send", [("more", " ")]).errors
    page = browser.press("send", [("more", MORE)])
    assert "We have added it to what you sent." in page.text
    with app.app_context():
        event = db.session.scalars(sa.select(CaseEvent).filter_by(kind="more-sent")).one()
        assert MORE.encode() not in (event.sealed_note or b"")
        assert open_note(event, as_teams=["duty-desk"]) == MORE
        assert open_note(event, as_teams=["belfast-pumps"]) is None
        (row,) = queue_page("duty-desk", QueueFilter()).rows
        assert row.has_news
        with transaction() as session:
            session.add(
                CaseEvent(
                    case_id=event.case_id,
                    at=event.at.replace(minute=59),
                    kind="seen",
                    actor="staff:robin",
                )
            )
        assert not queue_page("duty-desk", QueueFilter()).rows[0].has_news


@ON_SQLITE
def test_teams_are_told_without_a_word_of_it(
    app: Flask, browser: Visitor, settings: Settings
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Team, "duty-desk").email = "duty@example.org"
    page = browser.press("follow")
    browser.open(f"{page.url}/more")
    browser.press("send", [("more", MORE)])
    (told,) = [each for each in mails(app, settings) if "has sent more" in each["Subject"]]
    assert told["To"] == "duty@example.org"
    assert MORE not in text_of(told)


@ON_SQLITE
def test_withdrawing_is_recorded_once_and_deletes_nothing(app: Flask, browser: Visitor) -> None:
    page = browser.press("follow")
    for _ in range(2):
        browser.open(f"{page.url}/withdraw")
        assert "We have told the teams." in browser.press("withdraw").text
    assert "You told us on 2 November 2026 that you want it back." in browser.here.text
    assert not [link for link in browser.here.links if link[1].endswith("/withdraw")]
    with app.app_context():
        assert (
            db.session.scalar(
                sa.select(sa.func.count()).select_from(CaseEvent).filter_by(kind="withdrawal-asked")
            )
            == 1
        )
        assert db.session.scalars(
            sa.select(AuditEntry.action).where(AuditEntry.action == "referral.withdrawal-asked")
        ).all() == ["referral.withdrawal-asked"]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Destination)) == 1


@ON_SQLITE
def test_nobody_else_sees_a_status_page(app: Flask, browser: Visitor) -> None:
    page = browser.press("follow")
    stranger = fp.visitor(app)
    assert stranger.open(page.url).status == 404
    assert stranger.open(f"{page.url}/more").status == 404
    client = app.test_client()
    assert client.post(f"{page.url}/more", data={"more": MORE}).status_code == 404


@ON_SQLITE
def test_whoever_can_sign_tokens_but_lacks_the_secret_sees_nothing(
    app: Flask, browser: Visitor
) -> None:
    browser.press("follow")
    with app.test_request_context():
        kept = db.session.scalars(sa.select(StatusLink)).one()
        with pytest.raises(NotFollowed):
            follow(mint(SECRET_KEYS, kept.submission_id, new_link_secret(), STATUS))
        with pytest.raises(BadToken):
            follow(mint(SECRET_KEYS, kept.submission_id, new_link_secret()))


@ON_SQLITE
def test_a_status_link_exists_only_if_somebody_asked(app: Flask, browser: Visitor) -> None:
    with app.app_context():
        assert not db.session.scalars(sa.select(StatusLink)).all()
    first = browser.press("follow").url
    browser.open(browser.seen[-2].url)
    assert browser.press("follow").url == first
    with app.app_context():
        assert db.session.scalars(sa.select(StatusLink)).one().created_at == START


@ON_SQLITE
def test_enter_in_the_address_sends_the_receipt_and_does_not_leave_the_page(
    app: Flask, browser: Visitor, settings: Settings
) -> None:
    assert re.findall(r'<button[^>]* value="([\w-]*)"', browser.here.html)[0] == ""
    page = browser.press("", [("action", ""), ("email", "me@example.org")])
    assert "We have sent you an email" in page.text
    assert link_in(receipt(app, settings))


@ON_SQLITE
def test_a_wrong_address_sends_nothing(browser: Visitor) -> None:
    page = browser.press("receipt", [("email", "me@")])
    assert [one.href for one in page.errors] == ["#email"]
    assert page.title.startswith("Error: ")
    assert "Enter an email address" in page.text


@ON_SQLITE
def test_a_kind_of_team_is_said_in_the_language_of_the_page_or_not_at_all(
    app: Flask, browser: Visitor
) -> None:
    page = browser.press("follow")
    assert "infant feeding" in page.text
    assert "Tîm ar gyfer: bwydo babanod" in browser.open(f"{page.url}?language=cy").text
    with app.app_context(), transaction() as session:
        session.get_one(Team, "duty-desk").kind = "night shifts"
    in_welsh = browser.open(f"{page.url}?language=cy").text
    assert "night shifts" not in in_welsh
    assert "Tîm ar gyfer" not in in_welsh
