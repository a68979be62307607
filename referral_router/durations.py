"""Lengths of time as rule files write them: working time, elapsed time, days on the clock."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

# a longer one is a slip of the keyboard: nobody waits a year for an acknowledgement
LONGEST_DAYS = 366
HOURS_OF_A_DAY = 8  # of an office's day; only for how long a time may be

BEFORE_SCHOOL = "before the next school day"
_PATH = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
# only one start: of two, it could not be told which of them counts
_AFTER = re.compile(rf"((?:(?! after ).)+) after ({_PATH})(?: at ({_PATH}))?")
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
    schools open again. It starts now, or at the date (and time) that answers name.

    How long a working day is depends on whose it is.
    """

    days: int = 0
    elapsed: timedelta = timedelta()
    working_days: int = 0
    working_hours: int = 0
    until_school: bool = False
    after: str = ""  # the path of a date's question
    at: str = ""  # of the question for the time on that day

    @property
    def is_working_time(self) -> bool:
        """Whether it is reckoned in the hours of whoever gets the referral."""
        return bool(self.working_days or self.working_hours)


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
        count, unit = int(working[1]), working[2]
        of_days = Duration(working_days=count)
        return _within_limits(text, of_days if unit == "day" else Duration(working_hours=count))
    iso = _ISO.fullmatch(text)
    if iso is None or not any(iso.groups()):
        raise DurationError(text, "Write “PT1H”, “P2D”, “4 working hours” or “1 working day”")
    part = {name: int(number or 0) for name, number in iso.groupdict().items()}
    elapsed = timedelta(hours=part["hours"], minutes=part["minutes"])
    return _within_limits(text, Duration(days=7 * part["weeks"] + part["days"], elapsed=elapsed))


def _within_limits(text: str, duration: Duration) -> Duration:
    if duration == Duration():
        raise DurationError(text, "Write at least a minute, such as “PT15M”")
    days = duration.days + duration.elapsed / timedelta(days=1) + duration.working_days
    if days + duration.working_hours / HOURS_OF_A_DAY > LONGEST_DAYS:
        raise DurationError(text, f"Write at most {LONGEST_DAYS} days")
    return duration
