"""Working time: when a team is at work, and by when something is due in its own hours."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from referral_router.durations import Duration, DurationError, read_duration
from referral_router.holidays import NATIONS, bank_holidays, known_until

__all__ = [
    "CLOSES",
    "EVERY_DAY",
    "LONDON",
    "NATIONS",
    "OPENS",
    "CalendarError",
    "Closures",
    "DurationError",
    "Hours",
    "WorkingCalendar",
    "add_working_time",
    "bank_holidays",
    "due",
    "known_until",
    "next_opening",
    "read_duration",
    "value_at",
    "working_calendar",
    "working_time_between",
]

LONDON = ZoneInfo("Europe/London")
EVERY_DAY = "none"  # in place of a nation: whoever works on bank holidays too
OPENS, CLOSES = time(9), time(17)
SCHOOL_OPENS = time(8, 30)
WEEK = 7
SATURDAY = 5
DAY = timedelta(days=1)
YEARS = range(1900, 2200)  # in which a time may start at an answer

# ("09:00", "17:00") a weekday, Monday first; None: shut that day; (): Monday to Friday 9 to 5
Hours = tuple[tuple[str, str] | None, ...]
Closures = tuple[tuple[date, date], ...]  # first and last day, shut on both

# nobody is shut for so long: a calendar that does not open within it is a mistake
FURTHEST_DAYS = 3_660
_NEVER_OPENS = "it does not open within ten years", "Look at its closing days"


class CalendarError(ValueError):
    """Raised if hours, closing days or a nation make no calendar, with `fix`, what to write."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(f"{message}. {fix}")
        self.message = message
        self.fix = fix


class _Opening(NamedTuple):
    """The hours of one weekday, since its midnight; `until` is over a day where it is a night."""

    start: timedelta
    until: timedelta

    @property
    def length(self) -> timedelta:
        return self.until - self.start


@dataclass(frozen=True)
class WorkingCalendar:
    """When a team is at work: its hours on each weekday, without its nation's bank holidays and
    the days that it is shut. All on the clock in London.

    Hours that end before they begin go on over midnight, and belong to the day on which they
    begin. "24:00" is midnight at the end of a day. Raises CalendarError.
    """

    nation: str = NATIONS[0]
    hours: Hours = ()
    closures: Closures = ()

    def __post_init__(self) -> None:
        if self.nation not in (*NATIONS, EVERY_DAY):
            fix = f"Write one of {', '.join((*NATIONS, EVERY_DAY))}"
            raise CalendarError(f"‘{self.nation}’ is no nation with bank holidays", fix)
        if self.hours and not any(self._week):
            raise CalendarError("it is never open", "Give hours on at least one weekday")
        for first, last in self.closures:
            if last < first:
                fix = "Write the first day that it is shut, and then the last"
                raise CalendarError(f"it shuts on {first} and opens again before that", fix)

    @cached_property
    def _week(self) -> tuple[_Opening | None, ...]:
        if not self.hours:
            office = _Opening(timedelta(hours=OPENS.hour), timedelta(hours=CLOSES.hour))
            return tuple(office if day < SATURDAY else None for day in range(WEEK))
        if len(self.hours) != WEEK:
            raise CalendarError(
                f"hours are given for {len(self.hours)} weekdays",
                "Give them for all seven, Monday first, and null where it is shut",
            )
        return tuple(_opening(*hours) if hours else None for hours in self.hours)

    @cached_property
    def holidays(self) -> frozenset[date]:
        """The bank holidays on which it is shut."""
        return frozenset() if self.nation == EVERY_DAY else bank_holidays(self.nation)

    @cached_property
    def usual_day(self) -> timedelta:
        """How long its usual day is: the commonest length, and of two the shorter."""
        lengths = Counter(opening.length for opening in self._week if opening)
        return min(lengths, key=lambda length: (-lengths[length], length))

    @cached_property
    def without_closures(self) -> "WorkingCalendar":
        """The same hours as if it were never shut on days of its own."""
        return WorkingCalendar(self.nation, self.hours) if self.closures else self

    def on_weekday(self, day: int) -> tuple[time, time] | None:
        """When it opens and closes on a weekday, Monday 0; None if it is shut."""
        opening = self._week[day]
        return (_clock(opening.start), _clock(opening.until)) if opening else None

    def openings(self, moment: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Yield when it is at work in so many days from a moment on, in UTC; what is left of now
        comes first."""
        day = moment.astimezone(LONDON).date() - DAY  # last night may go on
        over = moment.astimezone(UTC)
        for _ in range(days + 2):
            opening = self._week[day.weekday()]
            if opening and day not in self.holidays and not self._is_shut(day):
                start, until = _at(day, opening.start), _at(day, opening.until)
                if until > over:
                    yield max(start, over), until
                    over = until
            day += DAY

    def _is_shut(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.closures)


@lru_cache(maxsize=1024)  # a directory has as many as its teams differ in
def working_calendar(
    nation: str = NATIONS[0], hours: Hours = (), closures: Closures = ()
) -> WorkingCalendar:
    """Return the calendar of these hours, made once. Raises CalendarError."""
    return WorkingCalendar(nation, hours, closures)


USUAL = working_calendar()


def _opening(opens: str, closes: str) -> _Opening:
    start, until = _since_midnight(opens), _since_midnight(closes)
    if start in (until, DAY):
        fix = "Write “00:00” to “24:00” for all day, or null for shut"
        raise CalendarError(f"it opens at {opens} and closes at {closes}", fix)
    return _Opening(start, until if until > start else until + DAY)


def _since_midnight(text: str) -> timedelta:
    if text == "24:00":
        return DAY
    try:
        clock = datetime.strptime(text, "%H:%M")  # noqa: DTZ007 — a time of day, of no day
    except (TypeError, ValueError):
        message = f"‘{text}’ is no time of day"
        raise CalendarError(message, "Write it as “09:00”, up to “24:00”") from None
    return timedelta(hours=clock.hour, minutes=clock.minute)


def _clock(since_midnight: timedelta) -> time:
    minutes = since_midnight // timedelta(minutes=1)
    return time(minutes // 60 % 24, minutes % 60)


def _at(day: date, since_midnight: timedelta) -> datetime:
    """A time on the clock of a day, or of the next, in UTC: a night in which summer time begins
    is an hour shorter."""
    on_the_clock = datetime.combine(day, time()) + since_midnight
    return on_the_clock.replace(tzinfo=LONDON).astimezone(UTC)


def add_working_time(
    moment: datetime, amount: timedelta, calendar: WorkingCalendar = USUAL
) -> datetime:
    """Return when so much working time has passed since a moment (aware), in UTC.

    What ends exactly at closing time is due then, not the next morning. Raises CalendarError if
    the calendar does not open within ten years.
    """
    if not amount:
        return moment.astimezone(UTC)
    left = amount
    for start, until in calendar.openings(moment, FURTHEST_DAYS):
        if left <= until - start:
            return start + left
        left -= until - start
    raise CalendarError(*_NEVER_OPENS)


def working_time_between(
    start: datetime, end: datetime, calendar: WorkingCalendar = USUAL
) -> timedelta:
    """Return how much working time lies between two moments (aware); none if `end` is first."""
    total = timedelta()
    if end <= start:
        return total
    end = end.astimezone(UTC)
    for opens, closes in calendar.openings(start, (end - start).days + 1):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def next_opening(moment: datetime, calendar: WorkingCalendar = USUAL) -> datetime:
    """Return when it is at work next, in UTC: now if it is open. Raises CalendarError."""
    for opens, _closes in calendar.openings(moment, FURTHEST_DAYS):
        return opens
    raise CalendarError(*_NEVER_OPENS)


def due(
    now: datetime,
    within: str,
    nation: str = NATIONS[0],
    answers: Mapping[str, Any] | None = None,
    calendar: WorkingCalendar | None = None,
) -> datetime:
    """Return when something received `now` (aware) is due, in UTC.

    "P2D" is the same time on the clock two days later, also over a summer time change; "PT48H"
    is exactly 48 hours. Working time is counted in the `calendar` of whoever gets it, else 9 to
    5, Monday to Friday, without the nation's bank holidays: what arrives on Friday at 16:00 is
    due within "1 working day" on Monday at 16:00; what arrives on Saturday, on Monday at 17:00.
    A working day is as long as the calendar's usual day.

    "before the next school day" is 08:30 on the nation's next Monday to Friday that has not
    begun: schools' own holidays are not known here, and on one of them it is only due early.
    Neither that nor elapsed time waits for a team to open.

    A time that starts at an answer starts at that moment in London, at midnight where only the
    date is given, and now where it is not. So it can be over already. A moment that is still to
    come counts as now: a slip in a year would put a statutory time off for years.
    Raises DurationError. Source of the holidays: GOV.UK's list.
    """
    duration = read_duration(within)
    if duration.after:
        now = min(_start(duration, answers or {}) or now, now)
    if duration.until_school:
        return _next_school_day(now, bank_holidays(nation))
    if duration.is_working_time:
        counted = calendar or working_calendar(nation)
        return add_working_time(now, _working_time(duration, counted), counted)
    if not duration.days:
        return now.astimezone(UTC) + duration.elapsed
    on_the_clock = now.astimezone(LONDON) + timedelta(days=duration.days)
    return on_the_clock.astimezone(UTC) + duration.elapsed


def _working_time(duration: Duration, calendar: WorkingCalendar) -> timedelta:
    return duration.working_days * calendar.usual_day + timedelta(hours=duration.working_hours)


def _start(duration: Duration, answers: Mapping[str, Any]) -> datetime | None:
    day, clock = value_at(answers, duration.after), value_at(answers, duration.at)
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}" if duration.at and clock else str(day))
    except ValueError:  # not answered, or only half a date
        return None
    if moment.year not in YEARS:  # a slip of the keyboard, and no calendar reaches there
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
    day = local.date()
    while True:
        bell = datetime.combine(day, SCHOOL_OPENS, LONDON)
        if bell > local and day.weekday() < SATURDAY and day not in holidays:
            return bell.astimezone(UTC)
        day += DAY
