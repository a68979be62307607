"""Warn about a form that loads and works, and still cannot be what its author means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions.answers import answer_problem
from form_definitions.condition_reading import COMBINERS, ConditionError, parse_condition
from form_definitions.conditions import Comparison
from form_definitions.definition import NESTED_KINDS, FormDefinition, Kind, Question
from form_definitions.dialect import Finding, as_written, warning
from form_definitions.idle_errors import idle_errors
from form_definitions.idle_linting import (
    idle_address,
    idle_autocomplete,
    idle_challenge,
    idle_comparison,
    idle_embedding,
    idle_limit,
    idle_links,
    idle_markup,
    idle_telling,
)
from form_definitions.kinds import Outlined, Raw, outline
from form_definitions.named_conditions import names_in
from form_definitions.one_answer import leaf_problem
from form_definitions.pattern_linting import can_match, lengths
from form_definitions.pointers import value_at
from form_definitions.positions import Pointer
from form_definitions.reach import Unreachable, can_hold, unreachable
from form_definitions.wording_linting import wording_findings


def advice(definition: FormDefinition, form: Raw) -> Iterator[Finding]:
    """Everything that an author would want to know before anybody else sees the form.

    ``form`` is the content of the file that ``definition`` was made from.
    """
    outlined = outline(form["properties"], ("properties",))
    places = dict(_by_path(outlined))
    dead = list(_dead_comparisons(definition, form, places))
    yield from dead
    yield from _unreachable_findings(definition, form, places, dead)
    for question in definition.questions.values():
        yield from _question_findings(question, places)
        yield from _idle_defaults(question, places, is_begun=True)
    for outline_of in places.values():
        yield from idle_autocomplete(outline_of)
        yield from idle_limit(outline_of)
    yield from idle_links(form["x-form"])
    yield from idle_markup(form["x-form"])
    yield from idle_address(form["x-form"])
    yield from idle_embedding(form["x-form"])
    yield from idle_challenge(form["x-form"])
    yield from idle_telling(form["x-form"])
    yield from wording_findings(form, outlined)


def _by_path(questions: Mapping[str, Outlined], before: str = "") -> Iterator[tuple[str, Outlined]]:
    for name, question in questions.items():
        yield f"{before}{name}", question
        yield from _by_path(question.questions, f"{before}{name}.")


def _place(places: Mapping[str, Outlined], path: str) -> Pointer:
    """Where the question at a path is written; of one that is supplied, where its group is."""
    while path not in places and "." in path:
        path = path.rpartition(".")[0]
    return places[path].pointer if path in places else ("properties", path)


# -- conditions -----------------------------------------------------------------------------------


def _dead_comparisons(
    definition: FormDefinition, form: Raw, places: Mapping[str, Outlined]
) -> Iterator[Finding]:
    """Comparisons that no answer to their question satisfies."""
    settings = form["x-form"]
    for name, raw in settings.get("conditions", {}).items():
        yield from _dead_in(raw, ("x-form", "conditions", name), definition, "")
    for key in ("pages", "people"):
        for at, thing in enumerate(settings.get(key, [])):
            yield from _dead_in(thing.get("when"), ("x-form", key, at, "when"), definition, "")
    for path, question in places.items():
        pointer = (*question.pointer, "x-ui", "when")
        beside = path.rpartition(".")[0]
        yield from _dead_in(question.ui.get("when"), pointer, definition, beside)


def _dead_in(
    raw: Any, pointer: Pointer, definition: FormDefinition, group: str
) -> Iterator[Finding]:
    for place, path, expected in _comparisons_in(raw, pointer):
        question = definition.question_at(f"{group}.{path}" if group else path)
        comparison = _comparison(path, expected)
        if question:
            yield from idle_comparison(path, expected, question, place)
        if question and comparison and not can_hold(comparison, question):
            text = f"no answer to ‘{path}’ can satisfy this"
            yield warning(place, text, _what_it_takes(question))


def _comparisons_in(raw: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str, Any]]:
    if not isinstance(raw, dict):
        return
    for key, value in raw.items():
        place = (*pointer, key)
        if key == "not":
            yield from _comparisons_in(value, place)
        elif key in COMBINERS:
            for at, part in enumerate(value):
                yield from _comparisons_in(part, (*place, at))
        else:
            yield place, key, value


def _comparison(path: str, expected: Any) -> Comparison | None:
    try:
        condition = parse_condition({path: expected})
    except ConditionError:
        return None
    return condition if isinstance(condition, Comparison) else None


_LIMITS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minLength", "maxLength")


def _what_it_takes(question: Question) -> str:
    if question.options:
        few = ", ".join(as_written(option.value) for option in question.options[:12])
        return f"Compare with what it may be: {few}"
    limits = [f"{key} {question.schema[key]}" for key in _LIMITS if key in question.schema]
    return f"It is of the kind {question.kind}" + (f", {', '.join(limits)}" if limits else "")


# -- what is never shown --------------------------------------------------------------------------


def _unreachable_findings(
    definition: FormDefinition, form: Raw, places: Mapping[str, Outlined], dead: list[Finding]
) -> Iterator[Finding]:
    """Unless one comparison in the condition is already said to be impossible by itself."""
    explained = {finding.pointer for finding in dead}
    named = form["x-form"].get("conditions", {})
    idle = {place[2] for place in explained if place[:2] == ("x-form", "conditions")}
    for found in unreachable(definition):
        pointer = _when_of(found, definition, places)
        is_told = any(place[: len(pointer)] == pointer for place in explained)
        if not is_told and idle.isdisjoint(_names_below(value_at(form, pointer), named)):
            yield _unreachable(found, pointer)


def _names_below(raw: object, named: Raw) -> set[str]:
    """The named conditions that one is written with, directly or through others."""
    found: set[str] = set()
    waiting = [raw]
    while waiting:
        new = {name for name in names_in(waiting.pop()) if name in named} - found
        found |= new
        waiting += [named[name] for name in new]
    return found


def _when_of(
    found: Unreachable, definition: FormDefinition, places: Mapping[str, Outlined]
) -> Pointer:
    if found.question is None:
        return ("x-form", "pages", definition.pages.index(found.page), "when")
    question = places.get(found.path)
    if question and "when" in question.ui:
        return (*question.pointer, "x-ui", "when")
    return _place(places, found.path)


def _unreachable(found: Unreachable, pointer: Pointer) -> Finding:
    page, question = found.page, found.question
    if found.ends_all:
        text = f"page ‘{page.id}’ ends the form for everybody, so that nothing after it is reached"
        return warning(pointer, text, "Change its condition, or put it last")
    fix = "Change the condition so that some answers satisfy it, or remove it"
    if question is None:
        text = f"page ‘{page.id}’ can never be reached: its condition cannot hold there"
        return warning(pointer, text, fix)
    must = "must be answered, and " if question.required else ""
    text = f"‘{found.path}’ {must}can never be shown: its condition cannot hold there"
    return warning(pointer, text, fix)


# -- one question ---------------------------------------------------------------------------------


def _question_findings(question: Question, places: Mapping[str, Outlined]) -> Iterator[Finding]:
    if question.path in places:
        pointer = places[question.path].pointer
        yield from _pattern_findings(question, pointer)
        yield from idle_errors(question, pointer)
        yield from _example_findings(question, places[question.path].raw, pointer)
    for inner in question.questions:
        yield from _question_findings(inner, places)


def _pattern_findings(question: Question, pointer: Pointer) -> Iterator[Finding]:
    pattern = question.schema.get("pattern")
    if not isinstance(pattern, str):
        return
    place = (*pointer, "pattern")
    least, most = lengths(pattern)
    longest, shortest = question.schema.get("maxLength"), question.schema.get("minLength", 1)
    if not can_match(pattern):
        text = f"no answer to ‘{question.name}’ can match its pattern"
        is_quoted = pattern[:1] == "/" and pattern.rstrip("gimsuy")[-1:] == "/"
        fix = "Remove the / at both its ends" if is_quoted else ""
        yield warning(place, text, fix or "Write ^ only at the start and $ only at the end")
    elif longest is not None and least > longest:
        text = f"the pattern of ‘{question.name}’ needs {least} characters, and maxLength {longest}"
        yield warning(place, f"{text} allows fewer", "Change one of them")
    elif most is not None and most < shortest:
        text = f"the pattern of ‘{question.name}’ allows {most} characters"
        yield warning(place, f"{text}, and an answer has {shortest} or more", "Change one of them")


def _example_findings(question: Question, raw: Raw, pointer: Pointer) -> Iterator[Finding]:
    """``default`` and ``examples`` are answers that the question has to take."""
    check = answer_problem if question.kind in NESTED_KINDS else leaf_problem
    given: list[tuple[Pointer, Any]] = [
        (("examples", at), value) for at, value in enumerate(raw.get("examples", []))
    ]
    if "default" in raw:
        given.append((("default",), raw["default"]))
    for steps, value in given:
        if check(question, value) is not None:
            text = f"‘{as_written(value)}’ is no answer that ‘{question.name}’ takes"
            yield warning((*pointer, *steps), text, _what_it_takes(question))


def _idle_defaults(
    question: Question, places: Mapping[str, Outlined], *, is_begun: bool
) -> Iterator[Finding]:
    """A default in what begins empty: an item of a repeating group, a group that may stay empty."""
    if question.default is not None and not is_begun and question.path in places:
        text = f"the default of ‘{question.name}’ is filled in nowhere"
        fix = "Remove it: the group around it begins empty, or may stay so"
        yield warning((*places[question.path].pointer, "default"), text, fix, on_key=True)
    begins = is_begun and question.required and question.kind is not Kind.REPEATING
    for inner in question.questions:
        yield from _idle_defaults(inner, places, is_begun=begins)
