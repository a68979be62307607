"""Campaigns: prepare one, begin it, stop it. The same one begun again goes on where it was.

A campaign's id follows from what it is (team, form and name; without a name, from its file and
its message), so that the same command run again finds it.
"""

import hashlib
import hmac
from datetime import datetime

import sqlalchemy as sa

from form_definitions.languages import ENGLISH, LANGUAGES
from intake import audit, outbox
from intake.access import User
from intake.app_state import clock, keys
from intake.database import db, transaction
from intake.models import Campaign, CampaignRecipient, Link, OutboxMessage, Team
from intake.sealing import canonical_json, derive, seal_for
from intake.sealing.keystore import TEAM, WORKER
from intake.services.campaign_plans import CampaignCheck, CampaignPlan
from intake.services.campaign_storage import (
    KIND,
    CampaignRefused,
    file_context,
    message_context,
)
from intake.services.campaign_texts import read_text
from intake.services.directory import current_directory
from intake.services.forms import in_language, languages_of, startable
from intake.services.link_terms import LinkKind, required_verification
from intake.services.recipient_files import read_recipient_file

LONGEST_NAME = 120
FASTEST = 10_000  # messages a minute that one may ask for


def prepare(
    form_id: str,
    content: bytes,
    message: str,
    *,
    team_id: str | None = None,
    name: str = "",
    household: str = "",
    language: str = "",
    expires_at: datetime | None = None,
    per_minute: int = 0,
) -> CampaignPlan:
    """A plan from a form's id, the bytes of a file and the text of a message.

    Raises FormNotFound, FormWithdrawn, FileRefused, TextRefused or CampaignRefused. Who may is
    decided before.
    """
    now = clock()
    form = startable(form_id, None, now)
    if language and language not in languages_of(form):
        name = LANGUAGES.get(language, language)
        raise CampaignRefused("language", f"‘{form.definition.title}’ is not there in {name}")
    form = in_language(form, language or ENGLISH)
    definition = form.definition
    team = db.session.get(Team, team_id or current_directory().fallback_team)
    if team is None:
        raise CampaignRefused("team", f"There is no team ‘{team_id}’")
    if definition.on_case:
        raise CampaignRefused("form", f"‘{definition.title}’ is completed on a case, by one person")
    if required_verification(definition, LinkKind.PERSONAL).has_answer:
        raise CampaignRefused(
            "form",
            f"‘{definition.title}’ asks for what was agreed with each person: send single links",
        )
    file = read_recipient_file(content)
    _check(file.columns, household, per_minute, name)
    expires_at = expires_at or now + definition.link.expires
    if expires_at <= now:
        raise CampaignRefused("expires", "The links must expire in the future")
    text = read_text(message, definition, file.columns)
    told = name or canonical_json([hashlib.sha256(content).hexdigest(), str(text)]).decode()
    return CampaignPlan(
        id=_identity(team.id, form_id, told),
        name=name or f"{definition.title}, {now:%Y-%m-%d}",
        form=form,
        team_id=team.id,
        organisation_id=team.organisation_id,
        file=file,
        text=text,
        expires_at=expires_at,
        household=household,
        language=language,
        per_minute=per_minute,
    )


def begin(
    plan: CampaignPlan,
    check: CampaignCheck,
    *,
    actor: str,
    address: str = "",
    keep_file: bool = False,
) -> bool:
    """Store a campaign; whether it is a new one. With ``keep_file`` it waits to be confirmed.

    Raises CampaignRefused if the one of this name was stopped or has another message.
    """
    digest = _message_digest(plan)
    with transaction() as session:
        found = session.get(Campaign, plan.id, with_for_update=True)
        if found:
            _check_same(found, digest)
            found.total = max(found.total, check.recipients)
            if not keep_file:
                found.confirmed_at = found.confirmed_at or clock()
                found.queued_at = None
            return False
        session.add(_row(plan, check, digest, actor, keep_file=keep_file))
        session.flush()
        action = "campaign.prepare" if keep_file else "campaign.send"
        audit.record(actor, action, "campaign", plan.id, team=plan.team_id, address=address)
    return True


def confirm(user: User, campaign_id: str, *, address: str) -> None:
    """Let a prepared campaign go: a worker queues its messages. Twice changes nothing."""
    with transaction() as session:
        campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
        if campaign.confirmed_at or campaign.stopped_at:
            return
        campaign.confirmed_at = clock()
        outbox.enqueue(
            "campaign-queue",
            {"campaign": campaign_id},
            dedupe_key=f"campaign-queue:{campaign_id}",
        )
        audit.record(
            user.actor,
            "campaign.send",
            "campaign",
            campaign_id,
            team=campaign.team_id,
            address=address,
        )


def discard(campaign_id: str, *, actor: str, address: str = "") -> None:
    """Delete a campaign that nobody confirmed, and its file."""
    with transaction() as session:
        campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
        if campaign.confirmed_at is None:
            audit.record(
                actor,
                "campaign.discard",
                "campaign",
                campaign_id,
                team=campaign.team_id,
                address=address,
            )
            session.delete(campaign)


def stop(campaign_id: str, *, actor: str, address: str = "") -> int:
    """Send no more of a campaign; how many messages were still waiting. Links that went stay."""
    now = clock()
    with transaction() as session:
        campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
        if campaign.stopped_at:
            return 0
        campaign.stopped_at = now
        campaign.sealed_file = None
        links = sa.select(CampaignRecipient.link_id).where(
            CampaignRecipient.campaign_id == campaign_id
        )
        waiting = session.execute(
            sa.update(OutboxMessage)
            .where(
                OutboxMessage.kind == KIND,
                OutboxMessage.link_id.in_(links),
                OutboxMessage.state == outbox.WAITING,
            )
            .values(state=outbox.DONE, sealed_payload=None, finished_at=now)
        )
        session.execute(
            sa.update(Link)
            .where(Link.id.in_(links), Link.sent_at.is_(None), Link.revoked_at.is_(None))
            .values(revoked_at=now, reminder_share=None)
        )
        audit.record(
            actor,
            "campaign.stop",
            "campaign",
            campaign_id,
            team=campaign.team_id,
            address=address,
        )
        return int(waiting.rowcount)


def _check(columns: tuple[str, ...], household: str, per_minute: int, name: str) -> None:
    if household and household not in columns:
        raise CampaignRefused("household", f"The file has no column ‘{household}’")
    if not 0 <= per_minute <= FASTEST:
        raise CampaignRefused("per-minute", f"Give a whole number from 0 to {FASTEST}")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise CampaignRefused("name", f"Give a name of at most {LONGEST_NAME} characters")


def _check_same(found: Campaign, message_digest: bytes) -> None:
    if found.stopped_at:
        raise CampaignRefused("name", "The campaign was stopped. Give a new one another name")
    if not hmac.compare_digest(found.message_digest, message_digest):
        problem = f"‘{found.name}’ has begun with another message. Give this one another name"
        raise CampaignRefused("message", problem)


def _row(
    plan: CampaignPlan, check: CampaignCheck, digest: bytes, actor: str, *, keep_file: bool
) -> Campaign:
    now = clock()
    sealed_file = None
    if keep_file:
        to_team = [keys().public_key(TEAM, plan.team_id)]
        sealed_file = seal_for(plan.file.content, to_team, file_context(plan.id))
    return Campaign(
        id=plan.id,
        name=plan.name,
        form_id=plan.definition.id,
        form_version=plan.definition.version,
        team_id=plan.team_id,
        language=plan.language or None,
        created_by=actor,
        created_at=now,
        expires_at=plan.expires_at,
        per_minute=plan.per_minute,
        household=plan.household,
        total=check.recipients,
        paced_until=now,
        confirmed_at=None if keep_file else now,
        message_digest=digest,
        sealed_message=seal_for(
            str(plan.text).encode(), [keys().public_key(WORKER)], message_context(plan.id)
        ),
        sealed_file=sealed_file,
    )


def _identity(team_id: str, form_id: str, told: str) -> str:
    key = derive(keys().index_key(), "campaign-id")
    parts = canonical_json([team_id, form_id, told])
    return hmac.new(key, parts, hashlib.sha256).hexdigest()[:32]


def _message_digest(plan: CampaignPlan) -> bytes:
    key = derive(keys().index_key(), "campaign-message", plan.id)
    return hmac.new(key, str(plan.text).encode(), hashlib.sha256).digest()
