"""A campaign's rows become links and messages, a batch a transaction.

Nobody gets two: a batch looks up which of its rows are there already, under the campaign's lock,
and (campaign, row key) is unique besides. Stopped anywhere and begun again, it goes on.

A link's secret is cut in two shares (each alone is random): one travels with the sealed message,
the other lies with the link and is deleted when the first answers are saved. So a reminder can
carry the same link until somebody has written something, and from then on nobody can make it out of
what is stored (docs/decisions/0013).
"""

import secrets
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from intake import outbox
from intake.app_state import clock, keys
from intake.database import db, new_id_in_order, transaction
from intake.models import Campaign, CampaignRecipient, Link, OutboxMessage
from intake.sealing import LinkCapability, PublicKey, canonical_json, new_link_secret
from intake.sealing.envelopes import seal_for
from intake.sealing.keystore import TEAM, WORKER
from intake.services.campaign_plans import CampaignPlan, Recipient, read_rows
from intake.services.campaign_storage import KIND, CampaignRefused
from intake.services.link_holders import Holder, seal_holder
from intake.services.link_issuing import recipient_context
from intake.services.link_terms import LinkKind, VersionPolicy
from intake.services.opting_out import opted_out
from intake.written_sql import insert

BATCH = 500  # rows: 30 ms of the write lock, and a third of a second of sealing before it


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come."""

    read: int  # recipients looked at
    queued: int  # of these, by this run
    opted_out: int = 0  # of these, and never queued


@dataclass(frozen=True, slots=True)
class _Rows:
    """What one recipient adds to three tables."""

    recipient: dict[str, Any] = field(repr=False)
    link: dict[str, Any] = field(repr=False)
    message: dict[str, Any] = field(repr=False)


_ADD_LINK = insert(
    Link,
    *("id", "kind", "version_policy", "verify", "wrong_tries", "wrong_tries_in_all"),
    *("form_id", "form_version"),
    *("team_id", "language", "created_by", "created_at", "expires_at", "uses_allowed"),
    *("uses_count", "sealed_holder", "sealed_recipient", "reminder_share"),
)
_ADD_RECIPIENT = insert(
    CampaignRecipient,
    *("id", "campaign_id", "row_key", "row", "link_id", "address_digest", "message_id"),
    "reminders",
)
_ADD_MESSAGE = insert(
    OutboxMessage,
    *("id", "kind", "state", "sealed_payload", "dedupe_key", "team_id", "link_id"),
    *("created_at", "available_at", "attempts", "last_problem"),
)


def queue_messages(plan: CampaignPlan, actor: str) -> Iterator[Progress]:
    """Queue whoever is not queued yet; it yields after each batch, which is then safe.

    ``begin`` comes before. Raises CampaignRefused if the campaign is stopped meanwhile.
    """
    read = queued = out = 0
    recipients = (found for found in read_rows(plan) if isinstance(found, Recipient))
    while batch := tuple(islice(recipients, BATCH)):
        new, left_out = _queue_batch(plan, batch, actor)
        queued, out, read = queued + new, out + left_out, read + len(batch)
        yield Progress(read, queued, out)
    with transaction() as session:
        session.execute(
            sa.update(Campaign)
            .where(Campaign.id == plan.id)
            .values(queued_at=clock(), sealed_file=None, never_queued=out)
        )


def _queue_batch(plan: CampaignPlan, batch: Sequence[Recipient], actor: str) -> tuple[int, int]:
    """How many were queued, and how many want no messages.

    Seal before the lock is taken, and store under it only what nobody else stored meanwhile.
    """
    unknown = _without_known(db.session(), plan, batch)
    wanted = _without_opted_out(plan, unknown)
    db.session.rollback()
    left_out = len(unknown) - len(wanted)
    if not wanted:
        return 0, left_out
    sealed = _sealed(plan, wanted, actor)
    with transaction() as session:
        paced_until = _locked(session, plan.id)
        new = {one.key for one in _without_known(session, plan, wanted)}
        rows = [each for each in sealed if each.recipient["row_key"] in new]
        due = _due_times(max(paced_until, clock()), len(rows), plan.per_minute)
        for each, available_at in zip(rows, due, strict=True):
            each.message["available_at"] = available_at
        if rows:
            _store(session, plan.id, rows, due[-1])
    return len(rows), left_out


def _locked(session: Session, campaign_id: str) -> datetime:
    """Until when the campaign's messages are due so far; nobody else queues for it meanwhile."""
    paced_until, stopped_at = session.execute(
        sa.select(Campaign.paced_until, Campaign.stopped_at)
        .where(Campaign.id == campaign_id)
        .with_for_update()
    ).one()
    if stopped_at:
        raise CampaignRefused("name", "The campaign was stopped")
    return paced_until  # type: ignore[no-any-return]


def _due_times(start: datetime, count: int, per_minute: int) -> list[datetime]:
    step = timedelta(minutes=1) / per_minute if per_minute else timedelta(0)
    return [start + step * (number + 1) for number in range(count)]


def _store(session: Session, campaign_id: str, rows: Sequence[_Rows], until: datetime) -> None:
    connection = session.connection()
    _ADD_LINK.run(connection, *[each.link for each in rows])
    _ADD_RECIPIENT.run(connection, *[each.recipient for each in rows])
    _ADD_MESSAGE.run(connection, *[each.message for each in rows])
    session.execute(sa.update(Campaign).where(Campaign.id == campaign_id).values(paced_until=until))


def _without_known(
    session: Session, plan: CampaignPlan, batch: Sequence[Recipient]
) -> list[Recipient]:
    known = frozenset(
        session.scalars(
            sa.select(CampaignRecipient.row_key).where(
                CampaignRecipient.campaign_id == plan.id,
                CampaignRecipient.row_key.in_([one.key for one in batch]),
            )
        )
    )
    return [one for one in batch if one.key not in known]


def _without_opted_out(plan: CampaignPlan, batch: Sequence[Recipient]) -> list[Recipient]:
    out = opted_out(plan.organisation_id, [one.address_digest for one in batch])
    return [one for one in batch if one.address_digest not in out]


def _sealed(plan: CampaignPlan, batch: Sequence[Recipient], actor: str) -> list[_Rows]:
    team, worker = keys().public_key(TEAM, plan.team_id), keys().public_key(WORKER)
    now = clock()
    return [_rows(plan, one, actor, now, team, worker) for one in batch]


def _rows(
    plan: CampaignPlan,
    one: Recipient,
    actor: str,
    now: datetime,
    team: PublicKey,
    worker: PublicKey,
) -> _Rows:
    link_id, recipient_id, message_id = [new_id_in_order(now) for _ in range(3)]
    capability = LinkCapability(link_id, new_link_secret())
    share = secrets.token_bytes(len(capability.secret))
    payload = {
        "recipient": recipient_id,
        "to": one.address,
        "words": one.words,
        "share": b64encode(other_share(capability.secret, share)).decode(),
    }
    return _Rows(
        recipient={
            "id": recipient_id,
            "campaign_id": plan.id,
            "row_key": one.key,
            "row": one.row,
            "link_id": link_id,
            "address_digest": one.address_digest,
            "message_id": message_id,
            "reminders": 0,
        },
        link={
            "id": link_id,
            "kind": LinkKind.PERSONAL,
            "version_policy": VersionPolicy.PINNED,
            "verify": plan.verification,
            "wrong_tries": 0,
            "wrong_tries_in_all": 0,
            "form_id": plan.definition.id,
            "form_version": plan.definition.version,
            "team_id": plan.team_id,
            "language": plan.language or None,
            "created_by": actor,
            "created_at": now,
            "expires_at": plan.expires_at,
            "uses_allowed": 1,
            "uses_count": 0,
            "sealed_holder": seal_holder(
                capability, plan.definition.id, Holder(one.address, dict(one.prefill))
            ),
            "sealed_recipient": seal_for(one.address.encode(), [team], recipient_context(link_id)),
            "reminder_share": share,
        },
        message={
            "id": message_id,
            "kind": KIND,
            "state": outbox.WAITING,
            "sealed_payload": seal_for(
                canonical_json(payload), [worker], outbox.context(KIND, message_id)
            ),
            "dedupe_key": f"campaign:{recipient_id}:0",
            "team_id": plan.team_id,
            "link_id": link_id,
            "created_at": now,
            "attempts": 0,
            "last_problem": "",
        },
    )


def other_share(secret: bytes, share: bytes) -> bytes:
    """What a secret is without one share, or the secret from its two shares: exclusive or."""
    return bytes(left ^ right for left, right in zip(secret, share, strict=True))
