"""Months, times of day and weeks of gestation: read from what people type, and shown again."""

from __future__ import annotations

import re

from form_definitions.tidying import is_digits, tidy_line

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTH_NUMBERS = (
    {name.lower(): at for at, name in enumerate(MONTHS, 1)}
    | {name[:3].lower(): at for at, name in enumerate(MONTHS, 1)}
    | {"sept": 9}
)

#: The longest pregnancy that is likely to be written down: 42 weeks are the usual limit.
MOST_WEEKS = 45

MONTH_PATTERN = r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])"
TIME_PATTERN = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
GESTATION_PATTERN = r"(?:[0-9]|[1-3][0-9]|4[0-5])\+[0-6]"
_IS_MONTH = re.compile(MONTH_PATTERN)
_IS_TIME = re.compile(TIME_PATTERN)
_IS_GESTATION = re.compile(GESTATION_PATTERN)

_TIME = re.compile(r"([0-9]{1,2})(?:[:. h]?([0-9]{2}))? ?(am|pm|noon)?")
_TIME_WORDS = {"midday": "12:00", "noon": "12:00", "midnight": "00:00"}
_WEEKS_AND_DAYS = re.compile(
    r"([0-9]{1,2}) ?(?:w|wks?|weeks?)?(?:(?: ?\+ ?| and |, ?| |(?<=[a-z]))([0-9]) ?(?:d|days?)?)?"
)


def month_number(typed: str) -> str:
    """``March``, ``mar.`` or ``3`` → ``3``; anything else as typed."""
    return str(_MONTH_NUMBERS.get(typed.lower().rstrip(".")) or typed)


# -- months ---------------------------------------------------------------------------------------


def read_month(month: str, year: str) -> str:
    """``2026-03`` of two typed parts; what is no month comes back as ``month/year``."""
    typed = [tidy_line(part) for part in (month, year)]
    if not any(typed):
        return ""
    number = month_number(typed[0])
    iso = f"{typed[1]}-{number:0>2}"
    if is_digits(number) and _IS_MONTH.fullmatch(iso):
        return iso
    return "/".join(part.replace("/", "-") for part in typed)


def tidy_month(text: str) -> str:
    """``March 2026`` or ``3/2026`` → ``2026-03``."""
    line = tidy_line(text)
    if _IS_MONTH.fullmatch(line) or line.count("/") > 1:
        return line
    parts = line.split("/") if "/" in line else line.split()
    return read_month(*parts) if len(parts) == 2 else line


def month_problem(value: str) -> str | None:
    """A month of a year, ``2026-03``."""
    if _IS_MONTH.fullmatch(tidy_month(value)):
        return None
    parts = value.split("/")
    return "incomplete" if len(parts) == 2 and not all(parts) else "format"


def month_parts(value: str) -> tuple[str, str]:
    """Month and year for the two boxes."""
    if _IS_MONTH.fullmatch(value):
        return value[5:].lstrip("0"), value[:4]
    month, _, year = value.partition("/")
    return month, year


def show_month(value: object) -> str:
    """``2026-03`` → ``March 2026``."""
    text = str(value)
    return f"{MONTHS[int(text[5:]) - 1]} {text[:4]}" if _IS_MONTH.fullmatch(text) else text


# -- times of day ---------------------------------------------------------------------------------


def tidy_time(text: str) -> str:
    """``9.30 pm`` → ``21:30``; ``midday`` → ``12:00``. What is no time comes back as typed."""
    line = tidy_line(text)
    plain = " ".join(line.lower().replace("a.m.", "am").replace("p.m.", "pm").split())
    if plain in _TIME_WORDS:
        return _TIME_WORDS[plain]
    found = _TIME.fullmatch(plain) if plain.isascii() else None
    return _clock_time(*found.groups()) or line if found else line


def _clock_time(hours: str, minutes: str | None, half: str | None) -> str:
    """The time, or "" if a day has none such. A lone ``9`` might mean either half of the day."""
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12 or (half == "noon" and hour != 12):
            return ""
        hour = hour % 12 + (0 if half == "am" else 12)
    elif minutes is None:
        return ""
    time = f"{hour:02}:{minutes or '00'}"
    return time if _IS_TIME.fullmatch(time) else ""


def time_problem(value: str) -> str | None:
    """A time of day, ``09:30``."""
    return None if _IS_TIME.fullmatch(tidy_time(value)) else "format"


def show_time(value: object) -> str:
    """``21:30`` → ``9:30pm``. Source: GOV.UK style guide, times."""
    text = str(value)
    if not _IS_TIME.fullmatch(text):
        return text
    named = {"12:00": "midday", "00:00": "midnight"}.get(text)
    hour, minutes = int(text[:2]), text[3:]
    past = "" if minutes == "00" else f":{minutes}"
    return named or f"{hour % 12 or 12}{past}{'am' if hour < 12 else 'pm'}"


# -- weeks of gestation ---------------------------------------------------------------------------


def read_gestation(weeks: str, days: str) -> str:
    """``31+4`` of two typed parts; no days are 0. What cannot be comes back as ``weeks/days``."""
    typed = [tidy_line(part) for part in (weeks, days)]
    if not any(typed):
        return ""
    number = typed[0].lstrip("0") or typed[0][:1]
    gestation = f"{number}+{typed[1] or '0'}"
    if _IS_GESTATION.fullmatch(gestation):
        return gestation
    return "/".join(part.replace("/", "-") for part in typed)


def tidy_gestation(text: str) -> str:
    """``31 weeks 4 days``, ``31 + 4`` or ``31`` → ``31+4``, ``31+0``."""
    line = tidy_line(text)
    found = _WEEKS_AND_DAYS.fullmatch(line.lower()) if line.isascii() else None
    if not found:
        return line
    gestation = read_gestation(found[1], found[2] or "")
    return gestation if _IS_GESTATION.fullmatch(gestation) else line


def gestation_problem(value: str) -> str | None:
    """Completed weeks and days of a pregnancy, ``31+4``."""
    if _IS_GESTATION.fullmatch(tidy_gestation(value)):
        return None
    return "incomplete" if value.startswith("/") else "format"


def gestation_parts(value: str) -> tuple[str, str]:
    """Weeks and days for the two boxes."""
    weeks, _, days = value.partition("+" if _IS_GESTATION.fullmatch(value) else "/")
    return weeks, days


def show_gestation(value: object) -> str:
    """``31+4`` → ``31 weeks and 4 days``."""
    text = str(value)
    if not _IS_GESTATION.fullmatch(text):
        return text
    weeks, days = (int(part) for part in text.split("+"))
    shown = f"{weeks} week{'s' * (weeks != 1)}"
    return f"{shown} and {days} day{'s' * (days != 1)}" if days else shown


def completed_weeks(value: str) -> int | None:
    """The completed weeks of ``31+4``: 31; None if it is none such."""
    return int(value.partition("+")[0]) if _IS_GESTATION.fullmatch(value) else None
