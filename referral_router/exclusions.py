"""Who must not get a referral: teams, and organisations with every team that they ever have."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from referral_router.calendars import value_at
from referral_router.directory import Directory, Team
from referral_router.rule_set import Excluded, Rule

_ORGANISATION = "organisation:"


def excluded_by(
    applying: Iterable[Rule],
    answers: Mapping[str, Any],
    directory: Directory,
    never: Iterable[str] = (),
) -> dict[str, str]:
    """Return whom the rules exclude, each with the rule that says so.

    Beside the ids of teams there is an entry for each organisation that is excluded as such, so
    that a team which it gets later is kept out too (`teams_meant`). For those of `never` it is an
    earlier form of the case that says so: their rule is empty.
    """
    excluded = dict.fromkeys(never, "")
    excluded |= dict.fromkeys(teams_meant(excluded, directory), "")
    for rule in applying:
        for each in rule.excludes:
            for entry in _entries(each, answers, directory):
                excluded.setdefault(entry, rule.id)
    return excluded


def teams_meant(excluded: Iterable[str], directory: Directory) -> frozenset[str]:
    """Return the ids of the teams that are excluded: by themselves, or with their organisation."""
    entries = frozenset(excluded)
    organisations = {
        each.removeprefix(_ORGANISATION) for each in entries if each.startswith(_ORGANISATION)
    }
    if not organisations:
        return entries
    theirs = (team.id for team in directory.teams.values() if team.organisation in organisations)
    return frozenset(each for each in entries if not each.startswith(_ORGANISATION)).union(theirs)


def _entries(excluded: Excluded, answers: Mapping[str, Any], directory: Directory) -> Iterator[str]:
    if excluded.organisation:  # also one that has no team yet
        yield _ORGANISATION + excluded.organisation
    for team in directory.teams.values():
        if _is_meant(excluded, team, answers):
            yield team.id
            if not excluded.team:
                yield _ORGANISATION + team.organisation


def _is_meant(excluded: Excluded, team: Team, answers: Mapping[str, Any]) -> bool:
    if excluded.team:
        return team.id == excluded.team
    if excluded.organisation:
        return team.organisation == excluded.organisation
    named = value_at(answers, excluded.organisation_from)
    words = {_folded(each) for each in (named if isinstance(named, list) else [named])} - {""}
    return bool(words & {_folded(team.organisation), _folded(team.organisation_name)})


def _folded(text: object) -> str:
    """A name without what people write differently: capitals and spaces."""
    return " ".join(text.casefold().split()) if isinstance(text, str) else ""
