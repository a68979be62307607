"""The fields of a team's settings, and what is wrong with them."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from wtforms import Form, RadioField, SelectField, StringField

from form_definitions.formats import is_email
from intake.staff.choices import choices
from intake.staff.day_field import DayField
from intake.staff.words import london_date
from referral_router.team_calendars import LONGEST_WHY, MOST_CAPACITY, WEEKDAYS

NATIONS = {
    "england-and-wales": "Those of England and Wales",
    "northern-ireland": "Those of Northern Ireland",
    "scotland": "Those of Scotland",
    "none": "None: the team works on bank holidays too",
}
PAUSES = {
    "no": "Yes, new referrals come to the team",
    "until": "No, until a day that I know",
    "open": "No, until I end the pause",
}
WEEKS = {"usual": "Monday to Friday, 9am to 5pm", "own": "Other hours"}
LONGEST_PAUSE = timedelta(days=366)
LONGEST_TELEPHONE = 40
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?\s*(am|pm)?", re.IGNORECASE)
_NAMED_TIMES = {"midnight": "00:00", "midday": "12:00", "noon": "12:00"}


class PauseForm(Form):  # type: ignore[misc]
    """Whether new referrals come to the team."""

    paused = RadioField("Does the team get new referrals?", choices=choices(PAUSES))
    until = DayField("until")

    def is_complete(self, today: date) -> bool:
        """Whether a choice was made, with a day where it needs one."""
        last = today + LONGEST_PAUSE
        if self.paused.data not in PAUSES:
            self.paused.errors = ["Select whether the team gets new referrals"]
        elif self.paused.data == "until" and self.until.data is None:
            self.until.errors = ["Enter the day from which referrals come again, like 27 3 2027"]
        elif self.paused.data == "until" and not today < (self.until.data or today) <= last:
            first = london_date(today + timedelta(days=1))
            self.until.errors = [f"Enter a day from {first} to {london_date(last)}"]
        return not self.errors


class HoursForm(Form):  # type: ignore[misc]
    """When the team works. The times of each day are read from the request itself."""

    week = RadioField("When does the team work?", choices=choices(WEEKS))
    nation = RadioField("On which bank holidays is it shut?", choices=choices(NATIONS))

    def read_week(self, posted: Mapping[str, str]) -> None:
        """Read the times of each day; `typed` is shown again, `hours` is stored."""
        self.typed = {
            f"{day}-{end}": posted.get(f"{day}-{end}", "").strip()
            for day in WEEKDAYS
            for end in ("opens", "closes")
        }
        self.problems: dict[str, str] = {}
        self.hours: list[list[str] | None] = []
        if self.week.data == "own":
            self.hours = [self._day(day) for day in WEEKDAYS]

    def _day(self, day: str) -> list[str] | None:
        ends = (self.typed[f"{day}-opens"], self.typed[f"{day}-closes"])
        if not any(ends):
            return None
        opens, closes = read_time(ends[0]), read_time(ends[1])
        closes = "24:00" if closes == "00:00" else closes
        if not opens:
            self.problems[f"{day}-opens"] = f"Enter when {day.title()} begins, like 9am or 09:00"
        elif not closes:
            self.problems[f"{day}-closes"] = f"Enter when {day.title()} ends, like 5pm or 17:00"
        elif opens == closes:
            self.problems[f"{day}-closes"] = (
                f"{day.title()} must end at another time than it begins"
            )
        return [opens, closes]

    def is_complete(self) -> bool:
        """Whether the week has at least one day, and each day two times."""
        if self.week.data not in WEEKS:
            self.week.errors = ["Select when the team works"]
        elif self.week.data == "own" and not any(self.hours):
            self.problems["monday-opens"] = "Enter the hours of at least one day, or pause the team"
        if self.nation.data not in NATIONS:
            self.nation.errors = ["Select on which bank holidays the team is shut"]
        return not self.errors and not self.problems

    def show(self, hours: tuple[tuple[str, str] | None, ...]) -> None:
        """Show the hours that are stored."""
        self.problems = {}
        week = hours or (("09:00", "17:00"),) * 5 + (None, None)
        self.typed = {
            f"{day}-{end}": times[position] if times else ""
            for day, times in zip(WEEKDAYS, week, strict=True)
            for position, end in enumerate(("opens", "closes"))
        }


class ClosingForm(Form):  # type: ignore[misc]
    """Days on which the team is shut."""

    first = DayField("first")
    last = DayField("last")
    why = StringField("Why? (optional)")

    def is_complete(self, today: date) -> bool:
        """Whether the days are days, in order, and not over."""
        if self.first.data is None:
            self.first.errors = ["Enter the first day on which the team is shut, like 27 3 2027"]
        if self.last.data is None and not self.last.is_empty():
            self.last.errors = ["Enter the last day on which the team is shut, like 27 3 2027"]
        if not self.errors:
            self.last.errors = self._wrong_days(today)
        if len(self.why.data or "") > LONGEST_WHY or not (self.why.data or "").isprintable():
            self.why.errors = [
                f"What you write must be one line of at most {LONGEST_WHY} characters"
            ]
        return not self.errors

    def _wrong_days(self, today: date) -> list[str]:
        first, last = self.days
        if last < first:
            return ["The last day must be the same as the first day, or after it"]
        if last < today:
            return ["The last day must be today or later"]
        if last - first > LONGEST_PAUSE:
            return ["Closing days are a year at most. For longer, pause the team"]
        return []

    @property
    def days(self) -> tuple[date, date]:
        """The first day and the last, which is the first where none was given."""
        first = self.first.data or date.min
        return first, self.last.data or first


class CapacityForm(Form):  # type: ignore[misc]
    """How much the team can hold, and who takes over."""

    capacity = StringField("How many live referrals can the team hold?")
    cover = SelectField("Who covers for the team?", validate_choice=False)

    def is_complete(self) -> bool:
        """Whether there is a number or nothing, and a team that there is, or nobody."""
        typed = (self.capacity.data or "").replace(",", "").strip()
        is_number = typed.isascii() and typed.isdigit() and len(typed) < 8
        if typed and not (is_number and 0 < int(typed) <= MOST_CAPACITY):
            self.capacity.errors = ["Enter a whole number of referrals, or nothing for any number"]
        if self.cover.data not in [each.value for each in self.cover.choices]:
            self.cover.errors = ["Select a team, or nobody"]
        return not self.errors

    @property
    def most(self) -> int | None:
        """The number; None for any."""
        typed = (self.capacity.data or "").replace(",", "").strip()
        return int(typed) if typed else None


class ContactForm(Form):  # type: ignore[misc]
    """How the team is told, and called."""

    email = StringField("Email address")
    telephone = StringField("Telephone number")

    def is_complete(self) -> bool:
        """Whether the address looks like one; a team without one hears of nothing."""
        email, telephone = (field.data or "" for field in (self.email, self.telephone))
        if not is_email(email.strip()):
            self.email.errors = ["Enter an email address, like name@example.org"]
        if len(telephone) > LONGEST_TELEPHONE or not telephone.isprintable():
            self.telephone.errors = ["Enter a telephone number, like 01632 960 001"]
        return not self.errors


def read_time(typed: str) -> str:
    """A time of day as people write it, "9am", "9.30" or "17:00", as "09:00"; "" if it is none."""
    if typed.casefold() in _NAMED_TIMES:
        return _NAMED_TIMES[typed.casefold()]
    if typed == "24:00":
        return typed
    found = _TIME.fullmatch(typed)
    if found is None:
        return ""
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").casefold()
    if half and not 1 <= hour <= 12:
        return ""
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""


def errors_of(form: Any) -> dict[str, str]:
    """What is wrong, by the field to go to."""
    found = {name: told[0] for name, told in form.errors.items()}
    return {**found, **getattr(form, "problems", {})}
