"""How teams and their members hear of news: at once, in one message a day, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from intake.database import db
from intake.models import Membership, NotificationChoice, Staff, Team

AT_ONCE, DIGEST, NONE = "at-once", "digest", "none"
CHOICES: Mapping[str, str] = {
    AT_ONCE: "At once, one message for each referral",
    DIGEST: "Once a day, one message for all of them",
    NONE: "Not at all",
}
TEAM = ""  # the recipient that is the team's own address


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes; whose it is, or empty for the team's address."""

    email: str
    staff_id: str = ""


def at_once(team_id: str, *, always: bool = False) -> tuple[Recipient, ...]:
    """Who is told at once of a team's news: its address unless it chose otherwise, and those
    members who chose it and can sign in now.

    With ``always``, never nobody: the team's address, else those who lead it.
    """
    chosen = _chosen(team_id)
    team = db.session.get_one(Team, team_id)
    found = [Recipient(row.email, row.id) for row in chosen if row.choice == AT_ONCE]
    if team.email and _of_address(team_id) == AT_ONCE:
        found.insert(0, Recipient(team.email))
    if found or not always:
        return tuple(found)
    return (Recipient(team.email),) if team.email else leaders(team_id)


def leaders(team_id: str) -> tuple[Recipient, ...]:
    """The leads and administrators of a team who can sign in now."""
    query = (
        sa.select(Staff.email, Staff.id)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(
            Membership.team_id == team_id,
            Membership.role.in_(("lead", "administrator")),
            Staff.is_active,
        )
        .order_by(Staff.email)
    )
    return tuple(Recipient(*row) for row in db.session.execute(query))


def member(team_id: str, staff_id: str) -> Recipient | None:
    """A member of a team who can sign in now; None if they are not, or not any more."""
    query = (
        sa.select(Staff.email, Staff.id)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(Membership.team_id == team_id, Staff.id == staff_id, Staff.is_active)
    )
    row = db.session.execute(query).first()
    return Recipient(*row) if row else None


def _of_address(team_id: str) -> str:
    row = db.session.get(NotificationChoice, (team_id, TEAM))
    return row.choice if row else AT_ONCE


def _chosen(team_id: str) -> list[sa.Row[tuple[str, str, str]]]:
    """Members who chose something, and may still see the team's cases."""
    query = (
        sa.select(Staff.email, Staff.id, NotificationChoice.choice)
        .join(NotificationChoice, NotificationChoice.recipient == Staff.id)
        .join(
            Membership,
            sa.and_(
                Membership.staff_id == Staff.id, Membership.team_id == NotificationChoice.team_id
            ),
        )
        .where(NotificationChoice.team_id == team_id, Staff.is_active)
        .order_by(Staff.email)
    )
    return list(db.session.execute(query))
