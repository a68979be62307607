"""Made-up people: names, addresses, numbers and dates that belong to nobody."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_NAMES = (
    "Aaliyah", "Ayo", "Bronagh", "Caleb", "Ciara", "Dara", "Efua", "Elin", "Farah", "Finn",
    "Hana", "Idris", "Imogen", "Jonah", "Kezia", "Leila", "Mabel", "Malachy", "Nia", "Oisin",
    "Rafi", "Roisin", "Sami", "Tansy", "Tobias", "Una", "Yusra", "Zane",
)  # fmt: skip
LAST_NAMES = (
    "Abara", "Ashcombe", "Birchall", "Carrowell", "Dunmarra", "Eastlake", "Farrowby", "Glenholm",
    "Hallowes", "Iqballi", "Jossett", "Kinsalla", "Larkfield", "Marchbank", "Nwachu", "Oakmere",
    "Pellow", "Quillan", "Rashidi", "Sallowfield", "Tennick", "Umari", "Vancey", "Wexcombe",
)  # fmt: skip
STREETS = ("Alder Row", "Beacon Walk", "Cobbler’s Lane", "Fern Street", "Lantern Road", "Mill Rise")
# the inward part 9ZZ has the right shape and is used nowhere
OUTWARD = {
    "Belfast": "BT9", "Antrim": "BT41", "Lisburn": "BT28", "Armagh": "BT61", "Omagh": "BT78",
    "London": "N1", "Eastmere": "B33",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A first and a last name."""

    first: str
    last: str

    @property
    def full(self) -> str:
        """Both names."""
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        """An address in the domain that is kept for examples."""
        return f"{self.first}.{self.last}@example.org".lower()


class MadeUpPeople:
    """A seeded source of people: the same seed gives the same people, on the same day."""

    def __init__(self, seed: int, today: date) -> None:
        self.chance = random.Random(seed)  # noqa: S311 — made-up people, not secrets
        self.today = today

    def name(self, last: str = "") -> Name:
        """A name; ``last`` makes a relative."""
        return Name(self.chance.choice(FIRST_NAMES), last or self.chance.choice(LAST_NAMES))

    def mobile(self) -> str:
        """A number from the range that Ofcom keeps for drama."""
        return f"07700 900{self.chance.randrange(1000):03d}"

    def landline(self) -> str:
        """A number from the range that Ofcom keeps for drama."""
        return f"01632 960{self.chance.randrange(1000):03d}"

    def london_landline(self) -> str:
        """A London number from the range that Ofcom keeps for drama."""
        return f"020 7946 0{self.chance.randrange(1000):03d}"

    def address(self, town: str) -> dict[str, str]:
        """An address in a street that does not exist. ``town`` is a key of OUTWARD."""
        house = f"{self.chance.randrange(1, 140)} {self.chance.choice(STREETS)}"
        return {"line_1": house, "town": town, "postcode": f"{OUTWARD[town]} 9ZZ"}

    def born(self, years: int) -> str:
        """A date of birth of somebody of that age today."""
        days = years * 365 + years // 4 + self.chance.randrange(1, 330)
        return (self.today - timedelta(days=days)).isoformat()

    def days_ago(self, least: int, most: int) -> str:
        """A date in the past."""
        return (self.today - timedelta(days=self.chance.randint(least, most))).isoformat()

    def in_days(self, least: int, most: int) -> str:
        """A date to come."""
        return (self.today + timedelta(days=self.chance.randint(least, most))).isoformat()

    def nhs_number(self) -> str:
        """A number of the test range 999…, with its check digit."""
        while True:
            number = made_up_nhs_number(self.chance.randrange(1_000_000))
            if number:
                return number


def made_up_nhs_number(serial: int) -> str:
    """The test number 999 and six digits with its check digit, or "" if there is none.

    Source: NHS Data Dictionary: weights 10 to 2, then 11 less the remainder by 11, where 11 is
    written 0 and 10 is never used.
    """
    digits = f"999{serial:06d}"
    weighted = sum(
        int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)
    )
    check = (11 - weighted % 11) % 11
    return "" if check == 10 else f"{digits}{check}"
