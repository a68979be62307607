"""How many messages a visitor may have sent: nobody's mailbox is to be filled through a form.

Nor is anybody to be kept from their own way back by strangers who use up what a mailbox may get: a
stranger has a small part of it only, and whoever holds a link that was sent to one person has an
allowance of their own.
"""

from datetime import datetime, timedelta

from form_definitions.formats import is_email
from intake.database import db
from intake.models import Link
from intake.services.link_terms import LinkKind
from intake.services.sealed_drafts import Draft
from intake.throttling import Limit, attempt


class EmailUnsafe(Exception):  # noqa: N818
    """Raised if the answers say that an email could put somebody in danger: nothing was sent."""


DAY = timedelta(days=1)
OF_A_DRAFT = Limit("draft-messages", attempts=5, window=timedelta(hours=1))
TO_AN_ADDRESS = Limit("address-messages", attempts=10, window=DAY)
FROM_ONE_TO_ANOTHER = Limit("requester-messages", attempts=3, window=DAY)
OF_A_HOLDER = Limit("holder-messages", attempts=10, window=DAY)


def is_address(text: str) -> bool:
    """Whether a message can go there: an email address, and not what servers decode (RFC 2047)."""
    return is_email(text) and "=?" not in text


def minutes_to_wait(draft: Draft, email: str, requester: str, now: datetime) -> int:
    """Count one message of a draft to an address; 0 if it may go out, else how long to wait.

    ``requester`` is the network that asks; empty if nobody knows it.
    """
    mailbox = email.lower()
    if was_sent_to_one(draft.link_id):
        limits = [(OF_A_DRAFT, draft.id), (OF_A_HOLDER, f"{draft.link_id}\x00{mailbox}")]
    else:
        limits = [(OF_A_DRAFT, draft.id), (TO_AN_ADDRESS, mailbox)]
        if requester:  # before the mailbox's own, which a refused one is not to use up
            limits.insert(1, (FROM_ONE_TO_ANOTHER, f"{requester}\x00{mailbox}"))
    for limit, who in limits:
        tried = attempt(limit, who, now)
        if not tried.is_allowed:
            return -(-tried.retry_after // 60)
    return 0


def was_sent_to_one(link_id: str | None) -> bool:
    """Whether it is the link of one person, which nobody can make for themselves."""
    link = db.session.get(Link, link_id) if link_id else None
    return link is not None and LinkKind(link.kind).has_recipient
