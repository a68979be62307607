"""What a pause does to each kind of clock, and when most of a time is gone, in every calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_router import ELAPSED, FIXED, WORKING, after_pause, clock_kind, when_gone
from referral_router.calendars import LONDON, working_calendar, working_time_between

ENGLAND = working_calendar()
SCOTLAND = working_calendar("scotland")
NORTHERN_IRELAND = working_calendar("northern-ireland")


def at(text):
    """A time on the clock in London."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("within", "kind"),
    [
        ("1 working day", WORKING),
        ("4 working hours", WORKING),
        ("PT30M", ELAPSED),
        ("P2D", ELAPSED),
        ("PT72H after returned_on at returned_at", FIXED),
        ("1 working day after returned_on", FIXED),
        ("before the next school day", FIXED),
    ],
)
def test_how_a_clock_counts_follows_from_its_rule(within, kind):
    assert clock_kind(within) == kind


@pytest.mark.parametrize(
    ("calendar", "due"),
    [
        # four working hours are left on the last working day before a holiday of one nation
        (ENGLAND, "2027-01-04T13:00"),  # New Year’s Day is a Friday
        (SCOTLAND, "2027-01-05T13:00"),  # and in Scotland 4 January is a holiday, too
        (NORTHERN_IRELAND, "2027-01-04T13:00"),
    ],
)
def test_working_time_goes_on_after_new_year_as_each_nation_keeps_it(calendar, due):
    paused, goes_on = at("2026-12-30T13:00"), at("2026-12-31T17:00")
    assert after_pause(at("2026-12-30T17:00"), WORKING, paused, goes_on, calendar) == at(due)


@pytest.mark.parametrize(
    ("calendar", "due"),
    [
        (ENGLAND, "2027-03-17T13:00"),
        (SCOTLAND, "2027-03-17T13:00"),
        (NORTHERN_IRELAND, "2027-03-18T13:00"),  # Saint Patrick’s Day
    ],
)
def test_saint_patricks_day_is_a_holiday_in_northern_ireland_alone(calendar, due):
    paused, goes_on = at("2027-03-15T13:00"), at("2027-03-17T00:00")
    assert after_pause(at("2027-03-15T17:00"), WORKING, paused, goes_on, calendar) == at(due)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_change_of_summer_time_moves_no_working_hour_and_no_elapsed_one(day):
    friday, monday = at(day) - timedelta(days=2), at(day) + timedelta(days=1)
    paused, due = friday.replace(hour=15), friday.replace(hour=17)
    assert after_pause(due, WORKING, paused, monday, ENGLAND) == monday.replace(hour=11)
    moved = after_pause(due, ELAPSED, paused, monday, ENGLAND)
    assert moved - monday.astimezone(UTC) == timedelta(hours=2)


def test_a_teams_own_hours_and_closing_days_count():
    night = working_calendar(hours=(("22:00", "06:00"),) * 7)
    shut = working_calendar(closures=((date(2027, 2, 1), date(2027, 2, 5)),))
    paused, goes_on = at("2027-01-29T16:00"), at("2027-02-02T00:00")
    assert after_pause(at("2027-01-29T17:00"), WORKING, paused, goes_on, shut) == at(
        "2027-02-08T10:00"
    )
    paused, goes_on = at("2027-01-29T23:00"), at("2027-02-02T00:00")
    assert after_pause(at("2027-01-30T01:00"), WORKING, paused, goes_on, night) == at(
        "2027-02-02T02:00"
    )


def test_a_fixed_time_and_what_is_late_already_stay_as_they_are():
    paused, goes_on = at("2027-01-29T16:00"), at("2027-02-02T00:00")
    assert after_pause(at("2027-01-30T16:00"), FIXED, paused, goes_on, ENGLAND) == at(
        "2027-01-30T16:00"
    )
    for kind in (WORKING, ELAPSED):
        late = at("2027-01-29T15:00")
        assert after_pause(late, kind, paused, goes_on, ENGLAND) == late


def test_most_of_a_working_day_is_gone_when_its_team_has_had_it():
    friday, monday = at("2027-01-29T16:00"), at("2027-02-01T16:00")
    assert when_gone(0.75, friday, monday, WORKING, ENGLAND) == at("2027-02-01T14:00")
    assert when_gone(0.75, friday, friday + timedelta(hours=4), ELAPSED, ENGLAND) == at(
        "2027-01-29T19:00"
    )
    assert when_gone(0.75, monday, friday, FIXED, ENGLAND) == monday  # it was late when it came


BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 600 * 24 * 60).map(lambda minutes: BEGINNING + timedelta(minutes=minutes))
SPANS = st.timedeltas(timedelta(0), timedelta(days=14))


@given(MOMENTS, SPANS, SPANS, st.sampled_from([ENGLAND, SCOTLAND, NORTHERN_IRELAND]))
def test_what_was_left_when_a_pause_began_is_left_when_it_ends(start, left, pause, calendar):
    due, end = start + left, start + pause
    moved = after_pause(due, WORKING, start, end, calendar)
    assert moved >= due
    before = working_time_between(start, due, calendar)
    assert working_time_between(end, moved, calendar) in (
        before,
        working_time_between(end, due, calendar),  # all of it lay outside working hours
    )
    if left and pause:
        assert after_pause(due, ELAPSED, start, end, calendar) - end == left
