"""What teams do with a case, and that no case is ever nowhere. On both databases."""

import pytest
import sqlalchemy as sa

from intake import audit
from intake.app_state import keys
from intake.database import db, transaction
from intake.models import (
    AuditEntry,
    Case,
    CaseEvent,
    Destination,
    Membership,
    OutboxMessage,
    SealedKeyCopy,
    Submission,
    TrainingRecord,
)
from intake.sealing import errors as sealing_errors
from intake.sealing.envelopes import new_data_key, seal_key, sealed_keys
from intake.sealing.keypairs import SUITE, PublicKey
from intake.sealing.submissions import data_key_context, key_copies
from intake.services import case_decisions
from intake.services.case_decisions import NotNow
from intake.services.case_notes import add_event, open_note
from intake.services.cases import CaseNotFound, find_case, read_case, read_submission
from intake.services.staff_accounts import close_account
from intake.services.submitting import NotYours
from tests.intake.case_making import (
    DUTY,
    NAME,
    NORTHERN,
    PUMPS,
    make_case,
    make_staff,
    part,
    prepare,
    send,
)
from tests.intake.case_reading import states
from tests.intake.conftest import START

# What locks rows or moves keys runs on both databases; the rest is the same code on either.
on_sqlite = pytest.mark.database("sqlite")


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)


@pytest.fixture
def pumps():
    return make_staff("robin", PUMPS)


def read(user, case_id):
    return read_case(user, find_case(case_id), address="192.0.2.1")


def state_of(case_id):
    db.session.rollback()
    return db.session.get(Case, case_id).state


def kinds(page):
    return [each.kind for each in page.timeline]


def accept(user, case_id, team=PUMPS):
    case_decisions.accept(user, part(case_id, team), address="")


def decline(user, case_id, team=PUMPS, reason="outside-area", words=""):
    return case_decisions.decline(user, part(case_id, team), reason, words, address="")


def close(user, case_id, team=PUMPS, words="They moved away."):
    return case_decisions.close(user, part(case_id, team), words, address="")


def test_the_team_reads_answers_people_and_why_it_came(pumps):
    page = read(pumps, make_case(postcode="BT12 6BA", date_of_birth="1990-03-27"))
    assert page.referral.answers["first_name"] == NAME.split()[0]
    assert NAME.split()[0] in page.referral.summary
    assert [(each.role, each.name) for each in page.referral.people] == [("Parent", NAME)]
    assert "Belfast" in page.referral.sent_to[0].name
    assert {(row.rule, row.matched) for row in page.referral.rules} >= {
        ("belfast", True),
        ("north", False),
    }


@on_sqlite
def test_reading_is_recorded_before_anything_is_opened(pumps, monkeypatch):
    case_id = make_case()

    def broken(*_args, **_options):
        db.session.rollback()
        assert db.session.scalar(sa.select(AuditEntry).where(AuditEntry.action == "case.read"))
        raise sealing_errors.MasterKeyMissing

    monkeypatch.setattr("intake.services.opened_parts.data_key", broken)
    with pytest.raises(sealing_errors.MasterKeyMissing):
        read(pumps, case_id)
    db.session.rollback()
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "case.read")).one()
    assert (entry.actor, entry.team_id, entry.thing_id) == (pumps.actor, PUMPS, case_id)
    assert entry.address == "192.0.2.1"
    assert NAME not in entry.why


@on_sqlite
def test_a_reading_with_the_keys_of_two_teams_is_recorded_for_both():
    case_id = make_case("both")
    read(make_staff("jo", PUMPS, NORTHERN), case_id)
    teams = sa.select(AuditEntry.team_id).where(AuditEntry.action == "case.read")
    assert set(db.session.scalars(teams)) == {PUMPS, NORTHERN}


@on_sqlite
def test_nothing_is_opened_if_the_reading_cannot_be_recorded(pumps, monkeypatch):
    case_id = make_case()

    def full(*_args, **_options):
        raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr("intake.services.cases.audit.record", full)
    monkeypatch.setattr("intake.services.opened_parts.data_key", pytest.fail)
    with pytest.raises(sa.exc.OperationalError):
        read(pumps, case_id)


def test_the_first_reading_marks_the_teams_part_as_seen_and_leaves_the_case_new(pumps):
    case_id = make_case()
    assert states(case_id) == {PUMPS: "delivered"}
    assert kinds(read(pumps, case_id))[0] == "seen"
    read(pumps, case_id)
    assert states(case_id) == {PUMPS: "seen"}
    assert state_of(case_id) == "new"
    assert kinds(read(pumps, case_id)).count("seen") == 1


@on_sqlite
def test_a_case_of_another_team_is_not_found():
    case_id = make_case()
    with pytest.raises(CaseNotFound):
        read(make_staff("alex", NORTHERN), case_id)


def test_the_first_team_to_accept_opens_the_case(pumps):
    case_id = make_case()
    accept(pumps, case_id)
    assert states(case_id) == {PUMPS: "accepted"}
    assert state_of(case_id) == "open"
    event = read(pumps, case_id).timeline[0]
    assert (event.kind, event.actor, event.team) == ("accepted", "Robin", "Belfast pumps")


@on_sqlite
def test_accepting_twice_is_refused_and_changes_nothing(pumps):
    case_id = make_case()
    seen = part(case_id)
    case_decisions.accept(pumps, seen, address="")
    with pytest.raises(NotNow):
        case_decisions.accept(pumps, seen, address="")
    assert kinds(read(pumps, case_id)).count("accepted") == 1


def test_a_declined_case_that_nobody_else_has_goes_to_the_fallback_team(pumps):
    case_id = make_case()
    assert decline(pumps, case_id, words="They live in Lisburn now.") == DUTY
    assert states(case_id) == {PUMPS: "declined", DUTY: "delivered"}
    desk = make_staff("kim", DUTY)
    page = read(desk, case_id)
    assert page.referral.answers["last_name"] == NAME.split()[1]
    assert page.referral.sent_to
    words = {each.kind: each.words for each in page.timeline}
    assert words["declined"] == "They live in Lisburn now."
    escalated = next(each for each in page.parts if each.team_id == DUTY)
    assert escalated.is_escalated


def test_an_escalated_part_keeps_urgency_and_due_time_and_its_team_is_told(pumps):
    case_id = make_case(is_urgent=True)
    before = next(each for each in read(pumps, case_id).parts)
    decline(pumps, case_id)
    after = next(each for each in read(make_staff("kim", DUTY), case_id).parts if each.is_own)
    assert (after.urgency, after.acknowledge_by) == (before.urgency, before.acknowledge_by)
    told = sa.select(OutboxMessage).where(OutboxMessage.team_id == DUTY)
    assert db.session.scalars(told).one().kind == "team-news"


@on_sqlite
def test_a_case_that_another_team_has_is_not_passed_on(pumps):
    case_id = make_case("both")
    assert decline(pumps, case_id) is None
    assert states(case_id) == {PUMPS: "declined", NORTHERN: "delivered"}


def test_when_every_team_declines_the_fallback_team_has_it(pumps):
    case_id = make_case("both")
    decline(pumps, case_id)
    assert decline(make_staff("alex", NORTHERN), case_id, NORTHERN) == DUTY
    assert states(case_id)[DUTY] == "delivered"


@on_sqlite
def test_the_fallback_team_cannot_decline_what_nobody_else_has():
    case_id = make_case("nowhere")
    with pytest.raises(NotNow, match="every case comes back"):
        decline(make_staff("kim", DUTY), case_id, DUTY)
    assert states(case_id) == {DUTY: "delivered"}


@on_sqlite
def test_a_declining_that_cannot_be_passed_on_changes_nothing(pumps, monkeypatch):
    case_id = make_case()

    def no_key(*_args, **_options):
        raise sealing_errors.KeyNotFound("team duty-desk")

    monkeypatch.setattr("intake.services.passing_on.share_case", no_key)
    with pytest.raises(sealing_errors.KeyNotFound):
        case_decisions.decline(pumps, part(case_id), "other", "words", address="")
    assert states(case_id) == {PUMPS: "delivered"}


@on_sqlite
def test_words_are_stored_sealed(pumps):
    case_id = make_case()
    decline(pumps, case_id, words="They live in Lisburn now.")
    sealed = db.session.scalars(
        sa.select(CaseEvent.sealed_note).where(CaseEvent.sealed_note.is_not(None))
    ).one()
    assert b"Lisburn" not in sealed


@on_sqlite
def test_a_team_that_declined_may_take_the_case_after_all(pumps):
    case_id = make_case()
    decline(pumps, case_id)
    accept(pumps, case_id)
    assert states(case_id) == {PUMPS: "accepted", DUTY: "delivered"}


def test_what_is_written_later_is_not_sealed_to_a_team_that_declined(pumps):
    case_id = make_case("both")
    decline(pumps, case_id)
    alex = make_staff("alex", NORTHERN)
    accept(alex, case_id, NORTHERN)
    close(alex, case_id, NORTHERN, words="She is well.")
    event = db.session.scalars(sa.select(CaseEvent).where(CaseEvent.kind == "closed")).one()
    assert {each.team_id for each in sealed_keys(event.sealed_note)} == {NORTHERN, None}
    assert open_note(event, as_teams=[PUMPS]) is None


def test_who_takes_a_case_after_all_gets_what_came_meanwhile(pumps, clock):
    case_id, alex = make_case("both"), make_staff("alex", NORTHERN)
    accept(alex, case_id, NORTHERN)
    decline(pumps, case_id)
    clock.advance(hours=1)
    send("closure", {"outcome": "All is well."}, case_id=case_id, staff_id=alex.staff_id)
    close(alex, case_id, NORTHERN, words="She is well.")
    case_decisions.reopen(alex, part(case_id, NORTHERN), address="")
    clock.advance(hours=1)
    case_decisions.accept(pumps, part(case_id), address="192.0.2.7")
    page = read(pumps, case_id)
    assert [each.is_open for each in page.submissions] == [True, True]
    assert {each.kind: each.words for each in page.timeline}["closed"] == "She is well."
    assert kinds(page)[:2] == ["shared", "accepted"]
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "case.share")).one()
    assert (entry.actor, entry.team_id, entry.thing_id) == (pumps.actor, PUMPS, case_id)
    assert (entry.address, entry.why) == ("192.0.2.7", "2 that came while it had declined")


@on_sqlite
def test_a_team_that_declined_sees_nothing_of_what_came_later(pumps, clock):
    case_id, alex = make_case("both"), make_staff("alex", NORTHERN)
    decline(pumps, case_id)
    clock.advance(hours=1)
    accept(alex, case_id, NORTHERN)
    send("closure", {"outcome": "All is well."}, case_id=case_id, staff_id=alex.staff_id)
    page = read(pumps, case_id)
    assert [each.form_id for each in page.submissions] == ["visit"]
    assert kinds(page)[0] == "declined"
    assert "Alex" not in {each.actor for each in page.timeline}
    later = db.session.scalars(sa.select(Submission.id).where(Submission.form_id == "closure"))
    with pytest.raises(CaseNotFound):
        read_submission(pumps, find_case(case_id), later.one(), address="")
    both = make_staff("jo", PUMPS, NORTHERN)
    assert "form-submitted" in kinds(read(both, case_id))


@on_sqlite
def test_a_damaged_form_is_told_and_the_rest_of_the_case_is_shown(pumps, capsys):
    case_id = make_case()
    accept(pumps, case_id)
    send("closure", {"outcome": "All is well."}, case_id=case_id, staff_id=pumps.staff_id)
    close(pumps, case_id, words="She is well.")
    of_visit = sa.select(Submission.id).where(Submission.form_id == "visit").scalar_subquery()
    for damage in (
        sa.update(SealedKeyCopy).where(SealedKeyCopy.submission_id == of_visit).values(suite="?"),
        sa.update(SealedKeyCopy)
        .where(SealedKeyCopy.submission_id == of_visit)
        .values(suite=SUITE, sealed_key=b"?"),
        sa.update(CaseEvent).where(CaseEvent.kind == "closed").values(sealed_note=b"?"),
    ):
        with transaction() as session:
            session.execute(damage.execution_options(synchronize_session=False))
        page = read(pumps, case_id)
        shown = {each.form_id: (each.is_open, each.is_damaged) for each in page.submissions}
        assert shown == {"visit": (False, True), "closure": (True, False)}
    assert {each.kind: each.is_damaged for each in page.timeline}["closed"]
    logged = capsys.readouterr()
    assert "a form cannot be opened" in logged.out + logged.err
    assert decline_is_possible(case_id)


def decline_is_possible(case_id):
    """Whether a case with damage can still be passed on."""
    case_decisions.reopen(make_staff("jo"), part(case_id), address="")
    with transaction() as session:
        session.execute(sa.update(Destination).values(state="seen"))
    return decline(make_staff("sam"), case_id) == DUTY


@on_sqlite
def test_another_copy_opens_a_form_whose_first_copy_is_damaged(pumps):
    case_id = make_case()
    with transaction() as session:
        copy = session.scalars(sa.select(SealedKeyCopy).where(SealedKeyCopy.team_id == PUMPS)).one()
        submission = session.get(Submission, copy.submission_id)
        wrong = keys().create("team", PUMPS, submission.submitted_at)[0]
        public = PublicKey(wrong.id, wrong.suite, wrong.public_key, PUMPS)
        sealed = seal_key(new_data_key(), public, data_key_context(submission))
        session.flush()
        session.add_all(key_copies(submission.id, [sealed]))
    assert [each.is_open for each in read(pumps, case_id).submissions] == [True]
    with transaction() as session:
        session.execute(
            sa.update(SealedKeyCopy).where(SealedKeyCopy.key_id == wrong.id).values(sealed_key=b"?")
        )
    assert [each.is_open for each in read(pumps, case_id).submissions] == [True]


@on_sqlite
def test_a_copy_that_is_labelled_with_another_team_opens_nothing_for_it(pumps):
    case_id = make_case()
    with transaction() as session:
        mine = SealedKeyCopy.team_id == PUMPS
        session.execute(sa.update(SealedKeyCopy).where(mine).values(team_id=NORTHERN))
        session.execute(sa.update(Destination).values(team_id=NORTHERN))
        event = add_event(case_id, "closed", "cli", START, words="She is well.", readers=[PUMPS])
        event.sealed_note = event.sealed_note.replace(PUMPS.encode(), NORTHERN.encode())
    page = read(make_staff("alex", NORTHERN), case_id)
    assert [each.is_open for each in page.submissions] == [False]
    assert {each.kind: each.words for each in page.timeline}["closed"] == ""


@on_sqlite
def test_who_takes_a_case_after_all_gets_no_more_than_it_missed(pumps, clock):
    case_id, alex = make_case("both"), make_staff("alex", NORTHERN)
    with transaction() as session:  # as if it had never been sealed to them
        session.execute(sa.delete(SealedKeyCopy).where(SealedKeyCopy.team_id == PUMPS))
    accept(alex, case_id, NORTHERN)
    clock.advance(hours=1)
    decline(pumps, case_id)
    accept(pumps, case_id)
    page = read(pumps, case_id)
    assert [each.is_open for each in page.submissions] == [False]
    assert "shared" not in kinds(page)


def test_a_case_is_closed_with_a_closure_form_or_a_reason(pumps):
    case_id = make_case()
    accept(pumps, case_id)
    with pytest.raises(NotNow, match="closure form"):
        close(pumps, case_id, words="  ")
    send("closure", {"outcome": "All is well."}, case_id=case_id, staff_id=pumps.staff_id)
    assert close(pumps, case_id, words="")
    assert state_of(case_id) == "closed"
    page = read(pumps, case_id)
    assert kinds(page)[0] == "closed"
    assert {each.form_id for each in page.submissions} == {"visit", "closure"}


@on_sqlite
def test_a_case_of_two_teams_closes_when_the_last_has_finished(pumps):
    case_id, other = make_case("both"), make_staff("alex", NORTHERN)
    accept(pumps, case_id)
    accept(other, case_id, NORTHERN)
    assert not close(pumps, case_id)
    assert state_of(case_id) == "open"
    assert close(other, case_id, NORTHERN)
    assert state_of(case_id) == "closed"


@on_sqlite
def test_a_case_does_not_close_while_a_team_has_not_answered(pumps):
    case_id = make_case("both")
    accept(pumps, case_id)
    assert not close(pumps, case_id)
    assert states(case_id) == {PUMPS: "done", NORTHERN: "delivered"}
    assert state_of(case_id) == "open"


def test_a_closed_case_is_archived_and_reopened_each_on_the_timeline(pumps):
    case_id = make_case()
    accept(pumps, case_id)
    close(pumps, case_id)
    case_decisions.archive(pumps, part(case_id), address="")
    assert state_of(case_id) == "archived"
    case_decisions.reopen(pumps, part(case_id), address="")
    assert (state_of(case_id), states(case_id)) == ("open", {PUMPS: "accepted"})
    assert kinds(read(pumps, case_id))[:3] == ["reopened", "archived", "closed"]


@pytest.mark.parametrize("change", ["left the team", "finished", "closed the account"])
@on_sqlite
def test_who_may_no_longer_work_on_a_case_adds_no_form_to_it(pumps, change):
    case_id = make_case()
    accept(pumps, case_id)
    if change == "left the team":
        with transaction() as session:
            session.execute(sa.delete(Membership))
    elif change == "finished":
        close(pumps, case_id)
    else:
        close_account(pumps.email)
    with pytest.raises(NotYours):
        send("closure", {"outcome": "Well."}, case_id=case_id, staff_id=pumps.staff_id)
    assert [each.form_id for each in read(make_staff("jo"), case_id).submissions] == ["visit"]


@on_sqlite
def test_a_licensed_form_is_not_added_by_whom_the_training_was_taken_from():
    alex, case_id = make_staff("alex", PUMPS, training=("gcp2",)), make_case()
    accept(alex, case_id)
    send("gcp2", {"outcome": "Well."}, case_id=case_id, staff_id=alex.staff_id)
    with transaction() as session:
        session.execute(sa.delete(TrainingRecord))
    with pytest.raises(NotYours):
        send("gcp2", {"outcome": "Well."}, case_id=case_id, staff_id=alex.staff_id)


@on_sqlite
def test_a_reopened_case_needs_a_new_closure_form(pumps, clock):
    case_id = make_case()
    accept(pumps, case_id)
    send("closure", {"outcome": "All is well."}, case_id=case_id, staff_id=pumps.staff_id)
    close(pumps, case_id, words="")
    clock.advance(days=3)
    case_decisions.reopen(pumps, part(case_id), address="")
    assert not case_decisions.closure_submitted(case_id)


def test_every_decision_is_in_the_audit_and_the_chain_is_whole(pumps):
    case_id = make_case()
    read(pumps, case_id)
    accept(pumps, case_id)
    close(pumps, case_id)
    actions = db.session.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.thing_id == case_id)
    ).all()
    assert actions == ["case.read", "case.accept", "case.close"]
    assert audit.verify() == []


@on_sqlite
def test_a_form_sealed_to_others_only_is_shown_as_such(pumps):
    case_id = make_case()
    with transaction() as session:
        session.execute(sa.delete(SealedKeyCopy).where(SealedKeyCopy.team_id == PUMPS))
    page = read(pumps, case_id)
    assert [each.is_open for each in page.submissions] == [False]
    assert page.submissions[0].summary == ""
    assert db.session.scalars(sa.select(Submission.id)).one()
