"""Drafts: answers under way, sealed under a key that only the visitor holds."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions import on_the_day, starting_answers
from form_definitions.languages import ENGLISH
from intake.database import db, new_id, transaction
from intake.models import Draft as DraftRow
from intake.models import Link
from intake.sealing import (
    CannotOpen,
    Context,
    UnknownSuite,
    derive,
    new_data_key,
    open_body,
    read_json,
    seal_body,
)
from intake.services.draft_rows import StoredDraft, find_draft
from intake.services.forms import Runnable, in_language, prepared, startable
from intake.services.link_terms import NOTHING, Shown, shown_from_json
from intake.services.receipts import KeptCopy, Receipt, receipt_from_json
from intake.services.safe_contact import mark_link
from intake.written_sql import Written

NO_ANSWERS: Mapping[str, Any] = MappingProxyType({})


class DraftNotFound(Exception):  # noqa: N818 — reads better than DraftNotFoundError
    """Raised if there is no such draft, it has expired, or the key is another's: all the same."""

    def __init__(self, draft_id: str) -> None:
        super().__init__(draft_id)
        self.draft_id = draft_id


class DraftChanged(Exception):  # noqa: N818
    """Raised if the draft was saved elsewhere meanwhile: load it and do it again."""


@dataclass(frozen=True, slots=True)
class OpenedDraft:
    """A draft that its visitor may now open: what goes into their cookie."""

    draft_id: str
    key: bytes = field(repr=False)


class Draft(NamedTuple):
    """Answers under way, opened; or, after submission, only the receipt."""

    id: str
    key: bytes
    form: Runnable
    link_id: str | None
    case_id: str | None
    staff_id: str | None
    revision: int
    until: float  # when its time is over, as a timestamp: inside the seal, to be read in one go
    answers: Mapping[str, Any]
    done: frozenset[str] = frozenset()  # ids of the pages that were completed
    receipt: Receipt | None = None
    is_stopped: bool = False  # its link was revoked: nobody is to read or send it any more
    prefilled: Mapping[str, Any] = NO_ANSWERS  # what its link knew
    is_behind: bool = False  # a later version is in force, or will be
    shown: Shown = NOTHING  # what its task shows of the case

    def __repr__(self) -> str:
        return f"Draft(id={self.id!r}, revision={self.revision!r})"  # no key, and no answers

    @property
    def is_email_unsafe(self) -> bool:
        """Whether whoever fills it in said that an email could put them in danger."""
        if self.receipt:
            return self.receipt.no_email
        return self.form.definition.is_email_unsafe(self.answers)

    @property
    def csrf(self) -> str:
        """The token that this draft's pages carry: only who holds the key can make it."""
        return csrf_token(self.id, self.key)


def load_draft(draft_id: str, key: bytes, now: datetime) -> Draft:
    """Open a draft. Raises DraftNotFound, which never tells why."""
    return open_row(find_draft(draft_id), draft_id, key, now, _form_of)


def _form_of(row: StoredDraft, language: str) -> Runnable:
    return in_language(prepared(row.form_id, row.form_version, *row.hashes), language)


def open_row(
    row: StoredDraft | None,
    draft_id: str,
    key: bytes,
    now: datetime,
    form_of: Callable[[StoredDraft, str], Runnable],
) -> Draft:
    """Open a draft's row, with its form as ``form_of`` finds it in the draft's language.

    Raises DraftNotFound, which never tells why, and what ``form_of`` raises.
    """
    if row is None or row.sealed_answers is None:
        raise DraftNotFound(draft_id)
    context = _context(row.form_id, row.form_version, draft_id)
    try:
        body = read_json(open_body(key, row.sealed_answers, context))
    except (CannotOpen, UnknownSuite) as error:
        raise DraftNotFound(draft_id) from error
    if body["until"] <= now.timestamp():
        raise DraftNotFound(draft_id)
    form = form_of(row, body.get("language", ENGLISH))
    return Draft(
        id=draft_id,
        key=key,
        form=form,
        link_id=row.link_id,
        case_id=row.case_id,
        staff_id=row.staff_id,
        revision=row.revision,
        until=body["until"],
        answers=on_the_day(form.definition, body["answers"], now),
        done=frozenset(body["done"]),
        receipt=receipt_from_json(body["receipt"]) if body["receipt"] else None,
        is_stopped=bool(row.is_stopped),
        prefilled=body.get("prefilled", NO_ANSWERS),
        is_behind=bool(row.is_behind),
        shown=shown_from_json(body.get("shown")),
    )


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
        "sealed": _seal(saved),
        "now": now,
        "until": datetime.fromtimestamp(saved.until, UTC),
    }
    statement = _WRITE
    if copy:
        statement = _WRITE_WITH_COPY
        values |= {"copy": copy.sealed, "copy_ends": copy.until}
    if statement.run(session.connection(), values).rowcount != 1:
        raise DraftChanged


def emptied(draft: Draft, receipt: Receipt) -> Draft:
    """What is left of a draft after submission: no answers, only the receipt."""
    return draft._replace(
        answers=NO_ANSWERS,
        prefilled=NO_ANSWERS,
        shown=NOTHING,
        done=frozenset(),
        receipt=receipt,
        revision=draft.revision + 1,
    )


def seal_draft(
    opened: OpenedDraft,
    form: Runnable,
    answers: Mapping[str, Any],
    expires_at: datetime,
    *,
    shown: Shown | None = None,
) -> bytes:
    """The sealed body of a fresh draft."""
    until = expires_at.timestamp()
    begun = starting_answers(form.definition, answers)
    draft = Draft(opened.draft_id, opened.key, form, None, None, None, 0, until, begun)
    return _seal(draft._replace(prefilled=answers, shown=shown or NOTHING))


def csrf_token(draft_id: str, key: bytes) -> str:
    """The CSRF token of a draft's pages."""
    return derive(key, "csrf", draft_id).hex()


def _seal(draft: Draft) -> bytes:
    body = {
        "answers": {**draft.answers},
        "until": draft.until,
        "done": sorted(draft.done),
        "receipt": draft.receipt.to_json() if draft.receipt else None,
    }
    if draft.prefilled:
        body["prefilled"] = draft.prefilled
    if draft.shown:
        body["shown"] = draft.shown.to_json()
    definition = draft.form.definition
    if definition.language != ENGLISH:
        body["language"] = definition.language  # sealed too: it tells something of the person
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return seal_body(
        draft.key, text.encode(), _context(definition.id, definition.version, draft.id)
    )


def _context(form_id: str, version: str, draft_id: str) -> Context:
    return Context("draft", form_id, version, draft_id)
