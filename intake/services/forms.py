"""Published forms, ready to run: each is compiled once a process, in each of its languages."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from flask import current_app

from form_definitions import FormDefinition, parse_form
from form_definitions.languages import ENGLISH
from intake.database import db
from intake.models import FormVersion
from intake.services.form_translations import published_words, translations_of
from intake.services.site import site
from referral_router import RuleSet, parse_rules
from renderers import FormRenderer, compile_form


class FormNotFound(Exception):  # noqa: N818 — reads better than FormNotFoundError
    """Raised if no such form, or no such version of it, is published."""

    def __init__(self, form_id: str, version: str | None = None) -> None:
        super().__init__(f"{form_id} {version}" if version else form_id)
        self.form_id = form_id
        self.version = version


class FormWithdrawn(FormNotFound):
    """Raised if a form or its version was withdrawn: nobody starts it any more."""


PREPARED = "intake.forms"  # among the application's extensions: its PreparedForms
NO_TRANSLATIONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Runnable:
    """A published form, ready to run. ``translations``: its other languages, with their hashes.

    ``rules`` came with the form; which hold at a time, ``services.rules_in_force`` says.
    """

    definition: FormDefinition
    renderer: FormRenderer
    rules: RuleSet
    translations: Mapping[str, str] = field(default_factory=dict)
    rules_line: str = ""


@dataclass(frozen=True, slots=True)
class PreparedForms:
    """What this process has compiled so far, by the hash of the content."""

    forms: dict[tuple[str, ...], tuple[FormDefinition, FormRenderer]] = field(default_factory=dict)
    runnable: dict[tuple[str, str, str, str], Runnable] = field(default_factory=dict)
    translated: dict[tuple[str, str, str, str, str], Runnable] = field(default_factory=dict)

    def known(self, hashes: tuple[str, str, str, str], language: str) -> Runnable | None:
        """A version with these hashes in a language, if it was compiled before."""
        form = self.runnable.get(hashes)
        if form is None or form.definition.language == language:
            return form
        wanted = form.translations.get(language)
        return self.translated.get(_key(form, language, wanted)) if wanted else None


def _key(form: Runnable, language: str, words: str) -> tuple[str, str, str, str, str]:
    """What stands for a version in a language, with its words as they are now."""
    hashes = form.definition.content_hash, form.rules.content_hash
    return *hashes, form.rules_line, language, words


VERSION_COLUMNS = (
    FormVersion.form_id,
    FormVersion.version,
    FormVersion.content_hash,
    FormVersion.rules_hash,
    FormVersion.translations,
    FormVersion.rules_line,
)


def runnable(form_id: str, version: str) -> Runnable:
    """A published version ready to run, withdrawn or not. Raises FormNotFound."""
    query = sa.select(*VERSION_COLUMNS).where(
        FormVersion.form_id == form_id, FormVersion.version == version
    )
    row = db.session.execute(query).first()
    if row is None:
        raise FormNotFound(form_id, version)
    return prepared(*row)


def startable(form_id: str, version: str | None, now: datetime) -> Runnable:
    """A version that can be started, the one in force unless named.

    Raises FormNotFound, or FormWithdrawn.
    """
    if version is None:
        row = version_in_force(form_id, now)
    else:
        query = sa.select(*VERSION_COLUMNS, FormVersion.withdrawn_at).where(
            FormVersion.form_id == form_id, FormVersion.version == version
        )
        row = db.session.execute(query).first()
    if row is None:
        raise FormNotFound(form_id, version)
    if row.withdrawn_at is not None:
        raise FormWithdrawn(form_id, row.version)
    return prepared(*row[: len(VERSION_COLUMNS)])


def is_withdrawn(form_id: str, version: str) -> bool:
    """Whether a version takes no new starts."""
    query = sa.select(FormVersion.withdrawn_at).where(
        FormVersion.form_id == form_id, FormVersion.version == version
    )
    return db.session.scalar(query) is not None


def version_in_force(form_id: str, now: datetime) -> sa.Row[Any] | None:
    """The version of a form that is in force at a time, withdrawn or not."""
    query = (
        sa.select(*VERSION_COLUMNS, FormVersion.withdrawn_at)
        .where(FormVersion.form_id == form_id, FormVersion.current_from <= now)
        .order_by(FormVersion.current_from.desc())
        .limit(1)
    )
    return db.session.execute(query).first()


def prepared(
    form_id: str,
    version: str,
    content_hash: str,
    rules_hash: str,
    translations: str = "",
    rules_line: str = "",
) -> Runnable:
    """A version whose hashes are known already; it is compiled the first time only."""
    memory = _prepared_forms().runnable
    key = content_hash, rules_hash, translations, rules_line
    known = memory.get(key)
    if known is None:
        named = translations_of(translations)
        known = dataclasses.replace(_prepare(form_id, version, named), rules_line=rules_line)
        memory[key] = known
    return known


def languages_of(form: Runnable) -> tuple[str, ...]:
    """The languages that a form can be filled in in, English first."""
    return ENGLISH, *form.translations


def in_language(form: Runnable, language: str) -> Runnable:
    """The same version in a language; in English if it has no words in that one.

    It is compiled the first time only, and again once corrected words are published.
    """
    if language == form.definition.language:
        return form
    definition = form.definition
    wanted = form.translations.get(language)
    if wanted is None:
        is_english = definition.language == ENGLISH
        return form if is_english else runnable(definition.id, definition.version)
    key = _key(form, language, wanted)
    memory = _prepared_forms().translated
    found = memory.get(key)
    if found is None:
        for old in [each for each in list(memory) if each[:4] == key[:4]]:  # other threads add
            memory.pop(old, None)  # words that have been corrected since
        found = memory[key] = _translated(form, language)
    return found


def _translated(form: Runnable, language: str) -> Runnable:
    source = form.definition.id, form.definition.version
    found = published_words(*source, language)
    if found is None:  # taken from the version a moment ago
        return runnable(*source)
    content, translation = found
    definition = parse_form(content, " ".join(source), translation=translation)
    return dataclasses.replace(
        form,
        definition=definition,
        renderer=compile_form(definition, site(), languages_of(form)),
    )


def in_force(now: datetime) -> sa.ColumnElement[bool]:
    """The condition on FormVersion that it is in force at a time, withdrawn or not."""
    latest = (
        sa.select(FormVersion.form_id, sa.func.max(FormVersion.current_from))
        .where(FormVersion.current_from <= now)
        .group_by(FormVersion.form_id)
    )
    return sa.tuple_(FormVersion.form_id, FormVersion.current_from).in_(latest)


def current_forms(now: datetime) -> tuple[Runnable, ...]:
    """Every form that can be started, in the version in force, by id."""
    query = (
        sa.select(*VERSION_COLUMNS)
        .where(in_force(now), FormVersion.withdrawn_at.is_(None))
        .order_by(FormVersion.form_id)
    )
    return tuple(prepared(*row) for row in db.session.execute(query).all())


def withdrawn_forms(now: datetime) -> dict[str, str]:
    """The forms whose version in force is withdrawn, with that version."""
    query = sa.select(FormVersion.form_id, FormVersion.version).where(
        in_force(now), FormVersion.withdrawn_at.is_not(None)
    )
    return {row.form_id: row.version for row in db.session.execute(query)}


def open_forms(now: datetime, language: str = ENGLISH) -> tuple[FormDefinition, ...]:
    """The forms that anyone may start, by id, each in that language if it has it."""
    found = [form for form in current_forms(now) if form.definition.is_open]
    return tuple(in_language(form, language).definition for form in found)


def open_languages(now: datetime) -> tuple[str, ...]:
    """The languages that any form has that anyone may start, English first."""
    found = [form for form in current_forms(now) if form.definition.is_open]
    return tuple(dict.fromkeys(one for form in found for one in (ENGLISH, *languages_of(form))))


def _prepare(form_id: str, version: str, translations: Mapping[str, str]) -> Runnable:
    query = sa.select(FormVersion.content, FormVersion.rules).where(
        FormVersion.form_id == form_id, FormVersion.version == version
    )
    content, rules_text = db.session.execute(query).one()
    return compiled(content, rules_text, f"{form_id} {version}", translations)


def compiled(
    content: str, rules_text: str, source: str, translations: Mapping[str, str] = NO_TRANSLATIONS
) -> Runnable:
    """A form and its rules, compiled and remembered for this process."""
    memory = _prepared_forms()
    definition = parse_form(content, source)
    rules = parse_rules(rules_text, definition, f"rules of {source}")
    languages = ENGLISH, *translations
    key = definition.content_hash, *languages
    if key not in memory.forms:
        memory.forms[key] = definition, compile_form(definition, site(), languages)
    definition, renderer = memory.forms[key]
    return Runnable(definition, renderer, rules, translations)


def _prepared_forms() -> PreparedForms:
    everything = current_app.extensions
    memory: PreparedForms = everything.get(PREPARED) or everything.setdefault(
        PREPARED, PreparedForms()
    )
    return memory
