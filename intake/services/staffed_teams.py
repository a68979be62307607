"""Which teams somebody works in: whoever else would be given a case would never see it."""

from collections.abc import Iterable

import sqlalchemy as sa

from intake.database import db
from intake.models import Membership, Staff, Team


def staffed_teams(team_ids: Iterable[str]) -> frozenset[str]:
    """Those of the teams that somebody works in."""
    query = sa.select(Team.id).where(Team.id.in_(set(team_ids)), is_staffed(Team.id))
    return frozenset(db.session.scalars(query))


def is_staffed(team_id: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str]) -> sa.Exists:
    """Somebody of the team can sign in, and the directory has the team still."""
    there = sa.orm.aliased(Team)
    return sa.exists().where(
        Membership.team_id == team_id,
        Membership.staff_id == Staff.id,
        Staff.is_active,
        Membership.team_id == there.id,
        ~there.is_removed,
    )
