"""How many messages a visitor may have sent: nobody's mailbox is to be filled through a form."""

from datetime import datetime, timedelta

from form_definitions.formats import is_email
from intake.throttling import Limit, attempt


class EmailUnsafe(Exception):  # noqa: N818
    """Raised if the answers say that an email could put somebody in danger: nothing was sent."""


OF_A_DRAFT = Limit("draft-messages", attempts=5, window=timedelta(hours=1))
TO_AN_ADDRESS = Limit("address-messages", attempts=10, window=timedelta(days=1))


def is_address(text: str) -> bool:
    """Whether a message can go there: an email address, and not what servers decode (RFC 2047)."""
    return is_email(text) and "=?" not in text


def minutes_to_wait(draft_id: str, email: str, now: datetime) -> int:
    """Count one message of a draft to an address; 0 if it may go out, else how long to wait."""
    for limit, who in ((OF_A_DRAFT, draft_id), (TO_AN_ADDRESS, email.lower())):
        tried = attempt(limit, who, now)
        if not tried.is_allowed:
            return -(-tried.retry_after // 60)
    return 0
