"""Every staff route, as a stranger, as another team and as another organisation."""

import re

import pytest

from intake import outbox
from intake.access import RULES
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import OutboxMessage, Submission, Webhook
from intake.services import case_decisions
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.links import issue_link
from intake.services.rule_drafts import begin_draft, operator
from intake.staff.blueprint import OPEN_TO_ANYONE
from intake.visitor_cookie import remember
from tests.intake.campaign_making import recipients
from tests.intake.campaign_making import send as send_campaign
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    Browser,
    add_file_twice,
    add_match,
    make_case,
    make_staff,
    part,
    prepare,
)

pytestmark = pytest.mark.database("sqlite")

NOWHERE = "0" * 32
# what a practitioner does not see either
FOR_LEADS = {"message_id", "campaign_id", "team_id", "webhook_id"}
FOR_KEEPERS = {"rules_id", "rules_form"}  # of rules: administrators of the fallback team
# Fields that would do something, so that a refusal is not only one of an empty form.
FIELDS = {
    "team": PUMPS,
    "reason": "other",
    "words": "Some words.",
    "outcome": "helped",
    "to": DUTY,
    "reached": "no-answer",
    "way": "visit",
    "when-day": "2",
    "when-month": "11",
    "when-year": "2026",
    "form_id": "closure",
    "recipient": "colleague@example.org",
    "is_trained": "yes",
    "decision": "same",
    "seen": "0",
}


@pytest.fixture(autouse=True)
def things(app, monkeypatch):
    """One of everything that belongs to the Belfast team, and people of other teams."""
    with app.app_context():
        prepare(app, monkeypatch)
        make_staff("robin", PUMPS)
        make_staff("kim", DUTY, role="lead", training=("gcp2",))  # same organisation, other team
        make_staff("alex", NORTHERN, role="administrator", training=("gcp2",))  # another one
        case_id = make_case()
        link = issue_link("visit", recipient="p@example.org", actor="cli", team_id=PUMPS)
        with transaction():
            message_id = outbox.enqueue("email", {"to": "p@example.org"}, team_id=PUMPS)
            db.session.get(OutboxMessage, message_id).state = outbox.DEAD
        submission_id = db.session.query(Submission.id).scalar()
        webhook_id = add_hook()
        campaign_id = send_campaign(recipients(1)).id
        file_id, event_id = add_file_twice(submission_id)
        match_id = add_match(submission_id)
        rules_id = begin_draft("visit", operator("Sam"))
        other_id = make_case()
    return {
        "campaign_id": campaign_id,
        "case_id": case_id,
        "link_id": link.id,
        "match_id": match_id,
        "other_id": other_id,
        "message_id": message_id,
        "webhook_id": webhook_id,
        "submission_id": submission_id,
        "file_id": file_id,
        "event_id": event_id,
        "form_id": "closure",
        "rules_id": rules_id,
        "rules_form": "visit",
        "team_id": PUMPS,
    }


def add_hook():
    """A webhook of the Belfast team; its id."""
    with transaction() as session:
        hook = Webhook(
            team_id=PUMPS,
            url="https://partner.example.org/",
            events=[],
            sealed_secret=b"",
            created_by="staff:0",
            created_at=clock(),
        )
        session.add(hook)
    return hook.id


def staff_rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("staff.")]


def requests_to(app, values):
    """Method and address of every staff route, filled with the values."""
    addresses = app.url_map.bind("localhost")
    for rule in staff_rules(app):
        for method in sorted(rule.methods & {"GET", "POST"}):
            filled = {name: values[name] for name in rule.arguments}
            yield method, addresses.build(rule.endpoint, filled), rule


def ask(browser, method, address):
    if method == "GET":
        return browser.get(address)
    return browser.post(address, **FIELDS)


def normal(answer, values):
    """Status, place and body without what differs by nature: tokens, and the asked ids."""
    text = re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", answer.text)
    place = answer.headers.get("Location", "")
    for value in (*values.values(), NOWHERE):
        text, place = text.replace(value, "-"), place.replace(value, "-")
    return answer.status_code, place, text


def test_every_staff_route_names_an_action_that_access_knows(app):
    for rule in staff_rules(app):
        action = getattr(app.view_functions[rule.endpoint], "access_action", None)
        assert action in {*RULES, OPEN_TO_ANYONE}, rule.rule


def test_only_signing_in_is_open_to_anyone(app):
    views = app.view_functions
    is_open = {
        rule.rule
        for rule in staff_rules(app)
        if views[rule.endpoint].access_action == OPEN_TO_ANYONE
    }
    assert is_open == {"/staff/sign-in"}


def test_a_view_that_names_no_action_is_denied(app):
    with app.app_context():
        from intake.staff.blueprint import check_request

        app.view_functions["staff.forgotten"] = lambda: "open to all!"
        with app.test_request_context("/staff/queue") as context:
            context.request.url_rule.endpoint = "staff.queue"
            context.request.url_rule = type("Rule", (), {"endpoint": "staff.forgotten"})()
            with pytest.raises(Exception, match="404"):
                check_request()


def test_a_stranger_is_sent_to_sign_in_whatever_they_ask_for(app, things):
    nothing = dict.fromkeys(things, NOWHERE)
    pairs = zip(requests_to(app, things), requests_to(app, nothing), strict=True)
    for (method, real, rule), (_method, unreal, _rule) in pairs:
        if rule.rule == "/staff/sign-in":
            continue
        answers = [
            app.test_client().open(
                address, method=method, data=FIELDS if method == "POST" else None
            )
            for address in (real, unreal)
        ]
        assert answers[0].status_code == 303, real
        assert answers[0].location.startswith("/staff/sign-in"), real
        assert normal(answers[0], things) == normal(answers[1], things)


@pytest.mark.parametrize("name", ["kim", "alex"])
def test_what_one_may_not_see_answers_as_what_does_not_exist(app, things, name):
    """Same status and same bytes, over every route that names a thing."""
    browser = Browser(app, name)
    nothing = {**dict.fromkeys(things, NOWHERE), "form_id": things["form_id"]}
    asked = 0
    pairs = zip(requests_to(app, things), requests_to(app, nothing), strict=True)
    for (method, real, rule), (_method, unreal, _rule) in pairs:
        if not rule.arguments:
            continue
        hidden, missing = ask(browser, method, real), ask(browser, method, unreal)
        assert hidden.status_code == 404, (method, real)
        assert normal(hidden, things) == normal(missing, things), (method, real)
        asked += 1
    assert asked >= 14


def test_the_same_routes_do_answer_a_member_of_the_team(app, things):
    """Else the test above would pass for routes that answer nobody."""
    browser = Browser(app, "robin")
    statuses = {}
    for method, address, rule in requests_to(app, things):
        if rule.arguments and not rule.arguments & (FOR_LEADS | FOR_KEEPERS):
            statuses[method, rule.rule] = ask(browser, method, address).status_code
    assert 404 not in statuses.values(), statuses


def test_they_answer_a_lead_of_the_team_where_a_practitioner_sees_nothing(app, things):
    with app.app_context():
        make_staff("lee", PUMPS, role="lead")
    lead, practitioner = Browser(app, "lee"), Browser(app, "robin")
    for method, address, rule in requests_to(app, things):
        if rule.arguments & FOR_LEADS:
            assert ask(practitioner, method, address).status_code == 404, address
            assert ask(lead, method, address).status_code in (200, 303, 400, 422), address


def test_rules_answer_an_administrator_of_the_fallback_team_and_nobody_else(app, things):
    with app.app_context():
        make_staff("jo", DUTY, role="administrator")
    keeper, others = Browser(app, "jo"), [Browser(app, name) for name in ("kim", "alex", "robin")]
    for method, address, rule in requests_to(app, things):
        if rule.arguments & FOR_KEEPERS or rule.rule in ("/staff/rules", "/staff/directory"):
            assert {ask(each, method, address).status_code for each in others} == {404}, address
            assert ask(keeper, method, address).status_code in (200, 303, 409, 422), address


def test_the_queue_of_another_team_answers_as_one_that_does_not_exist(app):
    browser = Browser(app, "alex")
    hidden = browser.get(f"/staff/queue?team={PUMPS}")
    missing = browser.get("/staff/queue?team=no-such-team")
    assert hidden.status_code == 404
    assert normal(hidden, {}) == normal(missing, {})


def test_a_link_cannot_be_sent_in_the_name_of_another_team(app):
    browser = Browser(app, "alex")
    browser.get("/staff/links/new")
    answer = browser.post(
        "/staff/links/new",
        team=PUMPS,
        form_id="visit",
        recipient="parent@example.org",
        expires="14",
        uses="1",
    )
    assert answer.status_code == 422
    assert "Select which team sends it" in answer.text


def test_a_case_cannot_be_decided_in_the_name_of_another_team(app, things):
    with app.app_context():
        case_id = make_case("both")
    browser = Browser(app, "alex")
    assert browser.post(f"/staff/cases/{case_id}/accept", team=PUMPS).status_code == 409
    assert "works on this case" not in browser.get(f"/staff/cases/{case_id}").text
    browser.post(f"/staff/cases/{case_id}/accept")
    assert "Northern pumps works on this case" in browser.get(f"/staff/cases/{case_id}").text


def test_a_submission_of_another_case_is_not_shown_through_ones_own(app, things):
    with app.app_context():
        own = make_case("northern")
    browser = Browser(app, "alex")
    answer = browser.get(f"/staff/cases/{own}/decision/{things['submission_id']}")
    missing = browser.get(f"/staff/cases/{own}/decision/{NOWHERE}")
    assert answer.status_code == 404
    assert normal(answer, things) == normal(missing, things)


def test_a_public_process_has_no_staff_side(public_app):
    assert public_app.test_client().get("/staff/sign-in").status_code == 404


def test_no_staff_page_is_kept_by_a_browser(app):
    browser = Browser(app, "robin")
    for address in ("/staff/queue", "/staff/sign-in", "/staff/cases/x"):
        assert browser.get(address).headers["Cache-Control"] == "no-store"


def test_a_form_on_a_case_that_is_no_longer_ones_own_is_not_sent_and_that_is_said(app, things):
    with app.app_context():
        sam, case_id = make_staff("sam", PUMPS), make_case()
        case_decisions.accept(sam, part(case_id), address="")
        opened = start_draft("closure", now=clock(), case_id=case_id, staff_id=sam.staff_id)
        draft = load_draft(opened.draft_id, opened.key, clock())
        save_answers(draft, {"outcome": "Well."}, done=["outcome"], now=clock())
        case_decisions.close(sam, part(case_id), "They moved away.", address="")
    with app.test_request_context():
        cookie = remember(app.response_class(), opened).headers["Set-Cookie"]
    browser = Browser(app, "sam")
    name, _, value = cookie.partition(";")[0].partition("=")
    browser.client.set_cookie(name, value)
    address = f"/form/{opened.draft_id}/check-answers"
    answer = browser.client.post(address, data={"csrf_token": draft.csrf, "action": "submit"})
    assert answer.status_code == 409
    assert "not added to the case" in answer.text
