"""A team asks for more information, and the answer comes back. On both databases."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from form_definitions import shipped_forms
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import AuditEntry, Destination, Link, OutboxMessage, Team
from intake.services import case_decisions
from intake.services.asking_more import Asked, answer_came, ask_for_more, forms_to_ask
from intake.services.cases import find_case, read_case
from intake.services.deciding import NotNow
from intake.services.drafts import load_draft, save_answers
from intake.services.link_opening import exchange
from intake.services.link_terms import Verification
from intake.services.links import LinkNotIssued
from intake.services.publishing import publish_form
from intake.services.submitting import submit_referral
from referral_router import shipped_rules
from tests.intake.case_making import PUMPS, Browser, make_case, make_staff, part, prepare

on_sqlite = pytest.mark.database("sqlite")
WORDS = "Which school does she go to?"
ANSWER = "The one by the river."
FORM = "more-information"


def publish():
    rules = shipped_rules()[FORM].read_text("utf-8")
    publish_form(shipped_forms()[FORM].read_text("utf-8"), f"{FORM}.json", rules_text=rules)


@pytest.fixture
def robin(context, monkeypatch):
    prepare(context, monkeypatch)
    publish()
    return make_staff("robin", PUMPS)


def ask(user, case_id, *, recipient="aunt@example.org", **options):
    asked = Asked(FORM, WORDS, date(2026, 11, 9), recipient, **options)
    return ask_for_more(user, part(case_id), asked, address="")


def answer(url):
    """Whoever has the link answers."""
    token = url.rpartition("/")[2]
    opened = exchange(token, is_verified=True)
    draft = load_draft(opened.draft_id, opened.key, clock())
    save_answers(draft, {"answer": ANSWER}, done=["answer"], now=clock())
    submit_referral(opened.draft_id, opened.key, now=clock())


def state(case_id):
    db.session.rollback()
    row = sa.select(Destination.state, Destination.more_by)
    return tuple(db.session.execute(row.where(Destination.case_id == case_id)).one())


def mails():
    """How many messages wait that go to somebody who is asked."""
    query = sa.select(sa.func.count()).select_from(OutboxMessage)
    return db.session.scalar(query.where(OutboxMessage.link_id.is_not(None)))


def test_the_case_waits_until_the_answer_is_on_it_and_then_is_seen_again(robin):
    with transaction() as session:
        session.get_one(Team, PUMPS).email = "pumps@example.org"
    case_id = make_case()
    issued = ask(robin, case_id)
    waiting, by = state(case_id)
    assert waiting == "more-information"
    assert by.date() == date(2026, 11, 9)
    assert db.session.get_one(Link, issued.id).verify == Verification.CODE
    assert mails() == 1
    page = read_case(robin, find_case(case_id), address="")
    assert [each.words for each in page.timeline if each.kind == "more-information"] == [WORDS]
    told = db.session.query(OutboxMessage).filter_by(team_id=PUMPS).count()
    answer(issued.url)
    assert state(case_id) == ("seen", None)
    page = read_case(robin, find_case(case_id), address="")
    assert {"answer": ANSWER} in [each.answers for each in page.submissions]
    assert db.session.query(OutboxMessage).filter_by(team_id=PUMPS).count() > told
    why = db.session.query(AuditEntry.why).filter_by(action="case.ask").scalar()
    assert why == FORM


def test_a_link_that_is_handed_over_is_sent_to_nobody(robin):
    case_id = make_case()
    issued = ask(robin, case_id, recipient="")
    assert mails() == 0
    assert db.session.get_one(Link, issued.id).sent_at == clock()
    db.session.rollback()
    answer(issued.url)
    assert state(case_id) == ("seen", None)


def test_nothing_is_asked_and_nothing_changes_where_the_link_cannot_be_made(robin):
    case_id = make_case()
    for wrong in (
        {"recipient": "nobody"},
        {"recipient": "", "verify": Verification.CODE},
        {"verify": Verification.DATE_OF_BIRTH, "verify_answer": "soon"},
    ):
        with pytest.raises(LinkNotIssued):
            ask(robin, case_id, **wrong)
    assert state(case_id) == ("delivered", None)
    assert mails() == 0


@on_sqlite
def test_a_team_that_works_on_the_case_already_does_not_ask_like_this(robin):
    case_id = make_case()
    case_decisions.accept(robin, part(case_id), address="")
    with pytest.raises(NotNow):
        ask(robin, case_id)


@on_sqlite
def test_what_the_sender_writes_by_themselves_is_an_answer_too(robin):
    case_id = make_case()
    ask(robin, case_id)
    with transaction() as session:
        answer_came(session, [case_id])
    assert state(case_id) == ("seen", None)


@on_sqlite
def test_only_forms_that_somebody_outside_can_answer_are_offered(robin):
    assert [each.id for each in forms_to_ask()] == [FORM]


@pytest.mark.database("sqlite")
def test_it_is_asked_on_one_page_and_the_link_is_shown_once(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        publish()
        make_staff("robin", PUMPS)
        case_id = make_case(email="aunt@example.org")
    browser, here = Browser(app, "robin"), f"/staff/cases/{case_id}"
    assert "Ask for more information" in browser.get(here).text
    page = browser.get(f"{here}/ask?team={PUMPS}").text
    assert "By when do you want to know?" in page
    day = clock_day(app)
    whole = {"team": PUMPS, "words": WORDS, "form_id": FORM, "way": "hand", **day}
    for wrong, message in (
        ({"words": ""}, "Enter what you want to know"),
        ({"way": ""}, "Select how they get it"),
        ({"way": "email"}, "Enter their email address"),
        ({"way": "email", "recipient": "x"}, "Enter an email address, like name@example.org"),
        ({"by-year": "2025"}, "Enter a day from today to 90 days from now"),
        ({"verify": "code"}, "We cannot send a code"),
    ):
        refused = browser.post(f"{here}/ask", **{**whole, **wrong})
        assert refused.status_code == 422, wrong
        assert message in refused.text, wrong
    shown = browser.post(f"{here}/ask", **whole)
    assert "We show this link now and never again" in shown.text
    assert "/l/" in shown.text
    assert "Waiting for more information" in browser.get(here).text
    with app.app_context():
        urgent = make_case(is_urgent=True)
    there = f"/staff/cases/{urgent}"
    by_email = {**whole, "way": "email", "recipient": "aunt@example.org", "pause": "yes"}
    assert browser.post(f"{there}/ask", **by_email).status_code == 303
    assert "We have asked them." in browser.get(there).text


def clock_day(app):
    with app.app_context():
        day = clock() + timedelta(days=7)
    return {"by-day": str(day.day), "by-month": str(day.month), "by-year": str(day.year)}
