"""The weights of agreement and disagreement: a file with a version, read and checked."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("weights.json")

LEVELS: Mapping[str, tuple[str, ...]] = {
    "nhs_number": ("same", "different"),
    "given": (
        "same",
        "variant",
        "spelled",
        "sounds",
        "crossed",
        "middle",
        "initial",
        "different",
    ),
    "family": ("same", "part", "spelled", "sounds", "crossed", "different"),
    "birth": ("same", "same_estimated", "swapped", "digit", "near", "estimated", "different"),
    "home": ("house", "postcode", "street", "district", "different"),
    "telephone": ("same", "different"),
    "email": ("same", "different"),
}
LIMITS = ("contact_most", "contact_least", "relatives_most", "namesakes_most")
LONGEST_VERSION = 40
NEARLY = 0.01  # how far the probabilities of one field may be from 1 together


class BadWeights(ValueError):  # noqa: N818 — as the field's other names
    """Raised if a file of weights cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each level of each field is worth, in bits, and where a suggestion begins.

    A weight is log2(m/u): m is how often the level is seen between two records of one person, u
    between those of two people. Fellegi and Sunter, "A Theory for Record Linkage", JASA 64 (1969).
    """

    version: str
    suggest_at: float
    bits: Mapping[tuple[str, str], float]
    contact_most: float
    contact_least: float
    relatives_most: float
    namesakes_most: float


@cache
def shipped_weights() -> Weights:
    """The weights that come with the package."""
    return load_weights(SHIPPED)


def load_weights(path: Path) -> Weights:
    """Read a file of weights. Raises BadWeights."""
    try:
        found = json.loads(path.read_text("utf-8"))
        version, levels = str(found["version"]), found["levels"]
        limits = {name: float(found["limits"][name]) for name in LIMITS}
        suggest_at = float(found["suggest_at"])
        bits = {
            (name, level): _bits(levels[name][level])
            for name, wanted in LEVELS.items()
            for level in wanted
        }
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        raise BadWeights(f"{path.name} cannot be read: {type(error).__name__} {error}") from error
    _check(path, version, levels)
    return Weights(version=version, suggest_at=suggest_at, bits=bits, **limits)


def _bits(level: Mapping[str, Any]) -> float:
    return math.log2(float(level["m"]) / float(level["u"]))


def _check(path: Path, version: str, levels: Mapping[str, Mapping[str, Any]]) -> None:
    if not version or len(version) > LONGEST_VERSION:
        raise BadWeights(f"{path.name} needs a version of 1 to {LONGEST_VERSION} characters")
    for name, given in levels.items():
        if unknown := set(given) - set(LEVELS.get(name, ())):
            raise BadWeights(f"{path.name}: {name} has no level “{min(unknown)}”")
        for which in ("m", "u"):
            total = sum(float(level[which]) for level in given.values())
            if abs(total - 1) > NEARLY:
                raise BadWeights(f"{path.name}: the {which} of {name} are {total:.3f}, not 1")
