"""The closed library of calculations: pure functions from answers to a value, or None for none.

No function has a clock: today is a date that the caller passes in. None of them raises on any
answer; what is no number or no date is left out. docs/authors/calculations.md describes each.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from form_definitions.formats import MAX_NUMBER, is_iso_date
from form_definitions.periods import completed_weeks

Number = int | float

UNITS = ("days", "weeks", "months", "years")
_CENTS = 6  # decimals of a sum: more than any answer has, fewer than the noise of a float

_IS_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")

#: The rules by which grades are rolled up. A rule is never changed: a better one gets a new name,
#: so that a stored profile can always be worked out again.
#: ``original-gcp-1``: the highest grade stands if any is 4 or 5; otherwise the most frequent, ties
#: to the higher. Nothing is averaged. Source: our reading of the original Graded Care Profile; not
#: verified, to be signed off by the licensee.
ROLL_UP_RULES = {"original-gcp-1": 4}  # the lowest grade that stands by itself


def as_number(value: object) -> Number | None:
    """The number that an answer stands for: a number, ``"4"`` of a choice, the weeks of 31+4."""
    if isinstance(value, str):
        if _IS_INTEGER.fullmatch(value):
            return int(value)
        return completed_weeks(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -MAX_NUMBER < value < MAX_NUMBER else None  # NaN is not less than anything


def as_date(value: object) -> date | None:
    """The date of an answer."""
    return date.fromisoformat(value) if isinstance(value, str) and is_iso_date(value) else None


def age_on(born: date, day: date) -> int | None:
    """Completed years on a day; None before birth. Born on 29 February: a year older on 1 March."""
    return difference(born, day, "years") if born <= day else None


def difference(start: date, end: date, unit: str) -> int:
    """Completed days, weeks, months or years from one date to another; negative if it is before."""
    if end < start:
        return -difference(end, start, unit)
    days = (end - start).days
    if unit in ("days", "weeks"):
        return days if unit == "days" else days // 7
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return months if unit == "months" else months // 12


def total(values: Sequence[object]) -> Number | None:
    """The sum of the numbers among the values; None if there are none."""
    numbers = numbers_of(values)
    if not numbers:
        return None
    if all(isinstance(number, int) for number in numbers):
        return sum(numbers)
    return round(math.fsum(numbers), _CENTS)


def count(values: Sequence[object]) -> int:
    """How many values there are."""
    return len(values)


def mean(values: Sequence[object], decimals: int = 2) -> Number | None:
    """The mean of the numbers, a half rounded away from zero; None if there are none."""
    numbers = numbers_of(values)
    if not numbers:
        return None
    exact = sum((Decimal(str(number)) for number in numbers), Decimal()) / len(numbers)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return int(rounded) if rounded == int(rounded) else float(rounded)


def highest(values: Sequence[object]) -> Any:
    """The value whose number is the highest; None if none is a number."""
    ranked = [value for value in values if as_number(value) is not None]
    return max(ranked, key=_rank, default=None)


def lowest(values: Sequence[object]) -> Any:
    """The value whose number is the lowest; None if none is a number."""
    ranked = [value for value in values if as_number(value) is not None]
    return min(ranked, key=_rank, default=None)


def most_frequent(values: Sequence[object]) -> Any:
    """The value that is there most often.

    Of several, the highest if all values are numbers, else the one that comes first.
    """
    often = Counter(value for value in values if isinstance(value, str | int | float))
    if not often:
        return None
    most = max(often.values())
    tied = [value for value, times in often.items() if times == most]
    are_numbers = all(as_number(value) is not None for value in often)
    return highest(tied) if are_numbers else tied[0]


def roll_up(grades: Sequence[object], rule: str) -> Any:
    """The grade of an area from those of its parts, by one of ROLL_UP_RULES; never a mean.

    What is not scored is left out; None if nothing is scored.
    """
    scored = [grade for grade in grades if as_number(grade) is not None]
    top = highest(scored)
    if top is None or _rank(top) >= ROLL_UP_RULES[rule]:
        return top
    return most_frequent(scored)


def band(value: object, bands: Sequence[tuple[Number, str]]) -> str | None:
    """The label of the last band that begins at or below the number; None below all of them."""
    number = as_number(value)
    if number is None:
        return None
    labels = [label for start, label in bands if start <= number]
    return labels[-1] if labels else None


def numbers_of(values: Sequence[object]) -> list[Number]:
    """The numbers among the values."""
    return [number for number in map(as_number, values) if number is not None]


def _rank(value: object) -> Number:
    number = as_number(value)
    return -math.inf if number is None else number
