"""Lists of links: the ones that are wanted, a page at a time."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from intake.access import TeamThing, User, may
from intake.app_state import clock
from intake.database import db
from intake.models import Campaign, CampaignRecipient, Case, Link
from intake.services.actors import issuer_names
from intake.services.link_opening import LinkState
from intake.services.links import LinkLine, line_of

PER_PAGE = 50

_LADDER = (  # as link_opening.link_state has it: the first that holds is the state
    (LinkState.REVOKED, Link.revoked_at.is_not(None)),
    (LinkState.USED, Link.uses_count >= Link.uses_allowed),
    (LinkState.EXPIRED, Link.expires_at <= sa.bindparam("now")),
    (LinkState.LOCKED, Link.locked_at.is_not(None)),
    (LinkState.OPENED, Link.opened_at.is_not(None)),
    (LinkState.SENT, Link.sent_at.is_not(None)),
    (LinkState.ISSUED, sa.true()),
)
STATES = tuple(reversed([state for state, _holds in _LADDER]))


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Which links are wanted; whatever is empty takes all."""

    state: str = ""
    form_id: str = ""
    team_id: str = ""
    created_by: str = ""  # an actor: "staff:<id>", "cli"
    case: str = ""  # a reference
    campaign_id: str = ""
    secret_key_id: str = ""
    not_delivered: bool = False

    def __bool__(self) -> bool:
        return self != LinkFilter()


@dataclass(frozen=True, slots=True)
class LinkPage:
    """One page of a list, and what it can be narrowed down by."""

    links: tuple[LinkLine, ...]
    total: int
    number: int
    forms: tuple[str, ...]
    issuers: dict[str, str]  # actor → name
    campaigns: dict[str, str]  # id → name

    @property
    def last(self) -> int:
        """The number of the last page; 1 even if there is nothing."""
        return max(1, -(-self.total // PER_PAGE))


def link_page(user: User, wanted: LinkFilter, number: int = 1) -> LinkPage:
    """A page of the links of the user's teams, newest first; beyond the last one it is the last."""
    query = _wanted(user, wanted)
    counted = query.with_only_columns(sa.func.count()).order_by(None)
    total = db.session.scalar(counted, {"now": clock()}) or 0
    number = min(max(number, 1), max(1, -(-total // PER_PAGE)))
    rows = query.offset((number - 1) * PER_PAGE).limit(PER_PAGE)
    own = Link.team_id.in_(user.teams)
    actors = db.session.scalars(sa.select(Link.created_by).where(own).distinct()).all()
    forms = db.session.scalars(sa.select(Link.form_id).where(own).distinct().order_by(Link.form_id))
    return LinkPage(
        links=_lines(rows, clock()),
        total=total,
        number=number,
        forms=tuple(forms),
        issuers=issuer_names(actors),
        campaigns=_campaigns(user),
    )


def wanted_links(wanted: LinkFilter, *, limit: int) -> tuple[LinkLine, ...]:
    """The newest links of all teams, for the command line."""
    return _lines(_wanted(None, wanted).limit(limit), clock())


def _wanted(user: User | None, wanted: LinkFilter) -> sa.Select[tuple[Link]]:
    query = sa.select(Link).order_by(Link.created_at.desc(), Link.id)
    if user is not None:
        query = query.where(Link.team_id.in_(user.teams))
    equal = (
        (Link.form_id, wanted.form_id),
        (Link.team_id, wanted.team_id),
        (Link.created_by, wanted.created_by),
        (Link.secret_key_id, wanted.secret_key_id),
    )
    query = query.where(*(column == value for column, value in equal if value))
    if wanted.state:
        query = query.where(_in_state(wanted.state))
    if wanted.not_delivered:
        query = query.where(Link.delivery_failed_at.is_not(None))
    if wanted.case:
        is_case = Case.reference == wanted.case.strip().upper()
        query = query.where(Link.case_id.in_(sa.select(Case.id).where(is_case)))
    if wanted.campaign_id:
        query = query.where(Link.id.in_(_links_of(user, wanted.campaign_id)))
    return query


def _in_state(state: str) -> sa.ColumnElement[bool]:
    """The state as a condition: it holds, and none that comes before it does."""
    before: list[sa.ColumnElement[bool]] = []
    for each, holds in _LADDER:
        if each == state:
            return sa.and_(holds, *map(sa.not_, before))
        before.append(holds)
    return sa.false()


def _links_of(user: User | None, campaign_id: str) -> sa.Select[tuple[str]]:
    """The links of a campaign that the user may see; none of another one."""
    team = db.session.scalar(sa.select(Campaign.team_id).where(Campaign.id == campaign_id))
    query = sa.select(CampaignRecipient.link_id).where(CampaignRecipient.campaign_id == campaign_id)
    is_seen = user is None or (team and may(user, "campaign.see", TeamThing(team)))
    return query if is_seen else query.where(sa.false())


def _campaigns(user: User) -> dict[str, str]:
    led = [team for team in user.teams if may(user, "campaign.see", TeamThing(team))]
    query = sa.select(Campaign.id, Campaign.name).where(Campaign.team_id.in_(led))
    return dict(db.session.execute(query.order_by(Campaign.created_at.desc())).tuples().all())


def _lines(query: sa.Select[tuple[Link]], now: datetime) -> tuple[LinkLine, ...]:
    return tuple(line_of(link, now) for link in db.session.scalars(query, {"now": now}))
