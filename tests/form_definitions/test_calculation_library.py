"""What holds for the functions of the library, whatever they are given."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from form_definitions import calculations as library
from tests.form_definitions.calculated import RUBBISH

DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))
NUMBERS = st.lists(st.integers(-1000, 1000), min_size=1, max_size=8)
SCORED = st.lists(st.sampled_from(["1", "2", "3", "4", "5", "not-scored"]), max_size=8)


@given(DATES, DATES)
def test_an_age_grows_by_one_on_a_birthday_and_on_no_other_day(born: date, day: date) -> None:
    before, after = (library.age_on(born, day - timedelta(days=1)), library.age_on(born, day))
    is_birthday = (day.month, day.day) == (born.month, born.day) or (
        (born.month, born.day, day.month, day.day) == (2, 29, 3, 1) and not _is_leap(day.year)
    )
    if born < day:
        assert before is not None
        assert after == before + is_birthday


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@given(DATES, DATES, st.sampled_from(library.UNITS))
def test_a_difference_turned_round_is_its_negative(start: date, end: date, unit: str) -> None:
    assert library.difference(start, end, unit) == -library.difference(end, start, unit)


@given(NUMBERS)
def test_mean_lies_between_lowest_and_highest_and_the_sum_adds_up(numbers: list[int]) -> None:
    mean = library.mean(numbers)
    assert mean is not None
    assert library.lowest(numbers) <= mean <= library.highest(numbers)
    assert library.total(numbers) == sum(numbers)
    assert library.most_frequent(numbers) in numbers


@given(SCORED, st.randoms())
def test_a_rolled_up_grade_is_one_of_its_parts_whatever_their_order(
    values: list[str], chance: Any
) -> None:
    grade = library.roll_up(values, "original-gcp-1")
    scored = [value for value in values if value != "not-scored"]
    assert grade in scored or (grade is None and not scored)
    if {"4", "5"} & set(scored):
        assert grade == max(scored)
    shuffled = list(values)
    chance.shuffle(shuffled)
    assert library.roll_up(shuffled, "original-gcp-1") == grade


@given(st.lists(RUBBISH, max_size=5))
def test_no_answer_makes_a_function_raise(values: list[Any]) -> None:
    for function in (library.total, library.mean, library.highest, library.lowest):
        function(values)
    library.most_frequent(values)
    library.roll_up(values, "original-gcp-1")
    library.band(values, [(0, "x")])
