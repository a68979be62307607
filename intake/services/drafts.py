"""Drafts in the database: found, begun, saved, moved to another version."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions.languages import ENGLISH
from intake.database import db, new_id, transaction
from intake.models import Draft as DraftRow
from intake.models import Link
from intake.sealing import new_data_key
from intake.services.draft_rows import StoredDraft, find_draft
from intake.services.forms import Runnable, in_language, prepared, startable
from intake.services.link_terms import Shown
from intake.services.receipts import KeptCopy
from intake.services.safe_contact import mark_link
from intake.services.sealed_drafts import (
    Draft,
    DraftNotFound,
    OpenedDraft,
    open_row,
    seal_draft,
    sealed,
)
from intake.written_sql import Written


class DraftChanged(Exception):  # noqa: N818
    """Raised if the draft was saved elsewhere meanwhile: load it and do it again."""


def load_draft(draft_id: str, key: bytes, now: datetime) -> Draft:
    """Open a draft. Raises DraftNotFound, which never tells why."""
    return open_row(find_draft(draft_id), draft_id, key, now, _form_of)


def _form_of(row: StoredDraft, language: str) -> Runnable:
    return in_language(prepared(row.form_id, row.form_version, *row.hashes), language)


def find_begun(
    keys: Mapping[str, bytes], form_id: str, link_id: str | None, now: datetime
) -> Draft | None:
    """The first of these drafts that was begun with this link, or openly, and is not sent yet."""
    if not keys:
        return None
    query = sa.select(DraftRow.id).where(
        DraftRow.id.in_(keys),
        DraftRow.form_id == form_id,
        DraftRow.link_id == link_id,
        DraftRow.staff_id.is_(None),
        DraftRow.revision > 0,
    )
    begun = set(db.session.scalars(query))
    for draft_id in keys:
        if draft_id not in begun:
            continue
        try:
            draft = load_draft(draft_id, keys[draft_id], now)
        except DraftNotFound:
            continue
        if not draft.receipt and not draft.is_stopped:
            return draft
    return None


def start_draft(
    form_id: str,
    version: str | None = None,
    *,
    now: datetime,
    case_id: str | None = None,
    staff_id: str | None = None,
    answers: Mapping[str, Any] | None = None,
    language: str = ENGLISH,
) -> OpenedDraft:
    """A new draft under a fresh key, for an open form or for staff on a case.

    It is in ``language`` if the form has that one. Raises FormNotFound, FormWithdrawn. Who may
    start it is decided before.
    """
    form = in_language(startable(form_id, version, now), language)
    opened = OpenedDraft(new_id(), new_data_key())
    with transaction() as session:
        add_draft(
            session, opened, form, now=now, case_id=case_id, staff_id=staff_id, answers=answers
        )
    return opened


def add_draft(
    session: Session,
    opened: OpenedDraft,
    form: Runnable,
    *,
    now: datetime,
    link_id: str | None = None,
    case_id: str | None = None,
    staff_id: str | None = None,
    answers: Mapping[str, Any] | None = None,
    shown: Shown | None = None,
) -> None:
    """Add a draft inside the caller's transaction, in the language of ``form``."""
    definition = form.definition
    expires_at = now + definition.retention.draft
    session.execute(
        sa.insert(DraftRow).values(
            id=opened.draft_id,
            form_id=definition.id,
            form_version=definition.version,
            link_id=link_id,
            case_id=case_id,
            staff_id=staff_id,
            sealed_answers=seal_draft(opened, form, answers or {}, expires_at, shown=shown),
            revision=0,
            created_at=now,
            updated_at=now,
            expires_at=expires_at,
        )
    )


def save_answers(
    draft: Draft,
    answers: Mapping[str, Any],
    *,
    done: Iterable[str] = (),
    language: str = "",
    now: datetime,
) -> Draft:
    """Store new answers and completed pages; it returns the draft as it is now.

    With a ``language``, it goes on in that one.
    Raises DraftChanged if somebody saved it since it was loaded, so that two open tabs cannot
    undo each other's pages.
    """
    expires_at = now + draft.form.definition.retention.draft
    saved = draft._replace(
        form=in_language(draft.form, language) if language else draft.form,
        answers=answers,
        done=frozenset(done),
        revision=draft.revision + 1,
        until=expires_at.timestamp(),
    )
    with transaction() as session:
        write_revision(session, draft, saved, now)
        if draft.link_id and answers != draft.answers:  # a machine that only presses wrote nothing
            _mark_started(session, draft.link_id, now)
            mark_link(session, draft.link_id, draft.form.definition, answers)
    return saved


def _mark_started(session: Session, link_id: str, now: datetime) -> None:
    """Note the first answers. From now on nobody can make the link again: its share is gone."""
    session.execute(
        sa.update(Link)
        .where(Link.id == link_id, Link.started_at.is_(None))
        .values(started_at=now, reminder_share=None)
    )


def speak(draft: Draft, language: str, now: datetime) -> Draft:
    """Let a draft go on in another language, sent or not. Raises DraftChanged."""
    form = in_language(draft.form, language)
    spoken = draft._replace(form=form, revision=draft.revision + 1)
    with transaction() as session:
        write_revision(session, draft, spoken, now)
    return spoken


def move_draft(draft: Draft, form: Runnable, done: Iterable[str], now: datetime) -> Draft:
    """Put a draft with all its answers on another version of its form; the draft as it is now.

    Whether they fit is decided before. Raises DraftChanged.
    """
    moved = draft._replace(form=form, done=frozenset(done), revision=draft.revision + 1)
    with transaction() as session:
        write_revision(session, draft, moved, now)
    return moved


_UPDATE = (
    sa.update(cast(sa.Table, DraftRow.__table__))
    .where(DraftRow.id == sa.bindparam("draft"), DraftRow.revision == sa.bindparam("loaded"))
    .values(
        form_version=sa.bindparam("version"),
        revision=sa.bindparam("loaded", type_=sa.Integer) + 1,
        sealed_answers=sa.bindparam("sealed"),
        updated_at=sa.bindparam("now"),
        expires_at=sa.bindparam("until"),
    )
)
_WRITE = Written(_UPDATE)
_WRITE_WITH_COPY = Written(
    _UPDATE.values(sealed_copy=sa.bindparam("copy"), copy_until=sa.bindparam("copy_ends"))
)


def write_revision(
    session: Session,
    draft: Draft,
    saved: Draft,
    now: datetime,
    copy: KeptCopy | None = None,
) -> None:
    """Put ``saved`` in the place of ``draft``, if nobody else saved since it was loaded.

    ``copy`` is what was sent, for its sender. Raises DraftChanged if somebody saved.
    """
    values: dict[str, Any] = {
        "draft": draft.id,
        "loaded": draft.revision,
        "version": saved.form.definition.version,
        "sealed": sealed(saved),
        "now": now,
        "until": datetime.fromtimestamp(saved.until, UTC),
    }
    statement = _WRITE
    if copy:
        statement = _WRITE_WITH_COPY
        values |= {"copy": copy.sealed, "copy_ends": copy.until}
    if statement.run(session.connection(), values).rowcount != 1:
        raise DraftChanged
