"""Check the conditions of a form file: they refer to earlier questions and to real answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from form_definitions.calculating import due_after, needs
from form_definitions.condition_reading import (
    COMBINERS,
    ConditionError,
    UnknownConditionError,
    parse_condition,
)
from form_definitions.definition import Kind
from form_definitions.dialect import Finding
from form_definitions.expected_linting import expected_findings
from form_definitions.kinds import Outlined, Raw, paths_of
from form_definitions.named_conditions import NamedConditions, as_finding
from form_definitions.positions import Pointer
from form_definitions.suggesting import near_path


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition may refer to: all questions at its level, and those asked before it."""

    questions: Mapping[str, Outlined]
    earlier: frozenset[str]
    is_group: bool = False
    owner: str = ""
    here: frozenset[str] = frozenset()  # asked on the page that the condition is of
    told: frozenset[str] = frozenset()  # wrong themselves, which is said where they stand


def condition_findings(settings: Raw, questions: Mapping[str, Outlined]) -> Iterator[Finding]:
    """What is wrong with every condition of the form.

    ``questions`` holds the calculated values too, as if they had been asked.
    """
    named = NamedConditions(settings.get("conditions", {}))
    yield from named.findings
    if named.findings:
        return
    everything = Scope(questions, frozenset(questions), told=_told(settings, questions))
    for name, raw in named.raw.items():
        yield from _findings(raw, ("x-form", "conditions", name), everything, named)
    for at, person in enumerate(settings.get("people", [])):
        if "when" in person:
            pointer = ("x-form", "people", at, "when")
            yield from _findings(person["when"], pointer, everything, named)
    if "no_email_when" in settings:
        never = ("x-form", "no_email_when")
        yield from _findings(settings["no_email_when"], never, everything, named)
    yield from _calculation_findings(settings, everything, named)
    yield from _findings_in_order(settings, questions, named)


def _told(settings: Raw, questions: Mapping[str, Outlined]) -> frozenset[str]:
    """What other checks name: calculations that cannot be worked out, questions on no page."""
    if not settings["pages"]:
        return frozenset()  # of rules, which are checked by themselves
    asked = {name for page in settings["pages"] for name in page.get("questions", [])}
    calculated = frozenset(settings.get("calculated", {}))
    return (calculated - questions.keys()) | (questions.keys() - calculated - asked)


def _calculation_findings(
    settings: Raw, everything: Scope, named: NamedConditions
) -> Iterator[Finding]:
    for name, entry in settings.get("calculated", {}).items():
        place: Pointer = ("x-form", "calculated", name)
        for at, one in enumerate(entry.get("points", ())):
            yield from _findings(one["when"], (*place, "points", at, "when"), everything, named)
        if "where" in entry:
            group = _question_at(tuple(entry.get("of", [""])[0].split(".")), everything.questions)
            inside = group.questions if group else {}
            scope = Scope(inside, frozenset(inside), is_group=True)
            yield from _findings(entry["where"], (*place, "where"), scope, named)


def _findings_in_order(
    settings: Raw, questions: Mapping[str, Outlined], named: NamedConditions
) -> Iterator[Finding]:
    pages: list[Raw] = settings["pages"]
    calculated = settings.get("calculated", {})
    needed = {name: needs(entry, named.conditions) for name, entry in calculated.items()}
    due = due_after((name for page in pages for name in page.get("questions", [])), needed)
    told = _told(settings, questions)
    earlier: set[str] = set()
    for at, page in enumerate(pages):
        here = frozenset(page.get("questions", []))
        scope = Scope(questions, frozenset(earlier), here=here, told=told)
        if "when" in page:
            yield from _findings(page["when"], ("x-form", "pages", at, "when"), scope, named)
        for name in page.get("questions", []):
            if name not in questions:
                continue
            scope = Scope(questions, frozenset(earlier), told=told)
            yield from _question_findings(questions[name], scope, named)
            earlier.update((name, *due.get(name, ())))


def _question_findings(
    question: Outlined, scope: Scope, named: NamedConditions
) -> Iterator[Finding]:
    if "when" in question.ui:
        pointer = (*question.pointer, "x-ui", "when")
        owned = replace(scope, owner=question.name)
        yield from _findings(question.ui["when"], pointer, owned, named)
    yield from _rule_findings(question, scope, named)
    earlier: set[str] = set()
    for name, child in question.questions.items():
        inner = Scope(question.questions, frozenset(earlier), is_group=True)
        yield from _question_findings(child, inner, named)
        earlier.add(name)


def _rule_findings(question: Outlined, scope: Scope, named: NamedConditions) -> Iterator[Finding]:
    """What ``if`` or ``dependentRequired`` looks at, to ask something of this question."""
    anywhere = replace(scope, earlier=frozenset(scope.questions))
    for at, rule in enumerate(question.raw.get("x-rules", ())):
        if rule["when"] is not None:
            pointer = (*question.pointer, "x-rules", at, "when")
            yield from _findings(rule["when"], pointer, anywhere, named)


def _findings(
    raw: object, pointer: Pointer, scope: Scope, named: NamedConditions
) -> Iterator[Finding]:
    try:
        parse_condition(raw, named.conditions)
    except UnknownConditionError as error:
        fix = f'Write {{"{error.name}": …}} with the answer that it has to have'
        found = as_finding(error, pointer)
        yield replace(found, fix=fix) if error.name in scope.questions else found
        return
    except ConditionError as error:
        yield as_finding(error, pointer)
        return
    yield from _reference_findings(raw, pointer, scope, named)


def _reference_findings(
    raw: Any, pointer: Pointer, scope: Scope, named: NamedConditions
) -> Iterator[Finding]:
    if isinstance(raw, str):
        paths = [comparison.path for comparison in named.conditions[raw].comparisons()]
        for path in dict.fromkeys(paths):
            finding = _path_finding(path, pointer, scope)
            if finding and not _is_told_where_it_is_named(path, scope):
                yield finding
        return
    for key, value in raw.items():
        place = (*pointer, key)
        if key == "not":
            yield from _reference_findings(value, place, scope, named)
        elif key in COMBINERS:
            for at, part in enumerate(value):
                yield from _reference_findings(part, (*place, at), scope, named)
        else:
            yield from _comparison_findings(key, value, place, scope)


def _is_told_where_it_is_named(path: tuple[str, ...], scope: Scope) -> bool:
    everything = Scope(scope.questions, frozenset(scope.questions))
    return not scope.is_group and _path_finding(path, (), everything) is not None


def _comparison_findings(
    path: str, value: object, place: Pointer, scope: Scope
) -> Iterator[Finding]:
    steps = tuple(path.split("."))
    finding = _path_finding(steps, place, scope)
    if finding:
        yield finding
        return
    question = _question_at(steps, scope.questions)
    if question and question.kind:
        yield from expected_findings(question, value, place)


def _question_at(path: tuple[str, ...], questions: Mapping[str, Outlined]) -> Outlined | None:
    question = questions.get(path[0])
    for step in path[1:]:
        question = question.questions.get(step) if question else None
    return question


def _path_finding(path: tuple[str, ...], place: Pointer, scope: Scope) -> Finding | None:
    name = ".".join(path)
    question = _question_at(path, scope.questions)
    if path[0] in scope.told:
        return None
    if question is None:
        where = " beside this one" if scope.is_group else ""
        fix = near_path(name, paths_of(scope.questions)) or "Use the name of an earlier question"
        return Finding(place, f"the condition looks at ‘{name}’, which is no question{where}", fix)
    for upto in range(1, len(path)):
        around = _question_at(path[:upto], scope.questions)
        if around and around.kind is Kind.REPEATING:
            text = f"‘{path[upto - 1]}’ repeats, so that ‘{name}’ is not one answer"
            fix = f'Write {{"{path[upto - 1]}": {{"contains": …}}}}'
            return Finding(place, text, fix)
    if path[0] == scope.owner:
        text = f"whether ‘{name}’ is shown depends on its own answer"
        return Finding(place, text, "Use an earlier question")
    if path[0] not in scope.earlier and _waits_for(path[0], scope.owner, scope.questions):
        text = f"‘{scope.owner}’ and ‘{name}’ wait for each other, so that neither is ever shown"
        return Finding(place, text, "Remove one of the two conditions")
    if path[0] in scope.here:
        text = f"the condition of the page looks at ‘{name}’, which is asked on the page itself"
        return Finding(place, text, "Move the question to an earlier page")
    if path[0] not in scope.earlier:
        text = f"the condition looks at ‘{name}’, which is asked later"
        return Finding(place, text, "Ask it earlier, or use an earlier question")
    return None


def _waits_for(name: str, owner: str, questions: Mapping[str, Outlined]) -> bool:
    """Whether ``name`` is shown only after ``owner`` is answered, directly or through others."""
    waiting, seen = [name], {name}
    while waiting:
        question = questions.get(waiting.pop())
        raw = question.ui.get("when") if question else None
        for looked_at in _roots_in(raw):
            if looked_at == owner:
                return True
            if looked_at not in seen:
                seen.add(looked_at)
                waiting.append(looked_at)
    return False


def _roots_in(raw: object) -> Iterator[str]:
    """The names of the root questions that a condition looks at, as it is written."""
    if not isinstance(raw, dict):
        return
    for key, value in raw.items():
        if key in COMBINERS:
            for part in value if isinstance(value, list) else [value]:
                yield from _roots_in(part)
        elif isinstance(key, str):
            yield key.split(".", 1)[0]
