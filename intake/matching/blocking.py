"""What two records of one person have in common even after errors: they are looked up by it.

Comparing everybody with everybody takes too long, and would open every submission. Each of these
texts is stored as a keyed hash only, beside the exact identifiers.
"""

from collections.abc import Iterator

from intake.matching.nicknames import full_forms
from intake.matching.people import Person
from intake.matching.spelling import sound

BORN, SOUND_AND_YEAR, NAMES, PLACE_AND_NAME = (
    "block-born",
    "block-sound-year",
    "block-names",
    "block-place",
)
#: How much it says that two records share an entry of this kind: the strongest are opened first.
KIND_STRENGTH = {
    "nhs-number": 100,
    "name-and-birth": 30,
    "email": 12,
    "telephone": 12,
    BORN: 10,
    PLACE_AND_NAME: 5,
    SOUND_AND_YEAR: 5,
    NAMES: 4,
}
MOST_IN_A_BLOCK = 1000  # what more records share says too little to open them for it
MOST_CANDIDATES = 200  # opened and compared for one submission: a fifth of a second


def blocks(person: Person) -> frozenset[tuple[str, str]]:
    """Kind and text of everything that this person is looked up by, beside exact identifiers."""
    return frozenset((*_born(person), *_by_sound(person), *_by_place(person)))


def _born(person: Person) -> Iterator[tuple[str, str]]:
    """The day of birth, day and month in either order, with each initial of the name."""
    if person.birth is None:
        return
    on = person.birth.on
    low, high = sorted((on.day, on.month))
    initials = {word[0] for word in (*person.name.given[:1], *person.name.family)}
    for form in full_forms(person.name.given[0]) if person.name.given else ():
        initials.add(form[0])  # Bill and William
    for initial in initials:
        yield BORN, f"{on.year}|{low}|{high}|{initial}"


def _by_sound(person: Person) -> Iterator[tuple[str, str]]:
    for family in {sound(word) for word in person.name.family}:
        if person.birth:
            yield SOUND_AND_YEAR, f"{family}|{person.birth.on.year}"
        for given in _given_sounds(person):
            first, second = sorted((given, family))  # in either order
            yield NAMES, f"{first}|{second}"


def _by_place(person: Person) -> Iterator[tuple[str, str]]:
    if person.home.district:
        for given in _given_sounds(person):
            yield PLACE_AND_NAME, f"{person.home.district}|{given}"


def _given_sounds(person: Person) -> frozenset[str]:
    """How the first name sounds in every full form that it may stand for."""
    return frozenset(sound(form) for name in person.name.given[:1] for form in full_forms(name))
