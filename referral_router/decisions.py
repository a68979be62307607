"""What routing decided, as a value that can be stored and read again years later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from referral_router.rule_set import Urgency

STORED_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Destination:
    """A team that gets the referral: by when it must acknowledge, and because of which rules."""

    team: str
    urgency: Urgency
    acknowledge_by: datetime
    why: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule said: whether it matched, the comparisons that decided it in the form's own
    words, the teams that it sent the referral to, and what it could not find."""

    rule: str
    matched: bool
    why: str
    because: str
    teams: tuple[str, ...] = ()
    unresolved: str = ""


@dataclass(frozen=True, eq=False)
class Decision:
    """Where a referral goes, and what every rule said about it.

    The words of the verdicts are made when they are first asked for, from a snapshot of the
    answers: routing itself stays fast with a thousand rules.
    """

    form: str
    rules_version: str
    rules_hash: str
    decided_at: datetime
    destinations: tuple[Destination, ...]
    used_fallback: bool
    make_verdicts: Callable[[], tuple[Verdict, ...]] = field(repr=False)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One verdict a rule, in the order of the file; the last is the fallback's."""
        return self.make_verdicts()

    def to_json(self) -> dict[str, Any]:
        """Return the whole decision as plain JSON values, to be sealed and stored."""
        return {
            "format": STORED_FORMAT,
            "form": self.form,
            "rules_version": self.rules_version,
            "rules_hash": self.rules_hash,
            "decided_at": self.decided_at.isoformat(),
            "used_fallback": self.used_fallback,
            "destinations": [_destination_to_json(each) for each in self.destinations],
            "verdicts": [_verdict_to_json(each) for each in self.verdicts],
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Decision):
            return NotImplemented
        return self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.form, self.rules_hash, self.decided_at, self.destinations))


def _destination_to_json(destination: Destination) -> dict[str, Any]:
    return {
        "team": destination.team,
        "urgency": destination.urgency.key,
        "acknowledge_by": destination.acknowledge_by.isoformat(),
        "why": list(destination.why),
        "rules": list(destination.rules),
    }


def _verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "rule": verdict.rule,
        "matched": verdict.matched,
        "why": verdict.why,
        "because": verdict.because,
        "teams": list(verdict.teams),
        "unresolved": verdict.unresolved,
    }


def decision_from_json(stored: Mapping[str, Any]) -> Decision:
    """Read what `Decision.to_json` made; its verdicts have the words that were stored."""
    verdicts = tuple(
        Verdict(**{**each, "teams": tuple(each["teams"])}) for each in stored["verdicts"]
    )
    return Decision(
        form=stored["form"],
        rules_version=stored["rules_version"],
        rules_hash=stored["rules_hash"],
        decided_at=datetime.fromisoformat(stored["decided_at"]),
        destinations=tuple(_destination_from_json(each) for each in stored["destinations"]),
        used_fallback=stored["used_fallback"],
        make_verdicts=lambda: verdicts,
    )


def _destination_from_json(stored: Mapping[str, Any]) -> Destination:
    return Destination(
        team=stored["team"],
        urgency=Urgency[stored["urgency"].upper()],
        acknowledge_by=datetime.fromisoformat(stored["acknowledge_by"]),
        why=tuple(stored["why"]),
        rules=tuple(stored["rules"]),
    )
