"""What routing decided, as a value that can be stored and read again years later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from referral_router.cover import Moved
from referral_router.rule_set import Urgency

STORED_FORMAT = 3


@dataclass(frozen=True, slots=True)
class Destination:
    """A team that gets the referral: by when it must acknowledge and decide, because of which
    rules, and what they ask a person of the team to decide. `reckoned` says how the time to
    acknowledge it was reckoned, where it is working time; `sections` are the pages of the form
    that it is sent, in the form's order, None for everything."""

    team: str
    urgency: Urgency
    acknowledge_by: datetime
    why: tuple[str, ...]
    rules: tuple[str, ...]
    decide_by: datetime | None = None
    asks: tuple[str, ...] = ()
    reckoned: str = ""
    sections: tuple[str, ...] | None = None


class TeamTimes(NamedTuple):
    """By when a rule has one team act, by the team's own calendar."""

    team: str
    acknowledge_by: datetime | None
    decide_by: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule said: whether it matched, the comparisons that decided it in the form's own
    words, the teams that it sent the referral to, what it could not find, and what overruled it.

    Where it matched there is also how urgent it found the referral and by when somebody has to
    act in an office's hours; `times` has the teams whose own calendar says otherwise. `teams` got
    it in the end; `moved` has the steps from those that are away. So the verdicts alone are enough
    to come to the same decision again. `sends` is false for a rule that only makes things more
    urgent, or excludes somebody. `sections` has the pages that it sends to those of its teams
    that it does not send everything.
    """

    rule: str
    matched: bool
    why: str
    because: str
    teams: tuple[str, ...] = ()
    unresolved: str = ""
    overruled: str = ""
    is_stopped: bool = False
    sends: bool = True
    urgency: Urgency | None = None
    acknowledge_by: datetime | None = None
    decide_by: datetime | None = None
    moved: tuple[Moved, ...] = ()
    times: tuple[TeamTimes, ...] = ()
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def times_of(self, team: str) -> tuple[datetime | None, datetime | None]:
        """Return by when a team has to acknowledge and to decide because of this rule."""
        for each in self.times:
            if each.team == team:
                return each.acknowledge_by, each.decide_by
        return self.acknowledge_by, self.decide_by


@dataclass(frozen=True, eq=False)
class Decision:
    """Where a referral goes, and what every rule said about it.

    `moved` has every step from a team that is away to the one that got it in its place,
    `excluded` the teams that must not get it, with an entry for each organisation of which no team
    must (`teams_meant`), `kept_for` those that nobody sent it to and that keep the key to the
    whole, because nobody was sent more than a part. The words of the verdicts are made when they
    are first asked for, from a snapshot of the answers: routing itself stays fast with a thousand
    rules.
    """

    form: str
    rules_version: str
    rules_hash: str
    decided_at: datetime
    destinations: tuple[Destination, ...]
    used_fallback: bool
    tags: tuple[str, ...] = field(default=(), kw_only=True)
    moved: tuple[Moved, ...] = field(default=(), kw_only=True)
    excluded: tuple[str, ...] = field(default=(), kw_only=True)
    kept_for: tuple[str, ...] = field(default=(), kw_only=True)
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
            "tags": list(self.tags),
            "moved": [_moved_to_json(each) for each in self.moved],
            "excluded": list(self.excluded),
            "kept_for": list(self.kept_for),
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
        "decide_by": _isoformat(destination.decide_by),
        "why": list(destination.why),
        "asks": list(destination.asks),
        "rules": list(destination.rules),
        "reckoned": destination.reckoned,
        "sections": None if destination.sections is None else list(destination.sections),
    }


def _verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "rule": verdict.rule,
        "matched": verdict.matched,
        "why": verdict.why,
        "because": verdict.because,
        "teams": list(verdict.teams),
        "unresolved": verdict.unresolved,
        "overruled": verdict.overruled,
        "is_stopped": verdict.is_stopped,
        "sends": verdict.sends,
        "urgency": verdict.urgency.key if verdict.urgency else None,
        "acknowledge_by": _isoformat(verdict.acknowledge_by),
        "decide_by": _isoformat(verdict.decide_by),
        "moved": [_moved_to_json(each) for each in verdict.moved],
        "times": [_times_to_json(each) for each in verdict.times],
        "sections": {team: list(pages) for team, pages in sorted(verdict.sections.items())},
    }


def _moved_to_json(step: Moved) -> dict[str, str]:
    return {
        "from": step.from_team,
        "to": step.to_team,
        "reason": step.reason,
        "words": step.words,
    }


def _times_to_json(times: TeamTimes) -> dict[str, str | None]:
    return {
        "team": times.team,
        "acknowledge_by": _isoformat(times.acknowledge_by),
        "decide_by": _isoformat(times.decide_by),
    }


def _isoformat(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def decision_from_json(stored: Mapping[str, Any]) -> Decision:
    """Read what `Decision.to_json` made, also its earlier formats, which had fewer parts."""
    verdicts = tuple(_verdict_from_json(each) for each in stored["verdicts"])
    return Decision(
        form=stored["form"],
        rules_version=stored["rules_version"],
        rules_hash=stored["rules_hash"],
        decided_at=datetime.fromisoformat(stored["decided_at"]),
        destinations=tuple(_destination_from_json(each) for each in stored["destinations"]),
        used_fallback=stored["used_fallback"],
        tags=tuple(stored.get("tags", ())),
        moved=_moved(stored),
        excluded=tuple(stored.get("excluded", ())),
        kept_for=tuple(stored.get("kept_for", ())),
        make_verdicts=lambda: verdicts,
    )


def _destination_from_json(stored: Mapping[str, Any]) -> Destination:
    return Destination(
        team=stored["team"],
        urgency=Urgency[stored["urgency"].upper()],
        acknowledge_by=datetime.fromisoformat(stored["acknowledge_by"]),
        why=tuple(stored["why"]),
        rules=tuple(stored["rules"]),
        decide_by=_moment(stored.get("decide_by")),
        asks=tuple(stored.get("asks", ())),
        reckoned=stored.get("reckoned", ""),
        sections=_sections(stored.get("sections")),
    )


def _sections(stored: list[str] | None) -> tuple[str, ...] | None:
    return None if stored is None else tuple(stored)


def _verdict_from_json(stored: Mapping[str, Any]) -> Verdict:
    urgency = stored.get("urgency")
    read = {
        "teams": tuple(stored["teams"]),
        "urgency": Urgency[urgency.upper()] if urgency else None,
        "acknowledge_by": _moment(stored.get("acknowledge_by")),
        "decide_by": _moment(stored.get("decide_by")),
        "moved": _moved(stored),
        "times": tuple(_times(each) for each in stored.get("times", ())),
        "sections": {team: tuple(each) for team, each in stored.get("sections", {}).items()},
    }
    return Verdict(**{**stored, **read})


def _moved(stored: Mapping[str, Any]) -> tuple[Moved, ...]:
    return tuple(
        Moved(each["from"], each["to"], each["reason"], each["words"])
        for each in stored.get("moved", ())
    )


def _times(stored: Mapping[str, Any]) -> TeamTimes:
    acknowledge, decide = stored["acknowledge_by"], stored["decide_by"]
    return TeamTimes(stored["team"], _moment(acknowledge), _moment(decide))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
