"""Bounces: reports that a message was not delivered after all, noted on its link.

A report (RFC 3464) holds the message that it is about, or its headers. Our Message-ID there names
the link or the campaign's recipient by a random id, which nobody but mail servers has seen.
"""

import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import Message
from typing import cast

import sqlalchemy as sa

from intake import audit
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import CampaignRecipient, Link

OURS = re.compile(r"(?P<kind>link|campaign)-(?P<id>[0-9a-f]{32})(?:-\d+)?@[^>\s]+")
ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")


def note_bounce(report: bytes) -> bool:
    """Mark the link that a report is about as not delivered; False if it is about none of ours.

    A report that the message is only delayed, or was relayed, changes nothing.
    """
    message = message_from_bytes(report, policy=policy.compat32)
    reference = original_id(message).strip().removeprefix("<").removesuffix(">").strip()
    found = links_of([reference]) if has_failed(message) else {}
    for link_id in found.values():
        mark_bounced(link_id, actor="cli")
    return bool(found)


def links_of(references: Iterable[str]) -> dict[str, str]:
    """The links that messages of these ids (without brackets) were about; others are left out."""
    read = {one: found for one in references if (found := OURS.fullmatch(one))}
    links = {one: found["id"] for one, found in read.items() if found["kind"] == "link"}
    recipients = {one: found["id"] for one, found in read.items() if found["kind"] == "campaign"}
    query = sa.select(CampaignRecipient.id, CampaignRecipient.link_id).where(
        CampaignRecipient.id.in_(recipients.values())
    )
    of_recipient = dict(db.session.execute(query).tuples().all()) if recipients else {}
    links |= {one: of_recipient[each] for one, each in recipients.items() if each in of_recipient}
    known = frozenset(db.session.scalars(sa.select(Link.id).where(Link.id.in_(links.values()))))
    return {one: link_id for one, link_id in links.items() if link_id in known}


def mark_bounced(link_id: str, *, actor: str, why: str = "") -> None:
    """Note on a link that its message was not delivered after all; twice changes nothing."""
    with transaction() as session:
        link = session.get_one(Link, link_id, with_for_update=True)
        if link.delivery_failed_at is None:
            link.delivery_failed_at = clock()
            audit.record(actor, "link.bounced", "link", link.id, team=link.team_id, why=why)


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
