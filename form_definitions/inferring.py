"""A form from a plain JSON Schema: pages, labels and widgets that the schema does not name.

The schema's own verdict is what counts (judging.py), so nothing here has to be exact: it decides
only what is asked, and in which words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from form_definitions.blank_answers import BLANK, let_be_blank
from form_definitions.definition import Kind
from form_definitions.either import options_of
from form_definitions.expanding import expand
from form_definitions.inferred_order import in_order, roots_of
from form_definitions.inferred_pages import MAX_ID, pages_of
from form_definitions.kinds import kind_of
from form_definitions.older_drafts import in_new_words
from form_definitions.recognising import without_foreign_keys
from form_definitions.referring import with_pointers
from form_definitions.tuple_linting import MOST_PLACES, PLACE_KINDS

Raw = Mapping[str, Any]

MAX_SELECTED_RADIOS = 8  # options: more are a list to choose from
MAX_SHORT_TEXT = 200  # characters: a longer text gets several lines
MAX_TITLE = 200

_FORMATS = {"email": "email", "idn-email": "email", "date": "date"}
_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems")


def inferred_form(schema: Raw, source: str) -> dict[str, Any]:
    """The form that asks for what a plain JSON Schema describes."""
    expanded = expand(
        in_new_words(with_pointers(without_foreign_keys(schema))), is_lenient=True
    ).form
    properties = _questions(expanded)
    title = _text(schema.get("title")) or _words(_stem(schema.get("$id") or source)) or "Form"
    return {
        "$id": form_id(schema.get("$id"), source),
        "title": title,
        "description": _text(schema.get("description")),
        "type": "object",
        "properties": properties,
        "required": _required(expanded, properties),
        "x-form": {"version": "1.0.0", "pages": list(pages_of(properties, title))},
    }


# -- names ----------------------------------------------------------------------------------------


def _stem(name: object) -> str:
    """``https://example.org/person.schema.json`` → ``person``."""
    last = str(name).split("#")[0].rstrip("/").replace("\\", "/").rsplit("/", 1)[-1]
    # a published version is called by its id and its version: the id alone names the form
    return re.sub(r"(\.schema)?\.json$", "", [*last.strip("<>").split(), ""][0])


def form_id(identity: object, source: str) -> str:
    """The id of a form from its ``$id``, whatever that is, else from the name of its file."""
    for name in (identity, source):
        words = re.sub(r"[^a-z0-9]+", "-", _stem(name or "").lower()).strip("-")
        kebab = words[:MAX_ID].rstrip("-")
        if kebab and kebab[0].isalpha():
            return kebab
    return "form"


def _words(name: str) -> str:
    """``dateOfBirth``, ``date_of_birth`` and ``date-of-birth`` → ``Date of birth``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    parts = re.split(r"[\W_]+", spaced)
    words = " ".join(part if part.isupper() else part.lower() for part in parts if part)
    return (words[:1].upper() + words[1:])[:MAX_TITLE]


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


# -- questions ------------------------------------------------------------------------------------


def _questions(holder: Raw) -> dict[str, Any]:
    written = holder.get("properties", {})
    found = ((name, _question(name, raw, frozenset(written))) for name, raw in written.items())
    asked = {name: question for name, question in found if question is not None}
    required = frozenset(_names(holder.get("required")))
    for name, question in asked.items():
        if name in required or question["x-ui"].get("required"):
            let_be_blank(question, written[name])
    return in_order(asked, required)


def _names(required: object) -> list[str]:
    return (
        [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
    )


def _required(holder: Raw, asked: Raw) -> list[str]:
    names = _names(holder.get("required"))
    return [name for name in names if name in asked and BLANK not in asked[name]]


def _question(name: str, raw: Raw, beside: frozenset[str]) -> dict[str, Any] | None:
    """How an answer is asked for, or None where none can be given."""
    kind = Kind.TEXT if raw.get("x-kind") != "none" else None
    asked = _asked(raw) if kind else None
    if asked is None:
        return None
    given = raw.get("x-ui", {})
    ui: dict[str, Any] = {"required": True} if given.get("required") else {}
    needed = [rule for rule in raw.get("x-rules", ()) if rule.get("required")]
    rules = [rule for rule in needed if _is_usable(rule["when"], beside)]
    # what a rule requires is shown while that holds, too: always, where nobody here can tell
    if given.get("when") is not None and rules == needed:
        others = [rule["when"] for rule in rules]
        ui["when"] = {"any": [given["when"], *others]} if others else given["when"]
    if _text(raw.get("description")):
        ui["hint"] = _text(raw["description"])
    title = _text(raw.get("title")) or _words(name) or "Answer"
    limits = {key: raw[key] for key in (*_LIMITS, *_COUNTS) if _is_number(raw.get(key))}
    ui |= asked.pop("x-ui", {})
    return {"title": title, **limits, **asked, **_begun(raw), "x-ui": ui, "x-rules": rules}


def _begun(raw: Raw) -> dict[str, Any]:
    """What is answered beforehand. What somebody else is to fix, and has not, is asked for."""
    begun = {key: raw[key] for key in ("default", "const") if raw.get(key) is not None}
    is_fixed = raw.get("readOnly") is True and bool(begun)
    is_one = "properties" not in raw and "items" not in raw
    examples = raw.get("examples")
    return (
        {key: begun[key] for key in ("default",) if key in begun}
        | ({"readOnly": True} | begun if is_fixed and is_one else {})
        | ({"examples": examples} if isinstance(examples, list) else {})
    )


def _is_usable(condition: object, beside: frozenset[str]) -> bool:
    """Whether a condition can be judged by the questions beside it."""
    roots = roots_of(condition, beside)
    return roots is not None and roots <= beside


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _type(raw: Raw) -> str:
    types = raw.get("type")
    named = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    real = [each for each in named if each != "null"]
    if real or named:
        return str(real[0] if real else "null")
    if isinstance(raw.get("properties"), dict):
        return "object"
    if "items" in raw or "prefixItems" in raw:
        return "array"
    return "integer" if raw.keys() & set(_LIMITS) else "string"


def _asked(raw: Raw) -> dict[str, Any] | None:
    options = _options(raw)
    kind = _type(raw)
    if kind == "null" or raw.get("const", "") is None or raw.get("enum") == [None]:
        return None
    if raw.get("x-kind") == Kind.DATA.value:
        return {"x-kind": Kind.DATA.value}
    if not options and kind == "string" and _is_a_structure(raw):
        return {"x-kind": Kind.DATA.value}
    if options and kind not in {"array", "object"}:
        return _choice(options)
    return _BY_TYPE.get(kind, _string)(raw)


def _is_a_structure(raw: Raw) -> bool:
    """Whether every answer is an object or a list, which nobody can choose from a list."""
    values = [raw["const"]] if "const" in raw else raw.get("enum")
    is_known = isinstance(values, list) and bool(values)
    return is_known and all(isinstance(value, dict | list) for value in values or ())


def _options(raw: Raw) -> list[dict[str, Any]]:
    """The answers to choose from, each text once: a control posts nothing else."""
    options: dict[str, dict[str, Any]] = {}
    for part in options_of(raw):
        value = part["const"]
        if isinstance(value, str | int | float) and value != "":
            said = {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)
            title = _text(part.get("title")) or said
            posted = said.lower() if isinstance(value, bool) else said
            options.setdefault(posted, {"const": value, "title": title})
    return list(options.values())


def _choice(options: list[dict[str, Any]]) -> dict[str, Any]:
    if all(isinstance(option["const"], bool) for option in options):
        return {"type": "boolean", "x-kind": Kind.YES_NO.value}
    is_long = len(options) > MAX_SELECTED_RADIOS
    kind = Kind.SELECT if is_long else Kind.RADIOS
    return {"oneOf": options, "x-kind": kind.value}


def _string(raw: Raw) -> dict[str, Any]:
    written = _FORMATS.get(str(raw.get("format")))
    if written:
        return {"type": "string", "format": written}
    length = raw.get("maxLength")
    is_long = isinstance(length, int) and length > MAX_SHORT_TEXT
    return {"type": "string", "x-ui": {"widget": "textarea"} if is_long else {}}


def _array(raw: Raw) -> dict[str, Any]:
    items = raw.get("items")
    items = items if isinstance(items, dict) else {}
    if "prefixItems" in raw:
        return _tuple(raw) or {"x-kind": Kind.DATA.value}
    options = _options(items)
    if options:
        return {"type": "array", "items": {"oneOf": options}, "x-kind": Kind.CHECKBOXES.value}
    inside = _group(items) if _type(items) == "object" else None
    if inside:
        noun = _text(items.get("title")) or "item"
        _let_edit(inside)
        return {"type": "array", "items": inside, "x-ui": {"item": noun[:1].lower() + noun[1:]}}
    is_asked = items.get("x-kind") != "none"  # a definition inside itself is, but a few times only
    is_scalar = _type(items) in {"string", "integer", "number"}
    if is_scalar and is_asked:
        kind, held = Kind.LIST.value, {"type": _type(items)}
        return {"type": "array", "items": held, "x-kind": kind}
    return {"x-kind": Kind.DATA.value}


_SINGLE = frozenset({"string", "integer", "number", "boolean"})


def _tuple(raw: Raw) -> dict[str, Any] | None:
    """Fixed places with one answer each; None where there may be more, or anything in them."""
    places = raw["prefixItems"]
    if not isinstance(places, list) or not 0 < len(places) <= MOST_PLACES:
        return None
    rest = "additionalItems" if isinstance(raw.get("items"), list) else "items"  # up to 2019-09
    if raw.get(rest) is not False and raw.get("maxItems") != len(places):
        return None
    if not all(
        isinstance(one, dict) and (one.get("type") in _SINGLE or _options(one)) for one in places
    ):
        return None
    title = _text(raw.get("title")) or "Answer"
    asked = [_question(f"{title} {at}", one, frozenset()) for at, one in enumerate(places, 1)]
    if any(one is None or kind_of(one) not in PLACE_KINDS for one in asked):
        return None
    for one in asked:
        _let_edit({"properties": {"": one}})
    return {"type": "array", "prefixItems": asked, "items": False}


def _let_edit(group: Raw) -> None:
    """Every item of a list begins empty, so that nothing in it can be there to be kept."""
    for question in group["properties"].values():
        question.pop("readOnly", None)
        if "properties" in question:
            _let_edit(question)


def _object(raw: Raw) -> dict[str, Any]:
    return _group(raw) or {"x-kind": Kind.DATA.value}


def _group(raw: Raw) -> dict[str, Any] | None:
    """What is asked inside, or None where nothing is."""
    properties = _questions(raw)
    if not properties:
        return None
    required = _required(raw, properties)
    return {"type": "object", "properties": properties, "required": required}


_BY_TYPE = {
    "string": _string,
    "integer": lambda _raw: {"type": "integer"},
    "number": lambda _raw: {"type": "number", "x-kind": Kind.NUMBER.value},
    "boolean": lambda _raw: {"type": "boolean"},
    "array": _array,
    "object": _object,
}
