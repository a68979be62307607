"""What a team that is sent only sections of a form is told of the decision."""

from form_definitions import looks_only_at, names_in
from referral_router.cover import EXCLUDED, Moved
from referral_router.decisions import Decision, Destination, Verdict
from referral_router.rule_set import Rule, RuleSet, ToService

#: In place of the comparisons that decided, where they are about answers that the team lacks.
WITHHELD = "of answers that this team was not sent"


def parts_sent(decision: Decision) -> tuple[tuple[Destination, ...], ...]:
    """Return the destinations that get a part only, those together that may read the same: the
    same sections, because of the same rules."""
    alike: dict[tuple[object, ...], list[Destination]] = {}
    for to in decision.destinations:
        if to.sections is not None:
            alike.setdefault((to.sections, to.rules), []).append(to)
    return tuple(map(tuple, alike.values()))


def decision_for(
    decision: Decision, rules: RuleSet, destinations: tuple[Destination, ...]
) -> Decision:
    """Return what such destinations (of one entry of `parts_sent`) may read of the decision.

    A decision quotes answers. Theirs has the rules that sent it to them, each with its sentence;
    the comparisons are there only if they are about what the team was sent. A rule that made it
    more urgent is left out unless it looked at nothing else. Tags, other teams and rules that did
    not match could tell of the rest, so they are not there at all.
    """
    sections, named = destinations[0].sections or (), destinations[0].rules
    names = names_in(rules.definition, frozenset(sections))
    by_id = {rule.id: rule for rule in (*rules.rules, rules.fallback)}
    seen = {rule.id: _looks_only_at(rule, names) for rule in map(by_id.__getitem__, named)}
    told = {rule: by_id[rule] for rule in named if by_id[rule].to or seen[rule]}
    teams = frozenset(to.team for to in destinations)
    verdicts = tuple(
        _verdict(each, teams, is_seen=seen[each.rule])
        for each in decision.verdicts
        if each.rule in told
    )
    return Decision(
        form=decision.form,
        rules_version=decision.rules_version,
        rules_hash=decision.rules_hash,
        decided_at=decision.decided_at,
        destinations=tuple(_destination(to, told) for to in destinations),
        used_fallback=False,
        moved=_moved(decision.moved, teams),
        make_verdicts=lambda: verdicts,
    )


def _looks_only_at(rule: Rule, names: frozenset[str]) -> bool:
    """Whether all that a rule says of its reasons is about these answers."""
    paths = (
        path
        for target in rule.to
        if isinstance(target, ToService)
        for path in (target.area_from, target.postcode_from)
        if path
    )
    return all(path[0] in names for path in paths) and (
        rule.when is None or looks_only_at(rule.when, names)
    )


def _destination(to: Destination, told: dict[str, Rule]) -> Destination:
    return Destination(
        team=to.team,
        urgency=to.urgency,
        acknowledge_by=to.acknowledge_by,
        why=tuple(dict.fromkeys(rule.why for rule in told.values())),
        rules=tuple(told),
        decide_by=to.decide_by,
        reckoned=to.reckoned,
        asks=tuple(dict.fromkeys(rule.asks for rule in told.values() if rule.asks)),
        sections=to.sections,
    )


def _moved(steps: tuple[Moved, ...], teams: frozenset[str]) -> tuple[Moved, ...]:
    """The steps on the way to these teams. That a rule excludes somebody is about answers, too."""
    return tuple(step for step in steps if step.to_team in teams and step.reason != EXCLUDED)


def _verdict(verdict: Verdict, teams: frozenset[str], *, is_seen: bool) -> Verdict:
    return Verdict(
        rule=verdict.rule,
        matched=True,
        why=verdict.why,
        because=verdict.because if is_seen else WITHHELD,
        teams=tuple(team for team in verdict.teams if team in teams),
        sends=verdict.sends,
        urgency=verdict.urgency,
        acknowledge_by=verdict.acknowledge_by,
        decide_by=verdict.decide_by,
        moved=_moved(verdict.moved, teams),
        times=tuple(each for each in verdict.times if each.team in teams),
        sections={team: pages for team, pages in verdict.sections.items() if team in teams},
    )
