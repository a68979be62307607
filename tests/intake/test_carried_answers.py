"""A link can carry answers of its case: those that its issuer may read, and ticked one by one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from intake.access import CasePart
from intake.app_state import clock as now
from intake.database import db
from intake.models import AuditEntry, Link
from intake.services import case_decisions
from intake.services.carried_answers import offers_on_case
from intake.services.case_links import issue_case_link
from intake.services.cases import CaseNotFound, case_forms
from intake.services.drafts import load_draft
from intake.services.link_opening import HolderNotVerified, exchange
from intake.services.link_rules import LinkNotIssued
from intake.services.prefilling import prefill_notice
from intake.services.publishing import publish_form
from tests.intake.case_making import (
    NORTHERN,
    PUMPS,
    case_form,
    case_rules,
    make_case,
    make_staff,
    part,
    prepare,
    send,
)

DATES = {"type": "string", "format": "date", "title": "When were they born?"}
PLACES = [
    {"const": "belfast", "title": "Belfast"},
    {"const": "both", "title": "Everywhere"},  # in other words than the referral's
]
QUESTIONS: dict[str, Any] = {
    "given": {"type": "string", "title": "First name", "x-ui": {"prefill": "person.first_name"}},
    "area": {"title": "Which area?", "oneOf": PLACES},
    "date_of_birth": DATES,
    "email": {"type": "string", "title": "Their email address"},  # of another kind
    "telephone": {
        "type": "string",
        "format": "telephone",
        "title": "Telephone",
        "pattern": "^\\+44",  # takes no number as it is given there
    },
    "worker": {
        "type": "object",
        "title": "You",
        "properties": {
            "name": {"type": "string", "title": "Name", "x-ui": {"prefill": "worker.name"}}
        },
    },
    "home": {
        "type": "object",
        "title": "At home",
        "properties": {"outcome": {"type": "string", "title": "How was it?"}},
    },
}


@pytest.fixture(autouse=True)
def context(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with app.app_context():
        prepare(app, monkeypatch)
        pages = [{"id": "all", "title": "All", "questions": list(QUESTIONS)}]
        form = case_form("visit-note", "Visit", pages=pages, prefill={"person": ["Parent"]})
        form |= {"properties": QUESTIONS, "required": []}
        rules = json.dumps(case_rules("visit-note"))
        publish_form(json.dumps(form), "visit-note.json", rules_text=rules)
        yield


def accepted_case(area: str = "belfast", **answers: Any) -> str:
    case_id = make_case(area, date_of_birth="1990-02-03", email="ann@example.org", **answers)
    case_decisions.accept(make_staff("robin"), part(case_id), address="")
    return case_id


def offered(user: Any, where: CasePart) -> dict[str, str]:
    found = offers_on_case(user, where, case_forms(now()), address="192.0.2.1")
    return {offer.path: offer.words for offer in found["visit-note"]}


def issue(user: Any, case_id: str, *answers: str) -> Any:
    where = part(case_id)
    to = "nurse@example.org"
    return issue_case_link(user, where, "visit-note", to, answers=answers, address="192.0.2.1")


def actions(actor: str) -> list[str]:
    entries = db.session.query(AuditEntry).filter_by(actor=actor)
    return [entry.action for entry in entries.order_by(AuditEntry.position)]


def test_what_the_form_takes_is_offered_from_what_the_team_may_read() -> None:
    case_id = accepted_case(telephone="07700 900456")
    user = make_staff("jo")
    assert offered(user, part(case_id)) == {
        "given": "Peregrine",
        "area": "Belfast",
        "date_of_birth": "3 February 1990",
    }
    assert actions(user.actor) == ["case.read"]


def test_an_answer_that_reads_otherwise_in_the_form_is_not_offered() -> None:
    case_id = accepted_case("both")
    assert "area" not in offered(make_staff("jo"), part(case_id))


def test_an_answer_in_a_group_is_offered_by_itself() -> None:
    case_id = accepted_case()
    send("visit-note", {"home": {"outcome": "Tidy"}}, case_id=case_id)
    user = make_staff("jo")
    assert offered(user, part(case_id))["home.outcome"] == "Tidy"
    issued = issue(user, case_id, "home.outcome")
    link = db.session.get_one(Link, issued.id)
    assert b"Tidy" not in link.sealed_holder
    entry = db.session.query(AuditEntry).filter_by(action="case.carry").one()
    assert entry.why == "into a link to visit-note: home.outcome"


def test_a_team_that_may_not_read_gets_nothing() -> None:
    """Whoever is in a team of the case uses the keys of no other team that they are in."""
    case_id = accepted_case()
    stranger = make_staff("sam", NORTHERN)
    for user, where in ((stranger, part(case_id)), (stranger, part(case_id, NORTHERN))):
        with pytest.raises(CaseNotFound):
            offered(user, where)
        with pytest.raises(CaseNotFound):
            issue(user, case_id, "given")
    both = make_staff("jo", PUMPS, NORTHERN)
    with pytest.raises(CaseNotFound):
        offered(both, part(case_id, NORTHERN))
    assert db.session.query(Link).count() == 0


@pytest.mark.parametrize("forged", ["last_name", "email", "worker.name", "given.x", ""])
def test_a_forged_name_is_refused(forged: str) -> None:
    case_id = accepted_case()
    with pytest.raises(LinkNotIssued) as refused:
        issue(make_staff("jo"), case_id, "given", forged)
    assert refused.value.field == "answers"
    assert db.session.query(Link).count() == 0
    assert db.session.query(AuditEntry).filter_by(action="case.carry").count() == 0


def test_the_recipient_finds_what_was_chosen_shown_as_such_and_behind_a_code() -> None:
    user, case_id = make_staff("jo"), accepted_case()
    token = issue(user, case_id, "given", "area").url.rpartition("/")[2]
    with pytest.raises(HolderNotVerified):
        exchange(token)
    opened = exchange(token, is_verified=True)
    draft = load_draft(opened.draft_id, opened.key, now())
    assert draft.answers == {"given": "Peregrine", "area": "belfast"}
    assert prefill_notice(draft, "all") == (
        "We filled in ‘First name’ and ‘Which area?’ from the link that you were sent. "
        "Check this, and change what is not right."
    )
