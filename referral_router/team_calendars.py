"""A team's own settings in a directory file: hours, closing days, pause, capacity and cover."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from referral_router.calendars import EVERY_DAY, NATIONS, Closures, Hours
from referral_router.findings import Findings, Where, suggestion

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CALENDAR_KEYS = ("nation", "hours", "closures", "capacity", "cover", "paused_until")
CALENDARS = (*NATIONS, EVERY_DAY)
CLOSURE_KEYS = ("first_day", "last_day", "why")
MOST_CAPACITY = 1_000_000  # more is a slip of the keyboard
LONGEST_WHY = 200  # characters; one line
MOST_CLOSED = 3 * 366  # days in all; whoever is shut for longer is paused, or has left

_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_HOURS = re.compile(rf"({_TIME})\s*(?:-|–|to)\s*({_TIME})")
HOURS_FIX = "Write “09:00-17:00”, with the time that it opens first, or leave the day out"


def read_hours(text: str) -> tuple[str, str] | None:
    """Read "09:00-17:00" or "09:00 to 17:00"; "20:00-08:00" is a night. None if it is neither."""
    found = _HOURS.fullmatch(text.strip())
    if found is None or found[1] in (found[2], "24:00"):
        return None
    return found[1], found[2]


def written_hours(hours: Hours) -> dict[str, str]:
    """Return a week's hours as a file has them: {"monday": "09:00-17:00", …}, without shut days."""
    days = zip(WEEKDAYS, hours, strict=False)
    return {day: f"{times[0]}-{times[1]}" for day, times in days if times}


def read_calendar(entry: Mapping[str, Any], where: Where, findings: Findings) -> dict[str, Any]:
    """Read what a team's entry says of its settings, as the fields of a Team.

    What is wrong goes into `findings`. `paused_until` is checked, and no field: whether a pause is
    over depends on the day.
    """
    reader = _Settings(entry, where, findings)
    reader.paused_until()
    return {
        "nation": reader.nation(),
        "hours": reader.hours(),
        "closures": reader.closures(),
        "capacity": reader.capacity(),
        "cover": reader.cover(),
    }


class _Settings:
    def __init__(self, entry: Mapping[str, Any], where: Where, findings: Findings) -> None:
        self.entry, self.where, self.findings = entry, where, findings

    def add(self, key: str | tuple[str | int, ...], message: str, fix: str) -> None:
        place = key if isinstance(key, tuple) else (key,)
        self.findings.add((*self.where, *place), message, fix)

    def nation(self) -> str:
        nation = self.entry.get("nation") or NATIONS[0]
        if nation in CALENDARS:
            return str(nation)
        fix = suggestion(nation, CALENDARS) or f"Write one of {', '.join(CALENDARS)}"
        self.add("nation", f"‘{nation}’ is no calendar of bank holidays", fix)
        return NATIONS[0]

    def hours(self) -> Hours:
        given = self.entry.get("hours") or {}
        if not isinstance(given, Mapping):
            self.add("hours", "‘hours’ has to be an object", 'Write {"monday": "09:00-17:00", …}')
            return ()
        for day in given:
            if day not in WEEKDAYS:
                fix = suggestion(day, WEEKDAYS) or f"Use {', '.join(WEEKDAYS)}"
                self.add(("hours", day), f"‘{day}’ is no day of the week", fix)
        return (
            tuple(self._day(day, given[day]) if day in given else None for day in WEEKDAYS)
            if given
            else ()
        )

    def _day(self, day: str, text: object) -> tuple[str, str] | None:
        times = read_hours(text) if isinstance(text, str) else None
        if times is None:
            self.add(("hours", day), f"‘{text}’ is not a day's opening hours", HOURS_FIX)
        return times

    def closures(self) -> Closures:
        given = self.entry.get("closures") or []
        if not isinstance(given, list):
            self.add("closures", "‘closures’ has to be a list", "Write [ … ]")
            return ()
        found = [self._closure(index, each) for index, each in enumerate(given)]
        days = sum((last - first).days + 1 for first, last in filter(None, found))
        if days > MOST_CLOSED:
            fix = "Shorten them, or pause the team"
            self.add("closures", "the closing days are more than three years in all", fix)
        return tuple(sorted(each for each in found if each))

    def _closure(self, index: int, given: object) -> tuple[date, date] | None:
        at = ("closures", index)
        if not isinstance(given, Mapping) or set(given) - set(CLOSURE_KEYS):
            fix = 'Write {"first_day": "2026-12-24", "last_day": "2026-12-31", "why": "…"}'
            self.add(at, "this is not a time of closing days", fix)
            return None
        first = self._day_of(given.get("first_day"), (*at, "first_day"))
        last = self._day_of(given.get("last_day", given.get("first_day")), (*at, "last_day"))
        why = given.get("why", "")
        if not isinstance(why, str) or len(why) > LONGEST_WHY:
            self.add((*at, "why"), "‘why’ has to be one short line", "Write at most 200 characters")
        if first and last and last < first:
            self.add((*at, "last_day"), "the last day is before the first", "Swap them")
        return (first, last) if first and last and first <= last else None

    def _day_of(self, text: object, at: tuple[str | int, ...]) -> date | None:
        try:
            return date.fromisoformat(str(text))
        except ValueError:
            fix = "Write year, month and day: 2026-12-24"
            self.add(at, f"‘{'' if text is None else text}’ is not a day", fix)
            return None

    def capacity(self) -> int | None:
        given = self.entry.get("capacity")
        is_number = isinstance(given, int) and not isinstance(given, bool)
        if given is None or (is_number and 0 <= given <= MOST_CAPACITY):
            return given
        self.add(
            "capacity",
            f"‘{given}’ is not a number of referrals",
            "Write a whole number, or leave it out for a team that can take any number",
        )
        return None

    def cover(self) -> str:
        given = self.entry.get("cover") or ""
        if isinstance(given, str):
            return given
        self.add("cover", "‘cover’ has to be a team's id", "Write it in quotation marks")
        return ""

    def paused_until(self) -> None:
        if given := self.entry.get("paused_until"):
            self._day_of(given, ("paused_until",))
