"""Reminders: one more message to whoever has not finished, at most once a round."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from intake import audit, outbox
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import Campaign, CampaignRecipient, Link, OptOut, Team
from intake.services.campaign_storage import KIND

BATCH = 500
MOST_ROUNDS = 5  # whoever did not answer five reminders is not waiting for a sixth


def count_due(campaign: Campaign, after: timedelta, round_number: int) -> int:
    """How many would be reminded now."""
    query = _due(campaign, clock() - after, round_number).order_by(None)
    return db.session.scalar(query.with_only_columns(sa.func.count())) or 0


def remind(
    campaign: Campaign,
    *,
    after: timedelta,
    round_number: int = 1,
    actor: str,
    address: str = "",
) -> Iterator[int]:
    """Queue a reminder for everyone whose last message is ``after`` old and who has not finished.

    Not for those who opted out, to whom an email is not safe, whose message was not delivered, or
    who have had as many reminders already: the same round run again sends nothing twice. Yields
    how many were queued so far, after each batch, which is then safe.
    """
    before, queued = clock() - after, 0
    with transaction():
        audit.record(
            actor,
            "campaign.remind",
            "campaign",
            campaign.id,
            team=campaign.team_id,
            address=address,
            why=f"round {round_number}",
        )
    while done := _remind_batch(campaign, before, round_number):
        queued += done
        yield queued


def _remind_batch(campaign: Campaign, before: datetime, round_number: int) -> int:
    now = clock()
    with transaction() as session:
        query = _due(campaign, before, round_number).limit(BATCH)
        rows = session.execute(query.with_for_update(of=CampaignRecipient)).all()
        due = _due_times(campaign, now, len(rows))
        for (recipient_id, link_id), available_at in zip(rows, due, strict=True):
            outbox.enqueue(
                KIND,
                {"recipient": recipient_id, "reminder": round_number},
                team_id=campaign.team_id,
                link_id=link_id,
                dedupe_key=f"campaign:{recipient_id}:{round_number}",
                available_at=available_at,
            )
        session.execute(
            sa.update(CampaignRecipient)
            .where(CampaignRecipient.id.in_([row.id for row in rows]))
            .values(reminders=round_number, reminded_at=now)
        )
        if rows:
            session.execute(
                sa.update(Campaign).where(Campaign.id == campaign.id).values(paced_until=due[-1])
            )
    return len(rows)


def _due_times(campaign: Campaign, now: datetime, count: int) -> Sequence[datetime]:
    """When each is sent, at the campaign's pace."""
    paced_until = db.session.scalar(
        sa.select(Campaign.paced_until).where(Campaign.id == campaign.id)
    )
    start = max(paced_until or now, now)
    step = timedelta(minutes=1) / campaign.per_minute if campaign.per_minute else timedelta(0)
    return [start + step * (number + 1) for number in range(count)]


def _due(campaign: Campaign, before: datetime, round_number: int) -> sa.Select[tuple[str, str]]:
    opted_out = (
        sa.exists()
        .where(
            OptOut.organisation_id == Team.organisation_id,
            OptOut.address_digest == CampaignRecipient.address_digest,
            Team.id == campaign.team_id,
        )
        .correlate(CampaignRecipient)
    )
    return (
        sa.select(CampaignRecipient.id, CampaignRecipient.link_id)
        .join(Link, Link.id == CampaignRecipient.link_id)
        .where(
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.reminders < round_number,
            CampaignRecipient.sealed_delivery.is_not(None),
            sa.func.coalesce(CampaignRecipient.reminded_at, Link.sent_at) <= before,
            Link.uses_count < Link.uses_allowed,
            Link.revoked_at.is_(None),
            Link.locked_at.is_(None),
            Link.delivery_failed_at.is_(None),
            Link.email_unsafe.is_(False),
            Link.expires_at > clock(),
            ~opted_out,
        )
        .order_by(CampaignRecipient.row, CampaignRecipient.id)
    )
