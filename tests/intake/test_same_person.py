"""Possibly the same person: what a case page says to whom, and how people decide."""

import json
import re

import pytest
import sqlalchemy as sa

from intake.app_state import keys
from intake.database import db, transaction
from intake.models import (
    AuditEntry,
    Case,
    Destination,
    PersonMatch,
    PersonMatchDecision,
    SealedKeyCopy,
    Submission,
    Team,
)
from intake.services import case_decisions
from intake.services.case_decisions import NotNow
from intake.services.match_decisions import decide
from intake.services.match_rows import match_of_case
from intake.services.profiles import profile_of
from intake.services.publishing import publish_form
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    REFERRAL,
    RULES,
    Browser,
    case_id_of,
    make_case,
    make_staff,
    part,
    prepare,
    send,
    work,
)

ON_SQLITE = pytest.mark.database("sqlite")
KNOWN = {"date_of_birth": "1990-03-04", "postcode": "BT12 6BA", "telephone": "07700 900123"}
WHY = "The grandmother confirmed it."


@pytest.fixture(autouse=True)
def staff(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        people = {
            "robin": make_staff("robin", PUMPS),
            "alex": make_staff("alex", NORTHERN),
            "kim": make_staff("kim", PUMPS, NORTHERN),
            "duty": make_staff("duty", DUTY),
        }
        with transaction() as session:
            session.get_one(Team, NORTHERN).telephone = "01632 960001"
    return people


def arrive(area="belfast", **answers):
    case_id = make_case(area, **{**KNOWN, **answers})
    work()
    return case_id


def match_of(*cases):
    """The id of the match between two cases."""
    db.session.rollback()
    for match_id in db.session.scalars(sa.select(PersonMatch.id)):
        row = match_of_case(match_id, cases[0])
        if row and row.other.case_id == cases[1]:
            return match_id
    raise AssertionError("these cases have no match")


def say(user, cases, state, seen=0, words=WHY):
    decide(user, match_of(*cases), cases[0], state, words, seen=seen, address="")


def state_of(*cases):
    return db.session.get_one(PersonMatch, match_of(*cases)).state


def section(app, who, case_id):
    """The part of the case page about the same person, as text."""
    page = Browser(app, who).get(f"/staff/cases/{case_id}")
    found = re.search(r'id="same-person">(.*?)</section>', page.text, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])) if found else ""


@ON_SQLITE
def test_who_reads_both_cases_sees_why_and_decides(app):
    with app.app_context():
        one, two = arrive(), arrive("northern", last_name="Underhil", date_of_birth="1990-04-03")
        match_id = match_of(one, two)
    seen = section(app, "kim", one)
    for words in ("Peregrine Underhill", "Surname spelled almost the same", "Look at both"):
        assert words in seen
    browser = Browser(app, "kim")
    where = f"/staff/cases/{one}/people/{match_id}"
    both = browser.get(where).text
    for words in ("Underhill", "Underhil<", "4 March 1990", "3 April 1990", "BT12 6BA"):
        assert words in both
    assert browser.post(where, decision="same", words="", seen="0").status_code == 422
    answer = browser.post(where, decision="same", words=WHY, seen="0")
    assert answer.status_code == 303
    assert "Decided: 1 pair of people" in section(app, "kim", one)
    history = browser.get(where).text
    assert WHY in history
    assert "Kim" in history


@ON_SQLITE
def test_a_match_in_another_teams_case_says_only_that_there_is_one_and_whom_to_ask(app):
    with app.app_context():
        one, two = arrive(), arrive("northern")
        match_id = match_of(one, two)
        references = sa.select(Submission.reference).where(Submission.case_id == two)
        reference = db.session.scalar(references)
    seen = section(app, "robin", one)
    assert "Somebody named here may be known to another team" in seen
    assert "Northern pumps" in seen
    assert "01632 960001" in seen
    for secret in ("Peregrine", "Same", reference, two, match_id, "postcode"):
        assert secret not in seen
    browser = Browser(app, "robin")
    for case_id in (one, two):
        where = f"/staff/cases/{case_id}/people/{match_id}"
        assert browser.get(where).status_code == 404
        assert browser.post(where, decision="same", words=WHY, seen="0").status_code == 404


@ON_SQLITE
def test_a_sensitive_form_and_a_team_that_hides_send_to_the_fallback_team(app):
    with app.app_context():
        form = json.loads(json.dumps({**REFERRAL, "$id": "refuge"}))
        form["x-form"] |= {"sensitive": True, "reference_prefix": "REF"}
        rules = json.dumps({**RULES, "form": "refuge"})
        publish_form(json.dumps(form), "refuge.json", rules_text=rules)
        one = arrive()
        answers = {"area": "northern", "first_name": "Peregrine", "last_name": "Underhill"}
        two = case_id_of(send("refuge", {**answers, **KNOWN}))
        work()
    seen = section(app, "robin", one)
    assert "Duty desk" in seen
    assert "Northern" not in seen
    with app.app_context(), transaction() as session:
        session.execute(
            sa.update(Destination).where(Destination.case_id == two).values(is_named=True)
        )
    assert "Northern" not in section(app, "robin", one)
    with app.app_context():  # the other way round nothing is sensitive, until a team says so
        assert "Belfast pumps" in section(app, "alex", two)
        with transaction() as session:
            session.execute(
                sa.update(Destination).where(Destination.case_id == one).values(is_named=False)
            )
    assert "Belfast pumps" not in section(app, "alex", two)
    with app.app_context():
        third = arrive("nowhere")
    assert "which cannot be named here" in section(app, "duty", third)


@ON_SQLITE
def test_a_team_that_declined_learns_nothing_more_of_either_case(app, staff):
    with app.app_context():
        one, two = arrive(), arrive("northern")
        case_decisions.decline(staff["robin"], part(one), "no-capacity", "", address="")
        case_decisions.decline(staff["alex"], part(two, NORTHERN), "no-capacity", "", address="")
        match_id = match_of(one, two)
    assert section(app, "robin", one) == ""
    assert Browser(app, "kim").get(f"/staff/cases/{one}/people/{match_id}").status_code == 404
    assert "Duty desk" not in section(app, "robin", one)
    assert "Peregrine" in section(app, "duty", one)  # it has both now


@ON_SQLITE
def test_no_hint_leads_to_or_from_a_team_that_a_case_is_kept_from(app):
    with app.app_context():
        one, two = arrive(), arrive("northern")
        db.session.execute(sa.update(Case).where(Case.id == one).values(excluded_teams=[NORTHERN]))
        db.session.commit()
    assert section(app, "alex", two) == ""  # that there is a case is not theirs to know
    seen = section(app, "robin", one)
    assert "Northern pumps" not in seen  # a question would tell them
    assert "Duty desk" in seen


@ON_SQLITE
def test_a_form_that_is_sealed_to_others_of_a_case_is_not_read_through_a_match(app, staff):
    with app.app_context():
        one, two = arrive(), arrive("both")
        later = db.session.scalar(sa.select(Submission.id).where(Submission.case_id == two))
        with transaction() as session:
            session.execute(
                sa.delete(SealedKeyCopy).where(
                    SealedKeyCopy.submission_id == later, SealedKeyCopy.team_id == PUMPS
                )
            )
        match_id = match_of(one, two)
    assert "Northern pumps" in section(app, "robin", one)
    assert Browser(app, "robin").get(f"/staff/cases/{one}/people/{match_id}").status_code == 404


@ON_SQLITE
def test_reading_both_is_recorded_for_both_before_and_deciding_too_without_any_words(app, staff):
    with app.app_context():
        one, two = arrive(), arrive("northern")
        match_id = match_of(one, two)
    Browser(app, "kim").get(f"/staff/cases/{one}/people/{match_id}")
    with app.app_context():
        say(staff["kim"], (one, two), "same")
        entries = db.session.query(AuditEntry).filter(AuditEntry.action.like("match.%")).all()
        assert {(each.action, each.team_id) for each in entries} == {
            ("match.read", PUMPS),
            ("match.read", NORTHERN),
            ("match.decide", None),
        }
        assert {each.thing_id for each in entries if each.action == "match.decide"} == {one, two}
        kept = repr([vars(each) for each in entries])
        kept += repr([vars(each) for each in db.session.query(PersonMatchDecision)])
        assert "grandmother" not in kept
        assert "Underhill" not in kept


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(context, staff):
    cases = arrive(), arrive("northern")
    say(staff["kim"], cases, "same", seen=0)
    with pytest.raises(NotNow, match="since you opened"):
        say(staff["kim"], cases, "not-same", seen=0)
    assert state_of(*cases) == "same"


def test_people_held_to_be_the_same_are_one_profile_until_it_is_taken_back(context, staff):
    kim = staff["kim"]
    one, two, three = arrive(), arrive("northern"), arrive("both")
    node = match_of_case(match_of(one, two), one).own.node
    say(kim, (one, two), "same")
    say(kim, (two, three), "same")
    assert {case for case, _ in profile_of(node)} == {one, two, three}
    say(kim, (two, three), "suggested", seen=1)
    assert {case for case, _ in profile_of(node)} == {one, two}
    say(kim, (one, two), "not-same", seen=1)
    assert profile_of(node) == {node}
    history = db.session.query(PersonMatchDecision.state).all()
    assert sorted(state for (state,) in history) == ["not-same", "same", "same", "suggested"]


def test_decisions_that_contradict_each_other_are_refused(context, staff):
    kim = staff["kim"]
    one, two, three = arrive(), arrive("northern"), arrive("both")
    say(kim, (one, two), "same")
    say(kim, (one, three), "not-same")
    with pytest.raises(NotNow, match="cannot be the same"):
        say(kim, (two, three), "same")
    assert state_of(two, three) == "suggested"
    say(kim, (one, three), "same", seen=1)
    say(kim, (two, three), "same")
    with pytest.raises(NotNow, match="cannot be different"):
        say(kim, (one, two), "not-same", seen=1)
    assert state_of(one, two) == "same"


@ON_SQLITE
def test_what_is_known_through_others_is_shown_to_who_reads_it(app, staff, monkeypatch):
    with app.app_context():
        one, two, three = arrive(), arrive("northern"), arrive("both")
        say(staff["kim"], (one, two), "same")
        say(staff["kim"], (two, three), "same")
        with transaction() as session:
            session.execute(sa.delete(PersonMatch).where(PersonMatch.id == match_of(one, three)))
        reference = db.session.scalar(
            sa.select(Submission.reference).where(Submission.case_id == three)
        )
    assert f"through other decisions Peregrine Underhill: {reference}" in section(app, "robin", one)
    with app.app_context():
        case_decisions.decline(staff["robin"], part(three), "no-capacity", "", address="")
    assert reference not in section(app, "robin", one)


@ON_SQLITE
def test_one_decision_holds_for_every_form_of_the_two_cases_that_names_them(app, staff):
    with app.app_context():
        one, two = arrive(), arrive("northern")
        answers = {"area": "northern", "first_name": "Peregrine", "last_name": "Underhill"}
        send("visit", {**answers, **KNOWN}, case_id=two)
        work()
        assert db.session.query(PersonMatch).count() == 2
    assert section(app, "kim", one).count("Look at both") == 1
    with app.app_context():
        say(staff["kim"], (one, two), "same")
        assert {state for (state,) in db.session.query(PersonMatch.state)} == {"same"}
    seen = section(app, "kim", one)
    assert "Undecided" not in seen
    assert seen.count("The same person") == 1


@ON_SQLITE
def test_what_was_erased_is_no_longer_suggested_even_before_it_is_swept(app):
    with app.app_context():
        one, two = arrive(), arrive("northern")
        erased = db.session.scalar(sa.select(Submission.id).where(Submission.case_id == two))
        with transaction() as session:
            session.execute(sa.delete(SealedKeyCopy).where(SealedKeyCopy.submission_id == erased))
    assert section(app, "kim", one) == section(app, "robin", one) == ""


@ON_SQLITE
def test_a_closed_case_counts_as_known(app, staff):
    with app.app_context():
        one = arrive()
        for step in (case_decisions.accept, lambda *a, **k: case_decisions.close(*a, "Done.", **k)):
            step(staff["robin"], part(one), address="")
        case_decisions.archive(staff["robin"], part(one), address="")
        two = arrive("northern")
    assert "Belfast pumps" in section(app, "alex", two)
    assert "Look at both" in section(app, "kim", two)


@ON_SQLITE
def test_why_somebody_decided_is_sealed_to_those_who_read_both(app, staff):
    with app.app_context():
        one, two = arrive(), arrive("both")
        say(staff["robin"], (one, two), "not-sure")
        decision = db.session.query(PersonMatchDecision).one()
        teams = re.findall(rb'"team":"([^"]+)"', decision.sealed_words.split(b"\n")[0])
        assert set(teams) == {PUMPS.encode()}
        assert keys()
