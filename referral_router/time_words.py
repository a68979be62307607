"""Times and opening hours in words, on the clock in London."""

from datetime import datetime, time
from functools import cache
from itertools import groupby

from referral_router.calendars import EVERY_DAY, LONDON, WEEK, WorkingCalendar

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def clock_words(moment: datetime) -> str:
    """Return "4:30pm on Monday 23 November 2026"."""
    local = moment.astimezone(LONDON)
    return f"{_hour(local.time())} on {local:%A} {local.day} {local:%B %Y}"


@cache
def hours_words(calendar: WorkingCalendar) -> str:
    """Return "Monday to Friday, 9am to 5pm", each run of days with the same hours once."""
    days = [(day, calendar.on_weekday(day)) for day in range(WEEK)]
    runs = [
        (hours, [day for day, _ in run])
        for hours, run in groupby(days, key=lambda each: each[1])
        if hours
    ]
    words = "; ".join(f"{_days(run)}, {_from_to(*hours)}" for hours, run in runs)
    return f"{words}, bank holidays too" if calendar.nation == EVERY_DAY else words


def _days(run: list[int]) -> str:
    if len(run) == WEEK:
        return "every day"
    first, last = WEEKDAYS[run[0]], WEEKDAYS[run[-1]]
    if len(run) == 1:
        return first
    return f"{first} and {last}" if len(run) == 2 else f"{first} to {last}"


def _from_to(opens: time, closes: time) -> str:
    if opens == closes:
        return "day and night"
    return f"{_at(opens)} to {_at(closes)}"


def _at(clock: time) -> str:
    return {time(0): "midnight", time(12): "midday"}.get(clock) or _hour(clock)


def _hour(clock: time) -> str:
    minutes = f":{clock.minute:02}" if clock.minute else ""
    return f"{clock.hour % 12 or 12}{minutes}{'am' if clock.hour < 12 else 'pm'}"
