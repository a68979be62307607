"""The end of a pause: what was left of each time when it began is left when the clocks go on."""

from datetime import datetime

import structlog

from intake.models import Destination
from intake.services.directory import current_directory
from referral_router import CalendarError, WorkingCalendar, after_pause
from referral_router.calendars import USUAL

log = structlog.get_logger("intake.pausing")


def end_pause(part: Destination, at: datetime) -> None:
    """Let the clocks of a part go on from a moment, in the caller's transaction."""
    if part.paused_until is None or part.paused_at is None:
        return
    if at < part.paused_until:
        move_by_pause(part, part.paused_at, at)
    part.paused_at = part.paused_until = part.pause_reason = None
    part.unpaused_acknowledge_by = part.unpaused_decide_by = None


def calendar_of(team_id: str) -> WorkingCalendar:
    """When a team is at work; office hours if its own make no calendar, which is logged."""
    team = current_directory().teams.get(team_id)
    try:
        return team.calendar if team else USUAL
    except CalendarError as error:
        log.error("a team's calendar cannot be used", team=team_id, problem=error.message)
        return USUAL


def move_by_pause(part: Destination, start: datetime, end: datetime) -> None:
    """Move the due times by a pause from `start` to `end`, from what they were without it."""
    calendar = calendar_of(part.team_id)
    own, decide_by = part.unpaused_acknowledge_by or part.acknowledge_by, part.unpaused_decide_by
    if part.acknowledged_at is None:
        part.acknowledge_by = after_pause(own, part.acknowledge_kind, start, end, calendar)
    if decide_by and part.concluded_at is None:
        part.decide_by = after_pause(decide_by, part.decide_kind, start, end, calendar)
