"""Turn a checked form file into the values of definition.py and the effective JSON Schema."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from form_definitions.calculating import FUNCTIONS, Calculation, calculations_due, uses_today
from form_definitions.calculation_linting import outline_answers
from form_definitions.compiling_questions import (
    compile_condition,
    compile_question,
    compile_questions,
)
from form_definitions.conditions import Condition
from form_definitions.definition import (
    FormDefinition,
    Page,
    PageType,
    Question,
)
from form_definitions.form_settings import Contact, Email, LinkPolicy, Person, Retention, Start
from form_definitions.judging import Judge
from form_definitions.kinds import Raw
from form_definitions.languages import ENGLISH
from form_definitions.named_conditions import NamedConditions
from form_definitions.schemas import form_schema
from form_definitions.translating import (
    Translation,
    title_from_id,
    translated,
)
from form_definitions.visibility import AnswerPlan

Named = Mapping[str, Condition]

#: Where *Exit this page* leads when the form names no address: a page that anybody may look at.
#: Source: GOV.UK Design System, exit this page component.
EXIT_URL = "https://www.bbc.co.uk/weather"

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
    questions = compile_questions(form, "", named, language)
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
        embed=tuple(settings.get("embed", ())),
        challenge=settings.get("challenge", False),
        tell_sender=tuple(settings["tell_sender"]) if "tell_sender" in settings else None,
        link=_link(settings.get("link", {})),
        retention=Retention(
            **{key: read_duration(text) for key, text in settings.get("retention", {}).items()}
        ),
        plan=AnswerPlan(pages, calculations_due(settings, pages, calculated, named)),
        judge=judge,
        language=language,
        no_email_when=compile_condition({"when": settings["no_email_when"]}, named)
        if "no_email_when" in settings
        else None,
    )


def _calculated(form: Raw, named: Named, language: str) -> dict[str, Calculation]:
    reads_as = outline_answers(form, named)
    return {
        name: Calculation(
            name=name,
            question=compile_question(name, reads_as[name].raw, name, False, named, language),
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
        when=compile_condition(raw, named),
        **fields,
    )


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
        when=compile_condition(raw, named),
        body=raw.get("body", ""),
    )
