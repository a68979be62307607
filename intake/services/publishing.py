"""Publish forms: freeze a version with its rules, and say from when it is in force."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions import FormDefinition, Safety, compare, parse_form
from intake.app_state import clock, settings
from intake.database import transaction
from intake.models import FormVersion
from intake.services.form_files import catalogues_beside, form_files, rules_for
from intake.services.form_translations import Catalogues, Languages, put_catalogues
from intake.services.forms import VERSION_COLUMNS, prepared, version_in_force
from intake.services.rules_in_force import fit_form
from referral_router import parse_rules, unread_postcodes


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
    languages: Languages = field(default_factory=Languages)
    remarks: tuple[str, ...] = ()  # what its rules need, and whose rules hold
    is_reopened: bool = False  # it had been withdrawn


def publish_form(
    text: str,
    source: str,
    *,
    rules_text: str | None = None,
    replace: bool = False,
    current_from: datetime | None = None,
    catalogues: Catalogues | None = None,
) -> PublishedVersion:
    """Freeze a form version with its routing rules, and make it the current one.

    It becomes current at ``current_from``, or at once. A withdrawn version is open again.

    The rules are those of the installation's rule file for the form, unless given; where two
    people have published rules of the form since that fit it, those hold. Publishing the
    same content again only brings the rules and the words of other languages up to date. Raises
    FormFileError or RuleFileError if a file is wrong, VersionFrozen if the version exists with
    other content (not with ``replace``, which is for form authors at work on their own machine).
    """
    definition = parse_form(text, source)
    rules_text, rules_source = rules_for(definition, rules_text)
    rules = parse_rules(rules_text, definition, rules_source)
    now = clock()
    before = version_in_force(definition.id, now)
    with transaction() as session:
        found = session.get(FormVersion, (definition.id, definition.version))
        if found and found.content_hash != definition.content_hash and not replace:
            raise VersionFrozen(definition.id, definition.version)
        is_new = found is None or found.content_hash != definition.content_hash
        row = found or FormVersion(form_id=definition.id, version=definition.version)
        if is_new:
            row.content, row.content_hash, row.published_at = text, definition.content_hash, now
        row.rules, row.rules_hash = rules_text, rules.content_hash
        is_reopened = row.withdrawn_at is not None
        row.withdrawn_at = None
        if current_from or before is None or before.version != row.version:
            _put_in_force(session, row, current_from or now)
        session.add(row)
        session.flush()
        told = fit_form(session, row, definition, now)
        in_force_from = row.current_from or now
        languages = put_catalogues(session, row, catalogues, now)
    replaced, safety = _step_from(before, definition)
    return PublishedVersion(
        definition.id,
        definition.version,
        definition.content_hash,
        is_new,
        in_force_from,
        replaced,
        safety,
        languages,
        (*map(str, unread_postcodes(rules)), *told),
        is_reopened,
    )


def _step_from(
    before: sa.Row[Any] | None, after: FormDefinition
) -> tuple[str, Safety] | tuple[None, None]:
    """The version that was in force, and what the step from it means for its drafts."""
    if before is None or before.version == after.version:
        return None, None
    old = prepared(*before[: len(VERSION_COLUMNS)])
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
        publish_form(
            path.read_text("utf-8"),
            str(path),
            replace=replace,
            catalogues=Catalogues(catalogues_beside(path)),
        )
        for path in form_files(settings().forms_dir).values()
    )
