"""Where a referral goes: a pure function of rules, answers, directory and time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from referral_router.cover import Cover
from referral_router.decisions import Decision, Destination
from referral_router.directory import Directory, Team
from referral_router.due_times import DueTimes
from referral_router.exclusions import excluded_by
from referral_router.recipients import Answers, Referral, stand_in, targets_of
from referral_router.rule_set import Rule, RuleSet, Urgency
from referral_router.sections_sent import always_whole, sections_by_rules
from referral_router.verdicts import Arrival, Contribution, Settled, verdicts_of


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
    gets it in that rule's stead, as urgently. Whoever covers for a team that is paused, full, or
    closed until it is due, gets it in its place; if nobody does, the team itself. `now` is aware;
    `case_teams` are the teams of the case that the form is completed on, `load` how many live
    referrals a team has, `never` the teams that an earlier form of the case excludes. Raises
    NoFallbackTeamError if it is needed and there is none.
    """
    answers = _snapshot(dict(answers))
    applying = [rules.rules[number] for number in rules.index.applying(answers)]
    followed, stopped = _until_stopped(applying)
    others = [rule for rule in followed if not rule.to]
    excluded = excluded_by(applying, answers, directory, never)
    times = DueTimes(now, rules.nation, answers)
    referral = Referral(
        answers=answers,
        directory=directory,
        case_teams=tuple(case_teams),
        definition=rules.definition,
        excluded=excluded,
        cover=Cover(directory, load, excluded, times),
        raised=tuple(rule.acknowledge_within for rule in others if rule.acknowledge_within),
        found={},
        always_whole=always_whole(rules, directory.fallback_team),
    )
    arrivals = [Arrival(rule, *targets_of(rule, referral)) for rule in followed if rule.to]
    stranded = [arrival.rule for arrival in arrivals if not arrival.teams]
    fallback = None
    if stranded or not arrivals:
        fallback = Arrival(rules.fallback, *stand_in(rules.fallback, referral, stranded))
    contributions = _contributions(arrivals, stranded, fallback, others)
    silent = [Arrival(rule, ()) for rule in others]
    arrived = {each.rule.id: each for each in (*arrivals, *silent, *stopped)}
    settled = Settled(rules, answers, directory, times, arrived, fallback, contributions)
    destinations = _in_part(_destinations(contributions, directory, times), rules, arrivals)
    steps = (step for each in (*arrivals, fallback) if each for step in each.moved)
    return Decision(
        form=rules.form,
        rules_version=rules.version,
        rules_hash=rules.content_hash,
        decided_at=now.astimezone(UTC),
        destinations=destinations,
        used_fallback=fallback is not None,
        tags=tuple(sorted({tag for rule in followed for tag in rule.tags})),
        moved=tuple(dict.fromkeys(steps)),
        excluded=tuple(sorted(excluded)),
        kept_for=_kept_for(destinations, rules, referral),
        make_verdicts=lambda: verdicts_of(settled),
    )


def _contributions(
    arrivals: list[Arrival],
    stranded: list[Rule],
    fallback: Arrival | None,
    others: list[Rule],
) -> list[Contribution]:
    """Say which teams get it because of which rule; what raises urgency counts for all."""
    given = [Contribution(arrival.rule, arrival.teams) for arrival in arrivals]
    if fallback is not None:
        given += [Contribution(rule, fallback.teams) for rule in (*stranded, fallback.rule)]
    reached = tuple(dict.fromkeys(team for each in given for team in each.teams))
    raising = [rule for rule in others if rule.urgency > Urgency.ROUTINE]
    return [*given, *(Contribution(rule, reached) for rule in raising)]


def _until_stopped(applying: list[Rule]) -> tuple[list[Rule], list[Arrival]]:
    """Divide the rules that apply into those to follow and those that an earlier one stopped."""
    stop = next((rule for rule in applying if rule.stops), None)
    if stop is None:
        return applying, []
    words = f"the rule ‘{stop.id}’ goes before it and stops the rest"
    later = [rule for rule in applying if rule.rank > stop.rank]
    followed = [rule for rule in applying if rule.rank <= stop.rank]
    return followed, [Arrival(rule, (), overruled=words, is_stopped=True) for rule in later]


def _destinations(
    contributions: list[Contribution], directory: Directory, times: DueTimes
) -> tuple[Destination, ...]:
    by_team: dict[str, list[Rule]] = {}
    for rule, teams in contributions:
        for team in teams:
            by_team.setdefault(team, []).append(rule)
    found = [_destination(directory.teams[team], rules, times) for team, rules in by_team.items()]
    # the order says what is most pressing, and does not depend on the order of the rules
    return tuple(sorted(found, key=lambda to: (-to.urgency, to.acknowledge_by, to.team)))


def _destination(team: Team, rules: list[Rule], times: DueTimes) -> Destination:
    withins = {rule.acknowledge_within for rule in rules}
    acknowledge = [(by, within) for within in withins if (by := times.by(within, team))]
    decide = (times.by(within, team) for within in {rule.decide_within for rule in rules})
    acknowledge_by, within = min(acknowledge)
    return Destination(
        team=team.id,
        urgency=max(rule.urgency for rule in rules),
        acknowledge_by=acknowledge_by,
        why=tuple(dict.fromkeys(rule.why for rule in rules)),
        rules=tuple(rule.id for rule in rules),
        decide_by=min((by for by in decide if by), default=None),
        asks=tuple(dict.fromkeys(rule.asks for rule in rules if rule.asks)),
        reckoned=times.in_words(within, team),
    )


def _in_part(
    destinations: tuple[Destination, ...], rules: RuleSet, arrivals: Iterable[Arrival]
) -> tuple[Destination, ...]:
    """Add the sections that each team is sent, where it is not everything."""
    sent = {each.rule.id: each.sections for each in arrivals if each.sections}
    if not sent:
        return destinations
    by_id = {rule.id: rule for rule in (*rules.rules, rules.fallback)}

    def with_sections(to: Destination) -> Destination:
        sending = [by_id[rule] for rule in to.rules]
        return replace(to, sections=sections_by_rules(to.team, sending, sent, rules.definition))

    return tuple(with_sections(to) for to in destinations)


def _kept_for(
    destinations: tuple[Destination, ...], rules: RuleSet, referral: Referral
) -> tuple[str, ...]:
    """Return who keeps the whole of a referral of which everybody is sent a part only.

    Else nobody could answer for the rest once they decline. On a case it is for the case's teams,
    which read all that comes to it.
    """
    in_part = {to.team for to in destinations if to.sections is not None}
    if len(in_part) < len(destinations) or referral.case_teams:
        return ()
    keepers = stand_in(rules.fallback, referral, ()).teams
    whole = tuple(team for team in keepers if team not in in_part)
    return whole or (referral.directory.fallback_team,)


def _snapshot(value: Any) -> Any:
    """Copy JSON values, so that what a caller does with its answers later changes no verdict.

    A form that somebody else wrote as a JSON Schema may store a blank answer as null: it is left
    out, because no missing answer satisfies a comparison, and null satisfies ``maximum: 17``.
    """
    if isinstance(value, dict):
        return {name: _snapshot(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_snapshot(each) for each in value]
    return value
