"""Turn the questions of a checked form file into values, each with its own JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from form_definitions.blank_answers import BLANK
from form_definitions.condition_reading import parse_condition
from form_definitions.conditions import Condition
from form_definitions.control_names import control_names
from form_definitions.definition import FILE_KINDS, Kind, Option, Question, Rule
from form_definitions.displaying import EXEMPLIFIED, typed_example
from form_definitions.file_kinds import (
    FILE_ID_PATTERN,
    USUAL_FILES,
    USUAL_KINDS,
    USUAL_SIZE,
    read_size,
)
from form_definitions.kinds import Raw, kind_of, object_of
from form_definitions.languages import N_, words
from form_definitions.schemas import object_schema
from form_definitions.supplied import SUPPLIED
from form_definitions.translating import TITLES, YES_AND_NO, supplied

Named = Mapping[str, Condition]

_CHECKED_KEYWORDS = (
    "type",
    "format",
    "const",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
)

#: The limits of a percentage whose author sets none.
_HUNDRED = {"minimum": 0, "maximum": 100}


def compile_condition(raw: Raw, named: Named) -> Condition | None:
    """The condition under which something is shown, or None."""
    return parse_condition(raw["when"], named) if "when" in raw else None


def compile_questions(holder: Raw, prefix: str, named: Named, language: str) -> dict[str, Question]:
    """The questions of an object by name; ``prefix`` is the path of the group that it is in."""
    required = frozenset(holder.get("required", ()))
    controls = control_names(holder["properties"], is_root=not prefix)
    asked = (
        compile_question(name, raw, f"{prefix}{name}", name in required, named, language)
        for name, raw in holder["properties"].items()
    )
    return {
        one.name: one
        if controls[one.name] == one.name
        else replace(one, control_name=controls[one.name])
        for one in asked
    }


def compile_question(
    name: str, raw: Raw, path: str, is_required: bool, named: Named, language: str
) -> Question:
    """One question with those inside it. Raises ValueError if it is of no kind."""
    kind = kind_of(raw)
    if kind is None:  # the lint has refused such a question before
        raise ValueError(path)
    ui = raw.get("x-ui", {})
    inside, _steps = object_of(raw, kind)
    inside = supplied(inside, language) if kind in SUPPLIED else inside
    children = (
        tuple(compile_questions(inside, f"{path}.", named, language).values()) if inside else ()
    )
    options = _options(raw, kind, language)
    return Question(
        name=name,
        path=path,
        kind=kind,
        title=raw["title"],
        hint=ui.get("hint", "") or _example(raw, kind, language),
        required=is_required or ui.get("required", False),
        options=options,
        questions=children,
        when=compile_condition(ui, named),
        schema=_question_schema(raw, kind, options, children),
        errors=ui.get("errors", {}),
        short_name=ui.get("name", ""),
        width=ui.get("width"),
        rows=ui.get("rows", 5),
        autocomplete=ui.get("autocomplete", ""),
        spellcheck=ui.get("spellcheck", True),
        prefix=ui.get("prefix", ""),
        suffix=ui.get("suffix", ""),
        item=ui.get("item") or (_item(language) if kind is Kind.REPEATING else ""),
        exclusive=ui.get("exclusive"),
        low=ui.get("low", ""),
        high=ui.get("high", ""),
        inline=ui.get("inline", False),
        minimum=raw.get("minimum"),
        maximum=raw.get("maximum"),
        min_items=raw.get("minItems"),
        max_items=raw.get("maxItems", USUAL_FILES if kind is Kind.FILES else None),
        rules=tuple(_rule(rule, named) for rule in raw.get("x-rules", ())),
        is_list=ui.get("list", False),
        language=language,
        default=raw.get("default"),
        examples=tuple(raw.get("examples", ())),
        read_only=raw.get("readOnly", False),
        blank=tuple(raw.get(BLANK, ())),
        prefill=ui.get("prefill", ""),
        accept=tuple(ui.get("accept", USUAL_KINDS)) if kind in FILE_KINDS else (),
        max_size=read_size(ui["max_size"]) if "max_size" in ui else USUAL_SIZE,
    )


def _example(raw: Raw, kind: Kind, language: str) -> str:
    """The first of the examples as a hint, where the author gives no other."""
    if kind not in EXEMPLIFIED or not raw.get("examples"):
        return ""
    typed = typed_example(kind, raw["examples"][0])
    return words(language).gettext(N_("For example, {}")).format(typed) if typed else ""


def _item(language: str) -> str:
    """What one of a repeating group is called whose author gives it no name."""
    return words(language).gettext(N_("item"))


def _rule(raw: Raw, named: Named) -> Rule:
    when = parse_condition(raw["when"], named)
    return Rule(when, raw.get("required", False), raw.get("schema", {}))


def _options(raw: Raw, kind: Kind, language: str) -> tuple[Option, ...]:
    if kind is Kind.SCALE:
        steps = range(raw["minimum"], raw["maximum"] + 1)
        return tuple(Option(step, str(step)) for step in steps)
    holder = raw["items"] if kind is Kind.CHECKBOXES else raw
    if "oneOf" in holder:
        return tuple(
            Option(option["const"], option["title"], option.get("description", ""))
            for option in holder["oneOf"]
        )
    titles = holder.get(TITLES, {})
    if "enum" in holder:
        return tuple(Option(value, titles.get(str(value), str(value))) for value in holder["enum"])
    if "const" in holder and kind is not Kind.YES_NO:
        return (Option(holder["const"], titles.get(str(holder["const"]), str(holder["const"]))),)
    if kind is Kind.YES_NO:
        yes, no = (titles.get(text) or words(language).gettext(text) for text in YES_AND_NO)
        return Option(True, yes), Option(False, no)
    return ()


# -- the effective JSON Schema --------------------------------------------------------------------


def _question_schema(
    raw: Raw, kind: Kind, options: tuple[Option, ...], children: tuple[Question, ...]
) -> dict[str, Any]:
    schema = {key: raw[key] for key in _CHECKED_KEYWORDS if key in raw}
    if kind is Kind.PERCENTAGE:
        schema = _HUNDRED | schema
    values = [option.value for option in options]
    if kind in {Kind.RADIOS, Kind.SELECT}:
        schema["enum"] = values
    if kind is Kind.CHECKBOXES:
        schema |= {"uniqueItems": True, "items": {"enum": values}}
        schema |= _exclusive(raw.get("x-ui", {}).get("exclusive"))
    if kind is Kind.LIST:
        schema["items"] = raw["items"]
    if kind is Kind.FILE:
        schema["pattern"] = FILE_ID_PATTERN
    if kind is Kind.FILES:
        items = {"type": "string", "format": "file", "pattern": FILE_ID_PATTERN}
        schema = {"maxItems": USUAL_FILES} | schema | {"uniqueItems": True, "items": items}
    if kind is Kind.TUPLE:
        schema |= {"prefixItems": [dict(child.schema) for child in children], "items": False}
    if kind is Kind.REPEATING:
        schema["items"] = object_schema(children, _own_schema)
    if kind in {Kind.GROUP, *SUPPLIED}:
        schema |= object_schema(children, _own_schema)
    return {"title": raw["title"], **schema}


def _own_schema(question: Question) -> Mapping[str, Any]:
    return question.schema


def _exclusive(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    return {"if": {"contains": {"const": value}}, "then": {"maxItems": 1}}
