"""End a link before its time: nobody opens it, and its message does not go out any more."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from intake import audit, outbox
from intake.models import Draft, DraftFile, Link
from intake.services.files import lose_files
from intake.services.link_rules import LinkNotIssued, LinkRequest


def end_link(session: Session, link: Link, now: datetime) -> None:
    """Revoke a link in the caller's transaction; one that was revoked before stays as it is."""
    if link.revoked_at is not None:
        return
    link.revoked_at = now
    drafts = sa.select(Draft.id).where(Draft.link_id == link.id)
    lose_files(session, DraftFile.draft_id.in_(drafts), now)
    outbox.call_off(link.id, now)


def end_replaced(session: Session, request: LinkRequest, new_id: str) -> None:
    """End the link that another one takes the place of, in the transaction that stores that one.

    Raises LinkNotIssued if it was replaced before: a button pressed twice makes one new link.
    """
    old = session.get_one(Link, request.replaces, with_for_update=True, populate_existing=True)
    if old.replaced_by is not None:
        raise LinkNotIssued("link", "This link has been replaced already")
    if old.uses_count >= old.uses_allowed:
        raise LinkNotIssued("link", "The form was sent with this link in the meantime")
    old.replaced_by = new_id
    end_link(session, old, request.now)
    audit.record(
        request.actor,
        "link.replace",
        "link",
        old.id,
        team=old.team_id,
        address=request.address,
        why=f"replaced by {new_id}",
    )
