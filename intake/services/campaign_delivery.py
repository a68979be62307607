"""What a worker does for campaigns: send a message or a reminder, and queue a confirmed file."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from form_definitions.languages import ENGLISH, N_, words
from intake import mail, outbox
from intake.app_state import keys, settings
from intake.database import UtcDateTime, db, transaction
from intake.models import (
    Campaign,
    CampaignRecipient,
    Link,
    Organisation,
    OutboxMessage,
    Team,
)
from intake.outbox import Work, WorkFailed, WorkNotNeeded
from intake.request_language import address_in
from intake.sealing import mint, open_sealed, secret_key_id
from intake.services.campaign_queueing import other_share, queue_messages
from intake.services.campaign_storage import (
    KIND,
    CampaignRefused,
    message_of,
    stored_plan,
)
from intake.services.campaign_texts import Delivery, render
from intake.services.forms import FormNotFound, runnable
from intake.services.opting_out import opt_out_url, opted_out
from intake.services.safe_contact import is_unsafe
from renderers import day_in_words, in_words

QUEUE = "campaign-queue"
QUEUED_AT_ONCE = 5_000  # rows in one piece of work: far within its lease, even on a busy machine
KEEP_UNCONFIRMED = timedelta(days=1)  # an upload that nobody confirmed
KEEP_UNQUEUED = timedelta(days=7)  # one that failed half way: time to press "send again"
REMINDER = N_("Reminder: {subject}")


@dataclass(frozen=True, slots=True)
class Addressed:
    """A recipient's row with its link and campaign, as a worker needs them."""

    recipient: CampaignRecipient
    link: Link
    campaign: Campaign
    team: Team
    organisation: Organisation


@dataclass(frozen=True, slots=True)
class _Payload:
    """Whom it goes to, with what words, and one share of the link's secret."""

    to: str = field(repr=False)
    words: Mapping[str, str] = field(repr=False)
    share: bytes = field(repr=False)
    reminder: int = 0


def send_message(work: Work, now: datetime) -> None:
    """Send a first message or a reminder. Raises DeliveryFailed, or WorkNotNeeded if it is late.

    It is late once the form was sent, the link stopped or expired, or the recipient opted out; and
    none goes where an email is not safe.
    """
    found = _addressed(str(work.payload["recipient"]))
    if not _is_wanted(found, now):
        raise WorkNotNeeded
    payload = _payload(work, found)
    if is_unsafe(payload.to, found.campaign.team_id):
        with transaction():
            found.link.email_unsafe = True  # as its page says to the team
        raise WorkNotNeeded
    url = _url(found.link, payload)
    if found.link.opened_at and not payload.reminder:
        raise WorkNotNeeded  # the message did arrive, only its server's answer was lost
    subject, text, html = _words(found, payload, url)
    host = urlsplit(settings().base_url).hostname
    message = mail.make_message(
        {
            "to": payload.to,
            "subject": subject,
            "text": text,
            "html": html,
            "unsubscribe_url": opt_out_url(found.recipient.id),
        },
        sender=settings().mail_from,
        message_id=f"<campaign-{found.recipient.id}-{payload.reminder}@{host}>",
        sent_at=now,
    )
    mail.send(message, settings(), is_retry=work.attempt > 1)


def keep_delivery(message: OutboxMessage) -> None:
    """Keep the first message's sealed content for reminders, in the caller's transaction."""
    db.session.execute(
        sa.update(CampaignRecipient)
        .where(CampaignRecipient.message_id == message.id)
        .values(sealed_delivery=message.sealed_payload)
    )


def mark_sent(link_id: str | None, now: datetime) -> None:
    """The message was handed over; a link keeps the time and the key of its first one."""
    link = db.session.get(Link, link_id)
    key_id = secret_key_id(_secret_key(link)) if link else None
    db.session.execute(
        sa.update(Link)
        .where(Link.id == link_id, Link.revoked_at.is_(None))
        .values(
            sent_at=sa.func.coalesce(Link.sent_at, sa.literal(now, UtcDateTime())),
            delivery_failed_at=None,
            secret_key_id=key_id,
        )
    )


def queue_some(work: Work, now: datetime) -> None:
    """Queue the next rows of a confirmed file, and leave the rest to another piece of work."""
    campaign = db.session.get(Campaign, str(work.payload["campaign"]))
    if campaign is None or campaign.stopped_at or campaign.sealed_file is None:
        raise WorkNotNeeded
    try:
        plan = stored_plan(campaign)
        for progress in queue_messages(plan, campaign.created_by):
            if progress.queued >= QUEUED_AT_ONCE:
                _leave_the_rest(plan.id, work.id, now)
                return
    except (CampaignRefused, FormNotFound) as error:
        _forget_files(Campaign.id == campaign.id)
        raise WorkFailed("the campaign cannot be queued any more", is_permanent=True) from error


def purge(now: datetime) -> None:
    """Delete what no campaign needs any more: shares and deliveries of links that are over, uploads
    that nobody confirmed, and those that could not be queued."""
    _forget_files(sa.or_(Campaign.confirmed_at <= now - KEEP_UNQUEUED, Campaign.expires_at <= now))
    over = sa.select(Link.id).where(
        sa.or_(
            Link.expires_at <= now,
            Link.revoked_at.is_not(None),
            Link.uses_count >= Link.uses_allowed,
        )
    )
    with transaction() as session:
        session.execute(
            sa.update(Link)
            .where(Link.reminder_share.is_not(None), Link.id.in_(over))
            .values(reminder_share=None)
        )
        session.execute(
            sa.update(CampaignRecipient)
            .where(
                CampaignRecipient.sealed_delivery.is_not(None),
                CampaignRecipient.link_id.in_(over),
            )
            .values(sealed_delivery=None)
        )
        session.execute(
            sa.delete(Campaign).where(
                Campaign.confirmed_at.is_(None), Campaign.created_at <= now - KEEP_UNCONFIRMED
            )
        )


def _forget_files(which: sa.ColumnElement[bool]) -> None:
    """Delete the recipients' files of campaigns; what was queued is sent all the same."""
    with transaction() as session:
        session.execute(
            sa.update(Campaign)
            .where(Campaign.sealed_file.is_not(None), which)
            .values(sealed_file=None)
        )


def _leave_the_rest(campaign_id: str, work_id: str, now: datetime) -> None:
    with transaction():
        outbox.enqueue(
            QUEUE,
            {"campaign": campaign_id},
            dedupe_key=f"{QUEUE}:{work_id}",
            available_at=now,
        )


def _addressed(recipient_id: str) -> Addressed:
    query = (
        sa.select(CampaignRecipient, Link, Campaign, Team, Organisation)
        .join(Link, Link.id == CampaignRecipient.link_id)
        .join(Campaign, Campaign.id == CampaignRecipient.campaign_id)
        .join(Team, Team.id == Campaign.team_id)
        .join(Organisation, Organisation.id == Team.organisation_id)
        .where(CampaignRecipient.id == recipient_id)
        .execution_options(populate_existing=True)
    )
    row = db.session.execute(query).first()
    if row is None:
        raise WorkNotNeeded
    return Addressed(*row)


def _is_wanted(found: Addressed, now: datetime) -> bool:
    link = found.link
    is_over = (
        link.revoked_at is not None
        or link.email_unsafe
        or link.uses_count >= link.uses_allowed
        or link.expires_at <= now
        or found.campaign.stopped_at is not None
    )
    return not is_over and not opted_out(found.organisation.id, [found.recipient.address_digest])


def _payload(work: Work, found: Addressed) -> _Payload:
    """Of the first message from the work itself; of a reminder, from what was kept."""
    reminder = int(work.payload.get("reminder", 0))
    content: Mapping[str, Any] = work.payload
    if reminder:
        if found.recipient.sealed_delivery is None:
            raise WorkNotNeeded
        opened = open_sealed(
            found.recipient.sealed_delivery,
            outbox.context(KIND, found.recipient.message_id),
            keys().private_key,
        )
        content = json.loads(opened)
    return _Payload(content["to"], content["words"], b64decode(content["share"]), reminder)


def _url(link: Link, payload: _Payload) -> str:
    """The link itself; empty once something was written behind it: its other share is gone."""
    if link.reminder_share is None:
        return ""
    secret = other_share(payload.share, link.reminder_share)
    return f"{settings().base_url}/l/{mint([_secret_key(link)], link.id, secret)}"


def _secret_key(link: Link) -> str:
    """The key that the link's first token is signed with, as long as it is in use; else the newest.

    A token under another key than the link's own opens nothing.
    """
    known = settings().secret_keys
    return next((one for one in known if secret_key_id(one) == link.secret_key_id), known[0])


def _words(found: Addressed, payload: _Payload, url: str) -> tuple[str, str, str]:
    """Subject, plain and HTML part."""
    text = message_of(found.campaign)
    definition = runnable(found.link.form_id, found.link.form_version).definition
    lang = found.link.language or ENGLISH
    first_sent = found.link.sent_at or found.link.created_at
    delivery = Delivery(
        words=payload.words,
        url=url,
        expires=in_words(found.link.expires_at, lang),
        lang=lang,
        unsubscribe_url=address_in(opt_out_url(found.recipient.id), lang),
        team_name="" if definition.sensitive else found.team.name,
        reminds_of=day_in_words(first_sent, lang) if payload.reminder else "",
    )
    subject = text.subject
    if payload.reminder:
        subject = words(lang).gettext(REMINDER).format(subject=subject)
    return (subject, *render(text, delivery))
