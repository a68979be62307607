"""What the worker does for webhooks: call them, note how it went, stop those that fail for days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from intake import audit, outbox, webhook_calls
from intake.app_state import keys
from intake.database import db, transaction
from intake.models import OutboxMessage, Webhook, WebhookDelivery
from intake.outbox import MOST_ATTEMPTS, Work, WorkFailed, WorkNotNeeded
from intake.sealing import SealingError, canonical_json, open_sealed
from intake.services.messages import webhook_stopped_message
from intake.services.notice_choices import Recipient, leaders, member
from intake.services.staff_messages import queue_for
from intake.services.webhooks import secret_context

FAILS_FOR = timedelta(days=3)  # a long weekend: then somebody has to look at it
WORKER = "worker"

log = structlog.get_logger("intake.webhooks")


@dataclass(frozen=True, slots=True)
class _Call:
    url: str
    secret: str = field(repr=False)
    body: bytes = field(repr=False)


def deliver(work: Work, now: datetime) -> None:
    """Call a webhook with one event. Raises WorkFailed: again after a growing pause; or
    WorkNotNeeded if it was stopped or taken away.
    """
    delivery_id = str(work.payload["delivery"])
    call = _prepare(delivery_id, work.payload, now)
    try:
        webhook_calls.post(call.url, call.body, secret=call.secret, message_id=delivery_id, now=now)
    except WorkFailed as problem:
        _note_failure(delivery_id, work.attempt, problem, now)
        raise
    _note_success(delivery_id, work.attempt, now)


def end_with_message(message: OutboxMessage, now: datetime) -> None:
    """End a delivery whose message was given up, in the caller's transaction: also one of which no
    attempt could note how it went, because its worker was killed each time."""
    try:
        delivery_id = str(outbox.payload_of(message)["delivery"])
    except (SealingError, WorkFailed) as error:  # then nobody knows any more whose it was
        log.warning("a delivery is not known", message=message.id, problem=type(error).__name__)
        return
    delivery = db.session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if delivery and delivery.state == outbox.WAITING:
        delivery.attempts = min(message.attempts, MOST_ATTEMPTS)
        _end(delivery, message.last_problem, now)


def purge_deliveries(now: datetime, *, keep: timedelta) -> None:
    """Forget deliveries that are over."""
    with transaction() as session:
        session.execute(sa.delete(WebhookDelivery).where(WebhookDelivery.created_at <= now - keep))


def _prepare(delivery_id: str, payload: Mapping[str, Any], now: datetime) -> _Call:
    delivery = db.session.get(WebhookDelivery, delivery_id)
    webhook = db.session.get(Webhook, delivery.webhook_id) if delivery else None
    if delivery is None or webhook is None:
        raise WorkNotNeeded
    if webhook.stopped_at:
        with transaction():
            _end(db.session.get_one(WebhookDelivery, delivery_id), "the webhook was stopped", now)
        raise WorkNotNeeded
    secret = open_sealed(webhook.sealed_secret, secret_context(webhook.id), keys().private_key)
    data = {"reference": delivery.reference, "team": webhook.team_id}
    if payload["due"]:
        data["due"] = payload["due"]
    body = {
        "type": delivery.event,
        "timestamp": delivery.created_at.isoformat(),
        "data": data,
    }
    call = _Call(webhook.url, secret.decode(), canonical_json(body))
    db.session.rollback()  # no connection is held while the other side thinks
    return call


def _note_success(delivery_id: str, attempt: int, now: datetime) -> None:
    with transaction() as session:
        delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True)
        if delivery is None:
            return
        delivery.attempts, delivery.last_problem = attempt, ""
        delivery.state, delivery.finished_at = outbox.DONE, now
        session.execute(
            sa.update(Webhook).where(Webhook.id == delivery.webhook_id).values(failing_since=None)
        )


def _note_failure(delivery_id: str, attempt: int, problem: WorkFailed, now: datetime) -> None:
    with transaction() as session:
        delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True)
        if delivery is None:
            return
        delivery.attempts, delivery.last_problem = attempt, problem.problem[:200]
        if problem.is_permanent or attempt >= MOST_ATTEMPTS:
            _end(delivery, delivery.last_problem, now)
        webhook = session.get_one(Webhook, delivery.webhook_id, with_for_update=True)
        webhook.failing_since = webhook.failing_since or now
        is_given_up = problem.is_permanent or now - webhook.failing_since >= FAILS_FOR
        if is_given_up and webhook.stopped_at is None:
            _stop(webhook, now)


def _end(delivery: WebhookDelivery, problem: str, now: datetime) -> None:
    delivery.state, delivery.last_problem, delivery.finished_at = outbox.DEAD, problem, now


def _stop(webhook: Webhook, now: datetime) -> None:
    """Stop a webhook and tell its owner; if they have left, those who lead the team."""
    webhook.stopped_at, webhook.stopped_by = now, WORKER
    audit.record(WORKER, "webhook.stop", "webhook", webhook.id, team=webhook.team_id)
    for person in _owners(webhook):
        message_id = f"stop-{webhook.id}-{int(now.timestamp()):x}-{person.staff_id}"
        message = webhook_stopped_message(
            person.email, webhook_id=webhook.id, message_id=message_id
        )
        queue_for(person, [webhook.team_id], message, once=outbox.short_key("stop", message_id))


def _owners(webhook: Webhook) -> tuple[Recipient, ...]:
    owner = member(webhook.team_id, webhook.created_by.removeprefix("staff:"))
    return (owner,) if owner else leaders(webhook.team_id)
