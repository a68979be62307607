"""Check what a tuple of a form file means: its places, and how many of them there are."""

from __future__ import annotations

from collections.abc import Iterator

from form_definitions.definition import FILE_KINDS, NESTED_KINDS, Kind
from form_definitions.dialect import Finding
from form_definitions.kinds import Outlined

#: What a place can ask for: one answer, which stands there and nowhere else.
PLACE_KINDS = frozenset(Kind) - NESTED_KINDS - FILE_KINDS - {Kind.CHECKBOXES, Kind.LIST, Kind.DATA}
MOST_PLACES = 12  # beside each other: more are questions with names


def tuple_findings(question: Outlined) -> Iterator[Finding]:
    """What is wrong with a tuple and with its places."""
    if question.kind is not Kind.TUPLE:
        return
    raw, name = question.raw, question.name
    places = len(raw["prefixItems"])
    if raw.get("items") is not False:
        place = (*question.pointer, "items") if "items" in raw else question.pointer
        text = f"‘{name}’ does not say that it has no other places"
        yield Finding(place, text, 'Write "items": false', on_key=True)
    if raw.get("minItems", 0) > places:
        text = f"‘{name}’ needs {raw['minItems']} answers and has {places} places"
        yield Finding((*question.pointer, "minItems"), text, f"{places} are the most")
    if raw.get("maxItems", places) != places:
        text = f"‘{name}’ has {places} places, and its maxItems is {raw['maxItems']}"
        yield Finding((*question.pointer, "maxItems"), text, "Remove it", on_key=True)
    for each in question.questions.values():
        yield from _place_findings(each)


def _place_findings(place: Outlined) -> Iterator[Finding]:
    if place.kind is not None and place.kind not in PLACE_KINDS:
        text = f"‘{place.name}’ is of the kind {place.kind}, which no place of a tuple can take"
        fix = 'Ask for all of it as a group: "type": "object" with "properties"'
        yield Finding(place.pointer, text, fix)
    said = [(key,) for key in ("default", "readOnly") if key in place.raw]
    steps = [*said, *(("x-ui", key) for key in ("when", "required", "prefill") if key in place.ui)]
    for step in steps:
        text = f"‘{step[-1]}’ means nothing for ‘{place.name}’, a place of a tuple"
        fix = 'Write it for the whole question; "minItems" says how many places are needed'
        yield Finding((*place.pointer, *step), text, fix, on_key=True)
