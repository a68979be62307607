"""What a weblink's token opens: its state, its draft, and the counting of its uses."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.app_state import clock, settings
from intake.database import db, new_id, transaction
from intake.models import Draft, Link
from intake.sealing import (
    CannotOpen,
    Context,
    LinkCapability,
    derive,
    new_data_key,
    open_body,
    read,
)
from intake.services.drafts import OpenedDraft, add_draft, seal_draft
from intake.services.forms import Runnable, is_withdrawn, startable


class LinkState(StrEnum):
    """How far a link has come in its life; only the first three can be opened."""

    ISSUED = "issued"
    SENT = "sent"
    OPENED = "opened"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"

    @property
    def is_usable(self) -> bool:
        """Whether the link opens its form."""
        return self in (LinkState.ISSUED, LinkState.SENT, LinkState.OPENED)


class LinkNotUsable(Exception):  # noqa: N818 — an expected state, said to the visitor
    """Raised if a link is used up, out of date, revoked or gone."""

    def __init__(self, state: LinkState) -> None:
        super().__init__(state.value)
        self.state = state


_LINK = sa.select(
    Link.form_id,
    Link.form_version,
    Link.team_id,
    Link.case_id,
    Link.sealed_holder,
    Link.uses_allowed,
    Link.uses_count,
    Link.sent_at,
    Link.opened_at,
    Link.expires_at,
    Link.revoked_at,
).where(Link.id == sa.bindparam("link_id"))


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What a token stands for: its capability, the link as stored (if it is), its state."""

    capability: LinkCapability
    state: LinkState
    form_id: str = ""
    form_version: str = ""
    team_id: str = ""
    case_id: str | None = None
    uses_allowed: int = 0
    sealed_holder: bytes = b""

    @property
    def id(self) -> str:
        """The link's id."""
        return self.capability.link_id


def read_token(token: str) -> LinkCapability:
    """What a token gives, without asking the database. Raises BadToken."""
    return read(settings().secret_keys, token)


def open_link(token: str) -> OpenedLink:
    """Look at a link; it changes nothing. Raises BadToken before any query."""
    capability = read_token(token)
    with db.engine.connect() as connection:
        row = connection.execute(_LINK, {"link_id": capability.link_id}).first()
    if row is None:
        return OpenedLink(capability, LinkState.UNKNOWN)
    return OpenedLink(
        capability,
        link_state(row, clock()),
        form_id=row.form_id,
        form_version=row.form_version,
        team_id=row.team_id,
        case_id=row.case_id,
        uses_allowed=row.uses_allowed,
        sealed_holder=row.sealed_holder,
    )


def exchange(token: str) -> OpenedDraft:
    """Open the link's form: the draft, and the key for the visitor's cookie.

    A link for one submission has one draft for everyone who holds it; others give each visitor
    their own (docs/decisions/0004). Raises BadToken, LinkNotUsable with the state, or
    FormWithdrawn where a new draft would have to be begun.
    """
    link = open_link(token)
    if not link.state.is_usable:
        raise LinkNotUsable(link.state)
    prefill = _prefill(link)
    try:
        return _open_draft(link, prefill)
    except IntegrityError:
        # two browsers opened a single-use link at once: the other one has made the draft
        return _open_draft(link, prefill)


_COUNT_USE = (
    sa.update(cast(sa.Table, Link.__table__))
    .where(
        Link.id == sa.bindparam("link"),
        Link.revoked_at.is_(None),
        Link.uses_count < Link.uses_allowed,
    )
    .values(uses_count=Link.uses_count + 1)
)


def count_use(session: Session, link_id: str) -> None:
    """Count one submission, in the transaction that stores it. Raises LinkNotUsable.

    Someone who opened the link in time may finish after it expired; a revoked or used-up link
    ends at once.
    """
    if session.connection().execute(_COUNT_USE, {"link": link_id}).rowcount != 1:
        link = session.get(Link, link_id)
        raise LinkNotUsable(link_state(link, clock()) if link else LinkState.UNKNOWN)


def link_state(link: Link | sa.Row[Any], now: datetime) -> LinkState:
    """How far a link has come."""
    ladder = (
        (link.revoked_at is not None, LinkState.REVOKED),
        (link.uses_count >= link.uses_allowed, LinkState.USED),
        (now >= link.expires_at, LinkState.EXPIRED),
        (link.opened_at is not None, LinkState.OPENED),
        (link.sent_at is not None, LinkState.SENT),
    )
    return next((state for holds, state in ladder if holds), LinkState.ISSUED)


def _open_draft(link: OpenedLink, prefill: dict[str, Any]) -> OpenedDraft:
    now = clock()
    with transaction() as session:
        _mark_opened(session, link, now)
        opened = shared_draft(link.capability)
        if link.uses_allowed > 1:
            opened = OpenedDraft(new_id(), new_data_key())
        elif _is_kept(session, opened.draft_id, now):
            return opened
        form = startable(link.form_id, link.form_version, now)
        if _begins_again(session, opened, form, prefill, now):
            return opened
        add_draft(
            session,
            opened,
            form,
            now=now,
            link_id=link.id,
            case_id=link.case_id,
            answers=prefill,
        )
    return opened


def _mark_opened(session: Session, link: OpenedLink, now: datetime) -> None:
    session.execute(
        sa.update(Link).where(Link.id == link.id, Link.opened_at.is_(None)).values(opened_at=now)
    )


def shared_draft(capability: LinkCapability) -> OpenedDraft:
    """The one draft of a single-use link: id and key both follow from the link's secret."""
    draft_id = derive(capability.secret, "draft-id", capability.link_id)[:16].hex()
    return OpenedDraft(draft_id, derive(capability.secret, "draft", capability.link_id))


def _is_kept(session: Session, draft_id: str, now: datetime) -> bool:
    """Whether the shared draft exists, and its time is not over."""
    query = sa.select(Draft.expires_at).where(Draft.id == draft_id)
    expires_at = session.scalar(query)
    return expires_at is not None and expires_at > now


def _begins_again(
    session: Session, opened: OpenedDraft, form: Runnable, prefill: dict[str, Any], now: datetime
) -> bool:
    """Empty the shared draft whose time is over, if there is one."""
    draft = session.get(Draft, opened.draft_id)
    if draft is None:
        return False
    draft.form_version = form.definition.version
    draft.expires_at = now + form.definition.retention.draft
    draft.sealed_answers = seal_draft(opened, form, prefill, draft.expires_at)
    draft.revision += 1
    draft.updated_at = now
    return True


def can_go_on(link: OpenedLink) -> bool:
    """Whether a usable link opens its form: nobody begins a withdrawn one, but who has goes on."""
    if not is_withdrawn(link.form_id, link.form_version):
        return True
    is_shared = link.uses_allowed == 1
    return is_shared and _is_kept(db.session(), shared_draft(link.capability).draft_id, clock())


def holder_context(link_id: str) -> Context:
    """The context in which what a link knows about its holder is sealed."""
    return Context("link-holder", subject=link_id)


def holder_key(capability: LinkCapability) -> bytes:
    """The key of what a link knows about its holder: it follows from the link's secret."""
    return derive(capability.secret, "link-holder", capability.link_id)


def _prefill(link: OpenedLink) -> dict[str, Any]:
    key, context = holder_key(link.capability), holder_context(link.id)
    try:
        holder: dict[str, Any] = json.loads(open_body(key, link.sealed_holder, context))
    except CannotOpen as error:
        raise LinkNotUsable(LinkState.UNKNOWN) from error
    prefill: dict[str, Any] = holder["prefill"]
    return prefill
