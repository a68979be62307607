"""What the pages about routing rules show: each form's rules, and one version in sentences."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from form_definitions import FormDefinition, Problem
from intake.services.directory import current_directory
from intake.services.forms import Runnable, current_forms, startable
from intake.services.rule_checks import Checked
from intake.services.rule_publishing import Followed, check_stored, followed_by
from intake.services.rule_versions import (
    StoredRules,
    find_rules,
    in_force_ids,
    list_rules,
    names_of,
    standing,
)
from intake.services.rules_in_force import read_rules, rules_now
from referral_router import (
    Directory,
    RuleChange,
    RuleFileError,
    RuleSet,
    RuleWords,
    fallback_words,
    parse_rules,
    rule_changes,
    rule_words,
)
from referral_router.rule_set import MIDDLE_RANK


@dataclass(frozen=True, slots=True)
class FormLine:
    """One form in the list: what routes it now, what is coming, and what people work on."""

    form_id: str
    title: str
    version: str
    rules: int
    in_force: StoredRules | None  # None: the rules that came with the form
    others: tuple[tuple[str, StoredRules], ...]  # standing and version: coming, waiting, drafts


@dataclass(frozen=True, slots=True)
class ShownRule:
    """One rule of a file by its place there; ``words`` is None if it cannot be read."""

    number: int
    id: str
    words: RuleWords | None
    problems: tuple[Problem, ...] = ()
    is_first: bool = True  # among those of its rank
    is_last: bool = True


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version of rules in sentences, with what is wrong with each."""

    stored: StoredRules | None  # None: the rules that came with the form
    form_title: str
    version: str
    standing: str
    rules: tuple[ShownRule, ...]
    fallback: RuleWords | None
    nation: str
    problems: tuple[Problem, ...] = ()  # all of them
    general: tuple[Problem, ...] = ()  # those that belong to no one rule
    remarks: tuple[Problem, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def list_forms(now: datetime) -> tuple[FormLine, ...]:
    """Every form that can be started, with its rules; two queries, however many there are."""
    forms, stored, in_force = current_forms(now), list_rules(), in_force_ids(now)
    return tuple(_line(form, stored, in_force, now) for form in forms)


def _line(
    form: Runnable, stored: tuple[StoredRules, ...], in_force: Mapping[str, str], now: datetime
) -> FormLine:
    form_id = form.definition.id
    own = [each for each in stored if each.form_id == form_id]
    known = [(standing(each, now, in_force.get(form_id)), each) for each in own]
    rules = rules_now(form, now)
    return FormLine(
        form_id=form_id,
        title=form.definition.title,
        version=rules.version,
        rules=len(rules.rules),
        in_force=next((each for each in own if each.id == in_force.get(form_id)), None),
        others=tuple(pair for pair in known if pair[0] in ("coming", "waiting", "draft")),
    )


def form_history(form_id: str, now: datetime) -> tuple[tuple[str, StoredRules], ...]:
    """Every version of a form's rules with its standing, the newest first."""
    in_force = in_force_ids(now).get(form_id)
    return tuple((standing(each, now, in_force), each) for each in list_rules(form_id))


def own_page(form_id: str, now: datetime) -> VersionPage:
    """The rules that route a form now, in sentences. Raises FormNotFound."""
    form = startable(form_id, None, now)
    rules, directory = rules_now(form, now), current_directory()
    return VersionPage(
        stored=None,
        form_title=form.definition.title,
        version=rules.version,
        standing="in-force",
        rules=_readable(rules, Checked(rules), directory),
        fallback=fallback_words(rules, directory),
        nation=rules.nation,
    )


def version_page(rules_id: str, now: datetime) -> VersionPage | None:
    """One stored version in sentences. Raises FormNotFound if its form is gone."""
    stored = find_rules(rules_id)
    if stored is None:
        return None
    definition = startable(stored.form_id, None, now).definition
    checked, directory = check_stored(stored), current_directory()
    shown = (
        _readable(checked.rules, checked, directory)
        if checked.rules
        else _one_by_one(stored, definition, checked, directory)
    )
    told = {problem for each in shown for problem in each.problems}
    return VersionPage(
        stored=stored,
        form_title=definition.title,
        version=stored.version,
        standing=standing(stored, now, in_force_ids(now).get(stored.form_id)),
        rules=shown,
        fallback=fallback_words(checked.rules, directory) if checked.rules else None,
        nation=str(json.loads(stored.content).get("nation", "england-and-wales")),
        problems=checked.problems,
        general=tuple(each for each in checked.problems if each not in told),
        remarks=checked.remarks,
        names=names_of((stored.created_by, stored.edited_by, stored.asked_by,
                        stored.published_by, stored.returned_by, stored.withdrawn_by)),
    )  # fmt: skip


def _readable(rules: RuleSet, checked: Checked, directory: Directory) -> tuple[ShownRule, ...]:
    """Rules that could be read: by rank, each with its place in the file."""
    in_file = sorted(rules.rules, key=lambda rule: (rule.line, rule.column))
    numbers = {rule.id: number for number, rule in enumerate(in_file)}
    shown = []
    for at, rule in enumerate(rules.rules):
        beside = [
            rules.rules[other].rank if 0 <= other < len(rules.rules) else None
            for other in (at - 1, at + 1)
        ]
        shown.append(
            ShownRule(
                number=numbers[rule.id],
                id=rule.id,
                words=rule_words(rule, rules.definition, directory),
                problems=tuple(
                    each for each in checked.problems if each.where == f"rule {rule.id}"
                ),
                is_first=beside[0] != rule.rank,
                is_last=beside[1] != rule.rank,
            )
        )
    return tuple(shown)


def _one_by_one(
    stored: StoredRules, definition: FormDefinition, checked: Checked, directory: Directory
) -> tuple[ShownRule, ...]:
    """The rules of a file that cannot be read as a whole: those that can, in words."""
    content = json.loads(stored.content)
    raw = content.get("rules")
    if not isinstance(raw, list):
        return ()
    return tuple(
        ShownRule(
            number=number,
            id=str(rule.get("id", f"Rule {number + 1}")),
            words=_words_of(rule, content, definition, directory),
            problems=tuple(
                each for each in checked.problems if f"{each.where}.".startswith(f"rules.{number}.")
            ),
        )
        for number, rule in enumerate(raw)
        if isinstance(rule, dict)
    )


def _words_of(
    rule: Mapping[str, Any],
    content: Mapping[str, Any],
    definition: FormDefinition,
    directory: Directory,
) -> RuleWords | None:
    alone = {**content, "rules": [rule]}
    try:
        rules = parse_rules(json.dumps(alone), definition)
    except RuleFileError:
        return None
    return rule_words(rules.rules[0], definition, directory)


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What would change if a version held in place of those that it follows."""

    page: VersionPage
    follows: Followed
    changes: tuple[RuleChange, ...] | None  # None: the rules cannot be read
    is_behind: bool  # others were published since the draft was begun


def changes_page(rules_id: str, now: datetime) -> ChangesPage | None:
    """A version beside the newest rules that hold or are to hold. Raises FormNotFound."""
    page = version_page(rules_id, now)
    if page is None or page.stored is None:
        return None
    form = startable(page.stored.form_id, None, now)
    follows, directory = followed_by(page.stored.form_id, now), current_directory()
    before = form.rules
    if follows.rules_id:
        before = read_rules(follows.rules_id, form.definition)
    changes = None
    with suppress(RuleFileError):
        after = parse_rules(page.stored.content, form.definition)
        changes = rule_changes(before, after, directory)
    is_behind = follows.version != page.stored.base_version
    return ChangesPage(page, follows, changes, is_behind)


def rank_of(rule: Mapping[str, Any]) -> int:
    """A raw rule's rank, however wrong it is."""
    rank = rule.get("rank", MIDDLE_RANK)
    return rank if isinstance(rank, int) else MIDDLE_RANK
