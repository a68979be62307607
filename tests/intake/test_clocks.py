"""Reminders and escalation: each once, to whom they are meant for, also after days of silence."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from intake import outbox
from intake.cli.doctor import check_clocks
from intake.database import db, transaction
from intake.models import (
    CaseEvent,
    Destination,
    DirectoryRevision,
    EscalationStep,
    OutboxMessage,
    TeamClosure,
)
from intake.outbox import Work
from intake.services import case_decisions, pausing, watching
from intake.services.case_decisions import NotNow
from intake.services.concluding import record_decision
from intake.services.pause_ends import move_by_pause
from intake.services.publishing import publish_form
from intake.services.watching import watch
from intake.worker import HANDLERS
from tests.intake.case_making import (
    DUTY,
    NORTHERN,
    PUMPS,
    REFERRAL,
    RULES,
    leave,
    make_case,
    make_staff,
    part,
    prepare,
)
from tests.intake.conftest import START

FRIDAY = datetime(2026, 12, 18, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)


@pytest.fixture
def staff():
    people = {team: make_staff(f"of-{team}", team) for team in (PUMPS, NORTHERN, DUTY)}
    people["lee"] = make_staff("lee", PUMPS, role="lead")
    people["max"] = make_staff("max", PUMPS, role="administrator")
    return people


@pytest.fixture
def sent(monkeypatch):
    """What is queued for the clocks: (kind of message, to whom), in order."""
    messages = []
    real = outbox.enqueue

    def enqueue(kind, payload, **more):
        if kind == "email" and more.get("dedupe_key", "").split("-")[0] in ("rem", "due", "esc"):
            messages.append((more["dedupe_key"].split("-")[0], payload["to"].partition("@")[0]))
        return real(kind, payload, **more)

    monkeypatch.setattr(outbox, "enqueue", enqueue)
    return messages


def publish(acknowledge, decide=None, form=REFERRAL, urgency="routine", **more):
    """The same form with other times."""
    rule = {**RULES["rules"][0], "acknowledge_within": acknowledge, "urgency": urgency}
    if decide:
        rule["decide_within"] = decide
    rules = {**RULES, "version": "2.0.0", "rules": [rule, *RULES["rules"][1:2]], **more}
    changed = {**form, "x-form": {**form["x-form"], "version": "2.0.0"}}
    publish_form(json.dumps(changed), "visit.json", rules_text=json.dumps(rules))


def chain(*people):
    with transaction() as session:
        for position, (user, minutes) in enumerate(people, 1):
            session.add(
                EscalationStep(
                    team_id=PUMPS,
                    position=position,
                    staff_id=user.staff_id,
                    after_minutes=minutes,
                )
            )


def stored(case_id, team=PUMPS):
    db.session.rollback()
    query = sa.select(Destination).where(
        Destination.case_id == case_id, Destination.team_id == team
    )
    return db.session.scalar(query)


def kinds(case_id):
    db.session.rollback()
    query = sa.select(CaseEvent.kind).where(CaseEvent.case_id == case_id)
    return sorted(db.session.scalars(query))


def test_a_referral_is_reminded_of_told_to_be_late_escalated_and_given_away_each_once(
    clock, staff, sent
):
    chain((staff["lee"], 60), (staff["max"], 180))
    case_id = make_case()  # to be acknowledged within two days
    told = {}
    for hours in (1, 35, 36, 47, 48, 48.9, 49, 51, 74, 75, 200):
        clock.now = START
        now = clock.advance(hours=hours)
        watch(now), watch(now)  # and another worker
        told[hours], sent[:] = list(sent), []
    assert {hours: what for hours, what in told.items() if what} == {
        36: [("rem", PUMPS)],
        48: [("due", PUMPS)],
        49: [("esc", "lee")],
        51: [("esc", "max")],
        200: [("esc", DUTY)],  # that team has not answered either, and has nobody in charge
    }
    assert stored(case_id).watch_at is None
    assert stored(case_id).state == "delivered"  # nothing closes by itself
    assert stored(case_id, DUTY).is_escalated  # a day after the last of the chain was told
    assert kinds(case_id).count("overdue") == 1
    assert kinds(case_id).count("told-in-charge") == 2
    assert kinds(case_id).count("escalated") == 1


def test_workers_at_the_same_moment_send_each_message_once(app, clock, staff):
    cases = [make_case() for _ in range(6)]
    now = clock.advance(days=2, minutes=1)

    def worker(_number):
        with app.app_context():
            for _ in range(4):
                watch(now)

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(worker, range(3)))
    db.session.rollback()
    told = db.session.query(OutboxMessage.dedupe_key).filter(OutboxMessage.dedupe_key.like("due-%"))
    assert told.count() == len(cases)
    assert [kinds(case_id).count("overdue") for case_id in cases] == [1] * len(cases)


@pytest.mark.database("sqlite")
def test_after_three_days_without_a_worker_there_is_one_message_and_all_is_where_it_should_be(
    clock, staff, sent
):
    chain((staff["lee"], 60), (staff["max"], 180 + 48 * 60))
    make_case()
    now = clock.advance(days=5)
    watch(now)
    assert sent == [("esc", "max")]
    watch(clock.advance(days=1, minutes=1))
    assert sent == [("esc", "max")]


@pytest.mark.database("sqlite")
def test_whoever_is_gone_is_passed_over_and_if_all_are_the_case_goes_to_the_fallback_team(
    clock, staff, sent
):
    chain((staff["lee"], 60), (staff["max"], 180))
    first = make_case()
    leave(staff["lee"])
    watch(clock.advance(days=2, hours=1))
    assert sent == [("esc", "max")]
    second = make_case()
    leave(staff["max"])
    watch(clock.advance(days=2, hours=1))
    assert stored(first, DUTY).state == stored(second, DUTY).state == "delivered"


@pytest.mark.database("sqlite")
def test_what_is_answered_in_time_is_told_to_nobody_and_a_late_answer_ends_it(clock, staff, sent):
    quick, slow = make_case(), make_case()
    case_decisions.accept(staff[PUMPS], part(quick), address="")
    answered = clock.advance(days=2, minutes=1)
    watch(answered)
    case_decisions.accept(staff[PUMPS], part(slow), address="")
    watch(clock.advance(days=9))
    assert sent == [("due", PUMPS)]
    assert stored(slow).acknowledged_at == answered
    assert stored(quick).acknowledged_at == START
    assert stored(slow).watch_at is None
    case_decisions.close(staff[PUMPS], part(slow), "Done.", address="")
    assert stored(slow).acknowledged_at == answered
    assert stored(slow).concluded_at == clock.now


@pytest.mark.database("sqlite")
def test_a_decision_that_is_due_is_followed_after_the_referral_was_accepted(clock, staff, sent):
    publish("1 working day", "P7D")
    case_id = make_case()
    case_decisions.accept(staff[PUMPS], part(case_id), address="")
    watch(clock.advance(days=6))
    watch(clock.advance(days=1, minutes=1))
    assert sent == [("rem", PUMPS), ("due", PUMPS)]
    record_decision(staff[PUMPS], part(case_id), "A visit on Monday.", address="")
    assert stored(case_id).concluded_at == clock.now
    with pytest.raises(NotNow, match="already"):
        record_decision(staff[PUMPS], part(case_id), "Another one.", address="")
    watch(clock.advance(days=3))
    assert len(sent) == 2
    assert stored(case_id).watch_at is None
    other = make_case("northern")
    case_decisions.accept(staff[NORTHERN], part(other, NORTHERN), address="")
    with pytest.raises(NotNow, match="No decision is due"):
        record_decision(staff[NORTHERN], part(other, NORTHERN), "None.", address="")


@pytest.mark.database("sqlite")
def test_a_message_to_somebody_whose_account_ended_meanwhile_is_not_sent(clock, staff):
    with transaction():
        message_id = outbox.enqueue("email", {"to": "lee@example.org"}, team_id=PUMPS)
    payload = {"to": "lee@example.org", "for_staff": "0" * 32, "for_teams": [PUMPS]}
    with pytest.raises(outbox.WorkNotNeeded):
        HANDLERS["email"].run(Work(message_id, "email", 1, payload, PUMPS, None), clock.now)


def due_after_pause(clock, staff, acknowledge, until, at=FRIDAY, **more):
    publish(acknowledge, **more)
    clock.now = at
    case_id = make_case()
    before = stored(case_id).acknowledge_by
    pausing.pause(staff[PUMPS], part(case_id), "family-away", "Away.", until, address="")
    return case_id, before, stored(case_id).acknowledge_by


@pytest.mark.database("sqlite")
def test_a_pause_keeps_what_was_left_of_the_working_time_over_the_holidays(clock, staff):
    case_id, before, after = due_after_pause(clock, staff, "1 working day", date(2026, 12, 29))
    assert before == datetime(2026, 12, 21, 15, 0, tzinfo=UTC)
    assert after == datetime(2026, 12, 29, 17, 0, tzinfo=UTC)  # 28 December is a holiday, too
    clock.now = datetime(2026, 12, 22, 11, 0, tzinfo=UTC)
    pausing.resume(staff[PUMPS], part(case_id), address="")
    assert stored(case_id).acknowledge_by == datetime(2026, 12, 23, 11, 0, tzinfo=UTC)
    assert stored(case_id).paused_until is None
    assert kinds(case_id).count("paused") == kinds(case_id).count("resumed") == 1


@pytest.mark.database("sqlite")
def test_a_pause_ends_by_itself_and_at_once_when_what_it_waits_for_comes(clock, staff, sent):
    case_id, before, after = due_after_pause(clock, staff, "P2D", date(2026, 12, 23))
    assert after - before == datetime(2026, 12, 23, tzinfo=UTC) - FRIDAY
    watch(clock.advance(days=5))
    assert stored(case_id).paused_until is None
    assert stored(case_id).acknowledge_by == after
    until = date(2026, 12, 30)
    pausing.pause(staff[PUMPS], part(case_id), "information", "Asked.", until, address="")
    with transaction() as session:
        at = clock.advance(hours=1)
        session.add(CaseEvent(case_id=case_id, at=at, kind="more-sent", actor="visitor"))
    watch(clock.advance(minutes=10))
    assert stored(case_id).paused_until is None
    assert stored(case_id).acknowledge_by - after == timedelta(hours=1)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("acknowledge", "urgency", "words"),
    [
        ("before the next school day", "soon", "None of its times can wait"),
        ("PT48H after date_of_birth", "soon", "None of its times can wait"),
        ("PT1H", "immediate", "somebody may be in danger"),
    ],
)
def test_a_time_that_the_law_or_danger_sets_is_never_paused(
    clock, staff, acknowledge, urgency, words
):
    with pytest.raises(NotNow, match=words):
        due_after_pause(clock, staff, acknowledge, date(2026, 12, 23), urgency=urgency)


@pytest.mark.database("sqlite")
def test_a_case_that_is_immediate_to_another_team_is_not_paused_either(clock, staff):
    case_id = make_case("both")
    with transaction() as session:
        session.get(Destination, stored(case_id, NORTHERN).id).urgency = 4
    with pytest.raises(NotNow, match="somebody may be in danger"):
        pausing.pause(staff[PUMPS], part(case_id), "other", "Later.", date(2026, 11, 9), address="")


@pytest.mark.database("sqlite")
def test_one_clock_that_cannot_be_followed_does_not_stop_the_others(
    clock, staff, sent, monkeypatch
):
    bad, good = make_case(), make_case()
    real = watching._step

    def step(case, part, now):
        if case.id == bad:
            raise LookupError("a mistake of ours")
        real(case, part, now)

    monkeypatch.setattr(watching, "_step", step)
    now = clock.advance(days=2, minutes=1)
    watch(now)
    assert sent == [("due", PUMPS)]
    assert kinds(good).count("overdue") == 1
    assert stored(bad).watch_at == now + timedelta(minutes=10)


@pytest.mark.database("sqlite")
def test_the_doctor_says_that_no_worker_looks_at_the_clocks(clock, staff):
    make_case()
    assert check_clocks() == ""
    clock.advance(minutes=20)
    assert "nobody has looked at 1 of them" in check_clocks()
    watch(clock.now)
    assert check_clocks() == ""


@pytest.mark.database("sqlite")
def test_nobody_hides_a_referral_behind_one_pause_after_another(clock, staff, sent):
    case_id = make_case()
    for _ in range(3):
        until = pausing.last_day_of_pause(clock.now)
        pausing.pause(staff[PUMPS], part(case_id), "other", "Later.", until, address="")
        clock.advance(days=14)
    with pytest.raises(NotNow, match="3 times"):
        pausing.pause(staff[PUMPS], part(case_id), "other", "Later.", until, address="")
    watch(clock.advance(days=1))
    assert sent == [("due", PUMPS)]


@pytest.mark.database("sqlite")
def test_whoever_has_taken_it_is_reminded_and_told_of_lateness_until_they_leave(clock, staff, sent):
    taken, left = make_case(), make_case()
    for case_id, person in ((taken, "lee"), (left, "max")):
        stored(case_id).assigned_to = staff[person].staff_id
        db.session.commit()
    leave(staff["max"])
    for hours in (1, 36, 12):
        watch(clock.advance(hours=hours))
    assert sorted(sent) == [
        ("due", PUMPS),
        ("due", PUMPS),
        ("due", "lee"),
        ("rem", PUMPS),
        ("rem", "lee"),
    ]


@pytest.mark.database("sqlite")
def test_a_pause_goes_by_the_teams_own_closing_days_and_the_holidays_of_the_rules(clock, staff):
    with transaction() as session:
        closed = date(2026, 12, 21)
        session.add(TeamClosure(team_id=PUMPS, first_day=closed, last_day=closed))
        session.add(DirectoryRevision(id=1, revision=2))
    ireland = {"nation": "northern-ireland"}
    _, before, after = due_after_pause(clock, staff, "1 working day", date(2026, 12, 21), **ireland)
    assert before == datetime(2026, 12, 22, 15, 0, tzinfo=UTC)
    assert after == datetime(2026, 12, 22, 17, 0, tzinfo=UTC)
    # rules of Northern Ireland are shut on 17 March, so two of these three days were left
    moved = Destination(team_id=PUMPS, form_id=REFERRAL["$id"], acknowledge_kind="working")
    moved.acknowledge_by = datetime(2027, 3, 18, 15, 0, tzinfo=UTC)
    begun, over = (datetime(2027, 3, day, hour, tzinfo=UTC) for day, hour in ((15, 15), (18, 0)))
    move_by_pause(moved, begun, over)
    assert moved.acknowledge_by == datetime(2027, 3, 19, 17, 0, tzinfo=UTC)
