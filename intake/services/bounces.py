"""Bounces: reports that a message was not delivered after all, noted on its link.

A report (RFC 3464) holds the message that it is about, or its headers. Our Message-ID there names
the link or the campaign's recipient by a random id, which nobody but mail servers has seen.
"""

import re
from email import message_from_bytes, policy
from email.message import Message
from typing import cast

import sqlalchemy as sa

from intake import audit
from intake.app_state import clock
from intake.database import transaction
from intake.models import CampaignRecipient, Link

OURS = re.compile(r"<\s*(?P<kind>link|campaign)-(?P<id>[0-9a-f]{32})(?:-\d+)?@[^>\s]+>")
ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")


def note_bounce(report: bytes) -> bool:
    """Mark the link that a report is about as not delivered; False if it is about none of ours.

    A report that the message is only delayed, or was relayed, changes nothing.
    """
    message = message_from_bytes(report, policy=policy.compat32)
    found = OURS.fullmatch(original_id(message).strip()) if has_failed(message) else None
    if found is None:
        return False
    with transaction() as session:
        link_id = found["id"]
        if found["kind"] == "campaign":
            link_id = session.scalar(
                sa.select(CampaignRecipient.link_id).where(CampaignRecipient.id == found["id"])
            )
        link = session.get(Link, link_id) if link_id else None
        if link is None:
            return False
        if link.delivery_failed_at is None:
            link.delivery_failed_at = clock()
            audit.record("cli", "link.bounced", "link", link.id, team=link.team_id)
    return True


def has_failed(report: Message) -> bool:
    """Whether a report says that delivery failed for good (RFC 3464 section 2.3.3)."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in cast("list[Message]", part.get_payload()):
                if isinstance(fields, Message) and action_of(fields) == "failed":
                    return True
    return False


def action_of(fields: Message) -> str:
    """The action of one recipient's group of fields, such as "failed" or "delayed"."""
    return str(fields.get("Action", "")).partition(";")[0].strip().lower()


def original_id(report: Message) -> str:
    """The Message-ID of the message that a report holds; empty if it holds none."""
    for part in report.walk():
        kind = part.get_content_type()
        if kind not in ORIGINALS:
            continue
        if kind == "message/rfc822":
            held = cast("list[Message]", part.get_payload())
            original = held[0] if isinstance(held, list) and held else None
        else:
            raw = cast("bytes | None", part.get_payload(decode=True))
            original = message_from_bytes(raw or b"", policy=policy.compat32)
        if original is not None and original["Message-ID"]:
            return str(original["Message-ID"])
    return ""
