"""Whether two people named in forms are the same: pure, without Flask, database or clock."""

from intake.matching.blocking import KIND_STRENGTH, MOST_CANDIDATES, MOST_IN_A_BLOCK, blocks
from intake.matching.comparing import Comparison, compare, suggested
from intake.matching.explaining import in_words
from intake.matching.people import Person, person
from intake.matching.weights import BadWeights, Weights, load_weights, shipped_weights

__all__ = [
    "KIND_STRENGTH",
    "MOST_CANDIDATES",
    "MOST_IN_A_BLOCK",
    "BadWeights",
    "Comparison",
    "Person",
    "Weights",
    "blocks",
    "compare",
    "in_words",
    "load_weights",
    "person",
    "shipped_weights",
    "suggested",
]
