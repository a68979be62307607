"""Change one part of a draft: a rule, the fallback, or the file as a whole."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from form_definitions import FormDefinition, Problem
from intake.app_state import clock
from intake.services.case_decisions import NotNow
from intake.services.directory import current_directory
from intake.services.forms import startable
from intake.services.rule_drafts import MOVED_ON, Author, change_draft
from intake.services.rule_versions import StoredRules, find_rules
from referral_router import Directory, RuleFileError, parse_rules

Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that somebody edits, with what one can choose from."""

    stored: StoredRules
    definition: FormDefinition
    directory: Directory

    @property
    def content(self) -> dict[str, Any]:
        """What the draft's file says, as a copy of its own."""
        content: dict[str, Any] = json.loads(self.stored.content)
        return content

    def rule(self, number: int | None) -> dict[str, Any]:
        """One rule as the file has it; empty if it is a new one. Raises NotNow."""
        rules = self.content.get("rules")
        if number is None:
            return {}
        if not isinstance(rules, list) or not 0 <= number < len(rules):
            raise NotNow(MOVED_ON)
        found = rules[number]
        return found if isinstance(found, dict) else {}


def open_draft(rules_id: str) -> Draft:
    """A draft to edit. Raises NotNow if it is none any more, FormNotFound."""
    stored = find_rules(rules_id)
    if stored is None or not stored.is_draft:
        raise NotNow(MOVED_ON)
    definition = startable(stored.form_id, None, clock()).definition
    return Draft(stored, definition, current_directory())


def put_rule(
    draft: Draft, author: Author, seen: int, number: int | None, rule: Mapping[str, Any]
) -> tuple[Problem, ...]:
    """Store a rule in its place, or after the last one; or say what is wrong with it.

    Raises NotNow.
    """

    def put(content: dict[str, Any]) -> None:
        rules = content.setdefault("rules", [])
        if number is None:
            rules.append(dict(rule))
        else:
            rules[number] = dict(rule)

    place = number if number is not None else len(draft.content.get("rules", []))
    return _put(draft, author, seen, put, f"rules.{place}")


def put_fallback(
    draft: Draft, author: Author, seen: int, fallback: Mapping[str, Any], nation: str
) -> tuple[Problem, ...]:
    """Store the fallback and whose bank holidays count; or say what is wrong. Raises NotNow."""

    def put(content: dict[str, Any]) -> None:
        content["fallback"], content["nation"] = dict(fallback), nation

    return _put(draft, author, seen, put, "fallback")


def put_file(draft: Draft, author: Author, seen: int, content: Mapping[str, Any]) -> None:
    """Store a whole file, whatever is wrong with it; the draft's page says what. Raises NotNow,
    VersionTaken."""

    def put(old: dict[str, Any]) -> None:
        old.clear()
        old.update(content)

    change_draft(draft.stored.id, author, seen, put)


def _put(
    draft: Draft, author: Author, seen: int, change: Change, where: str
) -> tuple[Problem, ...]:
    content = draft.content
    change(content)
    problems = _problems(content, draft.definition)
    own = tuple(each for each in problems if f"{each.where}.".startswith(f"{where}."))
    if not own:
        change_draft(draft.stored.id, author, seen, change)
    return own


def _problems(content: Mapping[str, Any], definition: FormDefinition) -> tuple[Problem, ...]:
    try:
        parse_rules(json.dumps(content), definition)
    except RuleFileError as error:
        return error.problems
    return ()
