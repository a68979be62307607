"""Published forms: freeze a version with its rules, and make it ready to run, once a process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from form_definitions import FormDefinition, parse_form, shipped_forms
from intake.app_state import clock, settings
from intake.database import db, transaction
from intake.models import FormVersion
from referral_router import RuleSet, parse_rules, shipped_rules
from renderers import FormRenderer, Site, compile_form


class FormNotFound(Exception):  # noqa: N818 — reads better than FormNotFoundError
    """Raised if no such form, or no such version of it, is published."""

    def __init__(self, form_id: str, version: str | None = None) -> None:
        super().__init__(f"{form_id} {version}" if version else form_id)
        self.form_id = form_id
        self.version = version


class VersionFrozen(Exception):  # noqa: N818
    """Raised if a version was published with other content: links and drafts rely on it."""

    def __init__(self, form_id: str, version: str) -> None:
        super().__init__(
            f"{form_id} {version} is already published with other content. "
            "Raise x-form.version and publish again."
        )
        self.form_id = form_id
        self.version = version


@dataclass(frozen=True, slots=True)
class Runnable:
    """A published form, ready to run."""

    definition: FormDefinition
    renderer: FormRenderer
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """Which version of a form is in force, and whether this call has changed anything."""

    form_id: str
    version: str
    content_hash: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class PreparedForms:
    """What this process has compiled so far, by the hash of the content."""

    forms: dict[str, tuple[FormDefinition, FormRenderer]] = field(default_factory=dict)
    runnable: dict[tuple[str, str], Runnable] = field(default_factory=dict)


def form_files(folder: Path | None = None) -> dict[str, Path]:
    """Form files by form id: those that are shipped, and the installation's own before them."""
    return {**shipped_forms(), **_files_in(folder)}


def rule_files(folder: Path | None = None) -> dict[str, Path]:
    """Rule files by form id, likewise."""
    return {**shipped_rules(), **_files_in(folder)}


def _files_in(folder: Path | None) -> dict[str, Path]:
    if folder is None:
        return {}
    return {path.stem: path for path in sorted(folder.glob("*.json"))}


def publish_form(
    text: str, source: str, *, rules_text: str | None = None, replace: bool = False
) -> PublishedVersion:
    """Freeze a form version with its routing rules, and make it the current one.

    The rules are those of the installation's rule file for the form, unless given. Publishing the
    same content again only brings the rules up to date. Raises FormFileError or RuleFileError if a
    file is wrong, VersionFrozen if the version exists with other content (not with ``replace``,
    which is for form authors at work on their own machine).
    """
    definition = parse_form(text, source)
    rules_text, rules_source = _rules_for(definition, rules_text)
    rules = parse_rules(rules_text, definition, rules_source)
    with transaction() as session:
        found = session.get(FormVersion, (definition.id, definition.version))
        if found and found.content_hash != definition.content_hash and not replace:
            raise VersionFrozen(definition.id, definition.version)
        _make_current(session, definition)
        is_new = found is None or found.content_hash != definition.content_hash
        row = found or FormVersion(form_id=definition.id, version=definition.version)
        row.content, row.content_hash = text, definition.content_hash
        row.rules, row.rules_hash = rules_text, rules.content_hash
        row.is_current = True
        if is_new:
            row.published_at = clock()
        session.add(row)
    return PublishedVersion(definition.id, definition.version, definition.content_hash, is_new)


def publish_files(*, replace: bool = False) -> tuple[PublishedVersion, ...]:
    """Publish every form on disk, as the demo and the development server do at their start."""
    return tuple(
        publish_form(path.read_text("utf-8"), str(path), replace=replace)
        for path in form_files(settings().forms_dir).values()
    )


def runnable(form_id: str, version: str | None = None) -> Runnable:
    """A published version ready to run, the current one unless named. Raises FormNotFound."""
    query = sa.select(FormVersion.content_hash, FormVersion.rules_hash, FormVersion.version).where(
        FormVersion.form_id == form_id,
        FormVersion.version == version if version else FormVersion.is_current,
    )
    row = db.session.execute(query).first()
    if row is None:
        raise FormNotFound(form_id, version)
    return prepared(form_id, row.version, row.content_hash, row.rules_hash)


def prepared(form_id: str, version: str, content_hash: str, rules_hash: str) -> Runnable:
    """A version whose hashes are known already; it is compiled the first time only."""
    known = _prepared_forms().runnable.get((content_hash, rules_hash))
    return known or _prepare(form_id, version)


def current_forms() -> tuple[Runnable, ...]:
    """Every form in its current version, by id."""
    query = (
        sa.select(
            FormVersion.form_id,
            FormVersion.version,
            FormVersion.content_hash,
            FormVersion.rules_hash,
        )
        .where(FormVersion.is_current)
        .order_by(FormVersion.form_id)
    )
    return tuple(prepared(*row) for row in db.session.execute(query).all())


def open_forms() -> tuple[FormDefinition, ...]:
    """The forms that anyone may start, by id."""
    return tuple(form.definition for form in current_forms() if form.definition.is_open)


def site() -> Site:
    """Name and assets of this installation's pages."""
    return Site(name="Intake", static_url="/static", version=_assets_version(_static_folder()))


def _static_folder() -> Path:
    return Path(current_app.static_folder or "")


@cache
def _assets_version(folder: Path) -> str:
    """A digest of the static files: browsers keep each for a year under its address."""
    digest = sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def _prepare(form_id: str, version: str) -> Runnable:
    query = sa.select(FormVersion.content, FormVersion.rules).where(
        FormVersion.form_id == form_id, FormVersion.version == version
    )
    content, rules_text = db.session.execute(query).one()
    return compiled(content, rules_text, f"{form_id} {version}")


def compiled(content: str, rules_text: str, source: str) -> Runnable:
    """A form and its rules, compiled and remembered for this process."""
    memory = _prepared_forms()
    definition = parse_form(content, source)
    rules = parse_rules(rules_text, definition, f"rules of {source}")
    if definition.content_hash not in memory.forms:
        memory.forms[definition.content_hash] = definition, compile_form(definition, site())
    definition, renderer = memory.forms[definition.content_hash]
    ready = Runnable(definition, renderer, rules)
    memory.runnable[definition.content_hash, rules.content_hash] = ready
    return ready


def _prepared_forms() -> PreparedForms:
    memory: PreparedForms = current_app.extensions.setdefault("intake.forms", PreparedForms())
    return memory


def _make_current(session: Session, definition: FormDefinition) -> None:
    session.execute(
        sa.update(FormVersion)
        .where(FormVersion.form_id == definition.id, FormVersion.version != definition.version)
        .values(is_current=False)
    )


def _rules_for(definition: FormDefinition, given: str | None) -> tuple[str, str]:
    if given is not None:
        return given, f"<rules of {definition.id}>"
    path = rule_files(settings().rules_dir).get(definition.id)
    if path is not None:
        return path.read_text("utf-8"), str(path)
    return json.dumps(fallback_rules(definition.id), indent=2), f"<rules of {definition.id}>"


def fallback_rules(form_id: str) -> Mapping[str, object]:
    """Rules for a form that has none: everything goes to the fallback team."""
    return {
        "form": form_id,
        "version": "0.0.0",
        "rules": [],
        "fallback": {
            "team": "fallback",
            "urgency": "routine",
            "acknowledge_within": "1 working day",
            "why": "Nobody has written routing rules for this form yet.",
        },
    }
