"""Whoever leaves a team, or whose account is closed, has none of its cases any more."""

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper

from intake.models.cases import Destination
from intake.models.people import Membership, Staff

_PARTS = cast(sa.Table, Destination.__table__)


@event.listens_for(Membership, "before_delete")
def release_of_team(_mapper: Mapper[Any], connection: sa.Connection, left: Membership) -> None:
    """What they had of this team is nobody's."""
    of_team = _PARTS.c.team_id == left.team_id
    connection.execute(_release(left.staff_id).where(of_team))


@event.listens_for(Staff, "before_update")
def release_all(_mapper: Mapper[Any], connection: sa.Connection, staff: Staff) -> None:
    """What they had is nobody's, as soon as they cannot sign in."""
    if not staff.is_active:
        connection.execute(_release(staff.id))


def _release(staff_id: str) -> sa.Update:
    """What is over keeps who had it."""
    return (
        sa.update(_PARTS)
        .where(_PARTS.c.assigned_to == staff_id, _PARTS.c.shown_in.in_(("waiting", "accepted")))
        .values(assigned_to=None, assigned_at=None)
    )
