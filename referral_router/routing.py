"""Where a referral goes: a pure function of rules, answers, directory and time."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from form_definitions import Not, describe_condition, explain
from referral_router.calendars import due
from referral_router.decisions import Decision, Destination, Verdict
from referral_router.directory import Directory
from referral_router.recipients import Answers, Referral, excluded_teams, stand_in, targets_of
from referral_router.rule_set import Rule, RuleSet, Urgency


class _Arrival(NamedTuple):
    """A matched rule with the teams that it found."""

    rule: Rule
    teams: tuple[str, ...]
    unresolved: str
    overruled: str = ""
    is_stopped: bool = False


class _Times(NamedTuple):
    """By when somebody has to act on a rule; None where the rule gives no time."""

    acknowledge: datetime | None
    decide: datetime | None


def route(
    rules: RuleSet,
    answers: Answers,
    directory: Directory,
    now: datetime,
    *,
    case_teams: Iterable[str] = (),
    load: Mapping[str, int] = {},
    never: Iterable[str] = (),
) -> Decision:
    """Decide where a referral with these answers (those that were shown) goes.

    Every rule that matches contributes its teams, unless one of an earlier rank stops the rest. A
    team that several rules name gets the referral once, with their highest urgency and their
    earliest times. Whom any matching rule excludes gets nothing, a stopped one included. If no
    rule sends it anywhere, the fallback gets it; if a rule matches but finds no team, the fallback
    gets it in that rule's stead, as urgently. `now` is aware; `case_teams` are the teams of the
    case that the form is completed on, `load` how many live referrals a team has, `never` the teams
    that an earlier form of the case excludes. Raises NoFallbackTeamError if it is needed and there
    is none.
    """
    answers = _snapshot(dict(answers))
    applying = [rules.rules[number] for number in rules.index.applying(answers)]
    excluded = excluded_teams(applying, answers, directory, never)
    referral = Referral(answers, directory, tuple(case_teams), rules.definition, excluded, load)
    followed, stopped = _until_stopped(applying)
    arrivals = [_arrival(rule, referral) for rule in followed if rule.to]
    others = [rule for rule in followed if not rule.to]
    stranded = [arrival.rule for arrival in arrivals if not arrival.teams]
    used_fallback = bool(stranded) or not arrivals
    fallback = None
    if used_fallback:
        fallback = _Arrival(rules.fallback, *stand_in(rules.fallback, referral))
    contributions = [(arrival.rule, arrival.teams) for arrival in arrivals]
    if fallback is not None:
        contributions += [(rule, fallback.teams) for rule in (*stranded, rules.fallback)]
    reached = tuple(dict.fromkeys(team for _rule, teams in contributions for team in teams))
    contributions += [(rule, reached) for rule in others if rule.urgency > Urgency.ROUTINE]
    times = _times((rule for rule, _ in contributions), now, rules.nation, answers)
    silent = [_Arrival(rule, (), "") for rule in others]
    arrived = {each.rule.id: each for each in (*arrivals, *silent, *stopped)}
    return Decision(
        form=rules.form,
        rules_version=rules.version,
        rules_hash=rules.content_hash,
        decided_at=now.astimezone(UTC),
        destinations=_destinations(contributions, times),
        used_fallback=used_fallback,
        tags=tuple(sorted({tag for rule in followed for tag in rule.tags})),
        excluded=tuple(sorted(excluded)),
        make_verdicts=lambda: _verdicts(rules, answers, arrived, fallback, times),
    )


def _until_stopped(applying: list[Rule]) -> tuple[list[Rule], list[_Arrival]]:
    """Divide the rules that apply into those to follow and those that an earlier one stopped."""
    stop = next((rule for rule in applying if rule.stops), None)
    if stop is None:
        return applying, []
    words = f"the rule ‘{stop.id}’ goes before it and stops the rest"
    later = [rule for rule in applying if rule.rank > stop.rank]
    followed = [rule for rule in applying if rule.rank <= stop.rank]
    return followed, [_Arrival(rule, (), "", words, is_stopped=True) for rule in later]


def _arrival(rule: Rule, referral: Referral) -> _Arrival:
    return _Arrival(rule, *targets_of(rule, referral))


def _times(
    rules: Iterable[Rule], now: datetime, nation: str, answers: Answers
) -> dict[str, _Times]:
    """Return the times of each rule, each length of time reckoned once."""
    reckoned: dict[str, datetime | None] = {"": None}

    def by(within: str) -> datetime | None:
        if within not in reckoned:
            reckoned[within] = due(now, within, nation, answers)
        return reckoned[within]

    return {rule.id: _Times(by(rule.acknowledge_within), by(rule.decide_within)) for rule in rules}


def _destinations(
    contributions: list[tuple[Rule, tuple[str, ...]]], times: Mapping[str, _Times]
) -> tuple[Destination, ...]:
    by_team: dict[str, list[Rule]] = {}
    for rule, teams in contributions:
        for team in teams:
            by_team.setdefault(team, []).append(rule)
    found = [_destination(team, rules, times) for team, rules in by_team.items()]
    # the order says what is most pressing, and does not depend on the order of the rules
    return tuple(sorted(found, key=lambda to: (-to.urgency, to.acknowledge_by, to.team)))


def _destination(team: str, rules: list[Rule], times: Mapping[str, _Times]) -> Destination:
    due_times = [times[rule.id] for rule in rules]
    return Destination(
        team=team,
        urgency=max(rule.urgency for rule in rules),
        acknowledge_by=min(each.acknowledge for each in due_times if each.acknowledge),
        why=tuple(dict.fromkeys(rule.why for rule in rules)),
        rules=tuple(rule.id for rule in rules),
        decide_by=min((each.decide for each in due_times if each.decide), default=None),
        asks=tuple(dict.fromkeys(rule.asks for rule in rules if rule.asks)),
    )


def _snapshot(value: Any) -> Any:
    """Copy JSON values, so that what a caller does with its answers later changes no verdict."""
    if isinstance(value, dict):
        return {name: _snapshot(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_snapshot(each) for each in value]
    return value


def _verdicts(
    rules: RuleSet,
    answers: Answers,
    arrived: Mapping[str, _Arrival],
    fallback: _Arrival | None,
    times: Mapping[str, _Times],
) -> tuple[Verdict, ...]:
    verdicts = [
        _verdict(rule, _because(rule, rules, answers), arrived.get(rule.id), times)
        for rule in rules.rules
    ]
    why = _why_fallback(arrived.values())
    return (*verdicts, _verdict(rules.fallback, why, fallback, times))


def _verdict(
    rule: Rule, because: str, arrival: _Arrival | None, times: Mapping[str, _Times]
) -> Verdict:
    if arrival is None:
        return Verdict(rule.id, False, rule.why, because, sends=bool(rule.to))
    reckoned = times.get(rule.id, _Times(None, None))
    return Verdict(
        rule=rule.id,
        matched=True,
        why=rule.why,
        because=because,
        teams=arrival.teams,
        unresolved=arrival.unresolved,
        overruled=arrival.overruled,
        is_stopped=arrival.is_stopped,
        sends=bool(rule.to),
        urgency=rule.urgency,
        acknowledge_by=reckoned.acknowledge,
        decide_by=reckoned.decide,
    )


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


def _why_fallback(arrived: Iterable[_Arrival]) -> str:
    sending = [each for each in arrived if each.rule.to and not each.is_stopped]
    if not sending:
        return "no rule applies"
    stranded = [f"‘{arrival.rule.id}’" for arrival in sending if not arrival.teams]
    if not stranded:
        return "every rule that applies found a team"
    return f"no team was found for the rule {' and '.join(stranded)}"
