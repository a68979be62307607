"""Why two people may be the same, in plain words and without any value."""

from collections.abc import Iterable

WORDS = {
    "nhs_number.same": "same NHS number",
    "nhs_number.different": "two different NHS numbers",
    "birth.same": "born the same day",
    "birth.same_estimated": "both said to be born on 1 January of one year",
    "birth.swapped": "dates of birth with day and month swapped",
    "birth.digit": "dates of birth that differ in one digit",
    "birth.near": "a birth was expected about when the other was born",
    "birth.estimated": "dates of birth a year apart at most, one of them estimated",
    "birth.different": "different dates of birth",
    "given.same": "same first name",
    "given.variant": "two forms of one first name",
    "given.spelled": "first name spelled almost the same",
    "given.sounds": "first name sounds alike",
    "given.crossed": "first name and surname in the other order",
    "given.middle": "first name of one is a middle name of the other",
    "given.initial": "same first initial",
    "given.different": "different first names",
    "family.same": "same surname",
    "family.part": "part of a double surname is the same",
    "family.spelled": "surname spelled almost the same",
    "family.sounds": "surname sounds alike",
    "family.different": "different surnames",
    "home.house": "same house",
    "home.postcode": "same postcode",
    "home.street": "same street and number",
    "home.district": "same postcode district",
    "home.different": "different addresses",
    "telephone.same": "same telephone number",
    "telephone.different": "different telephone numbers",
    "email.same": "same email address",
    "email.different": "different email addresses",
}


def in_words(codes: Iterable[str]) -> tuple[str, ...]:
    """One phrase for each piece of evidence; "family.crossed" is said with the first name."""
    return tuple(WORDS[code] for code in codes if code in WORDS)


def is_against(code: str) -> bool:
    """Whether a piece of evidence speaks against the two being one."""
    return code.endswith(".different")
