"""Look after a link that was issued: more time, its message again, another link in its place.

The secret of a link is only in its token, and a sent message is forgotten. So the same link can be
sent again only while its message waits after a failure; later, a new link takes its place.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from intake import audit, outbox
from intake.access import CasePart, TeamThing, User, may
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import Link, OutboxMessage
from intake.services.case_links import LinkDetails
from intake.services.cases import find_case
from intake.services.forms import FormNotFound, startable
from intake.services.link_issuing import IssuedLink, issue_link
from intake.services.link_opening import LinkState, link_state
from intake.services.link_rules import MOST_SHARED_USES, MOST_USES, LinkNotIssued
from intake.services.link_terms import LinkKind, Shown, VersionPolicy
from intake.services.link_timeline import EXTENDED_UNTIL
from intake.services.links import LinkNotFound
from intake.services.safe_contact import REFUSED

EXTENDABLE = frozenset(
    {LinkState.ISSUED, LinkState.SENT, LinkState.OPENED, LinkState.EXPIRED, LinkState.LOCKED}
)
REPLACEABLE = EXTENDABLE | {LinkState.REVOKED}


@dataclass(frozen=True, slots=True)
class Care:
    """What can be done for a link now."""

    extend: bool = False
    replace: bool = False
    resend: bool = False  # its message was given up, and is still there
    unlock: bool = False
    revoke: bool = False
    email_unsafe: bool = False  # nothing is sent to its recipient any more


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a new link in place of an old one is given anew: the rest is as it was."""

    recipient: str = field(repr=False)
    expires_at: datetime
    purpose: str = field(default="", repr=False)
    shown: Shown = field(default_factory=Shown, repr=False)
    verify_answer: str = field(default="", repr=False)


def care_for(user: User, link_id: str) -> Care:
    """What the user may do for a link in its state."""
    link = _own(user, "link.see", link_id)
    state = link_state(link, clock())
    can_go_on, is_safe = _may_go_on(user, link), not link.email_unsafe
    return Care(
        extend=state in EXTENDABLE and can_go_on,
        replace=state in REPLACEABLE and not link.replaced_by and can_go_on and is_safe,
        resend=state.is_usable and _dead_message(link_id) is not None and is_safe,
        unlock=state is LinkState.LOCKED,
        revoke=state.is_usable or state is LinkState.LOCKED,
        email_unsafe=link.email_unsafe,
    )


def extend_link(
    user: User | None,
    link_id: str,
    until: datetime,
    *,
    uses: int | None = None,
    address: str = "",
) -> None:
    """Let a link be opened until later, and a shared one be used more often.

    One that has expired opens again. ``user`` is None for the command line. Raises LinkNotFound, or
    LinkNotIssued naming ``expires``, ``uses`` or ``link``.
    """
    with transaction() as session:
        link = _own(user, "link.extend", link_id)
        session.refresh(link, with_for_update=True)
        if link_state(link, clock()) not in EXTENDABLE or not _may_go_on(user, link):
            raise LinkNotIssued("link", "This link has come to its end: issue a new one")
        if until <= link.expires_at or until <= clock():
            raise LinkNotIssued("expires", "The new end must be later than the one it has")
        _check_uses(link, uses)
        link.expires_at = until
        link.uses_allowed = uses or link.uses_allowed
        _record(user, "link.extend", link, address, until.astimezone(UTC).strftime(EXTENDED_UNTIL))


def _check_uses(link: Link, uses: int | None) -> None:
    most = MOST_USES if LinkKind(link.kind).has_recipient else MOST_SHARED_USES
    if uses is None or uses == link.uses_allowed:
        return
    if link.kind != LinkKind.SHARED:
        # its holders have one draft in common, or each their own: that cannot change under them
        raise LinkNotIssued("uses", "Only a shared link can be used more often than was said")
    if not link.uses_allowed < uses <= most:
        raise LinkNotIssued("uses", f"Enter a number from {link.uses_allowed} to {most}")


def resend_link(user: User, link_id: str, *, address: str = "") -> bool:
    """Try the link's own message again after it was given up; False if it is not there any more.

    Raises LinkNotFound.
    """
    with transaction():
        link = _own(user, "link.resend", link_id)
        message_id = _dead_message(link_id)
        usable = link_state(link, clock()).is_usable
        if link.email_unsafe or not usable or message_id is None:
            return False
        if not outbox.send_again(message_id, clock()):
            return False
        link.delivery_failed_at = None
        _record(user, "link.resend", link, address)
    return True


def replace_link(
    user: User | None, link_id: str, wanted: Replacement, *, address: str = ""
) -> IssuedLink:
    """Issue a new link in the place of one, and end that one, in one transaction.

    Form, kind, team, case, verification, language and the uses that are left are as they were.
    What was filled in beforehand and what was answered so far is not: it is sealed under the old
    link's secret, which is not stored. Raises LinkNotFound, LinkNotIssued, FormWithdrawn.
    """
    link = _own(user, "link.replace", link_id)
    if link_state(link, clock()) not in REPLACEABLE or not _may_go_on(user, link):
        raise LinkNotIssued("link", "This link has come to its end: issue a new one")
    if link.email_unsafe:
        raise LinkNotIssued("to", REFUSED)
    return issue_link(
        link.form_id,
        recipient=wanted.recipient,
        actor=user.actor if user else "cli",
        kind=link.kind,
        team_id=link.team_id,
        expires_at=wanted.expires_at,
        uses=link.uses_allowed - link.uses_count,
        case_id=link.case_id,
        version_policy=VersionPolicy(link.version_policy),
        verify=link.verify,
        verify_answer=wanted.verify_answer,
        purpose=wanted.purpose,
        shown=wanted.shown,
        language=link.language or "",
        address=address,
        replaces=link_id,
    )


def check_recipient(link_id: str, details: LinkDetails, recipient: str) -> None:
    """Refuse a new recipient where the issuer confirmed the training of the old one.

    Raises LinkNotIssued.
    """
    link = db.session.get_one(Link, link_id)
    if recipient.strip().lower() == details.recipient.strip().lower() or not link.case_id:
        return
    try:
        needed = startable(link.form_id, None, clock()).definition.requires_training
    except FormNotFound:
        needed = ""
    if needed:
        words = "This form needs training. Send it to somebody else from the case"
        raise LinkNotIssued("to", words)


def _own(user: User | None, action: str, link_id: str) -> Link:
    link = db.session.get(Link, link_id)
    if link is None or not (user is None or may(user, action, TeamThing(link.team_id))):
        raise LinkNotFound(link_id)
    return link


def _may_go_on(user: User | None, link: Link) -> bool:
    """Whether a task may go on: its team still works on the case, or still has to answer."""
    if user is None or link.case_id is None:
        return True
    case = find_case(link.case_id)
    if case is None:
        return False
    part = CasePart(case, link.team_id)
    return may(user, "case.work", part) or may(user, "case.ask", part)


def _dead_message(link_id: str) -> str | None:
    query = sa.select(OutboxMessage.id).where(
        OutboxMessage.link_id == link_id,
        OutboxMessage.state == outbox.DEAD,
        OutboxMessage.sealed_payload.is_not(None),
    )
    return db.session.scalar(query.order_by(OutboxMessage.created_at.desc()).limit(1))


def _record(user: User | None, action: str, link: Link, address: str, why: str = "") -> Any:
    actor = user.actor if user else "cli"
    audit.record(actor, action, "link", link.id, team=link.team_id, address=address, why=why)
