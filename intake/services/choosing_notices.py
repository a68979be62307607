"""How somebody hears of their teams' news, and how the address of a team does: read and chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from intake import audit
from intake.access import TeamThing, User, may
from intake.database import db, transaction
from intake.models import NotificationChoice, Team
from intake.services.notice_choices import AT_ONCE, NONE, TEAM

USUAL_HOUR = 8


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """One of somebody's teams: how they hear of its news, and how its address does."""

    team_id: str
    team: str
    email: str
    own: str
    address: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody chose for each of their teams, and the hour of their daily message."""

    teams: tuple[TeamChoice, ...]
    hour: int = USUAL_HOUR
    hours: Mapping[str, int] = field(default_factory=dict)  # of each team's address


def choices_of(user: User) -> Choices:
    """What holds for somebody now; what was never chosen is the usual."""
    query = sa.select(NotificationChoice).where(
        NotificationChoice.team_id.in_(user.teams),
        NotificationChoice.recipient.in_((user.staff_id, TEAM)),
    )
    stored = {(row.team_id, row.recipient): row for row in db.session.scalars(query)}
    own = [row for (_team, recipient), row in stored.items() if recipient]
    teams = db.session.scalars(
        sa.select(Team).where(Team.id.in_(user.teams)).order_by(Team.name, Team.id)
    ).all()

    def chosen(team_id: str, recipient: str, usual: str) -> str:
        row = stored.get((team_id, recipient))
        return row.choice if row else usual

    return Choices(
        tuple(
            TeamChoice(
                team.id,
                team.name,
                team.email,
                chosen(team.id, user.staff_id, NONE),
                chosen(team.id, TEAM, AT_ONCE),
                user.leads(team.id),
            )
            for team in teams
        ),
        own[0].digest_hour if own else USUAL_HOUR,
        {team: row.digest_hour for (team, recipient), row in stored.items() if not recipient},
    )


def choose(
    user: User,
    own: Mapping[str, str],
    addresses: Mapping[str, str],
    hour: int,
    *,
    address: str,
) -> None:
    """Keep how somebody hears of each of these teams' news, and how the teams' addresses do.

    What they may not choose is left out.
    """
    with transaction():
        for team_id, choice in own.items():
            if may(user, "notification.choose", TeamThing(team_id)):
                _keep(team_id, user.staff_id, choice, hour)
        for team_id, choice in addresses.items():
            if may(user, "notification.choose-address", TeamThing(team_id)):
                _keep(team_id, TEAM, choice, hour)
                audit.record(
                    user.actor,
                    "notification.choose-address",
                    "team",
                    team_id,
                    team=team_id,
                    address=address,
                    why=choice,
                )
        audit.record(user.actor, "notification.choose", "staff", user.staff_id, address=address)


def _keep(team_id: str, recipient: str, choice: str, hour: int) -> None:
    row = db.session.get(NotificationChoice, (team_id, recipient), with_for_update=True)
    if row is None:
        row = NotificationChoice(team_id=team_id, recipient=recipient)
        db.session.add(row)
    row.choice, row.digest_hour = choice, hour
