"""One form about two children: two cases that go on by themselves. On both databases."""

import pytest
import sqlalchemy as sa

from intake import audit
from intake.database import db
from intake.models import AuditEntry, Case, CaseEvent, Destination, SealedKeyCopy
from intake.services import case_decisions
from intake.services.case_decisions import NotNow
from intake.services.cases import find_case
from intake.services.finding import Search, find_cases
from intake.services.following import follow
from intake.services.hearing import send_more
from intake.services.related_cases import related_cases
from intake.services.splitting import split
from intake.services.unattended import find_unattended
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    Browser,
    make_case,
    make_staff,
    part,
    prepare,
    send_and_follow,
)
from tests.intake.case_reading import read_as

WORDS = "The new case is about Rowan, the younger one."


def split_off(user, case_id, *teams, team=PUMPS):
    return split(user, part(case_id, team), teams or (PUMPS,), WORDS, address="192.0.2.1")


def state(case_id):
    db.session.rollback()
    return db.session.get(Case, case_id).state


def test_two_cases_go_on_by_themselves_and_each_team_sees_only_its_own(context, monkeypatch):
    prepare(context, monkeypatch)
    robin, alex = make_staff("robin", PUMPS), make_staff("alex", NORTHERN)
    make_staff("kim", DUTY)
    token, case_id = send_and_follow("both")
    case_decisions.accept(robin, part(case_id), address="")
    keys_before = db.session.scalar(sa.select(sa.func.count()).select_from(SealedKeyCopy))
    new_id = split_off(robin, case_id)

    page = read_as(robin, new_id)
    assert page.reference != read_as(robin, case_id).reference
    assert page.referral.answers["first_name"] == "Peregrine"
    assert [(each.team_id, each.state) for each in page.parts] == [(PUMPS, "accepted")]
    assert page.state == "open"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SealedKeyCopy)) == keys_before
    for here, there in ((case_id, new_id), (new_id, case_id)):
        [told] = [each for each in read_as(robin, here).timeline if each.words == WORDS]
        assert (told.other_case_id, told.team) == (there, "Belfast pumps")
        assert [each.case_id for each in related_cases(robin, find_case(here))] == [there]
    assert "split" not in {each.kind for each in read_as(alex, case_id).timeline}
    assert related_cases(alex, find_case(case_id)) == ()

    found = find_cases(robin, Search("reference", reference=page.reference), address="")
    assert [row.case_id for row in found] == [new_id]

    send_more(follow(token), "The younger one has moved.")
    for case in (case_id, new_id):
        assert "The younger one has moved." in {
            each.words for each in read_as(robin, case).timeline
        }
    case_decisions.close(robin, part(new_id), "Seen at home.", address="")
    assert (state(new_id), state(case_id)) == ("closed", "open")
    assert not follow(token).is_over
    assert sorted(step.state for step in follow(token).steps) == ["accepted", "seen"]
    assert find_unattended() == ()
    assert audit.verify() == []
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "case.split"))
    assert {entry.thing_id for entry in entries} == {case_id, new_id}


@pytest.mark.database("sqlite")
def test_the_new_case_can_be_passed_on_with_all_that_it_reads(context, monkeypatch):
    prepare(context, monkeypatch)
    robin, kim = make_staff("robin", PUMPS), make_staff("kim", DUTY)
    token, case_id = send_and_follow("belfast")
    send_more(follow(token), "Two children.")
    new_id = split_off(robin, case_id)
    case_decisions.decline(robin, part(new_id), "other-team", "Not ours.", address="")
    page = read_as(kim, new_id)
    assert page.referral.is_open
    assert "Two children." in {each.words for each in page.timeline}
    assert related_cases(kim, find_case(new_id)) == ()
    assert find_case(case_id).parts.keys() == {PUMPS}


@pytest.mark.database("sqlite")
def test_a_team_that_left_the_case_meanwhile_gets_no_second_one(context, monkeypatch):
    prepare(context, monkeypatch)
    robin, alex = make_staff("robin", PUMPS), make_staff("alex", NORTHERN)
    case_id = make_case("both")
    opened = part(case_id)
    case_decisions.decline(alex, part(case_id, NORTHERN), "outside-area", "", address="")
    with pytest.raises(NotNow, match="left the case"):
        split(robin, opened, (PUMPS, NORTHERN), WORDS, address="")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1
    with pytest.raises(NotNow):
        split(alex, part(case_id, NORTHERN), (PUMPS,), WORDS, address="")


@pytest.mark.database("sqlite")
def test_a_case_is_split_on_its_pages(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        make_staff("robin", PUMPS)
        case_id = make_case("both")
    robin = Browser(app, "robin")
    assert "Split into two cases" in robin.get(f"/staff/cases/{case_id}").text
    page = robin.get(f"/staff/cases/{case_id}/split")
    assert page.text.count(" checked") == 2
    page = robin.post(f"/staff/cases/{case_id}/split", words="")
    assert page.status_code == 422
    assert "Enter who the new case is about" in page.text
    assert "Select at least one team" in page.text
    answer = robin.post(f"/staff/cases/{case_id}/split", words=WORDS, teams=[PUMPS, NORTHERN])
    assert answer.status_code == 303
    page = robin.get(answer.location)
    assert "This case was split from" in page.text
    assert "Made by splitting a case" in page.text
    with app.app_context():
        query = sa.select(Destination.team_id).where(Destination.case_id != case_id)
        assert set(db.session.scalars(query)) == {PUMPS, NORTHERN}
        assert db.session.scalars(sa.select(CaseEvent.kind).where(CaseEvent.case_id != case_id))
