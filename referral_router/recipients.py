"""Who gets a referral: from what a rule names to the teams that may have it now."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from form_definitions import FormDefinition
from referral_router.cover import Cover, Moved, Withins
from referral_router.directory import EVERYWHERE, Directory
from referral_router.rule_set import Rule, Target, ToCaseTeams, ToService, ToTeam
from referral_router.sections_sent import Sections, sections_sent, sent_part
from referral_router.target_areas import area_words, areas_of, is_by_answer, postcode_words

Answers = Mapping[str, Any]


class NoFallbackTeamError(LookupError):
    """Raised if a directory's fallback team is not one of its teams, with `team`."""

    def __init__(self, team: str) -> None:
        super().__init__(f"The directory's fallback team “{team}” is not one of its teams.")
        self.team = team


class Found(NamedTuple):
    """The teams of a target, or what could not be found, or what stood against it; and where
    other teams than those named get it, each step on the way to them."""

    teams: tuple[str, ...]
    unresolved: str = ""
    overruled: str = ""
    moved: tuple[Moved, ...] = ()
    sections: Mapping[str, Sections] = {}  # of those teams that are not sent everything


class Referral(NamedTuple):
    """What the targets of a rule are looked up with."""

    answers: Answers
    directory: Directory
    case_teams: tuple[str, ...]
    definition: FormDefinition
    excluded: Mapping[str, str]  # team → the rule that excludes it; empty: an earlier form
    cover: Cover
    raised: Withins  # by when it has to be acknowledged whoever gets it
    found: dict[tuple[str, str], Found]  # what a team was found to lead to within a time
    always_whole: frozenset[str]  # the teams that are never sent a part only


def targets_of(rule: Rule, referral: Referral) -> Found:
    """Find the teams of everything that a rule sends to, and who covers for those away."""
    parts = [_resolved_once(target, rule.acknowledge_within, referral) for target in rule.to]
    found = parts[0] if len(parts) == 1 else _together(parts)
    if not any(sent_part(target) for target in rule.to):
        return found
    sections = sections_sent(zip(rule.to, parts, strict=True), referral.definition)
    whole = referral.always_whole
    return found._replace(
        sections={team: pages for team, pages in sections.items() if team not in whole}
    )


def _resolved_once(target: Target, within: str, referral: Referral) -> Found:
    """Most rules of a large file send to the same few teams, within the same few times."""
    if not isinstance(target, ToTeam):
        return _resolve(target, referral, (within, *referral.raised))
    key = (target.team, within)
    known = referral.found.get(key)
    if known is None:
        known = referral.found[key] = _resolve(target, referral, (within, *referral.raised))
    return known


def _together(found: Iterable[Found]) -> Found:
    parts = tuple(found)
    return Found(
        tuple(dict.fromkeys(team for each in parts for team in each.teams)),
        "; ".join(dict.fromkeys(each.unresolved for each in parts if each.unresolved)),
        "; ".join(dict.fromkeys(each.overruled for each in parts if each.overruled)),
        tuple(dict.fromkeys(step for each in parts for step in each.moved)),
    )


def stand_in(rule: Rule, referral: Referral, stranded: Iterable[Rule]) -> Found:
    """Find the first of the fallback's targets that somebody answers to, else the directory's.

    It has to be in time for the rules in whose stead it gets the referral. A referral that goes
    nowhere is worse than one that its subject may see: if everybody who could stand in is
    excluded, the directory's fallback team gets it all the same.
    """
    directory = referral.directory
    shortest = (each.acknowledge_within for each in (rule, *stranded))
    withins = (*dict.fromkeys(shortest), *referral.raised)
    tried: list[Found] = []
    for target in (*rule.to, ToTeam(directory.fallback_team)):
        tried.append(_resolve(target, referral, withins))
        if tried[-1].teams:
            return _together(tried)
    if directory.fallback_team not in directory.teams:
        raise NoFallbackTeamError(directory.fallback_team)
    all_of_them = _together(tried)
    overruled = f"{all_of_them.overruled}; it got it all the same, because nobody else is left"
    return Found((directory.fallback_team,), all_of_them.unresolved, overruled)


def _resolve(target: Target, referral: Referral, withins: Withins) -> Found:
    """Return the teams of a target, or else what could not be found or is excluded."""
    known = referral.directory.teams
    if isinstance(target, ToTeam):
        if target.team in known:
            return _resolve_team(target.team, referral, withins)
        return Found((), f"there is no team ‘{target.team}’")
    if isinstance(target, ToCaseTeams):  # they have the case already, so nobody covers for them
        found = tuple(team for team in referral.case_teams if team in known)
        missing = "it was not completed on a case with teams"
        return _allowed(found, referral) if found else Found((), missing)
    return _resolve_service(target, referral, withins)


def _resolve_team(team_id: str, referral: Referral, withins: Withins) -> Found:
    if team_id in referral.excluded:
        return Found((), "", _who_is_excluded((team_id,), referral))
    team, moved = referral.cover.recipient(referral.directory.teams[team_id], withins)
    return Found((team,), moved=moved)


def _allowed(found: tuple[str, ...], referral: Referral) -> Found:
    if not referral.excluded:
        return Found(found)
    teams = tuple(team for team in found if team not in referral.excluded)
    return Found(teams, "", _who_is_excluded(found, referral))


def _who_is_excluded(found: Iterable[str], referral: Referral) -> str:
    return "; ".join(
        f"{_who_says_so(referral.excluded[team])} excludes ‘{referral.directory.team_name(team)}’"
        for team in found
        if team in referral.excluded
    )


def _who_says_so(rule: str) -> str:
    return f"the rule ‘{rule}’" if rule else "an earlier form of the case"


def _resolve_service(target: ToService, referral: Referral, withins: Withins) -> Found:
    directory = referral.directory
    found = []
    for area in areas_of(target, referral.answers, directory):
        given = directory.teams_for(target.service, area)
        known = tuple(team for team in given if team in directory.teams)
        overruled = _who_is_excluded(given, referral) if referral.excluded else ""
        allowed = [team for team in known if team not in referral.excluded]
        missing = "" if allowed or overruled else _nobody_gives(target, area, referral)
        receiving = _receiving(allowed, target.service, referral, withins)
        found.append(receiving._replace(unresolved=missing, overruled=overruled))
    return found[0] if len(found) == 1 else _together(found)


def _receiving(teams: list[str], service: str, referral: Referral, withins: Withins) -> Found:
    """Return who gets it of the teams that give a service, or covers for them.

    One that is away and for which nobody covers is passed over where another gets it. If nobody
    else does they all get it: a referral in a queue that is read late is found again, one that
    was sent nowhere is not.
    """
    if len(teams) == 1:
        return _resolve_team(teams[0], referral, withins)
    known, cover = referral.directory.teams, referral.cover
    found = {team: _resolve_team(team, referral, withins) for team in teams}
    away = {team: cover.absence(known[team], withins) for team in teams if found[team].moved}
    uncovered = [team for team in away if found[team].teams == (team,)]
    if not uncovered or len(uncovered) == len(teams):
        return _together(found.values())
    for team in uncovered:
        step = cover.passed_over(known[team], away[team], service)
        found[team] = Found((), moved=(step,))
    return _together(found.values())


def _nobody_gives(target: ToService, area: str, referral: Referral) -> str:
    service = referral.directory.service_name(target.service)
    where = area_words(target, area, referral.directory, referral.definition)
    lack = f"no team gives ‘{service}’ {where}"
    if target.postcode_from and not is_by_answer(target, referral.answers, referral.directory):
        postcode = postcode_words(target, referral.answers, referral.directory)
        return f"{lack}, and {postcode}"
    if area == EVERYWHERE and target.area_from:
        return f"the form does not say where, and {lack}"
    return lack
