"""The worker's look at the clocks: a reminder before, escalation after, each exactly once.

Every part has a time at which to look at it next. Whatever a look does is written in the
transaction that moves that time, so it happens once, however many workers there are; after days
without a worker it does what should be true by now, and leaves out what was missed in between.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError

from intake.access import LIVE, RUNNING, UNANSWERED
from intake.database import db, transaction
from intake.models import Case, Destination
from intake.services.clock_notices import remind
from intake.services.escalating import escalate_late
from intake.services.part_clocks import INFORMATION
from intake.services.pause_ends import calendar_of
from intake.services.pausing import end_what_is_over
from referral_router import Urgency, when_gone

MOST_AT_ONCE = 200  # parts looked at in one round: far less than a minute
REMIND_AFTER = 0.75  # of its time; a quarter is left to answer in
LOOK_FOR_ANSWERS = timedelta(minutes=10)
OVERLOOKED_AFTER = timedelta(minutes=15)
TRY_AGAIN = timedelta(minutes=10)  # after something that was wrong with one part

log = structlog.get_logger("intake.watching")


@dataclass(frozen=True, slots=True)
class RunningClock:
    """The time of a part that ends first: "acknowledge" or "decide", by when, how it counts."""

    name: str
    due: datetime
    kind: str


def watch(now: datetime) -> int:
    """Look at every part that it is time to look at, up to a bound; how many were looked at."""
    query = sa.select(Destination.id, Destination.case_id).where(Destination.watch_at <= now)
    due = db.session.execute(query.order_by(Destination.watch_at).limit(MOST_AT_ONCE)).all()
    db.session.rollback()
    return sum(_look(part_id, case_id, now) for part_id, case_id in due)


def overlooked(now: datetime) -> int:
    """How many parts no worker has looked at for a while, though it was time: then none runs."""
    before = now - OVERLOOKED_AFTER
    query = (
        sa.select(sa.func.count())
        .select_from(Destination)
        .join(Case)
        .where(Destination.watch_at <= before, Case.updated_at <= before)
    )
    return db.session.scalar(query) or 0


def running_clock(case: Case, part: Destination) -> RunningClock | None:
    """Which of a part's times is over first of those that run; None if none does."""
    if case.state not in RUNNING or part.state not in LIVE:
        return None
    clocks = []
    if part.state in UNANSWERED:
        clocks.append(RunningClock("acknowledge", part.acknowledge_by, part.acknowledge_kind))
    if part.decide_by and part.concluded_at is None:
        clocks.append(RunningClock("decide", part.decide_by, part.decide_kind))
    return min(clocks, key=lambda each: each.due, default=None)


def _look(part_id: str, case_id: str, now: datetime) -> bool:
    """Whether it was looked at: not if another worker, or somebody who decides, has the case."""
    try:
        with transaction() as session:
            lock = {"skip_locked": True}
            case = session.get(Case, case_id, with_for_update=lock, populate_existing=True)
            part = session.get(Destination, part_id, populate_existing=True)
            if case is None or part is None or part.watch_at is None or part.watch_at > now:
                return False
            _step(case, part, now)
    except OperationalError:
        raise  # the database itself: the part is looked at in the next round
    except Exception as error:  # noqa: BLE001 — one bad part must not stop the others
        log.error("a clock cannot be followed", part=part_id, problem=type(error).__name__)
        _look_later(part_id, now)
    return True


def _step(case: Case, part: Destination, now: datetime) -> None:
    is_immediate = part.urgency >= Urgency.IMMEDIATE
    for each in case.destinations if is_immediate else (part,):  # then no team's clock waits
        if end_what_is_over(each, now, is_immediate=is_immediate):
            db.session.flush()  # before what is decided about the part as it is from now on
    clock = running_clock(case, part)
    if clock is None:
        part.watch_at = None
    elif now < clock.due:
        _before(case, part, clock, now)
    else:
        part.watch_at = escalate_late(case, part, clock.name, clock.due, now)


def _before(case: Case, part: Destination, clock: RunningClock, now: datetime) -> None:
    calendar = calendar_of(part)
    at = when_gone(REMIND_AFTER, part.delivered_at, clock.due, clock.kind, calendar)
    if now >= at and part.reminded_for != clock.due:
        remind(case, part, clock.name, clock.due)
        part.reminded_for = clock.due
    looks = [at if now < at else clock.due]
    if part.paused_until:
        looks.append(part.paused_until)
        if part.pause_reason == INFORMATION:
            looks.append(now + LOOK_FOR_ANSWERS)
    part.watch_at = min(looks)


def _look_later(part_id: str, now: datetime) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Destination).where(Destination.id == part_id).values(watch_at=now + TRY_AGAIN)
        )
