"""Two people compared: a score in bits, and the evidence for and against."""

from collections.abc import Mapping
from dataclasses import dataclass

from intake.matching.births import compare_births
from intake.matching.homes import compare_homes
from intake.matching.names import compare_names
from intake.matching.people import Person
from intake.matching.weights import Weights

DIFFERENT = "different"
CONTACT = ("home", "telephone", "email")
#: Without one of these, two people are only of one household, or have one name.
ANCHORS = frozenset(
    (
        "nhs_number.same",
        "birth.same",
        "birth.same_estimated",
        "birth.swapped",
        "birth.digit",
        "birth.near",
        "birth.estimated",
    )
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two people compare: a score in bits, and the evidence as codes without any value.

    A code is a field and its level: "family.sounds". Only fields that both have are evidence.
    """

    score: float
    evidence: tuple[str, ...]
    suggest_at: float

    @property
    def is_suggested(self) -> bool:
        """Whether somebody should look at it."""
        return self.score >= self.suggest_at and not ANCHORS.isdisjoint(self.evidence)


def compare(one: Person, two: Person, weights: Weights) -> Comparison:
    """Compare two people. The order does not matter."""
    levels = _levels(one, two)
    bits = {field: weights.bits[field, level] for field, level in levels.items()}
    evidence = tuple([f"{field}.{level}" for field, level in levels.items()])
    return Comparison(_score(levels, bits, weights), evidence, weights.suggest_at)


def suggested(one: Person, two: Person, weights: Weights) -> Comparison | None:
    """How two people compare, if somebody should look at it; else None.

    Most candidates share neither birth nor NHS number: nothing else of them is compared.
    """
    birth = compare_births(one.birth, two.birth)
    is_anchored = birth not in ("", DIFFERENT) or _same(one.nhs_number, two.nhs_number) == "same"
    if not is_anchored:
        return None
    found = compare(one, two, weights)
    return found if found.is_suggested else None


def _levels(one: Person, two: Person) -> dict[str, str]:
    given, family = compare_names(one.name, two.name)
    levels = {
        "nhs_number": _same(one.nhs_number, two.nhs_number),
        "birth": compare_births(one.birth, two.birth),
        "given": given,
        "family": family,
        "home": compare_homes(one.home, two.home),
        "telephone": _same(one.telephone, two.telephone),
        "email": _same(one.email, two.email),
    }
    return {field: level for field, level in levels.items() if level}


def _same(one: str, two: str) -> str:
    if not one or not two:
        return ""
    return "same" if one == two else DIFFERENT


def _score(levels: Mapping[str, str], bits: dict[str, float], weights: Weights) -> float:
    """The sum of all weights, less what relatives and namesakes share by nature.

    Fellegi and Sunter take the fields as independent. Those of one home are not: brothers and
    sisters share surname and home, twins the birthday too; father and son the name and home.
    """
    contact = 0.0
    for field in CONTACT:
        contact += bits.pop(field, 0.0)
    bits["contact"] = max(weights.contact_least, min(contact, weights.contact_most))
    total = sum(bits.values())
    if levels.get("given") == DIFFERENT:
        total -= _over(bits, ("family", "birth", "contact"), weights.relatives_most)
    if levels.get("birth") == DIFFERENT:
        total -= _over(bits, ("given", "family", "contact"), weights.namesakes_most)
    return total


def _over(bits: Mapping[str, float], shared: tuple[str, ...], most: float) -> float:
    return max(0.0, sum([bits.get(field, 0.0) for field in shared]) - most)
