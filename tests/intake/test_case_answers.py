"""Answers of a case that the issuer of a task chooses to show to its holder."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from intake.access import User
from intake.database import db
from intake.models import AuditEntry, Link
from intake.services import case_decisions
from intake.services.case_answers import AnswersOfForm, answers_to_choose, shown_of
from intake.services.case_links import issue_case_link
from intake.services.cases import CaseNotFound, open_for_part
from intake.services.link_opening import open_holder, open_link
from intake.services.link_rules import LinkNotIssued
from tests.intake.case_making import (
    NAME,
    NORTHERN,
    PUMPS,
    Browser,
    make_case,
    make_staff,
    part,
    send,
)

pytestmark = pytest.mark.usefixtures("robin")
ON_SQLITE = pytest.mark.database("sqlite")
INSIDE = pytest.mark.usefixtures("inside")
BORN = {"date_of_birth": "1990-03-27"}


@pytest.fixture
def case_id(app: Flask, robin: User) -> str:
    with app.app_context():
        case_id = make_case(**BORN)
        case_decisions.accept(robin, part(case_id), address="")
    return case_id


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def choose(user: User, case_id: str) -> tuple[AnswersOfForm, ...]:
    return answers_to_choose(open_for_part(user, part(case_id), address=""))


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == action)))


@INSIDE
def test_the_holder_gets_the_chosen_answers_and_the_record_says_which(
    robin: User, case_id: str
) -> None:
    (form,) = choose(robin, case_id)
    assert entries("case.read")
    by_title = {each.title: each for each in form.answers}
    assert by_title["Date of birth"].words == "27 March 1990"
    chosen = [by_title["Date of birth"].id, by_title["First name"].id]
    shown = shown_of(" Before you visit. ", chosen, [form])
    link = issue_case_link(
        robin, part(case_id), "closure", "pro@example.org", shown=shown, address=""
    )
    holder = open_holder(open_link(link.url.rpartition("/")[2]))
    assert holder.shown.text == "Before you visit."
    assert holder.shown.answers == (
        ("First name", NAME.split()[0]),
        ("Date of birth", "27 March 1990"),
    )
    (entry,) = entries("link.show-answers")
    assert entry.why == "2: visit.first_name, visit.date_of_birth"
    assert (entry.actor, entry.team_id, entry.thing_id) == (robin.actor, PUMPS, link.id)


@ON_SQLITE
@INSIDE
def test_many_answers_are_recorded_as_far_as_there_is_room(robin: User, case_id: str) -> None:
    offered = choose(robin, case_id)
    shown = shown_of("", [each.id for form in offered for each in form.answers], offered)
    long = type(shown)("", shown.answers, sources=tuple(f"visit.question_{n}" for n in range(40)))
    issue_case_link(robin, part(case_id), "closure", "pro@example.org", shown=long, address="")
    (entry,) = entries("link.show-answers")
    assert len(entry.why) <= 200
    assert re.fullmatch(r"4: visit\.question_0, .*visit\.question_\d+, …", entry.why)


@ON_SQLITE
@INSIDE
def test_an_answer_of_another_case_cannot_be_chosen(robin: User, case_id: str) -> None:
    theirs = part(make_case())
    case_decisions.accept(robin, theirs, address="")
    (form,) = choose(robin, theirs.case.id)
    offered = choose(robin, case_id)
    with pytest.raises(LinkNotIssued) as refused:
        shown_of("", [form.answers[0].id], offered)
    assert refused.value.field == "show_answers"


@ON_SQLITE
@INSIDE
def test_whoever_may_not_read_the_case_is_offered_nothing(case_id: str) -> None:
    stranger = make_staff("nova", NORTHERN)
    with pytest.raises(CaseNotFound):
        choose(stranger, case_id)


@ON_SQLITE
def test_the_page_shows_the_answers_and_keeps_what_was_ticked(app: Flask, case_id: str) -> None:
    with app.app_context():
        send("closure", {"outcome": "All is\nwell."}, case_id=case_id)
    browser, url = Browser(app, "robin"), f"/staff/cases/{case_id}/links/new"
    page = browser.get(url).text
    assert "Closing form, " in page
    assert "(1 answer)" in page
    assert not re.search(r'type="checkbox"[^>]* checked', page)
    value = re.search(r'value="([0-9a-f]{32}\.first_name)"', page)[1]  # type: ignore[index]
    fields: dict[str, Any] = {"team": PUMPS, "form_id": "closure", "show_answers": [value]}
    again = browser.post(url, **fields, recipient="").text
    assert re.search(rf'value="{value}"[^>]* checked', again)
    forged = browser.post(url, **fields | {"show_answers": "x.y"}, recipient="pro@example.org")
    assert forged.status_code == 422
    assert 'href="#show_answers"' in forged.text
    browser.get(url)
    assert browser.post(url, **fields, recipient="pro@example.org").status_code == 303
    with app.app_context():
        link = db.session.scalars(sa.select(Link)).one()
        assert link.verify == "code", "and none was made by the forged one"
    page = browser.get(f"/staff/links/{link.id}").text
    assert "Made to show answers of the case" in page


@ON_SQLITE
def test_the_issuer_may_ask_for_a_date_of_birth_or_a_passphrase(app: Flask, case_id: str) -> None:
    browser, url = Browser(app, "robin"), f"/staff/cases/{case_id}/links/new"
    browser.get(url)
    fields = {"team": PUMPS, "form_id": "closure", "recipient": "pro@example.org"}
    without = browser.post(url, **fields, verify="passphrase")
    assert without.status_code == 422
    assert 'href="#answer"' in without.text
    assert browser.post(url, **fields, verify="weekday").status_code == 422
    browser.get(url)
    sent = browser.post(url, **fields, verify="passphrase", answer="seven green kettles")
    assert sent.status_code == 303
    with app.app_context():
        link = db.session.scalars(sa.select(Link)).one()
        assert (link.verify, link.answer_hash is None) == ("passphrase", False)
