"""What an edit did to the limits of an answer: its schema, and the files that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions.changes import Change, breaking, named, safe
from form_definitions.definition import NESTED_KINDS, Kind, Question
from form_definitions.file_kinds import size_in_words

_UPPER = frozenset({"maxLength", "maximum", "exclusiveMaximum", "maxItems"})
_LOWER = frozenset({"minLength", "minimum", "exclusiveMinimum", "minItems"})
#: Keywords that say nothing of which answers fit.
_NOTES = frozenset({"title", "description", "default", "examples"})
#: Keywords that are made from a question's kind, options, inner questions; compared as such.
_MADE = {
    **dict.fromkeys((Kind.RADIOS, Kind.SELECT), frozenset({"enum", "oneOf"})),
    Kind.CHECKBOXES: frozenset({"uniqueItems", "items", "if", "then"}),
    Kind.SCALE: frozenset({"minimum", "maximum"}),
    **dict.fromkeys(
        NESTED_KINDS,
        frozenset(
            {"properties", "required", "items", "prefixItems", "allOf", "additionalProperties"}
        ),
    ),
    Kind.TUPLE: frozenset({"prefixItems", "items", "minItems", "maxItems"}),
}


def limit_changes(before: Question, after: Question) -> Iterator[Change]:
    """What the schema of the answer says otherwise, and whether more fits or less."""
    skipped = _NOTES | _MADE.get(before.kind, frozenset()) | _MADE.get(after.kind, frozenset())
    for key in sorted({*before.schema, *after.schema} - skipped):
        old, new = before.schema.get(key), after.schema.get(key)
        if old != new:
            yield _limit_change(after, key, old, new)
    if before.kind in NESTED_KINDS and _own_rules(before.schema) != _own_rules(after.schema):
        words = f"The rules between the answers of {named(after)} changed"
        yield breaking("question-rules", after, words, "An answer may not keep to the new ones")


def file_changes(before: Question, after: Question) -> Iterator[Change]:
    """A file is looked at when it arrives, and never again."""
    if before.accept != after.accept:
        words = f"{named(after)} takes {', '.join(after.accept) or 'no'} files now"
        yield safe("question-accept", after, words, "Files that were given already are kept")
    if before.max_size != after.max_size:
        words = f"{named(after)} takes files of up to {size_in_words(after.max_size)} now"
        yield safe("question-size", after, words, "Files that were given already are kept")


def _limit_change(question: Question, key: str, old: object, new: object) -> Change:
    words = f"{named(question)}: ‘{key}’ was {_shown(old)} and is {_shown(new)} now"
    if _is_wider(key, old, new):
        return safe("question-limit", question, words, "More answers fit than before")
    return breaking("question-limit", question, words, "An answer may not fit any more")


def _is_wider(key: str, old: Any, new: Any) -> bool:
    """Whether everything that satisfied the old value satisfies the new one."""
    if new is None:
        return key not in {"type", "format"}
    if old is None:
        return False
    return (key in _UPPER and new > old) or (key in _LOWER and new < old)


def _shown(value: object) -> str:
    return "nothing" if value is None else f"‘{value}’"


def _own_rules(schema: Mapping[str, Any]) -> list[Any]:
    """The rules of a group that are not those by which an inner question is shown."""
    items = schema.get("items")
    rules = [*schema.get("allOf", ()), *(items.get("allOf", ()) if isinstance(items, dict) else ())]
    return [rule for rule in rules if not (isinstance(rule, dict) and _hides(rule.get("else")))]


def _hides(schema: object) -> bool:
    """Whether this is how a question that is not shown is written (schemas.py)."""
    if not isinstance(schema, dict) or set(schema) != {"properties"}:
        return False
    return all(value is False for value in schema["properties"].values())
