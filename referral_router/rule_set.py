"""What a routing rule is: frozen values, made from a rule file by `referral_router.rules`."""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from form_definitions import Condition, FormDefinition
from referral_router.matching import RuleIndex

FALLBACK = "fallback"
MIDDLE_RANK = 50  # of a rule that names none; 1 is the first, 99 the last


class Urgency(IntEnum):
    """How soon a team has to look; a higher one goes first in a queue."""

    ROUTINE = 1
    SOON = 2
    URGENT = 3
    IMMEDIATE = 4

    @property
    def label(self) -> str:
        """The word that a page shows."""
        return self.name.capitalize()

    @property
    def key(self) -> str:
        """The word that a rule file uses."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class ToTeam:
    """To one team, by id; `send` names the sections (pages) that it is sent, () for all."""

    team: str
    send: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToService:
    """To whoever gives a service in a fixed area, in the area that an answer names or in which a
    postcode is, or (if the file says neither) everywhere; `send` as in ToTeam."""

    service: str
    area: str = ""
    area_from: tuple[str, ...] = ()
    postcode_from: tuple[str, ...] = ()
    send: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToCaseTeams:
    """To the teams of the case that the form is completed on."""


Target = ToTeam | ToService | ToCaseTeams


@dataclass(frozen=True, slots=True)
class Excluded:
    """Who must not get it: a team, an organisation, or the one that an answer names."""

    team: str = ""
    organisation: str = ""
    organisation_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """When it applies (None: always), where the referral goes then, how urgently, and why.

    A rule without `to` sends it nowhere: it makes what the others send more urgent, or excludes
    somebody. Its times are empty where the file gives none.
    """

    id: str
    when: Condition | None
    to: tuple[Target, ...]
    urgency: Urgency
    acknowledge_within: str
    why: str
    decide_within: str = ""
    rank: int = MIDDLE_RANK
    stops: bool = False  # rules of a later rank are not followed
    excludes: tuple[Excluded, ...] = ()
    asks: str = ""  # what a person of the teams that get it has to decide
    tags: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)


@dataclass(frozen=True)
class RuleSet:
    """The rules of one form, by rank and then in the order of the file.

    `fallback` is a rule too; of its `to` the first that finds a team gets the referral.
    """

    form: str
    version: str
    content_hash: str
    nation: str
    rules: tuple[Rule, ...]
    fallback: Rule
    definition: FormDefinition = field(repr=False, compare=False)
    source: str = field(default="<rules>", compare=False)

    @cached_property
    def index(self) -> RuleIndex:
        """The rules by an answer that each needs; made once."""
        return RuleIndex(rule.when for rule in self.rules)
