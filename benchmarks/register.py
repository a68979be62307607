"""A made-up register of people, and second records of some of them with what goes wrong in life.

The recipe, all by one seed:

- Households of one to six share a home, three in four their surname, and half of them one telephone
  for all. One child in thirty is a twin. One man in fifty has a son of his own name at home.
- Names follow the shares of seven communities, common names more often (1/rank^0.7); a fifth have
  a middle name, one family in twenty a double surname.
- 60 postcode districts of 100 postcodes. Seven in ten have an NHS number on record, a third an
  email address, nine in ten a telephone.
- A second record is made years later and by somebody else. See RATES for what changes. A record
  that came out the same is made again, so that every true pair has at least one error.
"""

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

from benchmarks.made_up_names import COMMUNITIES, Community

TODAY = date(2026, 11, 23)
RATES = {
    "nickname": 0.10,  # or another form of the first name, where there is one
    "typing": 0.04,  # a slip in the first name; as often in the surname
    "by ear": 0.10,  # letters written by ear, in each name of a transliterated community
    "married": 0.10,  # another surname, women over 18
    "renamed": 0.02,  # another surname, anybody
    "half a surname": 0.4,  # of those who have a double one
    "middle name": 0.02,  # goes by the middle name, of those who have one
    "initial": 0.01,
    "crossed": 0.01,  # first name and surname in the other's box
    "swapped": 0.04,  # day and month, where both can be
    "digit": 0.03,  # of the date of birth
    "estimated": 0.01,  # 1 January of the year, or of one beside it
    "wrong date": 0.003,
    "no date": 0.005,
    "moved": 0.25,
    "postcode slip": 0.01,
    "no address": 0.08,
    "new telephone": 0.3,
    "no telephone": 0.25,
    "no email": 0.65,
    "no NHS number": 0.45,
    "wrong NHS number": 0.002,
}
NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa",
    "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu",
    "z": "x",
}  # fmt: skip
BY_EAR = (
    ("ee", "i"), ("i", "ee"), ("ou", "u"), ("oo", "u"), ("u", "oo"), ("q", "k"), ("kh", "k"),
    ("k", "q"), ("w", "v"), ("sz", "sh"), ("cz", "ch"), ("y", "i"), ("ae", "ay"), ("ss", "s"),
    ("mm", "m"), ("s", "ss"), ("a", "e"), ("e", "a"), ("o", "u"), ("ph", "f"), ("ł", "l"),
)  # fmt: skip
STREETS = tuple(
    f"{name} {kind}"
    for name in ("Albion", "Beech", "Canal", "Church", "Elm", "Foundry", "High", "Mill", "Willow")
    for kind in ("Street", "Road", "Lane", "Close")
)


@dataclass(frozen=True)
class Record:
    """What one form says of one person; ``who`` is the truth, which no form says."""

    who: int
    given: str
    middle: str
    family: str
    born: date | None
    postcode: str = ""
    line: str = ""
    telephone: str = ""
    email: str = ""
    nhs_number: str = ""
    is_woman: bool = False
    community: Community = field(default=COMMUNITIES[0], repr=False)


def make_register(people: int, again: int, seed: int) -> tuple[Record, ...]:
    """So many people, then second records of so many of them."""
    rng = random.Random(seed)
    first = _people(rng, people)
    second = [_second(rng, person) for person in rng.sample(first, again)]
    return (*first, *second)


def _people(rng: random.Random, wanted: int) -> list[Record]:
    found: list[Record] = []
    numbers = iter(rng.sample(range(1_000_000), 4 * wanted if wanted < 200_000 else 1_000_000))
    while len(found) < wanted:
        found += _household(rng, numbers, len(found))
    return found[:wanted]


def _household(rng: random.Random, numbers: Iterator[int], first: int) -> list[Record]:
    community = rng.choices(COMMUNITIES, [each.share for each in COMMUNITIES])[0]
    size = rng.choices(range(1, 7), (30, 28, 16, 15, 8, 3))[0]
    family, telephone = _family(rng, community), _telephone(rng)
    home = _home(rng)
    is_one_family, has_one_telephone = rng.random() < 0.75, rng.random() < 0.5
    people: list[Record] = []
    for at in range(size):
        is_adult = at < 2
        person = _person(rng, community, first + at, is_adult, next(_valid(numbers)))
        if not is_one_family and is_adult:
            family = _family(rng, community)
        before = people[-1] if people else None
        person = replace(
            person,
            family=family,
            postcode=home[0],
            line=home[1],
            telephone=telephone if has_one_telephone else person.telephone,
        )
        if before and not is_adult and at > 2 and rng.random() < 1 / 30:
            person = replace(person, born=before.born)
        if not is_adult and not person.is_woman and rng.random() < 0.02 and not people[0].is_woman:
            person = replace(person, given=people[0].given)
        people.append(person)
    return people


def _person(
    rng: random.Random, community: Community, who: int, is_adult: bool, nhs_number: str
) -> Record:
    is_woman = rng.random() < 0.5
    age = rng.uniform(18, 90) if is_adult else rng.uniform(0, 18)
    names = community.women if is_woman else community.men
    return Record(
        who=who,
        given=_common(rng, names),
        middle=_common(rng, names) if rng.random() < 0.2 else "",
        family="",
        born=TODAY - timedelta(days=int(age * 365.25)),
        telephone=_telephone(rng) if rng.random() < 0.9 else "",
        email=f"p{who}@example.org" if rng.random() < 1 / 3 else "",
        nhs_number=nhs_number if rng.random() < 0.7 else "",
        is_woman=is_woman,
        community=community,
    )


def _common(rng: random.Random, names: tuple[str, ...]) -> str:
    return rng.choices(names, cum_weights=_shares(len(names)))[0]


@cache
def _shares(count: int) -> list[float]:
    return list(accumulate((rank + 1) ** -0.7 for rank in range(count)))


def _family(rng: random.Random, community: Community) -> str:
    family = _common(rng, community.families)
    return f"{family}-{_common(rng, community.families)}" if rng.random() < 0.05 else family


def _home(rng: random.Random) -> tuple[str, str]:
    district = f"QX{rng.randrange(60) + 1}"  # there is no postcode area QX
    inward = f"{rng.randrange(10)}{rng.choice('ABDEFGHJLN')}Q"
    return f"{district} {inward}", f"{rng.randrange(1, 150)} {rng.choice(STREETS)}"


def _telephone(rng: random.Random) -> str:
    return f"+999{rng.randrange(10**8):08d}"  # no country has 999


def _valid(numbers: Iterator[int]) -> Iterator[str]:
    for number in numbers:
        digits = f"999{number:06d}"
        check = -sum((10 - at) * int(digit) for at, digit in enumerate(digits)) % 11
        if check < 10:
            yield f"{digits}{check}"


def _second(rng: random.Random, first: Record) -> Record:
    while True:
        made = _contact(rng, _birth(rng, _names(rng, first)))
        if made != first:
            return made


def _happens(rng: random.Random, what: str) -> bool:
    return rng.random() < RATES[what]


def _names(rng: random.Random, of: Record) -> Record:
    given = of.given
    if of.middle and _happens(rng, "middle name"):
        given = of.middle
    elif given in of.community.variants and _happens(rng, "nickname"):
        given = rng.choice(of.community.variants[given])
    elif _happens(rng, "initial"):
        given = given[0]
    given, family = _misspelled(rng, of, given), _misspelled(rng, of, _surname(rng, of))
    if _happens(rng, "crossed"):
        given, family = family, given
    middle = of.middle if rng.random() < 0.4 else ""
    return replace(of, given=given, middle=middle, family=family)


def _surname(rng: random.Random, of: Record) -> str:
    family = of.family
    first, hyphen, last = family.partition("-")
    if hyphen and first not in ("Al", "El") and _happens(rng, "half a surname"):
        family = rng.choice((first, last))
    is_adult = of.born is not None and (TODAY - of.born).days > 18 * 366
    if of.is_woman and is_adult and _happens(rng, "married"):
        return _family(rng, of.community)
    if _happens(rng, "renamed"):
        return _family(rng, of.community)
    if family in of.community.variants and of.community.is_transliterated and rng.random() < 0.15:
        family = rng.choice(of.community.variants[family])
    return family


def _misspelled(rng: random.Random, of: Record, name: str) -> str:
    if of.community.is_transliterated and _happens(rng, "by ear"):
        name = _by_ear(rng, name)
    return _slip(rng, name) if _happens(rng, "typing") and len(name) > 2 else name


def _by_ear(rng: random.Random, name: str) -> str:
    """One sound after the first letter, written otherwise."""
    head, tail = name[0], name[1:]
    possible = [(old, new) for old, new in BY_EAR if old in tail]
    if not possible:
        return name
    old, new = rng.choice(possible)
    return head + tail.replace(old, new, 1)


def _slip(rng: random.Random, text: str) -> str:
    """A key beside, a key too few, one twice, or two that changed places."""
    at = rng.randrange(len(text))
    kind, letter = rng.randrange(4), text[at]
    if kind == 0:
        return (
            text[:at]
            + rng.choice(NEIGHBOURS.get(letter.lower(), string.ascii_lowercase))
            + (text[at + 1 :])
        )
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + letter + text[at:]
    at = min(at, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _birth(rng: random.Random, of: Record) -> Record:
    born = of.born
    assert born
    if _happens(rng, "no date"):
        return replace(of, born=None)
    if _happens(rng, "wrong date"):
        return replace(of, born=TODAY - timedelta(days=rng.randrange(30_000)))
    if _happens(rng, "estimated"):
        return replace(of, born=date(born.year + rng.choice((-1, 0, 0, 1)), 1, 1))
    if born.day <= 12 and born.day != born.month and _happens(rng, "swapped"):
        return replace(of, born=date(born.year, born.day, born.month))
    return replace(of, born=_one_digit(rng, born)) if _happens(rng, "digit") else of


def _one_digit(rng: random.Random, born: date) -> date:
    while True:
        digits = list(f"{born:%Y%m%d}")
        digits[rng.randrange(2, 8)] = str(rng.randrange(10))
        try:
            changed = date.fromisoformat("".join(digits))
        except ValueError:
            continue
        if changed != born and changed <= TODAY:
            return changed


def _contact(rng: random.Random, of: Record) -> Record:
    postcode, line = _home(rng) if _happens(rng, "moved") else (of.postcode, of.line)
    if _happens(rng, "postcode slip"):
        postcode = postcode[:-1] + rng.choice("ABDEFGHJLNPQRSTUWXYZ")
    if _happens(rng, "no address"):
        postcode = line = ""
    telephone = _telephone(rng) if _happens(rng, "new telephone") else of.telephone
    number = of.nhs_number
    if number and _happens(rng, "wrong NHS number"):
        number = next(_valid(iter(rng.sample(range(1_000_000), 20))))
    return replace(
        of,
        postcode=postcode,
        line=line,
        telephone="" if _happens(rng, "no telephone") else telephone,
        email="" if _happens(rng, "no email") else of.email,
        nhs_number="" if _happens(rng, "no NHS number") else number,
    )
