"""A team's own calendar: its nation, its hours, the days that it is shut."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_router.calendars import (
    EVERY_DAY,
    LONDON,
    NATIONS,
    CalendarError,
    WorkingCalendar,
    add_working_time,
    due,
    next_opening,
    working_time_between,
)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


HOUR = timedelta(hours=1)
SHORT_FRIDAY = (*[("08:30", "16:30")] * 4, ("08:30", "12:30"), None, None)
WEEKEND = (None, None, None, None, None, ("10:00", "16:00"), ("10:00", "16:00"))
NIGHTS = (("22:00", "06:00"),) * 7
ALWAYS = (("00:00", "24:00"),) * 7


@pytest.mark.parametrize(
    ("hours", "received", "within", "expected"),
    [
        (SHORT_FRIDAY, "2026-11-20 11:30", "4 working hours", "2026-11-23 11:30"),
        (SHORT_FRIDAY, "2026-11-19 11:30", "1 working day", "2026-11-20 11:30"),
        (WEEKEND, "2026-11-18 10:30", "4 working hours", "2026-11-21 14:00"),
        (WEEKEND, "2026-11-18 10:30", "2 working days", "2026-11-22 16:00"),
        (NIGHTS, "2026-11-18 23:00", "1 working day", "2026-11-19 23:00"),
        (NIGHTS, "2026-11-19 03:00", "4 working hours", "2026-11-19 23:00"),
        (NIGHTS, "2026-11-19 12:00", "8 working hours", "2026-11-20 06:00"),
        (ALWAYS, "2026-11-21 02:00", "1 working day", "2026-11-22 02:00"),
        (ALWAYS, "2026-11-21 23:00", "2 working hours", "2026-11-22 01:00"),
    ],
)
def test_working_time_is_counted_in_a_teams_own_hours(hours, received, within, expected):
    calendar = WorkingCalendar(hours=hours)
    assert due(london(received), within, calendar=calendar) == london(expected)


@pytest.mark.parametrize(
    ("nation", "received", "expected"),
    [
        ("england-and-wales", "2026-07-10 16:00", "2026-07-13 16:00"),
        ("northern-ireland", "2026-07-10 16:00", "2026-07-14 16:00"),
        ("scotland", "2026-07-10 16:00", "2026-07-13 16:00"),
        ("england-and-wales", "2026-11-27 16:00", "2026-11-30 16:00"),
        ("scotland", "2026-11-27 16:00", "2026-12-01 16:00"),
        (EVERY_DAY, "2026-12-24 16:00", "2026-12-25 16:00"),
    ],
)
def test_a_team_keeps_the_bank_holidays_of_its_nation_or_none(nation, received, expected):
    calendar = WorkingCalendar(nation)
    assert due(london(received), "1 working day", calendar=calendar) == london(expected)


def test_what_waits_for_nobody_is_due_at_the_same_time_whatever_the_hours():
    friday = london("2026-11-20 20:00")
    for within in ("PT1H", "PT72H", "P2D", "before the next school day"):
        assert due(friday, within, calendar=WorkingCalendar(hours=WEEKEND)) == due(friday, within)


def test_a_night_in_which_the_clocks_change_has_the_hours_that_really_pass():
    nights = WorkingCalendar(hours=NIGHTS)
    begins = london("2026-03-28 22:00")  # summer time begins in this night
    assert working_time_between(begins, london("2026-03-29 06:00"), nights) == 7 * HOUR
    assert add_working_time(begins, 8 * HOUR, nights) == london("2026-03-29 23:00")
    ends = london("2026-10-24 22:00")  # and ends in this one
    assert working_time_between(ends, london("2026-10-25 06:00"), nights) == 9 * HOUR
    assert add_working_time(ends, 8 * HOUR, nights) == london("2026-10-25 05:00")


def test_the_days_that_a_team_is_shut_are_not_counted_first_and_last_included():
    training = ((date(2026, 11, 19), date(2026, 11, 20)),)
    calendar = WorkingCalendar(closures=training)
    wednesday = london("2026-11-18 16:00")
    assert due(wednesday, "1 working day", calendar=calendar) == london("2026-11-23 16:00")
    assert due(wednesday, "1 working day", calendar=calendar.without_closures) == london(
        "2026-11-19 16:00"
    )
    assert working_time_between(wednesday, london("2026-11-23 10:00"), calendar) == 2 * HOUR
    assert next_opening(london("2026-11-19 10:00"), calendar) == london("2026-11-23 09:00")


def test_a_night_that_begins_on_a_day_of_work_goes_on_into_a_day_that_is_shut():
    calendar = WorkingCalendar(EVERY_DAY, NIGHTS, ((date(2026, 11, 19), date(2026, 11, 19)),))
    assert working_time_between(
        london("2026-11-18 12:00"), london("2026-11-20 12:00"), calendar
    ) == timedelta(hours=8)


def test_hours_that_run_into_the_next_are_counted_once():
    calendar = WorkingCalendar(hours=(("20:00", "10:00"), ("09:00", "17:00"), *[None] * 5))
    tuesday = working_time_between(london("2026-11-23 20:00"), london("2026-11-25 00:00"), calendar)
    assert tuesday == 21 * HOUR


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"hours": (None,) * 7}, "never open"),
        ({"hours": (("09:00", "17:00"),)}, "1 weekdays"),
        ({"hours": (("9 o'clock", "17:00"), *[None] * 6)}, "no time of day"),
        ({"hours": (("09:00", "09:00"), *[None] * 6)}, "opens at 09:00 and closes at 09:00"),
        ({"hours": (("24:00", "09:00"), *[None] * 6)}, "opens at 24:00"),
        ({"nation": "wessex"}, "no nation"),
        ({"closures": ((date(2026, 8, 9), date(2026, 8, 2)),)}, "opens again before that"),
    ],
)
def test_what_makes_no_calendar_is_refused_with_what_to_write(parts, says):
    with pytest.raises(CalendarError, match=says) as refused:
        WorkingCalendar(**parts)
    assert refused.value.fix


def test_a_team_that_is_shut_for_ever_has_no_time_and_says_so():
    calendar = WorkingCalendar(closures=((date(2026, 1, 1), date(9999, 12, 31)),))
    now = london("2026-11-18 10:00")
    assert not working_time_between(now, london("2028-01-01 00:00"), calendar)
    for asked in (
        lambda: add_working_time(now, HOUR, calendar),
        lambda: next_opening(now, calendar),
    ):
        with pytest.raises(CalendarError, match="does not open"):
            asked()


quarters = st.integers(0, 95).map(lambda each: f"{each // 4:02}:{each % 4 * 15:02}")
weekdays = st.one_of(
    st.none(), st.tuples(quarters, quarters).filter(lambda hours: hours[0] != hours[1])
)
calendars = st.builds(
    WorkingCalendar,
    st.sampled_from([*NATIONS, EVERY_DAY]),
    st.tuples(*[weekdays] * 7).filter(any),
    st.lists(
        st.integers(0, 700).map(lambda n: (date(2026, 1, 1) + timedelta(n),) * 2), max_size=3
    ).map(tuple),
)
moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(moments, st.integers(1, 60 * 40), calendars)
def test_adding_working_time_and_counting_it_agree(now, minutes, calendar):
    amount = timedelta(minutes=minutes)
    end = add_working_time(now, amount, calendar)
    assert end >= now + amount
    assert working_time_between(now, end, calendar) == amount
    assert working_time_between(end, now, calendar) == timedelta()
    assert next_opening(now, calendar) < end
