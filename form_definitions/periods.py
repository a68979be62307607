"""Months, times of day and weeks of gestation: read from what people type, and shown again."""

from __future__ import annotations

import re
from datetime import date

from form_definitions.languages import ENGLISH, N_, words
from form_definitions.tidying import is_digits, tidy_line

MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)
#: What people type for a month, in English or Welsh, whatever the page's language.
MONTH_WORDS = {
    1: ("january", "jan", "ionawr", "ion"),
    2: ("february", "feb", "chwefror", "chwef", "chw"),
    3: ("march", "mar", "mawrth", "maw"),
    4: ("april", "apr", "ebrill", "ebr"),
    5: ("may", "mai"),
    6: ("june", "jun", "mehefin", "meh"),
    7: ("july", "jul", "gorffennaf", "gorff", "gor"),
    8: ("august", "aug", "awst"),
    9: ("september", "sept", "sep", "medi", "med"),
    10: ("october", "oct", "hydref", "hyd"),
    11: ("november", "nov", "tachwedd", "tach", "tac"),
    12: ("december", "dec", "rhagfyr", "rhag", "rha"),
}
_MONTH_NUMBERS = {name: at for at, names in MONTH_WORDS.items() for name in names}

MONTH_PATTERN = r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])"
TIME_PATTERN = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
# to 45 weeks: 42 are the usual limit of a pregnancy
GESTATION_PATTERN = r"(?:[0-9]|[1-3][0-9]|4[0-5])\+[0-6]"
_IS_MONTH = re.compile(MONTH_PATTERN)
_IS_TIME = re.compile(TIME_PATTERN)
_IS_GESTATION = re.compile(GESTATION_PATTERN)

_TIME = re.compile(r"([0-9]{1,2})(?:[:. h]?([0-9]{2}))? ?(am|pm|noon|yb|yp|yh)?")
_TIME_WORDS = {
    "midday": "12:00",
    "noon": "12:00",
    "midnight": "00:00",
    "hanner dydd": "12:00",
    "canol dydd": "12:00",
    "hanner nos": "00:00",
    "canol nos": "00:00",
}
_DOTTED_HALF = re.compile(r"\b([apy])\.([mbhp])\.")
_HALVES = {"yb": "am", "yp": "pm", "yh": "pm"}  # y bore, y prynhawn, yr hwyr
_WEEKS_AND_DAYS = re.compile(
    r"([0-9]{1,2}) ?(?:w|wks?|weeks?|wythnos)?"
    r"(?:(?: ?\+ ?| and | ac? |, ?| |(?<=[a-z]))([0-9]) ?(?:d|days?|dd?iwrnod)?)?"
)


def month_number(typed: str) -> str:
    """``March``, ``mar.``, ``Mawrth`` or ``3`` → ``3``; anything else as typed."""
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


def month_name(number: int, language: str = ENGLISH) -> str:
    """``3`` → ``March``, or ``Mawrth``."""
    return words(language).gettext(MONTHS[number - 1])


def show_month(value: object, language: str = ENGLISH) -> str:
    """``2026-03`` → ``March 2026``."""
    text = str(value)
    if not _IS_MONTH.fullmatch(text):
        return text
    return f"{month_name(int(text[5:]), language)} {text[:4]}"


def show_day(day: date, language: str = ENGLISH) -> str:
    """``27 March 2026``, or ``27 Mawrth 2026``. Source: GOV.UK style guide, dates."""
    return f"{day.day} {month_name(day.month, language)} {day.year}"


# -- times of day ---------------------------------------------------------------------------------


def tidy_time(text: str) -> str:
    """``9.30 pm`` → ``21:30``; ``midday`` → ``12:00``. What is no time comes back as typed."""
    line = tidy_line(text)
    plain = " ".join(_DOTTED_HALF.sub(r"\1\2", line.lower()).split())
    if plain in _TIME_WORDS:
        return _TIME_WORDS[plain]
    found = _TIME.fullmatch(plain) if plain.isascii() else None
    return _clock_time(*found.groups()) or line if found else line


def _clock_time(hours: str, minutes: str | None, half: str | None) -> str:
    """The time, or "" if a day has none such. A lone ``9`` might mean either half of the day."""
    hour = int(hours)
    half = _HALVES.get(half or "", half)
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


def show_time(value: object, language: str = ENGLISH) -> str:
    """``21:30`` → ``9:30pm``. Source: GOV.UK style guide, times."""
    text = str(value)
    if not _IS_TIME.fullmatch(text):
        return text
    named = {"12:00": N_("midday"), "00:00": N_("midnight")}.get(text)
    if named:
        return words(language).gettext(named)
    hour, minutes = int(text[:2]), text[3:]
    past = "" if minutes == "00" else f":{minutes}"
    # public services write am and pm in Welsh too
    return f"{hour % 12 or 12}{past}{'am' if hour < 12 else 'pm'}"


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


def show_gestation(value: object, language: str = ENGLISH) -> str:
    """``31+4`` → ``31 weeks and 4 days``."""
    text = str(value)
    if not _IS_GESTATION.fullmatch(text):
        return text
    weeks, days = (int(part) for part in text.split("+"))
    said = words(language)
    shown = said.ngettext("{number} week", "{number} weeks", weeks).format(number=weeks)
    if not days:
        return shown
    rest = said.ngettext("{number} day", "{number} days", days).format(number=days)
    joined = said.ngettext("{weeks} and {days}", "{weeks} and {days}", days)  # Welsh: ac un, a dau
    return joined.format(weeks=shown, days=rest)


def completed_weeks(value: str) -> int | None:
    """The completed weeks of ``31+4``: 31; None if it is none such."""
    return int(value.partition("+")[0]) if _IS_GESTATION.fullmatch(value) else None
