"""The case page and what staff do there."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.app_state import clock as now
from intake.app_state import keys
from intake.database import db
from intake.models import AuditEntry, Case, CaseEvent, Draft, Link, Submission
from intake.sealing.submissions import open_submission
from intake.services import case_decisions
from intake.worker import run_once
from tests.intake.case_making import (
    DUTY,
    NAME,
    NORTHERN,
    PUMPS,
    Browser,
    make_case,
    make_staff,
    part,
    send,
)

pytestmark = [pytest.mark.database("sqlite"), pytest.mark.usefixtures("robin")]


@pytest.fixture
def browser(app):
    return Browser(app, "robin")


@pytest.fixture
def case(app):
    """The address of a case that waits for the Belfast team."""
    with app.app_context():
        return f"/staff/cases/{make_case(date_of_birth='1990-03-27', telephone='07700 900123')}"


@pytest.fixture
def accepted(app, case, robin):
    """The same, accepted."""
    with app.app_context():
        case_decisions.accept(robin, part(case.rsplit("/", 1)[1]), address="")
    return case


def actions(app):
    with app.app_context():
        return [each.action for each in db.session.query(AuditEntry).order_by("position")]


def follow(browser, answer):
    assert answer.status_code == 303, answer.text
    return browser.get(answer.location).text


def test_the_page_shows_answers_people_reasons_teams_and_timeline(browser, case):
    text = browser.get(case).text
    assert NAME in text
    assert "27 March 1990, age 36" in text
    assert "07700 900123" in text
    assert "The rule belfast says so." in text
    assert "Belfast pumps: answer by 4 November 2026, 9:30am" in text
    assert "Referral received" in text
    assert "moj-timeline" in text


def test_every_reading_of_the_page_is_audited(app, browser, case):
    browser.get(case)
    browser.get(case)
    assert actions(app).count("case.read") == 2


def test_a_name_is_escaped(app, browser):
    with app.app_context():
        case_id = make_case(first_name="<script>alert(1)</script>")
    text = browser.get(f"/staff/cases/{case_id}").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_the_decision_page_says_of_every_rule_whether_it_matched_and_why(app, browser, case):
    address = re.search(r'href="(/staff/cases/\w+/decision/\w+)"', browser.get(case).text)[1]
    text = browser.get(address).text
    assert "‘Where do you live?’ is ‘Belfast’" in text
    for rule in ("belfast", "north", "urgent", "fallback"):
        assert rule in text
    assert text.count(">Yes</strong>") == 1
    assert text.count(">No</strong>") == 3
    assert actions(app)[-1] == "decision.read"


def test_accepting_moves_the_case_on(browser, case):
    browser.get(case)
    text = follow(browser, browser.post(f"{case}/accept", team=PUMPS))
    assert "Your team has accepted this case." in text
    assert "Belfast pumps works on this case" in text
    assert "/accept" not in text


def test_accepting_again_says_that_it_cannot_be_done_now(browser, accepted):
    answer = browser.post(f"{accepted}/accept", team=PUMPS)
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text


def test_declining_asks_for_a_reason(browser, case):
    browser.get(f"{case}/decline")
    answer = browser.post(f"{case}/decline", team=PUMPS, words="")
    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text
    assert "Select why your team cannot take this case" in answer.text


def test_another_reason_needs_words(browser, case):
    browser.get(f"{case}/decline")
    answer = browser.post(f"{case}/decline", team=PUMPS, reason="other", words=" ")
    assert answer.status_code == 422
    assert 'href="#words"' in answer.text


def test_words_that_are_too_long_are_sent_back_whole(browser, case):
    browser.get(f"{case}/decline")
    answer = browser.post(f"{case}/decline", team=PUMPS, reason="other", words="x" * 2001)
    assert answer.status_code == 422
    assert "2,000 characters or fewer" in answer.text
    assert "x" * 2001 in answer.text


def test_a_declined_case_says_who_has_it_now(app, browser, case):
    browser.get(f"{case}/decline")
    text = follow(
        browser,
        browser.post(f"{case}/decline", team=PUMPS, reason="outside-area", words="In Derry now."),
    )
    assert "It was passed to Duty desk." in text
    assert "They live outside our area" in text
    with app.app_context():
        make_staff("kim", DUTY)
    text = Browser(app, "kim").get(case).text
    assert NAME in text
    assert "In Derry now." in text


def test_closing_without_a_closure_form_needs_a_reason(browser, accepted):
    page = browser.get(f"{accepted}/close")
    assert "Why does this case need no closure form?" in page.text
    assert browser.post(f"{accepted}/close", team=PUMPS, words="").status_code == 422
    text = follow(
        browser,
        browser.post(f"{accepted}/close", team=PUMPS, outcome="moved-away", words="They moved."),
    )
    assert "This case is closed." in text
    assert "They moved." in text


def test_closing_after_a_closure_form_needs_nothing_more(app, browser, accepted, robin):
    with app.app_context():
        case_id = accepted.rsplit("/", 1)[1]
        send("closure", {"outcome": "Well."}, case_id=case_id, staff_id=robin.staff_id)
    assert "Why does this case" not in browser.get(f"{accepted}/close").text
    text = follow(browser, browser.post(f"{accepted}/close", team=PUMPS, outcome="helped"))
    assert "This case is closed." in text


def test_a_closed_case_is_archived_and_reopened(browser, accepted):
    browser.get(f"{accepted}/close")
    browser.post(f"{accepted}/close", team=PUMPS, outcome="moved-away", words="They moved.")
    assert "archived" in follow(browser, browser.post(f"{accepted}/archive", team=PUMPS))
    text = follow(browser, browser.post(f"{accepted}/reopen", team=PUMPS))
    assert "This case is open again." in text
    assert [text.index(word) for word in ("Case reopened", "Case archived", "Case closed")] == (
        sorted(text.index(word) for word in ("Case reopened", "Case archived", "Case closed"))
    )


def test_a_form_is_started_on_the_case_by_the_team_that_works_on_it(app, browser, accepted):
    browser.get(accepted)
    answer = browser.post(f"{accepted}/forms/closure", team=PUMPS)
    assert answer.status_code == 303
    draft_id = re.fullmatch(r"/form/(\w+)/start", answer.location)[1]
    assert browser.client.get_cookie("intake-visitor")
    assert browser.get(f"/form/{draft_id}/outcome").status_code in (200, 303)
    start = browser.get(answer.location).get_data(as_text=True)
    assert f'href="{accepted}"' in start, "the form’s first page leads back to the case"
    with app.app_context():
        draft = db.session.get(Draft, draft_id)
        assert f"/staff/cases/{draft.case_id}" == accepted
    assert "Form started" in browser.get(accepted).text


def test_a_form_is_not_started_on_a_case_that_nobody_has_accepted(browser, case):
    browser.get(case)
    assert browser.post(f"{case}/forms/closure", team=PUMPS).status_code == 409


def test_a_form_that_is_not_for_cases_is_not_started_on_one(browser, accepted):
    for form_id in ("visit", "no-such-form"):
        assert browser.post(f"{accepted}/forms/{form_id}", team=PUMPS).status_code == 404


def test_a_licensed_form_needs_training_on_record(app, browser, accepted):
    browser.get(accepted)
    answer = browser.post(f"{accepted}/forms/gcp2", team=PUMPS)
    assert answer.status_code == 403
    assert "needs training" in answer.text
    with app.app_context():
        make_staff("terry", PUMPS, training=("gcp2",))
    trained = Browser(app, "terry")
    trained.get(accepted)
    assert trained.post(f"{accepted}/forms/gcp2", team=PUMPS).status_code == 303


def test_a_draft_of_a_case_form_opens_only_for_the_person_who_started_it(app, browser, accepted):
    browser.get(accepted)
    address = browser.post(f"{accepted}/forms/closure", team=PUMPS).location
    assert browser.client.get(address, follow_redirects=True).status_code == 200
    browser.get(accepted)
    browser.post("/staff/sign-out")
    assert browser.client.get(address).status_code != 200


def test_a_completed_case_form_is_shown_on_the_case(app, browser, accepted, robin):
    with app.app_context():
        case_id = accepted.rsplit("/", 1)[1]
        send("closure", {"outcome": "All is very well."}, case_id=case_id, staff_id=robin.staff_id)
    text = browser.get(accepted).text
    assert "All is very well." in text
    assert "Form completed: Closing form" in text


def test_a_link_to_a_case_form_goes_to_a_named_professional(app, browser, accepted):
    browser.get(f"{accepted}/links/new")
    answer = browser.post(
        f"{accepted}/links/new", team=PUMPS, form_id="closure", recipient="pro@example.org"
    )
    text = follow(browser, answer)
    assert "The link to “Closing form” is on its way." in text
    assert "Links sent" in text
    with app.app_context():
        link = db.session.query(Link).one()
        assert (link.team_id, f"/staff/cases/{link.case_id}") == (PUMPS, accepted)


def test_the_holder_of_a_case_link_reads_what_was_written_for_them(app, browser, accepted):
    browser.get(f"{accepted}/links/new")
    fields = {"team": PUMPS, "form_id": "closure", "recipient": "pro@example.org"}
    too_long = browser.post(f"{accepted}/links/new", **fields, shown="x" * 4001)
    assert "4000 characters or fewer" in too_long.text
    sent = browser.post(f"{accepted}/links/new", **fields, shown="The visit was on Tuesday.")
    assert sent.status_code == 303
    with app.app_context():
        run_once()
    folder = Path(app.extensions["intake"].settings.mail_url.removeprefix("file:"))
    read = (
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.iterdir()
    )
    (mail,) = [each for each in read if each["To"] == "pro@example.org"]
    words = mail.get_body(["plain"]).get_content()
    assert "Tuesday" not in words
    address = re.search(r"/l/\S+", words)[0]
    opened = app.test_client().post(address, follow_redirects=True)
    assert "The visit was on Tuesday." in opened.text


def test_answers_to_fill_in_are_ticked_one_by_one_under_a_warning(app, browser, accepted):
    with app.app_context():
        send("closure", {"outcome": "All is very well."}, case_id=accepted.rsplit("/", 1)[1])
    text = browser.get(f"{accepted}/links/new").text
    assert "Whoever opens the link reads what you tick" in text
    assert "All is very well." in text
    boxes = re.findall(r'<input[^>]*name="answers-(?:closure|gcp2)"[^>]*>', text)
    assert (len(boxes), "checked" in "".join(boxes)) == (2, False)
    fields = {"team": PUMPS, "form_id": "closure", "recipient": "pro@example.org"}
    forged = browser.post(f"{accepted}/links/new", **fields, **{"answers-closure": "first_name"})
    assert forged.status_code == 422
    assert 'href="#form_id"' in forged.text
    ticked = {"answers-closure": "outcome"}
    without = browser.post(f"{accepted}/links/new", **fields | {"recipient": ""}, **ticked)
    assert len(re.findall(r'name="answers-closure"[^>]*checked', without.text)) == 1
    for case, to in ((ticked, "one@example.org"), ({"answers-gcp2": "outcome"}, "two@example.org")):
        sent = browser.post(f"{accepted}/links/new", **fields | {"recipient": to}, **case)
        assert sent.status_code == 303
        browser.get(f"{accepted}/links/new")
    with app.app_context():
        links = db.session.query(Link).order_by(Link.verify)
        assert [link.verify for link in links] == ["code", "none"]  # what is under another form


def test_a_link_to_a_licensed_form_needs_the_confirmation_which_is_audited(app, browser, accepted):
    fields = {"team": PUMPS, "form_id": "gcp2", "recipient": "pro@example.org"}
    browser.get(f"{accepted}/links/new")
    answer = browser.post(f"{accepted}/links/new", **fields)
    assert answer.status_code == 422
    assert 'href="#is_trained"' in answer.text
    assert browser.post(f"{accepted}/links/new", **fields, is_trained="yes").status_code == 303
    assert actions(app)[-2:] == ["training.confirm", "link.issue"]
    with app.app_context():
        entry = db.session.query(AuditEntry).filter_by(action="training.confirm").one()
        assert "gcp2" in entry.why
        assert "pro@example.org" not in entry.why


@pytest.mark.parametrize("recipient", ["", "not an address", "a@b"])
def test_a_link_needs_an_address(browser, accepted, recipient):
    browser.get(f"{accepted}/links/new")
    answer = browser.post(
        f"{accepted}/links/new", team=PUMPS, form_id="closure", recipient=recipient
    )
    assert answer.status_code == 422
    assert 'href="#recipient"' in answer.text


def test_someone_in_two_teams_of_a_case_acts_for_the_team_whose_button_they_press(app):
    with app.app_context():
        case = f"/staff/cases/{make_case('both')}"
        make_staff("jo", PUMPS, NORTHERN)
    browser = Browser(app, "jo")
    text = browser.get(case).text
    assert text.count('action="' + case + '/accept"') == 2
    text = follow(browser, browser.post(f"{case}/accept", team=NORTHERN))
    assert "Northern pumps works on this case" in text
    assert "Belfast pumps: answer by" in text


@pytest.mark.parametrize(
    ("before", "action", "fields"),
    [
        ((), "accept", {}),
        ((), "decline", {"reason": "outside-area"}),
        (("accept",), "close", {"words": "They moved away.", "outcome": "moved-away"}),
        (("accept", "close"), "reopen", {}),
    ],
)
def test_a_button_pressed_twice_never_acts_for_another_team(app, before, action, fields):
    with app.app_context():
        case_id = make_case("both")
        jo = make_staff("jo", PUMPS, NORTHERN)
        for team in (PUMPS, NORTHERN):
            for step in before:
                words = (
                    {"words": "They moved away.", "outcome": "moved-away"}
                    if step == "close"
                    else {}
                )
                decide = getattr(case_decisions, step)
                decide(jo, part(case_id, team), **words, address="")
    browser, address = Browser(app, "jo"), f"/staff/cases/{case_id}/{action}"
    browser.get(f"/staff/cases/{case_id}")
    assert browser.post(address, team=NORTHERN, **fields).status_code == 303
    with app.app_context():
        once = part(case_id).case.parts
    browser.get(f"/staff/cases/{case_id}")
    again = browser.post(address, team=NORTHERN, **fields)
    assert (again.status_code, "The case has moved on" in again.text) == (409, True)
    with app.app_context():
        assert part(case_id).case.parts == once


def test_nothing_that_was_answered_is_readable_in_the_case_tables(app, case):
    with app.app_context():
        row = db.session.query(Submission).one()
        assert open_submission(row, keys(), as_teams=[PUMPS]).answers["last_name"] in NAME
        for model in (Case, CaseEvent, AuditEntry, Submission):
            for each in db.session.scalars(sa.select(model)):
                assert NAME.split()[1] not in repr(vars(each))
        assert now()
