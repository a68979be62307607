"""Dates of birth: swapped, one digit off, estimated, and the expected one of an unborn child."""

from dataclasses import dataclass, field
from datetime import date

NEAR = 42  # days between an expected birth and one that came early or late


@dataclass(frozen=True, slots=True)
class Birth:
    """A date of birth; one later than the form that names it is expected, not yet known."""

    on: date = field(repr=False)
    is_expected: bool = False
    digits: str = field(default="", repr=False)  # "19900327"
    is_estimated: bool = False  # 1 January stands in papers where only the year was known


def read_birth(iso: str, told_on: date | None) -> Birth | None:
    """A date of birth as a form stores it; None if there is none."""
    try:
        born = date.fromisoformat(iso.strip())
    except ValueError:
        return None
    return Birth(
        born,
        is_expected=told_on is not None and born > told_on,
        digits=born.isoformat().replace("-", ""),
        is_estimated=born.day == born.month == 1,
    )


def compare_births(one: Birth | None, two: Birth | None) -> str:
    """The level of two dates of birth; "" if one is not known."""
    if one is None or two is None:
        return ""
    if one.on == two.on:
        return "same_estimated" if one.is_estimated else "same"
    if one.is_expected != two.is_expected:
        return "near" if abs((one.on - two.on).days) <= NEAR else "different"
    if _are_swapped(one.on, two.on):
        return "swapped"
    if one.is_estimated or two.is_estimated:
        return "estimated" if abs(one.on.year - two.on.year) <= 1 else "different"
    return "digit" if _is_one_digit_off(one.digits, two.digits) else "different"


def _are_swapped(one: date, two: date) -> bool:
    return one.year == two.year and (one.day, one.month) == (two.month, two.day)


def _is_one_digit_off(one: str, two: str) -> bool:
    """One digit is another, or two neighbours changed places."""
    off = [at for at, digit in enumerate(one) if digit != two[at]]
    if len(off) == 2 and off[1] == off[0] + 1:
        left, right = off
        return one[left] == two[right] and one[right] == two[left]
    return len(off) == 1
