"""What changes from one set of rules to another, rule by rule and in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from referral_router.directory import Directory
from referral_router.rule_set import RuleSet
from referral_router.rule_words import RuleWords, fallback_words, rule_words

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that is "new", "gone" or "changed"; of the last, each part before and after."""

    rule: str
    kind: str
    words: RuleWords
    parts: tuple[tuple[str, str, str], ...] = ()  # what, before, after


def rule_changes(old: RuleSet, new: RuleSet, directory: Directory) -> tuple[RuleChange, ...]:
    """Find what differs in effect or in words; the order of rules of equal rank is no difference.

    Those that are gone come first, then the others in the order of the new rules.
    """
    before, after = _words(old, directory), _words(new, directory)
    gone = [RuleChange(name, "gone", before[name]) for name in before if name not in after]
    changed = [each for name in after for each in _change(name, before, after)]
    return (*gone, *changed, *_nation(old, new, after[new.fallback.id]))


def _words(rules: RuleSet, directory: Directory) -> dict[str, RuleWords]:
    words = {each.id: rule_words(each, rules.definition, directory) for each in rules.rules}
    return words | {rules.fallback.id: fallback_words(rules, directory)}


def _change(
    name: str, before: dict[str, RuleWords], after: dict[str, RuleWords]
) -> Iterator[RuleChange]:
    words = after[name]
    if name not in before:
        yield RuleChange(name, "new", words)
    elif parts := tuple(_parts(before[name], words)):
        yield RuleChange(name, "changed", words, parts)


def _parts(before: RuleWords, after: RuleWords) -> Iterator[tuple[str, str, str]]:
    pairs = (
        ("When", before.when, after.when),
        ("Then", _joined(before.then, after.then), _joined(after.then, before.then)),
        ("Why", before.why, after.why),
        ("Rank", str(before.rank), str(after.rank)),
    )
    yield from (each for each in pairs if each[1] != each[2])


def _joined(then: tuple[str, ...], other: tuple[str, ...]) -> str:
    """The effects that the other does not have."""
    return ". ".join(each for each in then if each not in other) or NOTHING


def _nation(old: RuleSet, new: RuleSet, words: RuleWords) -> Iterator[RuleChange]:
    if old.nation != new.nation:
        parts = (("Bank holidays of", _named(old.nation), _named(new.nation)),)
        yield RuleChange("nation", "changed", words, parts)


def _named(nation: str) -> str:
    return nation.replace("-", " ").title().replace("And", "and")
