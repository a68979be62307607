"""Rules that do nothing: that can never match, or whose effect another rule always undoes."""

from collections.abc import Iterator

from form_definitions import All, Condition, Not, Problem
from form_definitions.reach import is_possible
from referral_router.rule_set import Rule, RuleSet, ToTeam


def pointless_rules(rules: RuleSet) -> tuple[Problem, ...]:
    """Find rules that no answers satisfy, that another always stops, and those all of whose teams
    another always excludes. What cannot be told from the conditions counts as sensible."""
    stops = [rule for rule in rules.rules if rule.stops]
    excludes = [rule for rule in rules.rules if rule.excludes]
    found = []
    for rule in rules.rules:
        for message, fix in _pointless(rule, stops, excludes, rules):
            place = f"rule {rule.id}"
            found.append(Problem(rules.source, rule.line, rule.column, place, message, fix))
    return tuple(found)


def _pointless(
    rule: Rule, stops: list[Rule], excludes: list[Rule], rules: RuleSet
) -> Iterator[tuple[str, str]]:
    if rule.when is not None and not is_possible(rule.when, rules.definition):
        yield "no answers can satisfy its condition", "Look for parts that contradict each other"
        return
    for other in stops:
        if other.rank < rule.rank and _always_holds_with(rule, other, rules):
            message = f"the rule ‘{other.id}’ goes before it and stops it whenever it applies"
            yield message, "Give it an earlier rank, or take it out"
            return
    named = {target.team if isinstance(target, ToTeam) else "" for target in rule.to}
    for other in excludes:
        out = {each.team for each in other.excludes if each.team}
        if named and named <= out and _always_holds_with(rule, other, rules):
            message = f"the rule ‘{other.id}’ excludes all of its teams whenever it applies"
            yield message, "One of the two is wrong: take it out, or narrow its condition"
            return


def _always_holds_with(rule: Rule, other: Rule, rules: RuleSet) -> bool:
    """Whether the other rule applies whenever this one does."""
    if other.when is None:
        return True
    if rule.when is None:
        return not is_possible(Not(other.when), rules.definition)
    alone: Condition = All((rule.when, Not(other.when)))
    return not is_possible(alone, rules.definition)
