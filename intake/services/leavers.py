"""What somebody had who has left since is nobody's, when a team takes it up again."""

import sqlalchemy as sa

from intake.database import db
from intake.models import Destination, Membership, Staff


def release_leavers(case_id: str) -> None:
    """Let nobody have a part of the case who cannot sign in, or has left its team: who looks for
    what nobody has would not find it. In the caller's transaction.
    """
    is_there = sa.exists().where(
        Membership.staff_id == Destination.assigned_to,
        Membership.team_id == Destination.team_id,
        Staff.id == Membership.staff_id,
        Staff.is_active,
    )
    db.session.execute(
        sa.update(Destination)
        .where(Destination.case_id == case_id, Destination.assigned_to.is_not(None), ~is_there)
        .values(assigned_to=None, assigned_at=None)
    )
