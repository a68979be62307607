"""How a clock counts: what a pause may add to it, and what it may not."""

from collections.abc import Collection, Iterable
from datetime import datetime

from referral_router.calendars import (
    WorkingCalendar,
    add_working_time,
    working_time_between,
)
from referral_router.durations import read_duration
from referral_router.rule_set import Rule, RuleSet

FIXED, ELAPSED, WORKING = "fixed", "elapsed", "working"  # from the strictest on


def clock_kind(within: str) -> str:
    """Return how a rule's length of time counts.

    ELAPSED is time on any clock, WORKING the team's working time. FIXED is a time that nobody
    here set running: it starts at a date that was answered (72 hours after a child's return), or
    ends when schools open. No pause moves that. Raises DurationError.
    """
    duration = read_duration(within)
    if duration.after or duration.until_school:
        return FIXED
    return WORKING if duration.is_working_time else ELAPSED


def clock_kinds(rules: RuleSet, names: Collection[str]) -> tuple[str, str]:
    """Return how the times for acknowledging and deciding count, for a destination of the rules
    of these names. Where they differ the strictest holds; where none gives a time, FIXED."""
    found = [rule for rule in (*rules.rules, rules.fallback) if rule.id in names]
    return _strictest(found, "acknowledge_within"), _strictest(found, "decide_within")


def _strictest(rules: Iterable[Rule], name: str) -> str:
    kinds = {clock_kind(within) for rule in rules if (within := getattr(rule, name))}
    return next((kind for kind in (FIXED, ELAPSED, WORKING) if kind in kinds), FIXED)


def after_pause(
    due: datetime, kind: str, start: datetime, end: datetime, calendar: WorkingCalendar
) -> datetime:
    """Return when something is due whose clock stood still from `start` to `end` (all aware).

    What was left of its time when it stopped is left when it goes on, counted as the clock counts.
    What is FIXED, or was late already when it stopped, stays as it is. Raises CalendarError.
    """
    if kind == FIXED or due <= start or end <= start:
        return due
    if kind == ELAPSED:
        return due + (end - start)
    left = working_time_between(start, due, calendar)
    return max(due, add_working_time(end, left, calendar))


def when_gone(
    share: float, start: datetime, due: datetime, kind: str, calendar: WorkingCalendar
) -> datetime:
    """Return when this share of the time from `start` to `due` is gone, counted as the clock
    counts; `start` if it was due before. Raises CalendarError."""
    if due <= start:
        return start
    if kind != WORKING:
        return start + (due - start) * share
    return add_working_time(start, working_time_between(start, due, calendar) * share, calendar)
