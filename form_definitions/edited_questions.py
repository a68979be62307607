"""What an edit did to one question, and what that means for an answer given before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from form_definitions.changes import UNKNOWN, Change, Safety, breaking, named, safe
from form_definitions.conditions import Condition
from form_definitions.definition import NESTED_KINDS, FormDefinition, Kind, Question
from form_definitions.edited_limits import file_changes, limit_changes
from form_definitions.explaining import describe_condition


@dataclass(frozen=True, slots=True)
class Sides:
    """The form before and after, and the names that its conditions look at afterwards."""

    before: FormDefinition
    after: FormDefinition
    looked_at: frozenset[str]


def settings_of(definition: FormDefinition) -> Mapping[str, Any]:
    """The x-form of a form file; a plain JSON Schema has none."""
    settings: Mapping[str, Any] = definition.source.get("x-form", {})
    return settings


# -- one question ----------------------------------------------------------------------------------


def question_changes(before: Question, after: Question, sides: Sides) -> Iterator[Change]:
    """What is different about a question that both forms have, and about those inside it."""
    if before.kind is not after.kind:
        change = _kind_change(before, after)
        yield change
        if change.safety is Safety.BREAKING:
            return
    yield from _wording_changes(before, after)
    yield from _required_change(before, after)
    yield from when_changes(before, after, sides)
    if before.kind in NESTED_KINDS:
        yield from _inner_changes(before, after, sides)
    else:
        yield from option_changes(before, after)
    yield from limit_changes(before, after)
    yield from file_changes(before, after)
    if _others(before) != _others(after):
        words = f"The rules of {named(after)} changed"
        yield breaking("question-rules", after, words, UNKNOWN)


#: A pair of kinds that take the same answers, only in another control.
_SAME_ANSWERS = frozenset(
    {(Kind.RADIOS, Kind.SELECT), (Kind.SELECT, Kind.RADIOS), (Kind.TEXT, Kind.LONG_TEXT)}
)


def _kind_change(before: Question, after: Question) -> Change:
    words = f"{named(before)} was {_kind(before)} and is {_kind(after)} now"
    if (before.kind, after.kind) in _SAME_ANSWERS:
        return safe("question-kind", after, words, "Both take the same answers")
    return breaking("question-kind", after, words, "An answer of the old kind does not fit")


def _kind(question: Question) -> str:
    return f"‘{question.kind.value.replace('-', ' ')}’"


def _wording_changes(before: Question, after: Question) -> Iterator[Change]:
    if before.title != after.title:
        words = f"{named(before)} is worded ‘{after.title}’ now"
        yield safe("question-title", after, words, REWORDED)
    changed = [
        words for name, words in _HELP.items() if getattr(before, name) != getattr(after, name)
    ]
    if changed:
        words = f"{named(after)}: {' and '.join(changed)} changed"
        yield safe("question-help", after, words, "It changes how the question looks")


REWORDED = (
    "The answer is kept, and its page is shown again before it is sent. "
    "If the question means something else now, give it another property name"
)
_HELP = {
    "hint": "its hint",
    "short_name": "its name in messages",
    "errors": "its error messages",
    "width": "its width",
    "rows": "its height",
    "autocomplete": "its autocompletion",
    "spellcheck": "its spelling check",
    "prefix": "what stands before it",
    "suffix": "what stands after it",
    "item": "what one of its items is called",
    "low": "the word at its low end",
    "high": "the word at its high end",
    "inline": "its layout",
}


def _required_change(before: Question, after: Question) -> Iterator[Change]:
    if after.required and not before.required:
        why = "Answers are kept; whoever left it out is asked for it"
        yield safe("question-required", after, f"{named(after)} must be answered now", why)
    elif before.required and not after.required:
        words = f"{named(after)} may be left out now"
        yield safe("question-optional", after, words, "Every answer still fits")


def when_changes(before: Question, after: Question, sides: Sides) -> Iterator[Change]:
    """What an edit of its ``when`` means for a question."""
    if schema_of(before.when) == schema_of(after.when):
        return
    words = f"{named(after)} was asked {asked(before.when, sides.before)}, and is asked "
    words += f"{asked(after.when, sides.after)} now"
    if after.when is None and after.path not in sides.looked_at:
        why = "Nobody who was asked it is no longer asked"
        yield safe("question-condition", after, words, why)
    else:
        why = "An answer that was shown may be hidden now, or bring a hidden one back"
        yield breaking("question-condition", after, words, why)


def schema_of(condition: Condition | None) -> object:
    """The whole meaning of a condition, to compare it by."""
    return None if condition is None else condition.schema


def asked(condition: Condition | None, definition: FormDefinition) -> str:
    """When something is shown, as a phrase."""
    return "always" if condition is None else f"if {describe_condition(condition, definition)}"


#: What of a question is compared here, one by one, or follows from what is.
_COMPARED = frozenset(
    {"name", "path", "kind", "title", "required", "options", "questions", "when", "schema"}
    | {"exclusive", "minimum", "maximum", "min_items", "max_items", "accept", "max_size", *_HELP}
)


def _others(question: Question) -> dict[str, str]:
    """The rest of a question, whatever it may be."""
    rest = (each.name for each in fields(question) if each.name not in _COMPARED)
    return {name: repr(getattr(question, name)) for name in rest}


# -- options ---------------------------------------------------------------------------------------


def option_changes(before: Question, after: Question) -> Iterator[Change]:
    """What is different about the options of a question."""
    for option in before.options:
        kept = after.option(option.value)
        if kept is None:
            words = f"{named(after)} has no option ‘{option.title}’ ({option.text}) any more"
            yield breaking("option-removed", after, words, "Someone may have chosen it")
        elif kept.title != option.title:
            words = f"{named(after)}: option ‘{option.title}’ is worded ‘{kept.title}’ now"
            yield safe("option-title", after, words, REWORDED)
        elif kept.hint != option.hint:
            words = f"{named(after)}: the hint of option ‘{kept.title}’ changed"
            yield safe("option-hint", after, words, "It changes how the question looks")
    for option in after.options:
        if before.option(option.value) is None:
            words = f"{named(after)} has a new option ‘{option.title}’ ({option.text})"
            yield safe("option-added", after, words, "What was chosen is still there")
    yield from _order_change(before, after)
    yield from _exclusive_change(before, after)


def _order_change(before: Question, after: Question) -> Iterator[Change]:
    values = [option.value for option in after.options if before.option(option.value)]
    if values != [option.value for option in before.options if after.option(option.value)]:
        words = f"The options of {named(after)} are in another order"
        yield safe("option-order", after, words, "What was chosen is still there")


def _exclusive_change(before: Question, after: Question) -> Iterator[Change]:
    if before.exclusive == after.exclusive:
        return
    words = f"{named(after)}: another option excludes the rest"
    if after.exclusive is None:
        words = f"{named(after)}: no option excludes the rest now"
        yield safe("option-exclusive", after, words, "More answers fit than before")
    else:
        yield breaking("option-exclusive", after, words, "It may have been chosen with others")


# -- questions inside a question -------------------------------------------------------------------


def _inner_changes(before: Question, after: Question, sides: Sides) -> Iterator[Change]:
    inside = Sides(sides.before, sides.after, _inner_looked_at(after, sides))
    for child in before.questions:
        kept = after.question(child.name)
        if kept is None:
            yield removed(child)
        else:
            yield from question_changes(child, kept, inside)
    yield from (added(child) for child in after.questions if not before.question(child.name))
    if before.kind is Kind.TUPLE:
        yield from _place_changes(before, after)
        return
    shared = [child.name for child in before.questions if after.question(child.name)]
    if shared != [child.name for child in after.questions if before.question(child.name)]:
        words = f"The questions inside {named(after)} are in another order"
        yield safe("question-order", after, words, "Every answer still fits")


def _place_changes(before: Question, after: Question) -> Iterator[Change]:
    """A title that stands at another place: what is stored there would mean something else."""
    stood = {child.title: child.name for child in before.questions}
    if any(stood.get(child.title, child.name) != child.name for child in after.questions):
        words = f"The places of {named(after)} are in another order"
        yield breaking("question-order", after, words, "An answer would stand at another place")


def _inner_looked_at(group: Question, sides: Sides) -> frozenset[str]:
    """The paths of the questions in a group that conditions in it, or on all of it, look at."""
    names = looked_at(child.when for child in group.questions)
    if group.path in sides.looked_at:
        names = frozenset(child.name for child in group.questions)
    return frozenset(f"{group.path}.{name}" for name in names)


def looked_at(conditions: Iterable[Condition | None]) -> frozenset[str]:
    """The names at the start of every path that these conditions look at."""
    return frozenset(
        part.path[0] for each in conditions if each is not None for part in each.comparisons()
    )


def removed(question: Question) -> Change:
    """A question that is no longer asked."""
    why = "Its answers have nowhere to go"
    return breaking("question-removed", question, f"{named(question)} is not asked any more", why)


def added(question: Question) -> Change:
    """A question that is new."""
    words = f"{named(question)} is a new question"
    why = "Nothing that was answered changes"
    if question.required:
        words, why = f"{words} that must be answered", "Whoever has begun is asked it too"
    return safe("question-added", question, words, why)
