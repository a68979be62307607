"""Acknowledgement times: elapsed time, days on the clock, and working time in the UK's nations."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
NATIONS = ("england-and-wales", "northern-ireland", "scotland")
OPENS, CLOSES = time(9), time(17)
WORKING_DAY = timedelta(hours=8)
SCHOOL_OPENS = time(8, 30)
SATURDAY = 5

# a longer one is a slip of the keyboard: nobody waits a year for an acknowledgement
LONGEST_DAYS = 366

BEFORE_SCHOOL = "before the next school day"
_PATH = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
_AFTER = re.compile(rf"(.+?) after ({_PATH})(?: at ({_PATH}))?")
_WORKING = re.compile(r"([1-9][0-9]{0,3}) working (day|hour)s?")
_ISO = re.compile(
    r"P(?:(?P<weeks>[0-9]{1,4})W)?(?:(?P<days>[0-9]{1,4})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,4})H)?(?:(?P<minutes>[0-9]{1,5})M)?)?"
)


class DurationError(ValueError):
    """Raised if a text is not a duration, with `text` and `fix`, what to write instead."""

    def __init__(self, text: str, fix: str) -> None:
        super().__init__(f"“{text}” is not a length of time. {fix}")
        self.text = text
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: working time, or days on the clock and then elapsed time; or until
    schools open again. It starts now, or at the date (and time) that answers name."""

    days: int = 0
    elapsed: timedelta = timedelta()
    working: timedelta = timedelta()
    until_school: bool = False
    after: str = ""  # the path of a date's question
    at: str = ""  # of the question for the time on that day


@cache
def read_duration(text: str) -> Duration:
    """Read "1 working day", "4 working hours", "before the next school day" or an ISO 8601
    duration such as "PT1H" or "P2D"; each may start at an answer: "PT72H after returned_on" or
    "PT72H after returned_on at returned_at".

    Months and years are refused, because their length depends on when they start. Raises
    DurationError.
    """
    if text == BEFORE_SCHOOL:
        return Duration(until_school=True)
    if after := _AFTER.fullmatch(text):
        return replace(read_duration(after[1]), after=after[2], at=after[3] or "")
    if working := _WORKING.fullmatch(text):
        unit = WORKING_DAY if working[2] == "day" else timedelta(hours=1)
        return _within_limits(text, Duration(working=int(working[1]) * unit))
    iso = _ISO.fullmatch(text)
    if iso is None or not any(iso.groups()):
        raise DurationError(text, "Write “PT1H”, “P2D”, “4 working hours” or “1 working day”")
    part = {name: int(number or 0) for name, number in iso.groupdict().items()}
    elapsed = timedelta(hours=part["hours"], minutes=part["minutes"])
    return _within_limits(text, Duration(days=7 * part["weeks"] + part["days"], elapsed=elapsed))


def _within_limits(text: str, duration: Duration) -> Duration:
    if duration == Duration():
        raise DurationError(text, "Write at least a minute, such as “PT15M”")
    days = duration.days + duration.elapsed / timedelta(days=1) + duration.working / WORKING_DAY
    if days > LONGEST_DAYS:
        raise DurationError(text, f"Write at most {LONGEST_DAYS} days")
    return duration


def due(
    now: datetime,
    within: str,
    nation: str = "england-and-wales",
    answers: Mapping[str, Any] | None = None,
) -> datetime:
    """Return when something received `now` (aware) is due, in UTC.

    "P2D" is the same time on the clock two days later, also over a summer time change; "PT48H"
    is exactly 48 hours. A working day is the eight working hours 09:00 to 17:00, Monday to
    Friday, without the nation's bank holidays: what arrives on Friday at 16:00 is due within
    "1 working day" on Monday at 16:00; what arrives on Saturday, on Monday at 17:00.
    "before the next school day" is 08:30 on the next working day that has not begun: schools'
    own holidays are not known here, and on one of them it is only due early.

    A time that starts at an answer starts at that moment in London, at midnight where only the
    date is given, and now where it is not. So it can be over already.
    Raises DurationError. Source of the holidays: GOV.UK's list.
    """
    duration = read_duration(within)
    if duration.after:
        now = _start(duration, answers or {}) or now
    if duration.until_school:
        return _next_school_day(now, bank_holidays(nation))
    if duration.working:
        local = now.astimezone(LONDON).replace(tzinfo=None)
        moment = _after_working_time(local, duration.working, bank_holidays(nation))
        return moment.replace(tzinfo=LONDON).astimezone(UTC)
    if not duration.days:
        return now.astimezone(UTC) + duration.elapsed
    on_the_clock = now.astimezone(LONDON) + timedelta(days=duration.days)
    return on_the_clock.astimezone(UTC) + duration.elapsed


def _start(duration: Duration, answers: Mapping[str, Any]) -> datetime | None:
    day, clock = value_at(answers, duration.after), value_at(answers, duration.at)
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}" if duration.at and clock else str(day))
    except ValueError:  # not answered, or only half a date
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def value_at(answers: Mapping[str, Any], path: str | tuple[str, ...]) -> Any:
    """Return the answer at a path, such as "school.area", or None."""
    found: Any = answers
    for name in path.split(".") if isinstance(path, str) else path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _next_school_day(now: datetime, holidays: frozenset[date]) -> datetime:
    local = now.astimezone(LONDON)
    for opens, _closes in _working_days(local.date(), holidays):
        bell = datetime.combine(opens.date(), SCHOOL_OPENS, LONDON)
        if bell > local:
            return bell.astimezone(UTC)
    raise AssertionError("there is always another working day")


def _after_working_time(local: datetime, left: timedelta, holidays: frozenset[date]) -> datetime:
    for opens, closes in _working_days(local.date(), holidays):
        start = max(local, opens)
        if start >= closes:
            continue
        if left <= closes - start:
            return start + left
        left -= closes - start
    raise AssertionError("there is always another working day")


def _working_days(day: date, holidays: frozenset[date]) -> Iterator[tuple[datetime, datetime]]:
    while True:
        if day.weekday() < SATURDAY and day not in holidays:
            yield datetime.combine(day, OPENS), datetime.combine(day, CLOSES)
        day += timedelta(days=1)


def bank_holidays(nation: str) -> frozenset[date]:
    """Return the known bank holidays of one of NATIONS. Raises KeyError for another name."""
    return _every_nations_holidays()[nation]


def known_until(nation: str) -> date:
    """Return the last bank holiday that is known: later ones count as working days until the
    package govuk-bank-holidays is updated."""
    return max(bank_holidays(nation))


@cache
def _every_nations_holidays() -> dict[str, frozenset[date]]:
    # the package's data file, not its class: importing that loads an HTTP client, and a
    # referral's due time must never wait for, or depend on, the network
    data = json.loads((files("govuk_bank_holidays") / "bank-holidays.json").read_bytes())
    return {
        nation: frozenset(date.fromisoformat(event["date"]) for event in data[nation]["events"])
        for nation in NATIONS
    }
