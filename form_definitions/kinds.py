"""From how a question is written to its kind, and which keys that kind understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from form_definitions.definition import NUMBER_KINDS, Kind
from form_definitions.dialect import Finding
from form_definitions.positions import Pointer
from form_definitions.supplied import SUPPLIED

Raw = Mapping[str, Any]

#: ``time`` is another thing in JSON Schema: with seconds and a time zone.
_STRING_FORMATS = {
    "email": Kind.EMAIL,
    "telephone": Kind.TELEPHONE,
    "postcode": Kind.POSTCODE,
    "health-postcode": Kind.HEALTH_POSTCODE,
    "nhs-number": Kind.NHS_NUMBER,
    "health-and-care-number": Kind.HEALTH_AND_CARE_NUMBER,
    "upn": Kind.UPN,
    "uln": Kind.ULN,
    "national-insurance-number": Kind.NATIONAL_INSURANCE,
    "police-reference": Kind.POLICE_REFERENCE,
    "date": Kind.DATE,
    "month": Kind.MONTH,
    "time-of-day": Kind.TIME,
    "gestation": Kind.GESTATION,
    "file": Kind.FILE,
}
_NUMBER_FORMATS = {"money": Kind.MONEY, "percentage": Kind.PERCENTAGE}
#: One line of text in a shape of its own.
_CODES = frozenset(_STRING_FORMATS.values()) - {
    Kind.DATE,
    Kind.MONTH,
    Kind.TIME,
    Kind.GESTATION,
    Kind.FILE,
}

_LENGTHS = {"minLength", "maxLength", "pattern"}
_LIMITS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_COUNTS = {"minItems", "maxItems", "uniqueItems"}
_OPTIONS = {"oneOf", "enum", "const"}
_ALWAYS = {
    "type",
    "title",
    "description",
    "format",
    "default",
    "examples",
    "readOnly",
    "x-ui",
    "x-rules",
}

#: Keywords of JSON Schema that mean something for a kind, besides those that always do.
KEYWORDS: dict[Kind, set[str]] = {
    **dict.fromkeys((Kind.TEXT, Kind.LONG_TEXT, *_CODES), _LENGTHS),
    **{kind: set() for kind in (Kind.DATE, Kind.MONTH, Kind.TIME, Kind.GESTATION)},
    Kind.INTEGER: _LIMITS | {"multipleOf"},
    Kind.MONEY: _LIMITS,
    Kind.PERCENTAGE: _LIMITS,
    Kind.SCALE: {"minimum", "maximum"},
    Kind.YES_NO: {"const", "oneOf"},
    Kind.RADIOS: _OPTIONS,
    Kind.SELECT: _OPTIONS,
    Kind.CHECKBOXES: {"items", *_COUNTS},
    Kind.FILE: set(),
    Kind.FILES: {"items", *_COUNTS},
    Kind.REPEATING: {"items", "minItems", "maxItems"},
    Kind.GROUP: {"properties", "required"},
    Kind.TUPLE: {"prefixItems", "items", "minItems", "maxItems"},
    Kind.ADDRESS: set(),
    Kind.BIRTH_DATE: set(),
    Kind.NUMBER: _LIMITS | {"multipleOf"},
    Kind.LIST: {"items", *_COUNTS},
    Kind.DATA: set(),
}

#: Keys of ``x-ui`` that mean something for some kinds only.
UI_KEYS: dict[str, set[Kind]] = {
    "rows": {Kind.LONG_TEXT},
    "item": {Kind.REPEATING},
    "exclusive": {Kind.CHECKBOXES},
    "low": {Kind.SCALE},
    "high": {Kind.SCALE},
    "inline": {Kind.RADIOS, Kind.YES_NO, Kind.SCALE},
    "prefix": {Kind.TEXT, *NUMBER_KINDS},
    "suffix": {Kind.TEXT, *NUMBER_KINDS},
    "accept": {Kind.FILE, Kind.FILES},
    "max_size": {Kind.FILE, Kind.FILES},
}

_WIDGETS: dict[str, set[Kind]] = {
    "text": {Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.PERCENTAGE, Kind.TIME, *_CODES},
    "textarea": {Kind.LONG_TEXT},
    "radios": {Kind.RADIOS, Kind.YES_NO},
    "select": {Kind.SELECT},
    "checkboxes": {Kind.CHECKBOXES},
    "scale": {Kind.SCALE},
    "money": {Kind.MONEY},
    "yes-no": {Kind.YES_NO},
    "address": {Kind.ADDRESS},
    "birth-date": {Kind.BIRTH_DATE},
}


@dataclass(frozen=True, slots=True)
class Outlined:
    """A question of the file with its place, and its kind where that can be told."""

    name: str
    raw: Raw
    pointer: Pointer
    kind: Kind | None
    questions: Mapping[str, Outlined]

    @property
    def ui(self) -> Raw:
        """The question's ``x-ui``."""
        ui: Raw = self.raw.get("x-ui", {})
        return ui

    def walk(self) -> Iterator[Outlined]:
        """This question and all inside it."""
        yield self
        for child in self.questions.values():
            yield from child.walk()


def paths_of(questions: Mapping[str, Outlined]) -> Iterator[str]:
    """The dotted path of every question, with those in groups and in repeating groups."""
    for name, question in questions.items():
        yield name
        yield from (f"{name}.{inner}" for inner in paths_of(question.questions))


def outline(properties: Raw, pointer: Pointer) -> dict[str, Outlined]:
    """The questions that an object asks, with those inside them."""
    return {name: _outlined(name, raw, (*pointer, name)) for name, raw in properties.items()}


def _outlined(name: str, raw: Raw, pointer: Pointer) -> Outlined:
    kind = kind_of(raw)
    if kind is Kind.TUPLE:
        places = enumerate(raw["prefixItems"])
        inside = {
            str(at): _outlined(f"{name}.{at}", one, (*pointer, "prefixItems", at))
            for at, one in places
        }
        return Outlined(name, raw, pointer, kind, inside)
    holder, steps = object_of(raw, kind)
    children = outline(holder.get("properties", {}), (*pointer, *steps, "properties"))
    return Outlined(name, raw, pointer, kind, children)


def object_of(raw: Raw, kind: Kind | None) -> tuple[Raw, Pointer]:
    """The object schema that holds the questions inside, and the keys that lead to it."""
    if kind is not None and kind in SUPPLIED:
        return SUPPLIED[kind], ()
    if kind is Kind.REPEATING:
        return raw["items"], ("items",)
    if kind is Kind.TUPLE:
        return places_of(raw), ()
    return (raw, ()) if kind is Kind.GROUP else ({}, ())


def places_of(raw: Raw) -> Raw:
    """The places of a tuple as the questions of an object: ``0``, ``1`` and so on."""
    names = [str(at) for at in range(len(raw["prefixItems"]))]
    properties = dict(zip(names, raw["prefixItems"], strict=True))
    return {"properties": properties, "required": names[: raw.get("minItems", 0)]}


def kind_of(raw: Raw) -> Kind | None:
    """The kind that a question is written as, or None where it is written as none."""
    if "x-kind" in raw:  # inferred of a plain JSON Schema; no author writes it
        return Kind(raw["x-kind"])
    kind_for_type = _BY_TYPE.get(raw.get("type", ""))
    if kind_for_type:
        return kind_for_type(raw)
    return _choice(raw)


def _widget(raw: Raw) -> str:
    return str(raw.get("x-ui", {}).get("widget", ""))


def _choice(raw: Raw) -> Kind | None:
    if _OPTIONS.isdisjoint(raw):
        return None
    return Kind.SELECT if _widget(raw) == "select" else Kind.RADIOS


def _string(raw: Raw) -> Kind | None:
    if not _OPTIONS.isdisjoint(raw):
        return _choice(raw)
    if "format" in raw:
        return _STRING_FORMATS.get(raw["format"])
    return Kind.LONG_TEXT if _widget(raw) == "textarea" else Kind.TEXT


def _integer(raw: Raw) -> Kind | None:
    return _choice(raw) or (Kind.SCALE if _widget(raw) == "scale" else Kind.INTEGER)


def _number(raw: Raw) -> Kind | None:
    if _widget(raw) == "money":
        return Kind.MONEY
    return _NUMBER_FORMATS.get(raw["format"]) if "format" in raw else Kind.NUMBER


def _array(raw: Raw) -> Kind | None:
    if "prefixItems" in raw:
        return Kind.TUPLE
    items = raw.get("items", {})
    if not isinstance(items, dict):
        return None
    if "properties" in items:
        return Kind.REPEATING
    if "oneOf" in items or "enum" in items:
        return Kind.CHECKBOXES
    return Kind.FILES if items.get("format") == "file" else None


def _object(raw: Raw) -> Kind | None:
    if _widget(raw) in _SUPPLIED_BY_WIDGET:
        return _SUPPLIED_BY_WIDGET[_widget(raw)]
    return Kind.GROUP if raw.get("properties") else None


_SUPPLIED_BY_WIDGET = {str(kind): kind for kind in SUPPLIED}

_BY_TYPE = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda _raw: Kind.YES_NO,
    "array": _array,
    "object": _object,
}

_UNKNOWN = {
    "string": f"A text has one of these formats, or none: {', '.join(_STRING_FORMATS)}",
    "number": 'A number has the format "money" or "percentage", or none',
    "array": 'Its "items" need "oneOf" (checkboxes), "properties" (a repeating group) '
    'or "format": "file" (several files); or write "prefixItems" for fixed places',
    "object": 'Add "properties", or "x-ui": {"widget": "address"}',
}


def kind_findings(question: Outlined) -> Iterator[Finding]:
    """What does not fit together in how a question is written."""
    name = question.name
    if question.kind is None:
        fix = _UNKNOWN.get(question.raw.get("type", ""), 'Add "type" or "oneOf"')
        place = (*question.pointer, *(("format",) if "format" in question.raw else ()))
        yield Finding(place, f"‘{name}’ does not say what sort of answer it takes", fix)
        return
    for keyword in question.raw:
        if keyword not in KEYWORDS[question.kind] | _ALWAYS:
            yield _without_meaning(question, keyword, (keyword,))
    for key in question.ui:
        if question.kind not in UI_KEYS.get(key, {question.kind}):
            yield _without_meaning(question, key, ("x-ui", key))
    widget = _widget(question.raw)
    if widget and question.kind not in _WIDGETS[widget]:
        yield _misfit(question, "widget", widget, ("x-ui", "widget"))
    if "format" in question.raw and question.raw["format"] != _format_of(question.kind):
        yield _misfit(question, "format", question.raw["format"], ("format",))
    items = question.raw.get("items")
    if isinstance(items, dict) and "format" in items and question.kind is not Kind.FILES:
        yield _misfit(question, "format", "file", ("items", "format"))


def _format_of(kind: Kind) -> str:
    known = {**_STRING_FORMATS, **_NUMBER_FORMATS}
    return next((name for name, of_format in known.items() if of_format is kind), "")


def _without_meaning(question: Outlined, key: str, steps: Pointer) -> Finding:
    text = f"‘{key}’ means nothing for ‘{question.name}’, which is of the kind {question.kind}"
    return Finding((*question.pointer, *steps), text, "Remove it", on_key=True)


def _misfit(question: Outlined, key: str, value: str, steps: Pointer) -> Finding:
    text = f"‘{question.name}’ is of the kind {question.kind}, which has no {key} ‘{value}’"
    return Finding((*question.pointer, *steps), text, f"Remove the {key}, or change the type")
