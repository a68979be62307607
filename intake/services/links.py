"""Weblinks as their issuers see them: list, find, revoke, unlock. Issuing is in link_issuing.py."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.access import TeamThing, User, may
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import Link
from intake.services.joined_cases import together
from intake.services.link_ending import end_link
from intake.services.link_issuing import IssuedLink, case_of_reference, issue_link
from intake.services.link_opening import LinkState, link_state
from intake.services.link_rules import MOST_USES, LinkNotIssued
from intake.services.link_terms import LinkKind, Verification, VersionPolicy

MOST_LISTED = 500

__all__ = [
    "MOST_USES",
    "IssuedLink",
    "LinkLine",
    "LinkNotFound",
    "LinkNotIssued",
    "case_of_reference",
    "find_link",
    "issue_link",
    "line_of",
    "list_links",
    "revoke_link",
    "unlock_link",
]


class LinkNotFound(Exception):  # noqa: N818
    """Raised if there is no such link."""

    def __init__(self, link_id: str) -> None:
        super().__init__(link_id)
        self.link_id = link_id


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
    kind: LinkKind
    version_policy: VersionPolicy
    verify: Verification
    secret_key_id: str | None  # which of INTAKE_SECRET_KEYS signed its token
    locked_at: datetime | None
    language: str
    replaced_by: str | None


def revoke_link(user: User | None, link_id: str, *, address: str = "") -> None:
    """Stop a link for good; revoking it twice changes nothing.

    ``user`` is None for the command line. Raises LinkNotFound, also where the user may not.
    """
    with transaction() as session:
        link = session.get(Link, link_id)
        if link is None or not _may(user, "link.revoke", link):
            raise LinkNotFound(link_id)
        if link.revoked_at is None:
            end_link(session, link, clock())
            actor = user.actor if user else "cli"
            audit.record(actor, "link.revoke", "link", link_id, team=link.team_id, address=address)


def unlock_link(user: User | None, link_id: str, *, address: str = "") -> None:
    """Let a locked link be opened again, with all its tries; an open one stays as it is.

    ``user`` is None for the command line. Raises LinkNotFound, also where the user may not.
    """
    with transaction() as session:
        link = session.get(Link, link_id)
        if link is None or not _may(user, "link.unlock", link):
            raise LinkNotFound(link_id)
        if link.locked_at is not None:
            link.locked_at, link.wrong_tries, link.wrong_tries_in_all = None, 0, 0
            actor = user.actor if user else "cli"
            audit.record(actor, "link.unlock", "link", link_id, team=link.team_id, address=address)


def list_links(
    user: User | None = None,
    *,
    case_id: str | None = None,
    secret_key_id: str | None = None,
    limit: int = MOST_LISTED,
) -> tuple[LinkLine, ...]:
    """The links of the user's teams (of all for None: the command line), newest first."""
    query = sa.select(Link).order_by(Link.created_at.desc(), Link.id).limit(limit)
    if user is not None:
        query = query.where(Link.team_id.in_(user.teams))
    if case_id is not None:
        query = query.where(Link.case_id.in_(together(case_id)))
    if secret_key_id is not None:
        query = query.where(Link.secret_key_id == secret_key_id)
    now = clock()
    return tuple(line_of(link, now) for link in db.session.scalars(query))


def find_link(user: User | None, link_id: str) -> LinkLine:
    """One link as lists show it. Raises LinkNotFound, also where the user may not see it."""
    link = db.session.get(Link, link_id)
    if link is None or not _may(user, "link.see", link):
        raise LinkNotFound(link_id)
    return line_of(link, clock())


def _may(user: User | None, action: str, link: Link) -> bool:
    return user is None or may(user, action, TeamThing(link.team_id))


def line_of(link: Link, now: datetime) -> LinkLine:
    """A link as lists show it."""
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
        kind=LinkKind(link.kind),
        version_policy=VersionPolicy(link.version_policy),
        verify=Verification(link.verify),
        secret_key_id=link.secret_key_id,
        locked_at=link.locked_at,
        language=link.language or "",
        replaced_by=link.replaced_by,
    )
