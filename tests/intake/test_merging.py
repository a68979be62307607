"""Two cases of one incident made one, and parted again. What is stored, on both databases."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake import audit
from intake.access import CasePair
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import (
    AuditEntry,
    Case,
    CaseEvent,
    CaseSubmission,
    Destination,
    SealedKeyCopy,
    Submission,
)
from intake.services import case_decisions
from intake.services.case_decisions import NotNow
from intake.services.cases import find_case
from intake.services.drafts import load_draft, save_answers, start_draft
from intake.services.finding import Search, find_cases
from intake.services.following import follow
from intake.services.hearing import send_more
from intake.services.merging import Unconfirmed, look_at_merge, merge
from intake.services.part_columns import stored
from intake.services.pausing import pause, resume
from intake.services.submitting import submit_referral
from intake.services.unattended import find_unattended
from intake.services.unmerging import unmerge
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

DAY = timedelta(days=1)
WHY = "Both tell of the fight on Friday."


@pytest.fixture
def people(context, monkeypatch):
    prepare(context, monkeypatch)
    return make_staff("robin", PUMPS), make_staff("alex", NORTHERN), make_staff("kim", DUTY)


def pair(kept, other):
    db.session.rollback()
    return CasePair(find_case(kept), find_case(other))


def tokens(user, kept, other):
    return [each.token for each in look_at_merge(user, pair(kept, other)).readers]


def merge_all(user, kept, other):
    merge(user, pair(kept, other), WHY, tokens(user, kept, other), address="192.0.2.1")


def words_of(page):
    return {each.words for each in page.timeline}


def rows():
    """All that merging may change, as it is stored."""
    db.session.rollback()
    db.session.expire_all()
    notes = sa.select(CaseEvent.id, CaseEvent.sealed_note).where(CaseEvent.sealed_note.is_not(None))
    cases = sa.select(
        Case.id, Case.state, Case.closed_at, Case.merged_into, Case.excluded_teams
    ).order_by(Case.id)
    copies = sa.select(SealedKeyCopy.submission_id, SealedKeyCopy.team_id)
    parts = db.session.scalars(sa.select(Destination).order_by(Destination.id))
    return (
        [stored(each) | {"watch_at": None} for each in parts],
        db.session.execute(cases).all(),
        sorted(db.session.execute(copies).all(), key=str),
        dict(db.session.execute(notes).tuples().all()),
        db.session.scalar(sa.select(sa.func.count()).select_from(CaseSubmission)),
    )


def test_the_one_that_goes_on_has_what_both_had_and_only_who_was_named_reads_more(people):
    robin, alex, kim = people
    first_token, kept = send_and_follow("belfast", is_urgent=True)
    second_token, other = send_and_follow("both")
    send_more(follow(first_token), "It was on Friday.")
    case_decisions.accept(robin, part(other), address="")
    opened = pair(kept, other)

    [reader] = look_at_merge(robin, opened).readers
    assert (reader.team_id, reader.case_id, reader.notes) == (NORTHERN, kept, 1)
    assert reader.forms == ("Ask for a visit",)
    with pytest.raises(Unconfirmed):
        merge(robin, opened, WHY, [], address="")
    send_more(follow(first_token), "At the station.")
    with pytest.raises(Unconfirmed):  # it would read more than was said
        merge(robin, opened, WHY, [reader.token], address="")
    with pytest.raises(NotNow):
        merge(alex, opened, WHY, [], address="")
    merge_all(robin, kept, other)

    db.session.expire_all()
    page = read_as(alex, kept)
    assert page.state == "open"
    assert {each.team_id: (each.state, each.urgency) for each in page.parts} == {
        PUMPS: ("accepted", 3),
        NORTHERN: ("seen", 1),
    }
    assert [each.is_open for each in page.submissions] == [True, True]
    assert {"It was on Friday.", "At the station.", WHY} <= words_of(page)
    assert (read_as(robin, other).state, find_case(other).merged_into) == ("closed", kept)
    reference = read_as(robin, other).reference
    found = find_cases(robin, Search("reference", reference=reference), address="")
    assert {row.case_id for row in found} == {kept, other}
    with pytest.raises(NotNow):
        case_decisions.reopen(robin, part(other), address="")

    assert [step.state for step in follow(first_token).steps] == ["accepted"]
    assert sorted(step.state for step in follow(second_token).steps) == ["accepted", "seen"]
    send_more(follow(second_token), "I have a photo.")
    for user in (robin, alex):
        assert "I have a photo." in words_of(read_as(user, kept))
    assert find_unattended() == ()
    with pytest.raises(NotNow, match="cannot be undone"):
        unmerge(robin, pair(kept, other), "A mistake.", address="")
    assert audit.verify() == []
    shared = sa.select(AuditEntry).where(AuditEntry.action == "case.share")
    assert [each.team_id for each in db.session.scalars(shared)] == [NORTHERN]
    assert kim.teams.isdisjoint(find_case(kept).parts)


def test_a_merge_is_undone_as_if_it_had_not_been(people):
    robin, alex, _ = people
    token, kept = send_and_follow("belfast")
    other, older = make_case("both"), make_case("both")
    send_more(follow(token), "It was on Friday.")
    case_decisions.decline(alex, part(older, NORTHERN), "outside-area", "Not here.", address="")
    merge_all(robin, other, older)
    before = rows()
    merge_all(robin, kept, other)
    assert find_case(older).merged_into == kept
    assert len(read_as(alex, kept).submissions) == 3
    with pytest.raises(NotNow, match="later merge first"):
        unmerge(robin, pair(kept, older), "A mistake.", address="")
    unmerge(robin, pair(kept, other), "It was another Friday.", address="")
    after = rows()
    assert after[0] == before[0]
    assert after[1:3] == before[1:3]
    assert {event: after[3][event] for event in before[3]} == before[3]
    assert after[4] == before[4]
    assert alex.teams.isdisjoint(find_case(kept).parts)
    assert find_case(older).merged_into == other
    assert "It was another Friday." in words_of(read_as(robin, kept))
    assert audit.verify() == []
    assert find_unattended() == ()


def test_what_was_begun_on_the_merged_case_ends_up_on_the_one_that_goes_on(people):
    robin = people[0]
    kept, other = make_case(), make_case()
    case_decisions.accept(robin, part(other), address="")
    opened = start_draft("closure", now=clock(), case_id=other, staff_id=robin.staff_id)
    merge_all(robin, kept, other)
    draft = load_draft(opened.draft_id, opened.key, clock())
    save_answers(draft, {"outcome": "Safe."}, done=["outcome"], now=clock())
    submit_referral(opened.draft_id, opened.key, now=clock())
    submission = db.session.query(Submission).filter_by(form_id="closure").one()
    assert submission.case_id == kept
    assert case_decisions.close(robin, part(kept), "", address="")


@pytest.mark.database("sqlite")
@pytest.mark.database("sqlite")
@pytest.mark.parametrize("is_other_paused", [False, True])
def test_a_pause_of_one_of_two_cases_ends_and_none_hides_the_sooner_time(
    people, clock, is_other_paused
):
    robin, *_ = people
    kept, other = make_case(), make_case()
    soon, until = clock.now + timedelta(days=2), (clock.now + timedelta(days=9)).date()
    due = {kept: soon + DAY, other: soon if is_other_paused else None}
    with transaction() as session:
        for each in session.scalars(sa.select(Destination)):
            each.decide_by, each.decide_kind = due[each.case_id], "elapsed"
    for case_id in (kept, other) if is_other_paused else (kept,):
        pause(robin, part(case_id), "other", "They are away.", until, address="")
    merge_all(robin, kept, other)
    assert (clocks(kept).paused_until is not None) == is_other_paused
    if is_other_paused:
        assert clocks(kept).decide_by > soon + DAY
        resume(robin, part(kept), address="")
        assert clocks(kept).decide_by == soon
    else:
        assert clocks(kept).decide_by == soon + DAY


def clocks(case_id):
    db.session.rollback()
    db.session.expire_all()
    own = sa.select(Destination).where(Destination.case_id == case_id)
    return db.session.scalars(own.where(Destination.team_id == PUMPS)).one()


def test_a_team_that_one_case_is_about_never_gets_it_by_merging(people):
    robin = people[0]
    kept, other = make_case("belfast"), make_case("both")
    with transaction() as session:
        session.get(Case, kept).excluded_teams = [NORTHERN]
    assert look_at_merge(robin, pair(kept, other)).is_refused
    for one, two in ((kept, other), (other, kept)):
        with pytest.raises(NotNow, match="it is about them"):
            merge(robin, pair(one, two), WHY, tokens(robin, one, two), address="")
    assert NORTHERN not in find_case(kept).parts


@pytest.mark.database("sqlite")
def test_cases_are_merged_and_parted_on_their_pages(app, monkeypatch):
    with app.app_context():
        prepare(app, monkeypatch)
        make_staff("robin", PUMPS)
        make_staff("alex", NORTHERN)
        kept, other, foreign = make_case("belfast"), make_case("both"), make_case("northern")
        with transaction() as session:
            session.get(Case, other).created_at = clock().replace(year=2030)
        by_id = dict(db.session.execute(sa.select(Case.id, Case.reference)).tuples().all())
    robin = Browser(app, "robin")
    refused = {}
    for typed in (by_id[foreign], "VIS-NONE-NONE"):
        answer = robin.post(f"/staff/cases/{other}/merge", reference=typed)
        assert answer.status_code == 422
        refused[typed] = re.sub(r'value="[^"]*"', "", answer.text)
    assert len(set(refused.values())) == 1
    answer = robin.post(f"/staff/cases/{other}/merge", reference=by_id[kept].lower())
    assert answer.location == f"/staff/cases/{kept}/merge/{other}"
    page = robin.get(answer.location).text
    assert f"Northern pumps may read {by_id[kept]}" in page
    token = re.search(r'name="confirmed" type="checkbox" value="(\w+)"', page)[1]
    answer = robin.post(answer.location, words=WHY)
    assert "Confirm what each team will read, or do not merge" in answer.text
    answer = robin.post(answer.request.path, words=WHY, confirmed=token)
    assert answer.location == f"/staff/cases/{kept}"
    page = robin.get(answer.location).text
    assert "This case has taken in" in page
    assert f'It goes on as <a class="govuk-link intake-reference" href="/staff/cases/{kept}"' in (
        robin.get(f"/staff/cases/{other}").text
    )
    answer = robin.post(f"/staff/cases/{kept}/unmerge/{other}", words="A mistake.")
    assert answer.status_code == 303
    assert robin.post(f"/staff/cases/{kept}/unmerge/{other}", words="Again.").status_code == 409
    assert Browser(app, "alex").get(f"/staff/cases/{kept}").status_code == 404


@pytest.mark.database("sqlite")
def test_who_merges_what_a_colleague_declined_meanwhile_is_told_and_not_that_there_is_nothing(
    app, monkeypatch
):
    with app.app_context():
        prepare(app, monkeypatch)
        robin = make_staff("robin", PUMPS)
        one, other, foreign = make_case(), make_case(), make_case("northern")
        case_decisions.decline(robin, part(other), "other", "No.", address="")
    browser = Browser(app, "robin")
    answer = browser.post(f"/staff/cases/{one}/merge/{other}", words=WHY)
    assert answer.status_code == 409
    assert "Both cases must be open" in answer.text
    assert browser.post(f"/staff/cases/{one}/merge/{foreign}", words=WHY).status_code == 404
