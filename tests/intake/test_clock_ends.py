"""A clock that stood still, or a chain that grew shorter, hides no referral for good."""

from datetime import timedelta
from threading import Event

import pytest
import sqlalchemy as sa

from intake import outbox, rounds, worker
from intake.database import db, transaction
from intake.models import Destination, EscalationStep, OutboxMessage
from intake.services import case_decisions, enough_messages, pausing, raising, sending_on
from intake.services.watching import watch
from tests.intake.case_making import DUTY, NORTHERN, PUMPS, make_case, make_staff, part, prepare
from tests.intake.conftest import START

pytestmark = pytest.mark.database("sqlite")
DUE = START + timedelta(days=2)  # of every case here, before a pause


@pytest.fixture(autouse=True)
def forms(context, monkeypatch):
    prepare(context, monkeypatch)


@pytest.fixture
def lead(clock):
    make_staff("of-duty", DUTY)
    return make_staff("lee", PUMPS, role="lead")


def stored(case_id, team=PUMPS):
    db.session.rollback()
    return db.session.scalar(
        sa.select(Destination).where(Destination.case_id == case_id, Destination.team_id == team)
    )


def paused_case(clock, user):
    """A case that its team lets wait for 14 days; an hour has passed since."""
    case_id = make_case()
    until = (clock.now + timedelta(days=14)).date()
    pausing.pause(user, part(case_id), "family-away", "Away.", until, address="")
    assert stored(case_id).acknowledge_by > DUE + timedelta(days=13)
    clock.advance(hours=1)
    return case_id


def test_a_chain_that_is_taken_away_halfway_still_ends_at_the_fallback_team(clock, lead):
    with transaction() as session:
        for number in (1, 2, 3):
            session.add(
                EscalationStep(
                    team_id=PUMPS,
                    position=number,
                    staff_id=lead.staff_id,
                    after_minutes=60 * number,
                )
            )
    case_id = make_case()
    watch(clock.advance(days=2, minutes=1))
    watch(clock.advance(hours=1))
    watch(clock.advance(hours=1))
    with transaction() as session:
        session.execute(sa.delete(EscalationStep))
    for _ in range(3):
        watch(clock.advance(days=1))
    assert stored(case_id, DUTY).is_escalated
    assert stored(case_id).watch_at is None


def test_what_is_escalated_while_it_waits_waits_no_longer(clock, lead):
    case_id = paused_case(clock, lead)
    raising.escalate(lead, part(case_id), "Somebody is in danger.", address="")
    assert stored(case_id).paused_until is None
    assert stored(case_id).acknowledge_by == DUE + timedelta(hours=1)


def test_a_pause_ends_when_the_case_becomes_immediate_for_another_team(clock, lead):
    case_id = paused_case(clock, lead)
    with transaction() as session:
        new = Destination(case_id=case_id, team_id=NORTHERN, urgency=4)
        new.acknowledge_by = new.delivered_at = clock.now
        session.add(new)
    watch(clock.now)
    assert stored(case_id).paused_until is None
    assert stored(case_id).acknowledge_by == DUE + timedelta(hours=1)


def test_whoever_gets_what_waited_has_the_time_that_was_left_and_not_the_pause(clock, lead):
    sent, declined = paused_case(clock, lead), paused_case(clock, lead)
    sending_on.send_on(lead, part(sent), NORTHERN, "other-team", "Theirs.", address="")
    case_decisions.decline(lead, part(declined), "other", "Not ours.", address="")
    assert stored(sent, NORTHERN).acknowledge_by == DUE + timedelta(hours=2)
    assert stored(declined, DUTY).acknowledge_by == DUE + timedelta(hours=2)


def test_who_accepts_after_all_has_to_decide_after_all(clock, lead):
    case_id = make_case()
    with transaction() as session:
        session.execute(sa.update(Destination).values(decide_by=DUE, decide_kind="elapsed"))
    case_decisions.decline(lead, part(case_id), "other", "Not ours.", address="")
    answered = stored(case_id).acknowledged_at
    clock.advance(hours=1)
    case_decisions.accept(lead, part(case_id), address="")
    back = stored(case_id)
    assert (back.concluded_at, back.acknowledged_at) == (None, answered)
    watch(clock.advance(days=2))
    assert stored(case_id).escalation_step == 1  # its team was told that it is late


def test_the_next_team_is_told_the_time_that_it_has(clock, lead):
    case_id = make_case()
    case_decisions.accept(lead, part(case_id), address="")
    clock.advance(days=3)
    sending_on.send_on(lead, part(case_id), NORTHERN, "sent-other", "Theirs.", address="")
    given = stored(case_id, NORTHERN).acknowledge_by
    assert given > clock.now
    news = sa.select(OutboxMessage).where(OutboxMessage.team_id == NORTHERN)
    told = outbox.payload_of(db.session.scalars(news).one())
    assert told["acknowledge_by"] == given.isoformat()


def test_a_team_that_gets_again_what_it_had_finished_has_to_decide_again(clock, lead):
    case_id = make_case()
    kim = make_staff("kim", DUTY)
    with transaction() as session:
        new = Destination(case_id=case_id, team_id=DUTY, urgency=1, decide_kind="elapsed")
        new.acknowledge_by, new.delivered_at, new.decide_by = DUE, clock.now, DUE
        session.add(new)
    case_decisions.accept(lead, part(case_id), address="")
    case_decisions.close(lead, part(case_id), "Done.", outcome="helped", address="")
    sending_on.send_on(kim, part(case_id, DUTY), PUMPS, "sent-other", "Once more.", address="")
    case_decisions.accept(lead, part(case_id), address="")
    again = stored(case_id)
    assert (again.outcome, again.concluded_at, again.decide_by) == (None, None, DUE)


def test_a_round_that_fails_stops_neither_the_worker_nor_the_other_rounds(
    app, clock, lead, monkeypatch
):
    stop, done = Event(), []

    def fails(_now):
        raise LookupError

    def counts(now):
        done.append(now)
        stop.set()

    monkeypatch.setattr(rounds, "ROUNDS", {fails: timedelta(hours=1), counts: timedelta(hours=1)})
    worker.run_forever(app, stop)
    assert len(done) == 1


def test_after_days_without_a_worker_nobody_gets_more_messages_than_they_can_read(
    clock, lead, monkeypatch
):
    monkeypatch.setattr(enough_messages, "MOST", 2)
    cases = [make_case() for _ in range(5)]
    pressing = make_case()
    with transaction() as session:
        query = sa.update(Destination).where(Destination.case_id == pressing)
        session.execute(query.values(urgency=3))
    sent = []
    monkeypatch.setattr(worker.mail, "send", lambda message, *_, **__: sent.append(message))
    watch(clock.advance(days=2, minutes=1))  # the team is told
    while worker.run_once(clock.now):
        pass
    late = [m["Subject"] for m in sent if m["Subject"].startswith("Overdue: ")]
    assert len(late) == 2 + 1, [m["Subject"] for m in sent]
    del sent[:]
    watch(clock.advance(days=1, minutes=1))  # and then the fallback team gets all of them
    while worker.run_once(clock.now):
        pass
    to_duty = [m["Subject"] for m in sent if stored(cases[0], DUTY).team_id in m["To"]]
    assert len(to_duty) == 2 + 1 + 1, [(m["To"], m["Subject"]) for m in sent]
    assert sum("Many" in subject for subject in to_duty) == 1
    assert all(stored(case_id, DUTY).is_escalated for case_id in (*cases, pressing))
