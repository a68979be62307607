"""Addresses: the house in its postcode, the postcode, the street, the district."""

import re
from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from intake.matching.spelling import words

NUMBER = re.compile(r"\d+[a-z]?")
INWARD = 3  # the last three characters of a postcode; before them stands the district
SHORTEST = 5  # characters of a whole postcode
SAME_STREET = 90  # of 100, by the words of the street


@dataclass(frozen=True, slots=True)
class Home:
    """A postcode without space, the numbers of house and flat, the words of the street."""

    postcode: str = field(default="", repr=False)
    numbers: frozenset[str] = field(default=frozenset(), repr=False)
    street: str = field(default="", repr=False)
    district: str = field(default="", repr=False)  # "BT12" of "BT126BA"


def read_home(postcode: str, first_lines: str) -> Home:
    """A home from its postcode and the first lines of its address."""
    tidy = re.sub(r"[^0-9A-Z]", "", postcode.upper())
    numbers = frozenset(NUMBER.findall(first_lines.casefold()))
    district = tidy[:-INWARD] if len(tidy) >= SHORTEST else ""
    return Home(tidy, numbers, " ".join(words(NUMBER.sub(" ", first_lines))), district)


def compare_homes(one: Home, two: Home) -> str:
    """The level of two homes; "" if one is not known."""
    if one.postcode and two.postcode:
        return _by_postcode(one, two)
    if one.street and two.street:
        return "street" if _is_same_house(one, two) else "different"
    return ""


def _by_postcode(one: Home, two: Home) -> str:
    if one.postcode == two.postcode:
        is_known = one.numbers and two.numbers
        return "house" if is_known and one.numbers == two.numbers else "postcode"
    if OSA.distance(one.postcode, two.postcode) == 1 and _is_same_house(one, two):
        return "street"
    if one.district and one.district == two.district:
        return "district"
    return "different"


def _is_same_house(one: Home, two: Home) -> bool:
    is_street = bool(one.street and two.street) and (
        fuzz.token_sort_ratio(one.street, two.street) >= SAME_STREET
    )
    return is_street and one.numbers == two.numbers
