"""A team's webhooks: added, looked at, stopped, started, taken away. Only its leads do that."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from intake import audit, outbox
from intake.access import TeamThing, User, may
from intake.app_state import clock, keys
from intake.database import db, new_id, transaction
from intake.models import Team, Webhook, WebhookDelivery
from intake.sealing import Context, seal_for
from intake.sealing.keystore import WORKER
from intake.services.deciding import NotNow
from intake.services.webhook_events import KIND
from intake.webhook_calls import new_secret, public_addresses, target_of

MOST_OF_A_TEAM = 10  # more would be a slip, or somebody else's service
MOST_LISTED = 100
MOST_SENT_AGAIN = 500


@dataclass(frozen=True, slots=True)
class WebhookLine:
    """One webhook as a page shows it; never its secret."""

    id: str
    team_id: str
    team: str
    url: str
    events: tuple[str, ...]
    created_at: datetime
    failing_since: datetime | None
    stopped_at: datetime | None
    is_stopped_by_worker: bool


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One event that was sent, or was to be."""

    event: str
    reference: str
    created_at: datetime
    state: str
    attempts: int
    last_problem: str


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """A webhook with what it was sent last."""

    line: WebhookLine
    deliveries: tuple[DeliveryLine, ...]
    given_up: int


@dataclass(frozen=True, slots=True)
class AddedWebhook:
    """A new webhook, and its secret: it is shown once."""

    id: str
    secret: str = field(repr=False)


def secret_context(webhook_id: str) -> Context:
    """Where a webhook's secret belongs."""
    return Context("webhook", subject=webhook_id)


def webhooks_of(user: User) -> tuple[WebhookLine, ...]:
    """The webhooks of the teams that the user leads, by team."""
    query = _lines().where(Webhook.team_id.in_(user.led))
    rows = db.session.execute(query.order_by(Team.name, Webhook.created_at)).tuples()
    return tuple(_line(webhook, team) for webhook, team in rows)


def team_of(webhook_id: str) -> str | None:
    """The team that a webhook belongs to; None if there is no such webhook."""
    return db.session.scalar(sa.select(Webhook.team_id).where(Webhook.id == webhook_id))


def read_webhook(webhook_id: str) -> WebhookPage:
    """A webhook with its last deliveries, the newest first."""
    webhook, team = db.session.execute(_lines().where(Webhook.id == webhook_id)).tuples().one()
    own = WebhookDelivery.webhook_id == webhook_id
    rows = db.session.scalars(
        sa.select(WebhookDelivery)
        .where(own)
        .order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id)
        .limit(MOST_LISTED)
    )
    dead = sa.select(sa.func.count()).where(own, WebhookDelivery.state == outbox.DEAD)
    return WebhookPage(
        _line(webhook, team),
        tuple(
            DeliveryLine(
                row.event, row.reference, row.created_at, row.state, row.attempts, row.last_problem
            )
            for row in rows
        ),
        db.session.scalar(dead) or 0,
    )


def add_webhook(
    user: User, team_id: str, url: str, events: Collection[str], *, address: str
) -> AddedWebhook:
    """Register an address. Raises BadAddress if it is none that is open to the internet by https,
    NotNow if the team has enough of them.
    """
    url = url.strip()
    target = target_of(url)
    public_addresses(target.host, target.port)  # asked again at each call
    webhook_id, secret = new_id(), new_secret()
    worker = keys().public_key(WORKER)
    with transaction() as session:
        session.get_one(Team, team_id, with_for_update=True)
        count = sa.select(sa.func.count()).where(Webhook.team_id == team_id)
        if session.scalar(count) >= MOST_OF_A_TEAM:
            raise NotNow(f"Your team has {MOST_OF_A_TEAM} webhooks. Take one away first.")
        session.add(
            Webhook(
                id=webhook_id,
                team_id=team_id,
                url=url,
                events=sorted(events),
                sealed_secret=seal_for(secret.encode(), [worker], secret_context(webhook_id)),
                created_by=user.actor,
                created_at=clock(),
            )
        )
        _record(user, "webhook.add", webhook_id, team_id, address)
    return AddedWebhook(webhook_id, secret)


def stop_webhook(user: User, webhook_id: str, *, address: str) -> None:
    """Send it nothing any more, until it is started again. Raises NotNow."""
    with transaction():
        webhook = _locked(user, "webhook.stop", webhook_id)
        webhook.stopped_at, webhook.stopped_by = clock(), user.actor
        _record(user, "webhook.stop", webhook_id, webhook.team_id, address)


def start_webhook(user: User, webhook_id: str, *, address: str) -> int:
    """Start it again, and send again what was given up; how much that is. Raises NotNow."""
    now = clock()
    with transaction() as session:
        webhook = _locked(user, "webhook.start", webhook_id)
        webhook.stopped_at = webhook.stopped_by = webhook.failing_since = None
        dead = session.scalars(
            sa.select(WebhookDelivery)
            .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == outbox.DEAD)
            .order_by(WebhookDelivery.created_at)
            .limit(MOST_SENT_AGAIN)
        ).all()
        for delivery in dead:
            delivery.state, delivery.finished_at = outbox.WAITING, None
            outbox.enqueue(
                KIND,
                {"delivery": delivery.id, "due": ""},
                team_id=webhook.team_id,
                available_at=now,
            )
        _record(user, "webhook.start", webhook_id, webhook.team_id, address)
    return len(dead)


def delete_webhook(user: User, webhook_id: str, *, address: str) -> None:
    """Take it away, with what is known of its deliveries. Raises NotNow."""
    with transaction() as session:
        webhook = _locked(user, "webhook.delete", webhook_id)
        session.execute(sa.delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id))
        session.delete(webhook)
        _record(user, "webhook.delete", webhook_id, webhook.team_id, address)


def _locked(user: User, action: str, webhook_id: str) -> Webhook:
    webhook = db.session.get(Webhook, webhook_id, with_for_update=True, populate_existing=True)
    if webhook is None or not may(user, action, TeamThing(webhook.team_id)):
        raise NotNow("Somebody has taken this webhook away since you opened the page.")
    return webhook


def _record(user: User, action: str, webhook_id: str, team_id: str, address: str) -> None:
    audit.record(user.actor, action, "webhook", webhook_id, team=team_id, address=address)


def _lines() -> sa.Select[tuple[Webhook, str]]:
    return sa.select(Webhook, Team.name).join(Team, Team.id == Webhook.team_id)


def _line(webhook: Webhook, team: str) -> WebhookLine:
    return WebhookLine(
        webhook.id,
        webhook.team_id,
        team,
        webhook.url,
        tuple(webhook.events),
        webhook.created_at,
        webhook.failing_since,
        webhook.stopped_at,
        webhook.stopped_by == "worker",
    )
