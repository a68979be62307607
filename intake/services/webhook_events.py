"""What partners' systems are told of: an event, a reference, a team and times; no content."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from intake import outbox
from intake.database import db, new_id
from intake.models import Webhook, WebhookDelivery

KIND = "webhook"
RECEIVED, OVERDUE = "referral.received", "referral.overdue"
ESCALATED = "referral.escalated"
EVENTS: Mapping[str, str] = {
    RECEIVED: "A referral has come to the team",
    "referral.accepted": "The team has accepted it",
    "referral.declined": "The team has declined it",
    "referral.decided": "The team has recorded what it decided",
    "referral.sent-on": "The team has sent it to another team",
    OVERDUE: "It was not answered, or not decided, in time",
    ESCALATED: "It was passed on, so that somebody answers for it",
    "referral.finished": "The team has finished its part",
    "referral.closed": "The case is closed",
    "referral.reopened": "The case is open again",
}
OF_KINDS: Mapping[str, str] = {  # of the timeline's lines
    "accepted": "referral.accepted",
    "declined": "referral.declined",
    "decided": "referral.decided",
    "sent-on": "referral.sent-on",
    "raised": ESCALATED,
    "part-done": "referral.finished",
    "closed": "referral.closed",
    "reopened": "referral.reopened",
}


def emit(
    event: str,
    *,
    team_id: str,
    reference: str,
    now: datetime,
    due: datetime | None = None,
    key: str = "",
) -> None:
    """Queue an event for the team's webhooks that want it, in the caller's transaction. The same
    ``key`` is queued once for each.
    """
    query = sa.select(Webhook).where(Webhook.team_id == team_id, Webhook.stopped_at.is_(None))
    wanting = [each for each in db.session.scalars(query) if event in each.events]
    for webhook in wanting:
        once = outbox.short_key("hook", f"{webhook.id}-{event}-{key or new_id()}")
        if outbox.is_queued(once):
            continue
        delivery = WebhookDelivery(
            id=new_id(), webhook_id=webhook.id, event=event, reference=reference, created_at=now
        )
        db.session.add(delivery)
        outbox.enqueue(
            KIND,
            {"delivery": delivery.id, "due": due.isoformat() if due else ""},
            team_id=team_id,
            dedupe_key=once,
        )


def emit_kind(kind: str, *, team_id: str, reference: str, now: datetime) -> None:
    """Queue the event of a line of the timeline, if there is one for it."""
    if event := OF_KINDS.get(kind):
        emit(event, team_id=team_id, reference=reference, now=now)
