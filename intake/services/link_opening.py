"""What a weblink's token opens: its state, its draft, and the counting of its uses."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from form_definitions.languages import ENGLISH
from intake.app_state import clock, settings
from intake.database import db, new_id, transaction
from intake.models import Draft, DraftFile, Link
from intake.sealing import (
    CannotOpen,
    LinkCapability,
    derive,
    new_data_key,
    read,
)
from intake.services.drafts import add_draft
from intake.services.files import lose_files
from intake.services.forms import FormWithdrawn, Runnable, in_language, is_withdrawn, startable
from intake.services.link_holders import Holder, holder_of
from intake.services.link_terms import (
    LinkKind,
    Verification,
    VersionPolicy,
)
from intake.services.sealed_drafts import OpenedDraft, seal_draft


class LinkState(StrEnum):
    """How far a link has come in its life; only the first three can be opened.

    A locked one may be unlocked by its issuer; the others at the end stay as they are.
    """

    ISSUED = "issued"
    SENT = "sent"
    OPENED = "opened"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    LOCKED = "locked"
    UNKNOWN = "unknown"

    @property
    def is_usable(self) -> bool:
        """Whether the link opens its form."""
        return self in (LinkState.ISSUED, LinkState.SENT, LinkState.OPENED)


class HolderNotVerified(Exception):  # noqa: N818
    """Raised if a link opens only for somebody who was verified."""


class LinkNotUsable(Exception):  # noqa: N818 — an expected state, said to the visitor
    """Raised if a link is used up, out of date, revoked or gone."""

    def __init__(self, state: LinkState) -> None:
        super().__init__(state.value)
        self.state = state


_LINK = sa.select(
    Link.kind,
    Link.form_id,
    Link.form_version,
    Link.version_policy,
    Link.team_id,
    Link.case_id,
    Link.sealed_holder,
    Link.uses_allowed,
    Link.uses_count,
    Link.sent_at,
    Link.opened_at,
    Link.expires_at,
    Link.revoked_at,
    Link.locked_at,
    Link.secret_key_id,
    Link.verify,
    Link.code_until,
    Link.language,
).where(Link.id == sa.bindparam("link_id"))


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What a token stands for: its capability, the link as stored (if it is), its state."""

    capability: LinkCapability
    state: LinkState
    kind: LinkKind = LinkKind.PERSONAL
    form_id: str = ""
    form_version: str = ""
    version_policy: VersionPolicy = VersionPolicy.PINNED
    team_id: str = ""
    case_id: str | None = None
    uses_allowed: int = 0
    sealed_holder: bytes = field(default=b"", repr=False)
    verify: Verification = Verification.NONE
    language: str = ""  # "" if nobody said which when it was sent
    code_until: datetime | None = None  # until when the code works that was sent last

    @property
    def id(self) -> str:
        """The link's id."""
        return self.capability.link_id

    @property
    def has_one_draft(self) -> bool:
        """Whether everyone who holds it has the same draft."""
        return self.kind.has_recipient and self.uses_allowed == 1

    @property
    def version(self) -> str | None:
        """The form version that it begins with; None for the one in force."""
        return None if self.version_policy is VersionPolicy.CURRENT else self.form_version


def read_token(token: str) -> LinkCapability:
    """What a token gives, without asking the database. Raises BadToken."""
    return read(settings().secret_keys, token)


def open_link(token: str) -> OpenedLink:
    """Look at a link; it changes nothing. Raises BadToken before any query."""
    capability = read_token(token)
    with db.engine.connect() as connection:
        row = connection.execute(_LINK, {"link_id": capability.link_id}).first()
    if row is None or row.secret_key_id not in (None, capability.key_id):
        # whoever has one secret key could sign a token for a link that another one signed
        return OpenedLink(capability, LinkState.UNKNOWN)
    return OpenedLink(
        capability,
        link_state(row, clock()),
        kind=LinkKind(row.kind),
        form_id=row.form_id,
        form_version=row.form_version,
        version_policy=VersionPolicy(row.version_policy),
        team_id=row.team_id,
        case_id=row.case_id,
        uses_allowed=row.uses_allowed,
        sealed_holder=row.sealed_holder,
        verify=Verification(row.verify),
        language=row.language or "",
        code_until=row.code_until,
    )


def exchange(token: str, *, is_verified: bool = False, language: str = "") -> OpenedDraft:
    """Open the link's form: the draft, and the key for the visitor's cookie.

    A new draft is in ``language``, else in the link's, if the form has it.

    A link for one submission has one draft for everyone who holds it; others give each visitor
    their own (docs/decisions/0004). Raises BadToken, LinkNotUsable with the state,
    HolderNotVerified, or FormWithdrawn where a new draft would have to be begun.
    """
    link = open_link(token)
    if not link.state.is_usable:
        raise LinkNotUsable(link.state)
    if link.verify is not Verification.NONE and not is_verified:
        raise HolderNotVerified
    holder = open_holder(link)
    try:
        return _open_draft(link, holder, language)
    except IntegrityError:
        # two browsers opened a single-use link at once: the other one has made the draft
        return _open_draft(link, holder, language)


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
        (link.locked_at is not None, LinkState.LOCKED),
        (link.opened_at is not None, LinkState.OPENED),
        (link.sent_at is not None, LinkState.SENT),
    )
    return next((state for holds, state in ladder if holds), LinkState.ISSUED)


def _open_draft(link: OpenedLink, holder: Holder, language: str) -> OpenedDraft:
    now = clock()
    with transaction() as session:
        _mark_opened(session, link, now)
        opened = shared_draft(link.capability)
        if not link.has_one_draft:
            opened = OpenedDraft(new_id(), new_data_key())
        elif _is_kept(session, opened.draft_id, now):
            return opened
        form = startable(link.form_id, link.version, now)
        form = in_language(form, language or link.language or ENGLISH)
        if _begins_again(session, opened, form, holder, now):
            return opened
        add_draft(
            session,
            opened,
            form,
            now=now,
            link_id=link.id,
            case_id=link.case_id,
            answers=holder.prefill,
            shown=holder.shown,
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
    session: Session, opened: OpenedDraft, form: Runnable, holder: Holder, now: datetime
) -> bool:
    """Empty the shared draft whose time is over, if there is one."""
    draft = session.get(Draft, opened.draft_id)
    if draft is None:
        return False
    lose_files(session, DraftFile.draft_id == draft.id, now)
    draft.form_version = form.definition.version
    draft.expires_at = now + form.definition.retention.draft
    draft.sealed_answers = seal_draft(
        opened, form, holder.prefill, draft.expires_at, shown=holder.shown
    )
    draft.sealed_copy = draft.copy_until = None
    draft.revision += 1
    draft.updated_at = now
    return True


def can_go_on(link: OpenedLink) -> bool:
    """Whether a usable link opens its form: nobody begins a withdrawn one, but who has goes on."""
    if _can_begin(link):
        return True
    return link.has_one_draft and _is_kept(
        db.session(), shared_draft(link.capability).draft_id, clock()
    )


def _can_begin(link: OpenedLink) -> bool:
    if link.version:
        return not is_withdrawn(link.form_id, link.version)
    try:
        startable(link.form_id, None, clock())
    except FormWithdrawn:
        return False
    return True


def open_holder(link: OpenedLink) -> Holder:
    """What the link knows of its holder. Raises LinkNotUsable if its token was made by others.

    Whoever has a secret key of the installation can sign a token; the link's secret they lack.
    """
    try:
        return holder_of(link.capability, link.form_id, link.sealed_holder)
    except CannotOpen as error:
        raise LinkNotUsable(LinkState.UNKNOWN) from error
