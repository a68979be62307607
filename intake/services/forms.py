"""Published forms: freeze a version with its rules, and make it ready to run, once a process."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from form_definitions import FormDefinition, Safety, compare, parse_form
from intake.app_state import clock, settings
from intake.database import db, transaction
from intake.models import FormVersion
from intake.services.form_files import form_files, rules_for
from referral_router import RuleSet, parse_rules
from renderers import FormRenderer, Site, compile_form


class FormNotFound(Exception):  # noqa: N818 — reads better than FormNotFoundError
    """Raised if no such form, or no such version of it, is published."""

    def __init__(self, form_id: str, version: str | None = None) -> None:
        super().__init__(f"{form_id} {version}" if version else form_id)
        self.form_id = form_id
        self.version = version


class FormWithdrawn(FormNotFound):
    """Raised if a form or its version was withdrawn: nobody starts it any more."""


class VersionFrozen(Exception):  # noqa: N818
    """Raised if a version was published with other content: links and drafts rely on it."""

    def __init__(self, form_id: str, version: str) -> None:
        super().__init__(
            f"{form_id} {version} is already published with other content, which people rely on. "
            "Raise x-form.version and publish again. "
            f"What changed: `intake forms diff {form_id}@{version} FILE`."
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
    """A version that is published now, and whether this call has changed its content.

    ``replaces`` is the version that was in force before it, and ``safety`` what the step from
    that one means for drafts under way; None if there was none.
    """

    form_id: str
    version: str
    content_hash: str
    is_new: bool
    current_from: datetime
    replaces: str | None = None
    safety: Safety | None = None


@dataclass(frozen=True, slots=True)
class PreparedForms:
    """What this process has compiled so far, by the hash of the content."""

    forms: dict[str, tuple[FormDefinition, FormRenderer]] = field(default_factory=dict)
    runnable: dict[tuple[str, str], Runnable] = field(default_factory=dict)


def publish_form(
    text: str,
    source: str,
    *,
    rules_text: str | None = None,
    replace: bool = False,
    current_from: datetime | None = None,
) -> PublishedVersion:
    """Freeze a form version with its routing rules, and make it the current one.

    It becomes current at ``current_from``, or at once. A withdrawn version is open again.

    The rules are those of the installation's rule file for the form, unless given. Publishing the
    same content again only brings the rules up to date. Raises FormFileError or RuleFileError if a
    file is wrong, VersionFrozen if the version exists with other content (not with ``replace``,
    which is for form authors at work on their own machine).
    """
    definition = parse_form(text, source)
    rules_text, rules_source = rules_for(definition, rules_text)
    rules = parse_rules(rules_text, definition, rules_source)
    now = clock()
    before = _in_force(definition.id, now)
    with transaction() as session:
        found = session.get(FormVersion, (definition.id, definition.version))
        if found and found.content_hash != definition.content_hash and not replace:
            raise VersionFrozen(definition.id, definition.version)
        is_new = found is None or found.content_hash != definition.content_hash
        row = found or FormVersion(form_id=definition.id, version=definition.version)
        if is_new:
            row.content, row.content_hash, row.published_at = text, definition.content_hash, now
        row.rules, row.rules_hash = rules_text, rules.content_hash
        row.withdrawn_at = None
        if current_from or before is None or before.version != row.version:
            _put_in_force(session, row, current_from or now)
        session.add(row)
        in_force_from = row.current_from or now
    step = _step_from(before, definition)
    return PublishedVersion(
        definition.id, definition.version, definition.content_hash, is_new, in_force_from, *step
    )


def _step_from(
    before: sa.Row[Any] | None, after: FormDefinition
) -> tuple[str, Safety] | tuple[None, None]:
    """The version that was in force, and what the step from it means for its drafts."""
    if before is None or before.version == after.version:
        return None, None
    old = prepared(after.id, before.version, before.content_hash, before.rules_hash)
    return before.version, compare(old.definition, after).safety


RESOLUTION = timedelta(microseconds=1)  # the finest time that both databases keep


def _put_in_force(session: Session, row: FormVersion, moment: datetime) -> None:
    """Let a version follow all others from a moment on: no two come into force at the same one."""
    row.current_from = moment
    others = sa.select(FormVersion).where(
        FormVersion.form_id == row.form_id,
        FormVersion.version != row.version,
        FormVersion.current_from <= moment,
    )
    for other in session.scalars(others.order_by(FormVersion.current_from.desc())):
        if other.current_from is None or other.current_from < moment:
            break
        moment -= RESOLUTION
        other.current_from = moment


def publish_files(*, replace: bool = False) -> tuple[PublishedVersion, ...]:
    """Publish every form on disk, as the demo and the development server do at their start."""
    return tuple(
        publish_form(path.read_text("utf-8"), str(path), replace=replace)
        for path in form_files(settings().forms_dir).values()
    )


_VERSION = (
    FormVersion.form_id,
    FormVersion.version,
    FormVersion.content_hash,
    FormVersion.rules_hash,
)


def runnable(form_id: str, version: str) -> Runnable:
    """A published version ready to run, withdrawn or not. Raises FormNotFound."""
    query = sa.select(*_VERSION).where(
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
        row = _in_force(form_id, now)
    else:
        query = sa.select(*_VERSION, FormVersion.withdrawn_at).where(
            FormVersion.form_id == form_id, FormVersion.version == version
        )
        row = db.session.execute(query).first()
    if row is None:
        raise FormNotFound(form_id, version)
    if row.withdrawn_at is not None:
        raise FormWithdrawn(form_id, row.version)
    return prepared(*row[:4])


def is_withdrawn(form_id: str, version: str) -> bool:
    """Whether a version takes no new starts."""
    query = sa.select(FormVersion.withdrawn_at).where(
        FormVersion.form_id == form_id, FormVersion.version == version
    )
    return db.session.scalar(query) is not None


def _in_force(form_id: str, now: datetime) -> sa.Row[Any] | None:
    """The version of a form that is in force at a time, withdrawn or not."""
    query = (
        sa.select(*_VERSION, FormVersion.withdrawn_at)
        .where(FormVersion.form_id == form_id, FormVersion.current_from <= now)
        .order_by(FormVersion.current_from.desc())
        .limit(1)
    )
    return db.session.execute(query).first()


def prepared(form_id: str, version: str, content_hash: str, rules_hash: str) -> Runnable:
    """A version whose hashes are known already; it is compiled the first time only."""
    known = _prepared_forms().runnable.get((content_hash, rules_hash))
    return known or _prepare(form_id, version)


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
        sa.select(*_VERSION)
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


def open_forms(now: datetime) -> tuple[FormDefinition, ...]:
    """The forms that anyone may start, by id."""
    return tuple(form.definition for form in current_forms(now) if form.definition.is_open)


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
