"""The end of a pause: what was left of each time when it began is left when the clocks go on."""

from datetime import datetime

import structlog

from intake.app_state import clock
from intake.models import Destination
from intake.services.directory import current_directory
from intake.services.forms import VERSION_COLUMNS, prepared, version_in_force
from intake.services.rules_in_force import rules_now
from referral_router import CalendarError, WorkingCalendar, after_pause
from referral_router.calendars import NATIONS, working_calendar
from referral_router.due_times import calendar_under

log = structlog.get_logger("intake.pausing")


def end_pause(part: Destination, at: datetime) -> None:
    """Let the clocks of a part go on from a moment, in the caller's transaction."""
    if part.paused_until is None or part.paused_at is None:
        return
    if at < part.paused_until:
        move_by_pause(part, part.paused_at, at)
    part.paused_at = part.paused_until = part.pause_reason = None
    part.unpaused_acknowledge_by = part.unpaused_decide_by = None


def calendar_of(part: Destination) -> WorkingCalendar:
    """When a part's team is at work, as its due times were reckoned; office hours if its own make
    no calendar, which is logged."""
    nation = _nation_of_rules(part.form_id)
    team = current_directory().teams.get(part.team_id)
    try:
        return calendar_under(nation, team) if team else working_calendar(nation)
    except CalendarError as error:
        log.error("a team's calendar cannot be used", team=part.team_id, problem=error.message)
        return working_calendar(nation)


def _nation_of_rules(form_id: str) -> str:
    """Whose bank holidays the rules of a form count where a team has no other of its own."""
    now = clock()
    version = version_in_force(form_id, now)
    if version is None:
        return NATIONS[0]
    return rules_now(prepared(*version[: len(VERSION_COLUMNS)]), now).nation


def move_by_pause(part: Destination, start: datetime, end: datetime) -> None:
    """Move the due times by a pause from `start` to `end`, from what they were without it."""
    calendar = calendar_of(part)
    own, decide_by = part.unpaused_acknowledge_by or part.acknowledge_by, part.unpaused_decide_by
    if part.acknowledged_at is None:
        part.acknowledge_by = after_pause(own, part.acknowledge_kind, start, end, calendar)
    if decide_by and part.concluded_at is None:
        part.decide_by = after_pause(decide_by, part.decide_kind, start, end, calendar)
