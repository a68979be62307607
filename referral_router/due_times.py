"""When each team has to act on what one referral's rules say, by its own calendar."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from referral_router.calendars import (
    NATIONS,
    CalendarError,
    WorkingCalendar,
    due,
    working_calendar,
    working_time_between,
)
from referral_router.directory import Team
from referral_router.durations import BEFORE_SCHOOL, read_duration
from referral_router.time_words import hours_words

MOMENT = timedelta(minutes=1)


def calendar_under(nation: str, team: Team) -> WorkingCalendar:
    """Return when a team is at work for rules of a nation, which a team that keeps the usual one
    has too. Raises CalendarError."""
    own = nation if team.nation == NATIONS[0] else team.nation
    return working_calendar(own, team.hours, team.closures)


class DueTimes:
    """The due times of one referral, each reckoned once for a length of time and a calendar.

    Without a team, the times are those of an office of the rules' nation.
    """

    def __init__(self, now: datetime, nation: str, answers: Mapping[str, Any]) -> None:
        self._now, self._nation, self._answers = now, nation, answers
        self._usual = working_calendar(nation, (), ())  # the very one of a team without hours
        self._calendars: dict[str, WorkingCalendar] = {}
        self._reckoned: dict[tuple[str, int], datetime] = {}
        self._shut: dict[tuple[str, int], bool] = {}

    def calendar(self, team: Team | None) -> WorkingCalendar:
        """Return a team's calendar; the usual one where its hours make none."""
        if team is None:
            return self._usual
        calendar = self._calendars.get(team.id)
        if calendar is None:
            calendar = self._calendars[team.id] = self._calendar(team)
        return calendar

    def _calendar(self, team: Team) -> WorkingCalendar:
        try:
            return calendar_under(self._nation, team)
        except CalendarError:  # the directory's own check tells of it
            return self._usual

    def by(self, within: str, team: Team | None = None) -> datetime | None:
        """Return by when a team has to act; None for no length of time."""
        if not within:
            return None
        calendar = self.calendar(team)
        key = (within, id(calendar))  # the calendars are kept as long as this is
        if key not in self._reckoned:
            self._reckoned[key] = self._by(within, calendar)
        return self._reckoned[key]

    def _by(self, within: str, calendar: WorkingCalendar) -> datetime:
        """Days that a team is shut move what it has begun to have time for, and nothing else: if
        nobody is there, it is late, and somebody else hears of it."""
        as_usual = self._due(within, calendar.without_closures)
        if not calendar.closures or not read_duration(within).is_working_time:
            return as_usual
        if not working_time_between(self._now, as_usual, calendar):
            return as_usual
        return self._due(within, calendar, otherwise=as_usual)

    def _due(
        self, within: str, calendar: WorkingCalendar, otherwise: datetime | None = None
    ) -> datetime:
        """A team that is so seldom at work that the time never comes is given another: a
        referral is not lost over it."""
        given = self._nation, self._answers
        try:
            return due(self._now, within, *given, calendar)
        except CalendarError:
            return otherwise or due(self._now, within, *given, self._usual)

    def is_shut(self, within: str, team: Team) -> bool:
        """Whether a team is not at work at any time before it has to act; of what is late
        already, whether it is not at work now."""
        calendar = self.calendar(team)
        key = (within, id(calendar))
        if key not in self._shut:
            as_usual = self._due(within, calendar.without_closures)
            end = max(as_usual, self._now + MOMENT)
            self._shut[key] = not working_time_between(self._now, end, calendar)
        return self._shut[key]

    def in_words(self, within: str, team: Team) -> str:
        """Say how a team's time was reckoned: "1 working day; this team works Monday to Friday,
        9am to 5pm". Empty for time on any clock from now on."""
        duration = read_duration(within)
        if duration.until_school:
            return BEFORE_SCHOOL
        if not duration.is_working_time:
            return "counted from a time in the answers" if duration.after else ""
        calendar = self.calendar(team)
        words = f"{within.partition(' after ')[0]}; this team works {hours_words(calendar)}"
        is_moved = self.by(within, team) != self._due(within, calendar.without_closures)
        return f"{words}, and not on days that it is shut" if is_moved else words

    @property
    def now(self) -> datetime:
        """When the referral came."""
        return self._now
