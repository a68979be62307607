"""Other rules tried on past referrals: what would have gone elsewhere, and which team's load."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from referral_router.decisions import Decision
from referral_router.directory import Directory
from referral_router.routing import route
from referral_router.rule_set import RuleSet, Urgency


@dataclass(frozen=True, slots=True)
class PastReferral:
    """A referral as it was sent: its answers, when, and the teams of its case."""

    reference: str
    answers: Mapping[str, Any] = field(repr=False)
    sent_at: datetime
    case_teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One referral that the new rules treat otherwise: team → urgency, before and after, and the
    sections that are sent to those teams that are not sent everything."""

    reference: str
    before: Mapping[str, Urgency]
    after: Mapping[str, Urgency]
    sections_before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sections_after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Load:
    """How many of the referrals a team gets under either rules."""

    team: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        """How many more, or fewer."""
        return self.after - self.before


class Replay:
    """Past referrals, routed by two sets of rules with the directory of today.

    Both are routed anew, so that a difference comes from the rules and not from a team that was
    paused or added since.
    """

    def __init__(self, old: RuleSet, new: RuleSet, directory: Directory) -> None:
        self.old, self.new, self._directory = old, new, directory
        self._before: Counter[str] = Counter()
        self._after: Counter[str] = Counter()
        self.changes: list[Change] = []
        self.total = 0

    def add(self, past: Iterable[PastReferral]) -> None:
        """Route these by both. Raises NoFallbackTeamError."""
        for referral in past:
            old, new = (self._routed(rules, referral) for rules in (self.old, self.new))
            before, after = _urgencies(old), _urgencies(new)
            sections = _sections(old), _sections(new)
            self._before.update(before.keys())
            self._after.update(after.keys())
            self.total += 1
            if before != after or sections[0] != sections[1]:
                self.changes.append(Change(referral.reference, before, after, *sections))

    def _routed(self, rules: RuleSet, referral: PastReferral) -> Decision:
        return route(
            rules,
            referral.answers,
            self._directory,
            referral.sent_at,
            case_teams=referral.case_teams,
        )

    @property
    def loads(self) -> tuple[Load, ...]:
        """The teams that got or would get any, the greatest difference first."""
        loads = (
            Load(team, self._before[team], self._after[team])
            for team in self._before.keys() | self._after.keys()
        )
        return tuple(sorted(loads, key=lambda each: (-abs(each.difference), each.team)))


def _urgencies(decision: Decision) -> dict[str, Urgency]:
    return {to.team: to.urgency for to in decision.destinations}


def _sections(decision: Decision) -> dict[str, tuple[str, ...]]:
    return {to.team: to.sections for to in decision.destinations if to.sections is not None}
