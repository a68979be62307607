"""Acknowledgement times, checked against a calendar on the wall."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_router.calendars import (
    CLOSES,
    LONDON,
    NATIONS,
    OPENS,
    DurationError,
    bank_holidays,
    due,
    known_until,
    read_duration,
)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("received", "within", "expected"),
    [
        ("2026-11-18 10:30", "1 working day", "2026-11-19 10:30"),
        ("2026-11-20 16:00", "1 working day", "2026-11-23 16:00"),  # over a weekend
        ("2026-11-20 17:00", "1 working day", "2026-11-23 17:00"),  # at closing time
        ("2026-11-20 23:59", "1 working day", "2026-11-23 17:00"),
        ("2026-11-21 12:00", "1 working day", "2026-11-23 17:00"),  # on a Saturday
        ("2026-11-23 06:00", "1 working day", "2026-11-23 17:00"),  # before opening
        ("2026-11-23 06:00", "4 working hours", "2026-11-23 13:00"),
        ("2026-11-20 15:00", "4 working hours", "2026-11-23 11:00"),
        ("2026-11-18 10:00", "3 working days", "2026-11-23 10:00"),
        ("2026-12-24 12:00", "1 working day", "2026-12-29 12:00"),  # Christmas, substitute day
        ("2026-11-18 10:30", "PT1H", "2026-11-18 11:30"),
        ("2026-11-20 23:30", "PT45M", "2026-11-21 00:15"),
        ("2026-11-20 16:00", "P2D", "2026-11-22 16:00"),
        ("2026-11-20 16:00", "P1W", "2026-11-27 16:00"),
        ("2026-11-20 16:00", "P1DT2H30M", "2026-11-21 18:30"),
    ],
)
def test_a_due_time_is_what_a_calendar_on_the_wall_says(received, within, expected):
    assert due(london(received), within) == london(expected)


def test_each_nation_keeps_its_own_bank_holidays():
    before_the_twelfth = london("2026-07-10 16:00")  # observed on Monday 13 July
    assert due(before_the_twelfth, "1 working day", "northern-ireland") == london(
        "2026-07-14 16:00"
    )
    assert due(before_the_twelfth, "1 working day", "scotland") == london("2026-07-13 16:00")
    saint_andrew = london("2026-11-27 16:00")
    assert due(saint_andrew, "1 working day", "scotland") == london("2026-12-01 16:00")
    assert due(saint_andrew, "1 working day", "england-and-wales") == london("2026-11-30 16:00")


def test_days_keep_the_time_on_the_clock_and_hours_are_elapsed_when_summer_time_begins():
    saturday = london("2026-03-28 12:00")  # the clocks go forward that night
    assert due(saturday, "P1D") == london("2026-03-29 12:00")
    assert due(saturday, "P1D") - saturday.astimezone(UTC) == timedelta(hours=23)
    assert due(saturday, "PT24H") == london("2026-03-29 13:00")


def test_working_time_keeps_office_hours_when_summer_time_ends():
    friday = london("2026-10-23 15:00")  # the clocks go back on Sunday
    assert due(friday, "4 working hours") == london("2026-10-26 11:00")
    assert due(friday, "1 working day").hour == 15  # 15:00 in London is 15:00 UTC again


def test_an_hour_that_the_clock_shows_twice_is_not_counted_twice():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 01:30 summer time
    assert due(first, "PT1H") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 01:30 again


@pytest.mark.parametrize(
    "text",
    ["", "soon", "1 day", "0 working days", "-PT1H", "P", "PT", "P1DT", "P1M", "P1Y", "PT0M", "P0D",
     "1.5 working days", "P400D", "9999 working days", "PT1H ", "pt1h", "PT1S"],
)  # fmt: skip
def test_what_is_no_length_of_time_is_refused_with_what_to_write(text):
    with pytest.raises(DurationError) as refused:
        read_duration(text)
    assert refused.value.fix.startswith("Write ")


MINUTES_OF_TWO_YEARS = 2 * 365 * 24 * 60
moments = st.integers(0, MINUTES_OF_TWO_YEARS).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(moments, st.integers(1, 60), st.sampled_from(NATIONS))
def test_working_time_always_ends_within_office_hours_of_a_working_day(now, hours, nation):
    end = due(now, f"{hours} working hours", nation).astimezone(LONDON)
    assert OPENS < end.time() <= CLOSES
    assert end.weekday() < 5
    assert end.date() not in bank_holidays(nation)


@given(moments, st.integers(1, 30), st.sampled_from(NATIONS))
def test_more_time_is_never_due_sooner(now, count, nation):
    sooner, later = (due(now, f"{n} working hours", nation) for n in (count, count + 1))
    assert now < sooner < later


def test_the_bank_holidays_reach_two_years_ahead_of_this_release():
    assert all(known_until(nation) >= date(2028, 12, 25) for nation in NATIONS)


def test_holidays_are_read_without_loading_an_http_client():
    asked = (
        "import sys; from referral_router.calendars import bank_holidays; "
        "bank_holidays('scotland'); sys.exit('requests' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


@pytest.mark.parametrize(
    ("now", "bell"),
    [
        ("2026-11-18T07:00", "2026-11-18T08:30"),  # before school that day
        ("2026-11-18T08:30", "2026-11-19T08:30"),
        ("2026-11-20T23:00", "2026-11-23T08:30"),  # a Friday night
        ("2026-12-24T20:00", "2026-12-29T08:30"),  # two bank holidays follow
        ("2027-03-25T20:00", "2027-03-30T08:30"),  # Easter, and summer time begins
    ],
)
def test_a_school_hears_before_its_next_day_begins(now, bell):
    heard = due(on_the_clock(now), "before the next school day")
    assert heard == on_the_clock(bell)


def on_the_clock(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def test_a_time_that_starts_at_an_answer_is_not_put_off_by_a_slip_in_the_year():
    now, answers = datetime(2026, 11, 18, 10, tzinfo=UTC), {"returned_on": "2062-11-17"}
    assert due(now, "PT72H after returned_on", answers=answers) == now + timedelta(hours=72)
