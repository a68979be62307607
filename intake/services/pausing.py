"""A team's clocks stand still for a reason, until a day or an answer; never for ever."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from intake.access import UNANSWERED, CasePart, User
from intake.app_state import clock
from intake.database import db
from intake.models import CaseEvent, Destination
from intake.services.case_notes import add_event
from intake.services.deciding import NotNow, deciding_on
from intake.services.part_clocks import INFORMATION
from intake.services.pause_ends import end_pause, move_by_pause
from referral_router import FIXED, Urgency
from referral_router.calendars import LONDON

LONGEST_PAUSE = timedelta(days=14)  # longer is no pause but a decision: decline, or finish
MOST_PAUSES = 3  # of one part: who needs a fourth needs somebody else's eyes
ANSWERS = ("more-sent", "form-submitted")  # kinds of events that end a wait for information


def pause(
    user: User, part: CasePart, reason: str, words: str, until: date, *, address: str
) -> datetime:
    """Let the team's clocks stand still until a day begins in London; when that is.

    What is left of each time is left when it ends. Times that start at a date somebody answered,
    or end when schools open, go on all the same. The due times change at once, so nothing has to
    happen for the pause to end. Raises NotNow if none of the part's times can wait.
    """
    with deciding_on(user, "case.pause", part, address, why=reason) as deciding:
        own, now = deciding.part, deciding.now
        end = datetime.combine(until, time(), LONDON)
        _check(own, deciding.case.destinations, now)
        _hold(own, now, end)
        own.pause_reason = reason
        own.pause_count += 1
        deciding.tell("paused", words)
        return end


def resume(user: User, part: CasePart, *, address: str) -> None:
    """Let the team's clocks go on before the pause is over. Raises NotNow if there is none."""
    with deciding_on(user, "case.pause", part, address, why="ended") as deciding:
        if not _is_paused(deciding.part, deciding.now):
            raise NotNow("This pause is over already.")
        end_pause(deciding.part, deciding.now)
        deciding.tell("resumed")


def check_can_pause(part: CasePart) -> None:
    """Raise NotNow if nothing of the part can be paused now, with why."""
    query = sa.select(Destination).where(Destination.case_id == part.case.id)
    parts = db.session.scalars(query).all()
    _check(next(each for each in parts if each.team_id == part.team), parts, clock())


def last_day_of_pause(now: datetime) -> date:
    """The last day on which a pause that begins now may end."""
    return (now.astimezone(LONDON) + LONGEST_PAUSE).date()


def end_what_is_over(part: Destination, now: datetime, *, is_immediate: bool) -> bool:
    """End a pause whose day has come, or whose answer has, in the worker's transaction.

    As well if its case is immediate by now: somebody may be in danger.
    """
    if part.paused_until is None:
        return False
    danger = now if is_immediate else None
    ended = min(at for at in (part.paused_until, _answered_at(part), danger) if at)
    if ended > now:
        return False
    end_pause(part, ended)
    add_event(part.case_id, "resumed", "worker", now, team_id=part.team_id)
    return True


def _check(part: Destination, all_parts: Iterable[Destination], now: datetime) -> None:
    """Raise NotNow if no clock of the part may stand still."""
    if _is_paused(part, now):
        raise NotNow("Your team has paused this already. End that pause first.")
    if max(each.urgency for each in all_parts) >= Urgency.IMMEDIATE:  # for whichever team
        raise NotNow("An immediate referral is never paused: somebody may be in danger now.")
    if part.pause_count >= MOST_PAUSES:
        raise NotNow(
            f"Your team has paused this {MOST_PAUSES} times. Decide about it, or pass it on."
        )
    if not any(due > now and kind != FIXED for due, kind in _running(part)):
        raise NotNow("None of its times can wait: they are over, or fixed by law or by a date.")


def _is_paused(part: Destination, now: datetime) -> bool:
    return part.paused_until is not None and now < part.paused_until


def _running(part: Destination) -> Iterable[tuple[datetime, str]]:
    if part.state in UNANSWERED:
        yield part.acknowledge_by, part.acknowledge_kind
    if part.decide_by and part.concluded_at is None:
        yield part.decide_by, part.decide_kind


def _hold(part: Destination, now: datetime, end: datetime) -> None:
    part.paused_at, part.paused_until = now, end
    part.unpaused_acknowledge_by, part.unpaused_decide_by = part.acknowledge_by, part.decide_by
    move_by_pause(part, now, end)


def _answered_at(part: Destination) -> datetime | None:
    """When what a pause waits for has come; None if it waits for nothing that comes here."""
    if part.pause_reason != INFORMATION:
        return None
    query = sa.select(sa.func.min(CaseEvent.at)).where(
        CaseEvent.case_id == part.case_id,
        CaseEvent.kind.in_(ANSWERS),
        CaseEvent.at > part.paused_at,
    )
    return db.session.scalar(query)
