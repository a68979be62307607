"""First names and surnames: taken apart, and compared in either order."""

from dataclasses import dataclass, field

from intake.matching.nicknames import are_variants
from intake.matching.spelling import alikeness, words

NO_EVIDENCE = ""
CROSSED = "crossed"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its only spelling; either part may be empty."""

    given: tuple[str, ...] = field(default=(), repr=False)
    family: tuple[str, ...] = field(default=(), repr=False)


def read_name(parts: tuple[str, ...]) -> Name:
    """A name from the boxes of a form: the last box is the surname.

    Of one box alone, "Okafor, Ada" says where the surname is; else it is the last word. One word
    alone is a first name.
    """
    if len(parts) == 1:
        parts = _of_one_box(parts[0])
    if not parts:
        return Name()
    *before, last = parts
    if not before:
        return Name(given=words(last))
    return Name(given=words(" ".join(before)), family=words(last))


def _of_one_box(text: str) -> tuple[str, ...]:
    family, comma, given = text.partition(",")
    if comma and given.strip():
        return given, family
    found = words(text)
    return (" ".join(found[:-1]), found[-1]) if len(found) > 1 else found


def compare_names(one: Name, two: Name) -> tuple[str, str]:
    """The levels of first name and surname; "" where one of them does not say it."""
    given, family = _given(one.given, two.given), _family(one.family, two.family)
    if given == family == "different" and _are_crossed(one, two):
        return CROSSED, CROSSED
    return given, family


def _are_crossed(one: Name, two: Name) -> bool:
    agreeing = ("same", "spelled", "sounds", "part")
    return _family(one.given, two.family) in agreeing and _family(one.family, two.given) in agreeing


def _given(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    if not one or not two:
        return NO_EVIDENCE
    first, second = one[0], two[0]
    if len(first) == 1 or len(second) == 1:
        return "initial" if first[0] == second[0] else "different"
    if first == second or "".join(one) == "".join(two):
        return "same"
    if are_variants(first, second):
        return "variant"
    alike = alikeness(first, second) or alikeness("".join(one), "".join(two))
    return alike or ("middle" if _is_middle(one, two) else "different")


def _is_middle(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether one goes by what is a middle name of the other."""
    return one[0] in two[1:] or two[0] in one[1:]


def _family(one: tuple[str, ...], two: tuple[str, ...]) -> str:
    if not one or not two:
        return NO_EVIDENCE
    if len(one) == len(two) == 1:
        return alikeness(one[0], two[0]) or "different"
    if sorted(one) == sorted(two) or "".join(one) == "".join(two):
        return "same"
    if not set(one).isdisjoint(two):
        return "part"
    found = {alikeness(first, second) for first in one for second in two}
    found.add(alikeness("".join(one), "".join(two)))
    return next((level for level in ("spelled", "sounds") if level in found), "different")
