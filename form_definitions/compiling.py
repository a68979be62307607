"""Turn a checked form file into the values of definition.py and the effective JSON Schema."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from form_definitions.calculating import FUNCTIONS, Calculation, calculations_due, uses_today
from form_definitions.calculation_linting import outline_answers
from form_definitions.condition_linting import NamedConditions
from form_definitions.conditions import Condition, parse_condition
from form_definitions.control_names import control_names
from form_definitions.definition import (
    FILE_KINDS,
    Contact,
    Email,
    FormDefinition,
    Kind,
    LinkPolicy,
    Option,
    Page,
    PageType,
    Person,
    Question,
    Retention,
    Rule,
    Start,
)
from form_definitions.displaying import EXEMPLIFIED, typed_example
from form_definitions.file_kinds import (
    FILE_ID_PATTERN,
    USUAL_FILES,
    USUAL_KINDS,
    USUAL_SIZE,
    read_size,
)
from form_definitions.judging import Judge
from form_definitions.kinds import SUPPLIED, Raw, kind_of, object_of
from form_definitions.languages import ENGLISH, N_, words
from form_definitions.schemas import form_schema, object_schema
from form_definitions.translating import (
    TITLES,
    YES_AND_NO,
    Translation,
    supplied,
    title_from_id,
    translated,
)
from form_definitions.visibility import AnswerPlan

Named = Mapping[str, Condition]

#: Where *Exit this page* leads when the form names no address: a page that anybody may look at.
#: Source: GOV.UK Design System, exit this page component.
EXIT_URL = "https://www.bbc.co.uk/weather"

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

_DURATION = re.compile(
    r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?)?"
)
#: Days of a year, a month, a week and a day: keeping and expiring need no calendar.
_DAYS = (365, 30, 7, 1)


def compile_form(
    form: Raw, source: Raw, judge: Judge | None = None, translation: Translation | None = None
) -> FormDefinition:
    """The definition of a form file in which nothing is wrong.

    ``form`` is what ``source``, the file's own content, expands to; of a plain JSON Schema,
    ``judge`` decides what is accepted. ``translation`` gives its words in another language.
    """
    if translation is None:
        return _compiled(form, source, judge)
    words, untranslated = translated(form, translation)
    definition = _compiled(words, source, judge, translation.language)
    return replace(definition, translation_hash=translation.hash, untranslated=untranslated)


def _compiled(
    form: Raw, source: Raw, judge: Judge | None, language: str = ENGLISH
) -> FormDefinition:
    settings = form["x-form"]
    named = NamedConditions(settings.get("conditions", {})).conditions
    questions = _questions(form, "", named, language)
    pages = tuple(_page(raw, questions, named) for raw in settings["pages"])
    calculated = _calculated(form, named, language)
    return FormDefinition(
        id=form["$id"],
        title=form["title"],
        description=form.get("description", ""),
        version=settings["version"],
        content_hash=content_hash(source),
        source=source,
        schema=source if judge else form_schema(form["title"], pages),
        pages=pages,
        questions=questions,
        conditions=named,
        calculated=calculated,
        audience=frozenset(settings.get("audience", ())),
        reference_prefix=settings.get("reference_prefix") or _prefix(form["$id"]),
        facets=tuple(settings.get("facets", ())),
        people=tuple(_person(raw, named) for raw in settings.get("people", ())),
        start=_start(settings.get("start", {})),
        confirmation_next=settings.get("confirmation", {}).get("next", ""),
        exit_this_page=_exit_url(settings.get("exit_this_page", False)),
        layout=settings.get("layout", ""),
        on_case=settings.get("on_case", False),
        prefill_roles=tuple(settings.get("prefill", {}).get("person", ())),
        requires_training=settings.get("requires_training", ""),
        contact=Contact(**settings["contact"]) if "contact" in settings else None,
        email=Email(**settings.get("email", {})),
        sensitive=settings.get("sensitive", False),
        link=_link(settings.get("link", {})),
        retention=Retention(
            **{key: read_duration(text) for key, text in settings.get("retention", {}).items()}
        ),
        plan=AnswerPlan(pages, calculations_due(settings, pages, calculated, named)),
        judge=judge,
        language=language,
    )


def _calculated(form: Raw, named: Named, language: str) -> dict[str, Calculation]:
    reads_as = outline_answers(form, named)
    return {
        name: Calculation(
            name=name,
            question=_question(name, reads_as[name].raw, name, False, named, language),
            section=raw.get("section", ""),
            is_visible=raw.get("visible", False),
            needs_today=uses_today(raw),
            calculate=FUNCTIONS[raw["function"]].make(raw, named),
        )
        for name, raw in form["x-form"].get("calculated", {}).items()
    }


def content_hash(form: Raw) -> str:
    """SHA-256 of the file's canonical JSON: spaces and the order of keys do not count."""
    canonical = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_duration(text: str) -> timedelta:
    """The length of an ISO 8601 duration; a year is 365 days, a month 30."""
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError(text)
    *dates, hours, minutes = (int(part or 0) for part in match.groups())
    days = sum(count * length for count, length in zip(dates, _DAYS, strict=True))
    return timedelta(days=days, hours=hours, minutes=minutes)


def _prefix(form_id: str) -> str:
    """A reference prefix for a form that names none: the initials, or the first letters."""
    words = re.findall("[a-z]+", form_id)
    initials = "".join(word[0] for word in words)
    return (initials if len(initials) > 1 else form_id[:3].ljust(2, "x")).upper()[:5]


def _exit_url(raw: bool | Raw) -> str:
    if isinstance(raw, bool):
        return EXIT_URL if raw else ""
    return str(raw["url"])


def _start(raw: Raw) -> Start:
    return Start(
        purpose=raw.get("purpose", ""),
        minutes=raw.get("minutes"),
        needed=tuple(raw.get("needed", ())),
        who_sees=raw.get("who_sees", ""),
    )


def _link(raw: Raw) -> LinkPolicy:
    settings = dict(raw)
    if "expires" in settings:
        settings["expires"] = read_duration(settings["expires"])
    return LinkPolicy(**settings)


def _person(raw: Raw, named: Named) -> Person:
    fields = {key: value for key, value in raw.items() if key not in {"in", "name", "when"}}
    return Person(
        within=raw.get("in", ""),
        name=tuple(raw.get("name", ())),
        when=_condition(raw, named),
        **fields,
    )


def _condition(raw: Raw, named: Named) -> Condition | None:
    return parse_condition(raw["when"], named) if "when" in raw else None


# -- pages and questions --------------------------------------------------------------------------


def _page(raw: Raw, questions: Mapping[str, Question], named: Named) -> Page:
    asked = tuple(questions[name] for name in raw.get("questions", ()))
    only = asked[0].title if len(asked) == 1 else ""
    title = raw.get("title") or only or title_from_id(raw["id"])
    return Page(
        id=raw["id"],
        title=title,
        caption=raw.get("caption", ""),
        section=raw.get("section", title),
        type=PageType(raw.get("type", "questions")),
        questions=asked,
        when=_condition(raw, named),
        body=raw.get("body", ""),
    )


def _questions(holder: Raw, prefix: str, named: Named, language: str) -> dict[str, Question]:
    required = frozenset(holder.get("required", ()))
    controls = control_names(holder["properties"], is_root=not prefix)
    asked = (
        _question(name, raw, f"{prefix}{name}", name in required, named, language)
        for name, raw in holder["properties"].items()
    )
    return {
        one.name: one
        if controls[one.name] == one.name
        else replace(one, control_name=controls[one.name])
        for one in asked
    }


def _question(
    name: str, raw: Raw, path: str, is_required: bool, named: Named, language: str
) -> Question:
    kind = kind_of(raw)
    if kind is None:  # the lint has refused such a question before
        raise ValueError(path)
    ui = raw.get("x-ui", {})
    inside, _steps = object_of(raw, kind)
    inside = supplied(inside, language) if kind in SUPPLIED else inside
    children = tuple(_questions(inside, f"{path}.", named, language).values()) if inside else ()
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
        when=_condition(ui, named),
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
