"""Check the calculations of a form file, and say how their values read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from form_definitions.calculating import (
    FUNCTIONS,
    PATH_ARGUMENTS,
    TODAY,
    due_after,
    needs,
    paths_in,
)
from form_definitions.calculations import ROLL_UP_RULES, as_number
from form_definitions.condition_reading import COMBINERS
from form_definitions.conditions import Condition
from form_definitions.definition import NUMBER_KINDS, Kind
from form_definitions.dialect import Finding
from form_definitions.kinds import Outlined, Raw, outline, paths_of
from form_definitions.positions import Pointer
from form_definitions.question_linting import option_values
from form_definitions.suggesting import did_you_mean, near_path
from form_definitions.translating import TITLES

Known = Mapping[str, Outlined]
Named = Mapping[str, Condition]

_PLACE: Pointer = ("x-form", "calculated")
_ALWAYS = frozenset({"function", "title", "description", "section", "visible"})
_DATE_ARGUMENTS = frozenset({"born", "on", "from", "to"})
_NUMBERS = NUMBER_KINDS | {Kind.SCALE, Kind.GESTATION}
_CHOICES = frozenset({Kind.RADIOS, Kind.SELECT})
_WITH_OPTIONS = _CHOICES | {Kind.CHECKBOXES}
#: Kinds whose sum or mean is of the same kind, and those of which a chosen answer is.
_SAME_FORMAT: Mapping[Kind | None, Raw] = {
    Kind.MONEY: {"type": "number", "format": "money"},
    Kind.PERCENTAGE: {"type": "number", "format": "percentage"},
}
_CHOSEN_FORMAT: Mapping[Kind | None, Raw] = {
    Kind.GESTATION: {"type": "string", "format": "gestation"}
}
_OF_NUMBERS = frozenset({"sum", "mean", "highest", "lowest", "grade_roll_up"})
#: Functions whose value is one of the answers that they look at.
_CHOOSING = frozenset({"highest", "lowest", "most_frequent", "grade_roll_up"})


# -- how a value reads ----------------------------------------------------------------------------


def outline_answers(form: Raw, named: Named) -> dict[str, Outlined]:
    """All that conditions, facets and rules may name: the questions and the calculated values."""
    questions = outline(form["properties"], ("properties",))
    return questions | results(form["x-form"], questions, named)


def results(settings: Raw, questions: Known, named: Named) -> dict[str, Outlined]:
    """The calculated values as if they had been asked, in the order in which they are due."""
    raw = settings.get("calculated", {})
    known = dict(questions)
    for names in due_after([*questions], _needed(raw, named)).values():
        for name in names:
            if name not in questions:
                known[name] = outline({name: _reads_as(raw[name], known)}, _PLACE)[name]
    return {name: known[name] for name in raw if name in known and name not in questions}


def _needed(raw: Raw, named: Named) -> dict[str, frozenset[str]]:
    return {name: needs(entry, named) for name, entry in raw.items()}


def _reads_as(entry: Raw, known: Known) -> dict[str, Any]:
    """A question with the same answers."""
    title = {"title": entry["title"]}
    function = entry["function"]
    if function == "bands":
        return title | _bands(entry.get("bands", ()))
    found = [find(known, path) for path in entry.get("of", ())]
    sources = [question for question in found if question is not None]
    if function in _CHOOSING and any(one.kind in _WITH_OPTIONS for one in sources):
        values = [value for one in sources for value in option_values(one)]
        scored = [value for value in values if as_number(value) is not None]
        return title | _choice(values if function == "most_frequent" else scored)
    kinds = {one.kind for one in sources}
    formats = {**_SAME_FORMAT, **(_CHOSEN_FORMAT if function in _CHOOSING else {})}
    if function != "count" and len(kinds) == 1 and (kind := kinds.pop()) in formats:
        return {**title, **formats[kind]}
    return title | {"type": "integer"}


def _bands(bands: Sequence[Raw]) -> dict[str, Any]:
    titles = {one["label"]: one.get(TITLES, {}).get(one["label"], one["label"]) for one in bands}
    return {"oneOf": [{"const": label, "title": title} for label, title in titles.items()]}


def _choice(values: Any) -> dict[str, Any]:
    return {"oneOf": [{"const": value, "title": str(value)} for value in dict.fromkeys(values)]}


def find(known: Known, path: str) -> Outlined | None:
    """The question at a dotted path, which may pass through a repeating group."""
    head, *rest = path.split(".")
    question = known.get(head)
    for step in rest:
        question = question.questions.get(step) if question else None
    return question


def passes_through_items(known: Known, path: str) -> bool:
    """Whether a path leads to as many answers as a repeating group has items."""
    steps = path.split(".")
    groups = (find(known, ".".join(steps[:upto])) for upto in range(1, len(steps)))
    return any(group is not None and group.kind is Kind.REPEATING for group in groups)


# -- what is wrong --------------------------------------------------------------------------------


def calculation_findings(settings: Raw, questions: Known, named: Named) -> Iterator[Finding]:
    """What is wrong with every calculation by itself, and with how they need each other."""
    raw = settings.get("calculated", {})
    needed = _needed(raw, named)
    known = {**questions, **results(settings, questions, named)}
    for name, entry in raw.items():
        place = (*_PLACE, name)
        yield from _name_findings(name, place, questions)
        yield from _argument_findings(name, entry, place)
        yield from _section_findings(name, entry, place, settings)
        if _is_in_a_circle(name, needed):
            text = f"calculation ‘{name}’ goes round in a circle"
            yield Finding(place, text, "Work one of them out from answers only", on_key=True)
            continue
        for steps, path in paths_in(entry):
            yield from _source_findings(entry, steps, path, (*place, *steps), known, raw)
        yield from _value_findings(entry, place)


def _name_findings(name: str, place: Pointer, questions: Known) -> Iterator[Finding]:
    if name in questions:
        text = f"‘{name}’ is the name of a question and of a calculation"
        yield Finding(place, text, "Rename the calculation", on_key=True)
    if name in COMBINERS or name == TODAY:
        text = f"‘{name}’ has a meaning of its own and cannot name a calculation"
        yield Finding(place, text, "Choose another name", on_key=True)


def _argument_findings(name: str, entry: Raw, place: Pointer) -> Iterator[Finding]:
    function = FUNCTIONS[entry["function"]]
    known = (*function.needs, *function.may)
    for key in entry:
        if key not in _ALWAYS and key not in known:
            text = f"‘{key}’ means nothing for ‘{entry['function']}’"
            fix = f"It has {', '.join(known)}"
            yield Finding((*place, key), text, fix, on_key=True)
    for key in function.needs:
        if key not in entry:
            text = f"calculation ‘{name}’ has no ‘{key}’, which ‘{entry['function']}’ needs"
            yield Finding(place, text, f'Add "{key}": …')
    if "where" in entry and len(entry.get("of", ())) > 1:
        text = f"calculation ‘{name}’ counts the items of more than one question"
        yield Finding((*place, "of"), text, "Name one repeating group, or remove the ‘where’")
    if "override" in entry and "reason" not in entry:
        text = f"calculation ‘{name}’ may be overridden without a reason"
        yield Finding((*place, "override"), text, 'Add "reason": the question that asks for it')


def _section_findings(name: str, entry: Raw, place: Pointer, settings: Raw) -> Iterator[Finding]:
    sections = [page.get("section", page.get("title", "")) for page in settings["pages"]]
    if "section" in entry and entry["section"] not in sections:
        text = f"calculation ‘{name}’ is in the section ‘{entry['section']}’, which no page has"
        fix = did_you_mean(entry["section"], sections) or "Use the section of a page"
        yield Finding((*place, "section"), text, fix)


def _is_in_a_circle(name: str, needed: Mapping[str, frozenset[str]]) -> bool:
    reached: set[str] = set()
    ahead = list(needed[name])
    while ahead:
        one = ahead.pop()
        if one in needed and one not in reached:
            reached.add(one)
            ahead += needed[one]
    return name in reached


def _source_findings(
    entry: Raw, steps: Pointer, path: str, place: Pointer, known: Known, raw: Raw
) -> Iterator[Finding]:
    key, function = str(steps[0]), entry["function"]
    question = find(known, path)
    if question is None:
        if path not in raw:  # else it is one that is wrong itself
            fix = near_path(path, paths_of(known)) or "Use the name of a question"
            yield Finding(place, f"there is no question ‘{path}’", fix)
    elif key in PATH_ARGUMENTS and passes_through_items(known, path):
        text = f"‘{path}’ repeats, so that it is not one answer"
        yield Finding(place, text, "Use a question that is asked once")
    elif key in _DATE_ARGUMENTS and question.kind is not Kind.DATE:
        text = f"‘{path}’ is of the kind {question.kind}, and ‘{function}’ needs a date"
        yield Finding(place, text, _date_fix(question, path))
    elif not _fits(question, key, function):
        text = f"‘{path}’ is of the kind {question.kind}, which ‘{function}’ cannot work with"
        yield Finding(place, text, "Use numbers, or choices whose values are numbers")


def _date_fix(question: Outlined, path: str) -> str:
    if question.kind is Kind.BIRTH_DATE:
        return f"Write ‘{path}.date’"
    return f"Use a question of the format date, or ‘{TODAY}’"


def _fits(question: Outlined, key: str, function: str) -> bool:
    needs_number = (key == "of" and function in _OF_NUMBERS) or key in ("value", "override")
    if function == "most_frequent":
        return question.kind in _NUMBERS | _WITH_OPTIONS
    if not needs_number or question.kind is None or question.kind in _NUMBERS:
        return True
    is_graded = any(as_number(value) is not None for value in option_values(question))
    return question.kind in _CHOICES and is_graded


def _value_findings(entry: Raw, place: Pointer) -> Iterator[Finding]:
    starts = [one["from"] for one in entry.get("bands", ())]
    if starts != sorted(set(starts)):
        yield Finding((*place, "bands"), "the bands do not go up", "Sort them by their ‘from’")
    if "rule" in entry and entry["rule"] not in ROLL_UP_RULES:
        known = list(ROLL_UP_RULES)
        fix = did_you_mean(entry["rule"], known) or f"Use one of: {', '.join(known)}"
        yield Finding((*place, "rule"), f"there is no rule ‘{entry['rule']}’", fix)
