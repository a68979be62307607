"""Weblinks: issue, send, list and revoke."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake import audit, outbox
from intake.access import TeamThing, User, may
from intake.app_state import clock, keys, settings
from intake.database import db, new_id, transaction
from intake.models import Case, CaseEvent, Destination, Link, Team
from intake.sealing import (
    Context,
    LinkCapability,
    canonical_json,
    mint,
    new_link_secret,
    seal_body,
    seal_for,
)
from intake.services import messages
from intake.services.directory import current_directory
from intake.services.forms import Runnable, startable
from intake.services.link_opening import LinkState, holder_context, holder_key, link_state

MOST_USES = 1000  # more than that is an open form
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\]+")
MOST_LISTED = 500
LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets


class LinkNotIssued(Exception):  # noqa: N818
    """Raised if a link cannot be issued like this; ``field`` is the argument that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class LinkNotFound(Exception):  # noqa: N818
    """Raised if there is no such link."""

    def __init__(self, link_id: str) -> None:
        super().__init__(link_id)
        self.link_id = link_id


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A link that was just issued. Its URL is known now and never again."""

    id: str
    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link as lists show it: nothing about its holder."""

    id: str
    form_id: str
    form_version: str
    team_id: str
    case_id: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime
    uses_allowed: int
    uses_count: int
    state: LinkState
    delivery_failed_at: datetime | None


def issue_link(
    form_id: str,
    *,
    recipient: str,
    actor: str,
    team_id: str | None = None,
    expires_at: datetime | None = None,
    uses: int | None = None,
    case_id: str | None = None,
    version: str | None = None,
    prefill: Mapping[str, Any] | None = None,
    address: str = "",
) -> IssuedLink:
    """Issue a link and queue its message, in one transaction.

    The form's own policy says how long it lasts and how often it may be used, unless told. The
    link belongs to ``team_id``; without one to the case's first team, else to the fallback team.
    Raises FormNotFound, FormWithdrawn, or LinkNotIssued naming the argument that is wrong. Who may
    is decided before.
    """
    now = clock()
    form = startable(form_id, version, now)
    request = _Request(
        form=form,
        recipient=recipient.strip(),
        actor=actor,
        now=now,
        expires_at=expires_at or now + form.definition.link.expires,
        uses=form.definition.link.uses if uses is None else uses,
        case_id=case_id,
        prefill=prefill or {},
        address=address,
    )
    _check(request)
    team = team_id or _team_of_case(case_id) or current_directory().fallback_team
    return _store(request, team)


@dataclass(frozen=True, slots=True)
class _Request:
    """A link that was asked for."""

    form: Runnable
    recipient: str = field(repr=False)
    actor: str
    now: datetime
    expires_at: datetime
    uses: int
    case_id: str | None
    prefill: Mapping[str, Any] = field(repr=False)
    address: str


def _store(request: _Request, team_id: str) -> IssuedLink:
    capability = LinkCapability(new_id(), new_link_secret())
    token = mint(settings().secret_keys, capability.link_id, capability.secret)
    issued = IssuedLink(capability.link_id, f"{settings().base_url}/l/{token}", request.expires_at)
    with transaction() as session:
        team = session.get(Team, team_id)
        if team is None:
            raise LinkNotIssued("team", f"There is no team ‘{team_id}’")
        session.add(_row(request, capability, team.id))
        session.flush()
        outbox.enqueue(
            "email",
            messages.weblink_message(
                request.form.definition,
                request.recipient,
                link_id=issued.id,
                url=issued.url,
                expires_at=issued.expires_at,
                team_name=team.name,
            ),
            team_id=team.id,
            link_id=issued.id,
            dedupe_key=f"link:{issued.id}",
        )
        if request.case_id:
            session.add(_case_event(request, team.id))
        audit.record(
            request.actor, "link.issue", "link", issued.id, team=team.id, address=request.address
        )
    return issued


def _row(request: _Request, capability: LinkCapability, team_id: str) -> Link:
    holder = canonical_json({"recipient": request.recipient, "prefill": request.prefill})
    return Link(
        id=capability.link_id,
        form_id=request.form.definition.id,
        form_version=request.form.definition.version,
        team_id=team_id,
        case_id=request.case_id,
        created_by=request.actor,
        created_at=request.now,
        expires_at=request.expires_at,
        uses_allowed=request.uses,
        sealed_holder=seal_body(holder_key(capability), holder, holder_context(capability.link_id)),
        sealed_recipient=seal_for(
            request.recipient.encode(),
            [keys().public_key("team", team_id)],
            recipient_context(capability.link_id),
        ),
    )


def _case_event(request: _Request, team_id: str) -> CaseEvent:
    return CaseEvent(
        case_id=request.case_id,
        at=request.now,
        kind="link-sent",
        actor=request.actor,
        team_id=team_id,
    )


def _check(request: _Request) -> None:
    definition = request.form.definition
    if len(request.recipient) > LONGEST_ADDRESS or not ADDRESS.fullmatch(request.recipient):
        raise LinkNotIssued("to", "Enter an email address, like name@example.org")
    if not 1 <= request.uses <= MOST_USES:
        raise LinkNotIssued("uses", f"The number of uses must be from 1 to {MOST_USES}")
    if request.expires_at <= request.now:
        raise LinkNotIssued("expires", "The link must expire in the future")
    if definition.on_case and not request.case_id:
        raise LinkNotIssued(
            "case", f"‘{definition.title}’ is completed on a case: say which one it is for"
        )
    if request.case_id and db.session.get(Case, request.case_id) is None:
        raise LinkNotIssued("case", "There is no such case")


def _team_of_case(case_id: str | None) -> str | None:
    """The team that has worked longest on the case, of those that did not decline it."""
    query = (
        sa.select(Destination.team_id)
        .where(Destination.case_id == case_id, Destination.state != "declined")
        .order_by(Destination.delivered_at, Destination.team_id)
        .limit(1)
    )
    return db.session.scalar(query) if case_id else None


def case_of_reference(reference: str) -> str:
    """The id of a case by its reference. Raises LinkNotIssued."""
    found = db.session.scalar(sa.select(Case.id).where(Case.reference == reference.strip()))
    if found is None:
        raise LinkNotIssued("case", f"There is no case ‘{reference}’")
    return found


def revoke_link(user: User | None, link_id: str, *, address: str = "") -> None:
    """Stop a link for good; revoking it twice changes nothing.

    ``user`` is None for the command line. Raises LinkNotFound, also where the user may not.
    """
    with transaction() as session:
        link = session.get(Link, link_id)
        if link is None or not _may(user, "link.revoke", link):
            raise LinkNotFound(link_id)
        if link.revoked_at is None:
            link.revoked_at = clock()
            actor = user.actor if user else "cli"
            audit.record(actor, "link.revoke", "link", link_id, team=link.team_id, address=address)


def list_links(
    user: User | None = None, *, case_id: str | None = None, limit: int = MOST_LISTED
) -> tuple[LinkLine, ...]:
    """The links of the user's teams (of all for None: the command line), newest first."""
    query = sa.select(Link).order_by(Link.created_at.desc(), Link.id).limit(limit)
    if user is not None:
        query = query.where(Link.team_id.in_(user.teams))
    if case_id is not None:
        query = query.where(Link.case_id == case_id)
    now = clock()
    return tuple(_line(link, now) for link in db.session.scalars(query))


def find_link(user: User | None, link_id: str) -> LinkLine:
    """One link as lists show it. Raises LinkNotFound, also where the user may not see it."""
    link = db.session.get(Link, link_id)
    if link is None or not _may(user, "link.see", link):
        raise LinkNotFound(link_id)
    return _line(link, clock())


def recipient_context(link_id: str) -> Context:
    """The context in which a link's recipient is sealed to the issuing team."""
    return Context("link-recipient", subject=link_id)


def _may(user: User | None, action: str, link: Link) -> bool:
    return user is None or may(user, action, TeamThing(link.team_id))


def _line(link: Link, now: datetime) -> LinkLine:
    return LinkLine(
        id=link.id,
        form_id=link.form_id,
        form_version=link.form_version,
        team_id=link.team_id,
        case_id=link.case_id,
        created_by=link.created_by,
        created_at=link.created_at,
        expires_at=link.expires_at,
        uses_allowed=link.uses_allowed,
        uses_count=link.uses_count,
        state=link_state(link, now),
        delivery_failed_at=link.delivery_failed_at,
    )
