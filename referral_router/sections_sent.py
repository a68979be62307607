"""Which sections of a form each team is sent: all that any rule sends it, in the form's order."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from form_definitions import FormDefinition
from referral_router.rule_set import Rule, RuleSet, Target, ToCaseTeams, ToTeam

Sections = tuple[str, ...]


class Reached(Protocol):
    """What a target was resolved to."""

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams that were found."""


def sent_part(target: Target) -> Sections:
    """Return the pages that a target is sent; () for everything."""
    return () if isinstance(target, ToCaseTeams) else target.send


def sections_sent(
    reached: Iterable[tuple[Target, Reached]], definition: FormDefinition
) -> dict[str, Sections]:
    """Return the sections of those teams that no target of a rule sends everything."""
    sent: dict[str, list[Sections]] = {}
    for target, found in reached:
        for team in found.teams:
            sent.setdefault(team, []).append(sent_part(target))
    return {team: together(parts, definition) for team, parts in sent.items() if all(parts)}


def sections_by_rules(
    team: str,
    rules: Iterable[Rule],
    sent: Mapping[str, Mapping[str, Sections]],
    definition: FormDefinition,
) -> Sections | None:
    """Return what several rules send one team, from what each sends whom: None for everything."""
    parts = [sent.get(rule.id, {}).get(team, ()) for rule in rules if rule.to]
    return together(parts, definition) if parts and all(parts) else None


def together(parts: Iterable[Sections], definition: FormDefinition) -> Sections:
    """Return the pages of all parts, once each, in the form's order."""
    wanted = frozenset(page for pages in parts for page in pages)
    return tuple(page.id for page in definition.pages if page.id in wanted)


def always_whole(rules: RuleSet, fallback_team: str) -> frozenset[str]:
    """Return the teams that answer for a referral when nobody else does: they are never sent a
    part, because then nobody could answer for the rest."""
    named = (target.team for target in rules.fallback.to if isinstance(target, ToTeam))
    return frozenset((*named, fallback_team))
