"""Rules that do nothing: that can never match, or whose effect another rule always undoes."""

from collections.abc import Iterator

from form_definitions import All, Any, Comparison, Condition, FormDefinition, Named, Not, Problem
from form_definitions.reach import is_possible
from referral_router.directory import Directory
from referral_router.rule_set import Rule, RuleSet, ToTeam

MOST_PAIRS = 20_000  # of rules that are compared with each other: some seconds

Found = Iterator[tuple[str, str]]


def pointless_rules(rules: RuleSet, directory: Directory | None = None) -> tuple[Problem, ...]:
    """Find rules that no answers satisfy, that another always stops or outdoes, and those with a
    team that another always excludes; with a directory, also by its organisation. What cannot be
    told from the conditions counts as sensible."""
    stops = [rule for rule in rules.rules if rule.stops]
    excludes = [rule for rule in rules.rules if rule.excludes]
    found = []
    pairs = iter(range(MOST_PAIRS))
    for rule in rules.rules:
        told = [
            *_pointless(rule, stops, rules),
            *_excluded(rule, excludes, rules, directory),
        ] or list(_outdone(rule, rules, pairs))
        for message, fix in told[:1]:
            place = f"rule {rule.id}"
            found.append(Problem(rules.source, rule.line, rule.column, place, message, fix))
    return tuple(found)


def _pointless(rule: Rule, stops: list[Rule], rules: RuleSet) -> Found:
    if rule.when is not None:
        if not is_possible(rule.when, rules.definition):
            fix = "Look for parts that contradict each other"
            yield "no answers can satisfy its condition", fix
            return
        if not is_possible(_as_asked(rule.when, rules.definition), rules.definition):
            fix = "Look at when the form asks what it compares"
            yield "the form never asks all that its condition needs", fix
            return
    for other in stops:
        if other.rank < rule.rank and _always_holds_with(rule, other, rules):
            message = f"the rule ‘{other.id}’ goes before it and stops it whenever it applies"
            yield message, "Give it an earlier rank, or take it out"
            return


def _excluded(
    rule: Rule, excludes: list[Rule], rules: RuleSet, directory: Directory | None
) -> Found:
    """Two rules that contradict: one sends to a team, and the other never lets it have that."""
    named = {target.team for target in rule.to if isinstance(target, ToTeam)}
    for other in excludes:
        out = named & _teams_out(other, directory)
        if not out or not _always_holds_with(rule, other, rules):
            continue
        fix = "One of the two is wrong: take it out, or narrow its condition"
        if len(named) == len(rule.to) and named == out:
            yield f"the rule ‘{other.id}’ excludes all of its teams whenever it applies", fix
        else:
            teams = " and ".join(f"‘{team}’" for team in sorted(out))
            yield f"the rule ‘{other.id}’ excludes {teams} whenever it applies", fix
        return


def _teams_out(rule: Rule, directory: Directory | None) -> set[str]:
    out = {each.team for each in rule.excludes if each.team}
    organisations = {each.organisation for each in rule.excludes if each.organisation}
    known = directory.teams.values() if directory else ()
    return out | {team.id for team in known if team.organisation in organisations}


def _outdone(rule: Rule, rules: RuleSet, pairs: Iterator[int]) -> Found:
    """A rule that only sends what another, which always applies with it, sends as urgently."""
    if not rule.to or rule.stops or rule.excludes or rule.asks or rule.tags or rule.decide_within:
        return
    for other in rules.rules:
        if other is rule or not _may_outdo(other, rule) or next(pairs, None) is None:
            continue
        if _always_holds_with(rule, other, rules):
            message = f"the rule ‘{other.id}’ sends the same as urgently whenever it applies"
            yield message, "Take it out, and say its reason in the other one"
            return


def _may_outdo(other: Rule, rule: Rule) -> bool:
    """Whether a rule sends all that the other does, by a condition on no other answers."""
    return (
        set(rule.to) <= set(other.to)
        and other.rank <= rule.rank
        and other.urgency >= rule.urgency
        and other.acknowledge_within == rule.acknowledge_within
        and _paths(other) <= _paths(rule)
    )


def _paths(rule: Rule) -> set[tuple[str, ...]]:
    return {each.path for each in rule.when.comparisons()} if rule.when else set()


def _always_holds_with(rule: Rule, other: Rule, rules: RuleSet) -> bool:
    """Whether the other rule applies whenever this one does."""
    if other.when is None:
        return True
    if rule.when is None:
        return not is_possible(Not(other.when), rules.definition)
    alone: Condition = All((rule.when, Not(other.when)))
    return not is_possible(alone, rules.definition)


def _as_asked(condition: Condition, definition: FormDefinition) -> Condition:
    """The condition, and that the form asks what each of its comparisons needs.

    What is under a “not” may be missing, so it needs nothing.
    """
    if isinstance(condition, Named):
        return _as_asked(condition.condition, definition)
    if isinstance(condition, All | Any):
        return type(condition)(tuple(_as_asked(part, definition) for part in condition.parts))
    if isinstance(condition, Comparison):
        return All((condition, *_when_asked(condition.path[0], definition)))
    return condition


def _when_asked(name: str, definition: FormDefinition) -> Iterator[Condition]:
    question = definition.questions.get(name)
    if question is not None and question.when is not None:
        yield question.when
    page = next((page for page in definition.pages if question in page.questions), None)
    if page is not None and page.when is not None:
        yield page.when
