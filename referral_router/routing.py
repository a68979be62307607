"""Where a referral goes: a pure function of rules, answers, directory and time."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from form_definitions import FormDefinition, Not, describe_condition, explain
from referral_router.calendars import due
from referral_router.decisions import Decision, Destination, Verdict
from referral_router.directory import EVERYWHERE, Directory
from referral_router.rule_set import (
    Rule,
    RuleSet,
    Target,
    ToCaseTeams,
    ToService,
    ToTeam,
)

Answers = Mapping[str, Any]


class NoFallbackTeamError(LookupError):
    """Raised if a directory's fallback team is not one of its teams, with `team`."""

    def __init__(self, team: str) -> None:
        super().__init__(f"The directory's fallback team “{team}” is not one of its teams.")
        self.team = team


class _Referral(NamedTuple):
    """What the targets of a rule are looked up with."""

    answers: Answers
    directory: Directory
    case_teams: tuple[str, ...]
    definition: FormDefinition


class _Arrival(NamedTuple):
    """A matched rule with the teams that it found."""

    rule: Rule
    teams: tuple[str, ...]
    unresolved: str


def route(
    rules: RuleSet,
    answers: Answers,
    directory: Directory,
    now: datetime,
    *,
    case_teams: Iterable[str] = (),
) -> Decision:
    """Decide where a referral with these answers (those that were shown) goes.

    Every rule that matches contributes its teams. A team that several rules name gets the
    referral once, with their highest urgency and their earliest time. If no rule matches, the
    fallback gets it; if a rule matches but finds no team, the fallback gets it in that rule's
    stead, as urgently. `now` is aware; `case_teams` are the teams of the case that the form is
    completed on. Raises NoFallbackTeamError if it is needed and there is none.
    """
    answers = _snapshot(dict(answers))
    referral = _Referral(answers, directory, tuple(case_teams), rules.definition)
    applying = (rules.rules[number] for number in rules.index.applying(answers))
    arrivals = [_arrival(rule, referral) for rule in applying]
    stranded = [arrival.rule for arrival in arrivals if not arrival.teams]
    used_fallback = bool(stranded) or not arrivals
    fallback = _fallback(rules.fallback, referral) if used_fallback else None
    contributions = [(arrival.rule, arrival.teams) for arrival in arrivals]
    if fallback is not None:
        contributions += [(rule, fallback.teams) for rule in (*stranded, rules.fallback)]
    return Decision(
        form=rules.form,
        rules_version=rules.version,
        rules_hash=rules.content_hash,
        decided_at=now.astimezone(UTC),
        destinations=_destinations(contributions, now, rules.nation),
        used_fallback=used_fallback,
        make_verdicts=lambda: _verdicts(rules, answers, arrivals, fallback),
    )


def _arrival(rule: Rule, referral: _Referral) -> _Arrival:
    if len(rule.to) == 1:
        return _Arrival(rule, *_resolve(rule.to[0], referral))
    teams: dict[str, None] = {}
    problems: list[str] = []
    for target in rule.to:
        found, problem = _resolve(target, referral)
        teams.update(dict.fromkeys(found))
        if problem:
            problems.append(problem)
    return _Arrival(rule, tuple(teams), "; ".join(problems))


def _fallback(rule: Rule, referral: _Referral) -> _Arrival:
    """Find the first of the fallback's targets that somebody answers to, else the directory's."""
    problems: list[str] = []
    for target in rule.to:
        found, problem = _resolve(target, referral)
        if found:
            return _Arrival(rule, found, "; ".join(problems))
        problems.append(problem)
    team = referral.directory.fallback_team
    if team not in referral.directory.teams:
        raise NoFallbackTeamError(team)
    return _Arrival(rule, (team,), "; ".join(problems))


def _resolve(target: Target, referral: _Referral) -> tuple[tuple[str, ...], str]:
    """Return the teams of a target, or else what could not be found."""
    known = referral.directory.teams
    if isinstance(target, ToTeam):
        if target.team in known:
            return (target.team,), ""
        return (), f"there is no team ‘{target.team}’"
    if isinstance(target, ToCaseTeams):
        found = tuple(team for team in referral.case_teams if team in known)
        return found, "" if found else "it was not completed on a case with teams"
    return _resolve_service(target, referral)


def _resolve_service(target: ToService, referral: _Referral) -> tuple[tuple[str, ...], str]:
    found: dict[str, None] = {}
    problems = []
    for area in _areas(target, referral.answers):
        teams = referral.directory.receiving(target.service, area)
        found.update(dict.fromkeys(teams))
        if not teams:
            problems.append(_nobody_gives(target, area, referral))
    return tuple(found), "; ".join(problems)


def _nobody_gives(target: ToService, area: str, referral: _Referral) -> str:
    service = referral.directory.service_name(target.service)
    if area != EVERYWHERE:
        return f"no team gives ‘{service}’ in ‘{_area_words(target, area, referral)}’"
    if target.area_from:
        return f"the form does not say where, and no team gives ‘{service}’ everywhere"
    return f"no team gives ‘{service}’ everywhere"


def _area_words(target: ToService, area: str, referral: _Referral) -> str:
    """Name an area as the directory does, or else (“I do not know”) as the form does."""
    if area in referral.directory.areas:
        return referral.directory.area_name(area)
    question = referral.definition.question_at(".".join(target.area_from))
    option = question.option(area) if question else None
    return option.title if option else area


def _areas(target: ToService, answers: Answers) -> tuple[str, ...]:
    """Return the areas to look in; where an answer is missing, only "everywhere" is left."""
    if not target.area_from:
        return (target.area or EVERYWHERE,)
    value: Any = answers
    for name in target.area_from:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return (value,)
    # checkboxes of areas: the referral goes to each of them
    return tuple(value) if isinstance(value, list) and value else (EVERYWHERE,)


def _destinations(
    contributions: list[tuple[Rule, tuple[str, ...]]], now: datetime, nation: str
) -> tuple[Destination, ...]:
    by_team: dict[str, list[Rule]] = {}
    for rule, teams in contributions:
        for team in teams:
            by_team.setdefault(team, []).append(rule)
    times: dict[str, datetime] = {}
    for rule, _ in contributions:
        if rule.acknowledge_within not in times:
            times[rule.acknowledge_within] = due(now, rule.acknowledge_within, nation)
    found = [
        Destination(
            team=team,
            urgency=max(rule.urgency for rule in rules),
            acknowledge_by=min(times[rule.acknowledge_within] for rule in rules),
            why=tuple(dict.fromkeys(rule.why for rule in rules)),
            rules=tuple(rule.id for rule in rules),
        )
        for team, rules in by_team.items()
    ]
    # the order says what is most pressing, and does not depend on the order of the rules
    return tuple(sorted(found, key=lambda to: (-to.urgency, to.acknowledge_by, to.team)))


def _snapshot(value: Any) -> Any:
    """Copy JSON values, so that what a caller does with its answers later changes no verdict."""
    if isinstance(value, dict):
        return {name: _snapshot(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_snapshot(each) for each in value]
    return value


def _verdicts(
    rules: RuleSet, answers: Answers, arrivals: list[_Arrival], fallback: _Arrival | None
) -> tuple[Verdict, ...]:
    arrived = {arrival.rule.id: arrival for arrival in arrivals}
    verdicts = [
        _verdict(rule, _because(rule, rules, answers), arrived.get(rule.id)) for rule in rules.rules
    ]
    return (*verdicts, _verdict(rules.fallback, _why_fallback(arrivals), fallback))


def _verdict(rule: Rule, because: str, arrival: _Arrival | None) -> Verdict:
    if arrival is None:
        return Verdict(rule.id, False, rule.why, because)
    return Verdict(rule.id, True, rule.why, because, arrival.teams, arrival.unresolved)


def _because(rule: Rule, rules: RuleSet, answers: Answers) -> str:
    """Say in the form's words which comparisons decided whether a rule applies."""
    if rule.when is None:
        return "every form of this kind goes there"
    deciding = explain(rule.when, answers).deciding
    words = [
        describe_condition(comparison if held else Not(comparison), rules.definition)
        for comparison, held in deciding
    ]
    return " and ".join(dict.fromkeys(words))


def _why_fallback(arrivals: list[_Arrival]) -> str:
    if not arrivals:
        return "no rule applies"
    stranded = [f"‘{arrival.rule.id}’" for arrival in arrivals if not arrival.teams]
    if not stranded:
        return "every rule that applies found a team"
    return f"no team was found for the rule {' and '.join(stranded)}"
