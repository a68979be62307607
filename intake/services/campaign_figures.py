"""How far campaigns have come: numbers, and one line a link without its secret."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake.access import User
from intake.app_state import clock
from intake.database import db
from intake.models import Campaign, CampaignRecipient, Link, OptOut, Team
from intake.services.link_opening import link_state

MOST_LISTED = 200
PAGE = 1000  # lines of an export read at once


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    """Numbers of people; each later one is part of the one before."""

    total: int
    queued: int = 0
    sent: int = 0
    opened: int = 0
    started: int = 0
    finished: int = 0
    not_delivered: int = 0
    opted_out: int = 0  # before they were queued, or since
    reminded: int = 0
    on_the_way: int = 0  # still to be sent


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One campaign as lists show it."""

    id: str
    name: str
    form_id: str
    form_version: str
    team_id: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    state: str
    figures: CampaignFigures


@dataclass(frozen=True, slots=True)
class LinkFigure:
    """One recipient of a campaign: the row in the file, and how far the link has come."""

    row: int
    link_id: str
    state: str
    sent_at: datetime | None
    reminded_at: datetime | None
    opened_at: datetime | None
    started_at: datetime | None
    is_finished: bool
    is_not_delivered: bool
    has_opted_out: bool


def list_campaigns(user: User | None = None) -> tuple[CampaignLine, ...]:
    """The campaigns of the teams that the user leads (all for None), newest first."""
    query = sa.select(Campaign).order_by(Campaign.created_at.desc(), Campaign.id).limit(MOST_LISTED)
    if user is not None:
        query = query.where(Campaign.team_id.in_(user.led))
    campaigns = db.session.scalars(query).all()
    figures = _figures([one.id for one in campaigns])
    return tuple(_line(one, figures.get(one.id)) for one in campaigns)


def campaign_line(campaign: Campaign) -> CampaignLine:
    """One campaign with its figures now."""
    return _line(campaign, _figures([campaign.id]).get(campaign.id))


def link_figures(campaign_id: str) -> Iterator[LinkFigure]:
    """Every recipient in the order of the file, read a page at a time."""
    now, after = clock(), ("", -1)
    while True:
        rows = db.session.execute(_page(campaign_id, after)).all()
        for row in rows:
            yield _link_figure(row, now)
        if len(rows) < PAGE:
            return
        after = (rows[-1].CampaignRecipient.id, rows[-1].CampaignRecipient.row)


def campaign_state(campaign: Campaign, figures: CampaignFigures) -> str:
    """Where a campaign is: "prepared", "queueing", "sending", "sent" or "stopped"."""
    ladder = (
        (campaign.stopped_at is not None, "stopped"),
        (campaign.confirmed_at is None, "prepared"),
        (campaign.queued_at is None, "queueing"),
        (figures.on_the_way > 0, "sending"),
    )
    return next((state for holds, state in ladder if holds), "sent")


def _line(campaign: Campaign, counted: Sequence[int] | None) -> CampaignLine:
    figures = CampaignFigures(campaign.total, *(counted or ()))
    figures = replace(figures, opted_out=figures.opted_out + campaign.never_queued)
    return CampaignLine(
        id=campaign.id,
        name=campaign.name,
        form_id=campaign.form_id,
        form_version=campaign.form_version,
        team_id=campaign.team_id,
        created_by=campaign.created_by,
        created_at=campaign.created_at,
        expires_at=campaign.expires_at,
        state=campaign_state(campaign, figures),
        figures=figures,
    )


def _figures(campaign_ids: Sequence[str]) -> dict[str, list[int]]:
    """The numbers of each campaign, in the order of CampaignFigures."""

    def number(condition: Any) -> Any:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    is_finished = Link.uses_count > 0
    query = _joined(
        sa.select(
            CampaignRecipient.campaign_id,
            sa.func.count(),
            number(Link.sent_at.is_not(None)),
            number(Link.opened_at.is_not(None)),
            number(sa.or_(Link.started_at.is_not(None), is_finished)),
            number(is_finished),
            number(Link.delivery_failed_at.is_not(None)),
            number(OptOut.at.is_not(None)),
            number(CampaignRecipient.reminders > 0),
            number(sa.and_(*_still_to_be_sent())),
        )
    ).where(CampaignRecipient.campaign_id.in_(campaign_ids))
    rows = db.session.execute(query.group_by(CampaignRecipient.campaign_id)).all()
    return {row[0]: [int(one) for one in row[1:]] for row in rows}


def _still_to_be_sent() -> tuple[Any, ...]:
    """What a worker has still to do: it lets go whatever is over, or wanted no more."""
    return (
        Link.sent_at.is_(None),
        Link.opened_at.is_(None),
        Link.delivery_failed_at.is_(None),
        Link.revoked_at.is_(None),
        Link.expires_at > clock(),
        OptOut.at.is_(None),
    )


def _joined(query: sa.Select[Any]) -> sa.Select[Any]:
    """Recipients with their links, and whether they have opted out."""
    return (
        query.select_from(CampaignRecipient)
        .join(Link, Link.id == CampaignRecipient.link_id)
        .join(Campaign, Campaign.id == CampaignRecipient.campaign_id)
        .join(Team, Team.id == Campaign.team_id)
        .outerjoin(
            OptOut,
            sa.and_(
                OptOut.organisation_id == Team.organisation_id,
                OptOut.address_digest == CampaignRecipient.address_digest,
            ),
        )
    )


def _page(campaign_id: str, after: tuple[str, int]) -> sa.Select[Any]:
    last_id, last_row = after
    key = CampaignRecipient.row
    is_later = sa.or_(key > last_row, sa.and_(key == last_row, CampaignRecipient.id > last_id))
    return (
        _joined(sa.select(CampaignRecipient, Link, OptOut.at.label("opted_out_at")))
        .where(CampaignRecipient.campaign_id == campaign_id, is_later)
        .order_by(key, CampaignRecipient.id)
        .limit(PAGE)
    )


def _link_figure(found: sa.Row[Any], now: datetime) -> LinkFigure:
    recipient, link = found.CampaignRecipient, found.Link
    return LinkFigure(
        row=recipient.row,
        link_id=link.id,
        state=link_state(link, now).value,
        sent_at=link.sent_at,
        reminded_at=recipient.reminded_at,
        opened_at=link.opened_at,
        started_at=link.started_at,
        is_finished=link.uses_count > 0,
        is_not_delivered=link.delivery_failed_at is not None,
        has_opted_out=found.opted_out_at is not None,
    )
