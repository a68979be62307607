"""What a lead types about a team is read as it is meant."""

import pytest

from intake.staff.team_form import read_time


@pytest.mark.parametrize(
    ("typed", "read"),
    [("9am", "09:00"), ("12am", "00:00"), ("5.30 PM", "17:30"), ("0830", "08:30"), ("17", "17:00"),
     ("midday", "12:00"), ("24:00", "24:00"), ("25:00", ""), ("13pm", ""), ("soon", "")],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(typed, read):
    assert read_time(typed) == read
