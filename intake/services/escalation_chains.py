"""Whom of a team to tell, one after another, when a referral is late: read, and set by a lead."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from intake import audit
from intake.access import TeamThing, User, may
from intake.database import db, transaction
from intake.models import EscalationStep, Staff, Team
from intake.services.assignments import members_of
from intake.services.deciding import NotNow

MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One person of a chain, and how many minutes after the due time they are told."""

    staff_id: str
    after_minutes: int
    name: str = ""
    is_there: bool = True


@dataclass(frozen=True, slots=True)
class Chain:
    """A team's chain, and who could be in it."""

    team_id: str
    team: str
    steps: tuple[ChainStep, ...]
    members: dict[str, str]  # account id → name

    @property
    def mark(self) -> str:
        """What it is now, to notice that somebody else has changed it."""
        return ",".join(f"{step.staff_id}:{step.after_minutes}" for step in self.steps)


def chain_of(team_id: str) -> Chain:
    """A team's chain as it is now."""
    members = members_of(team_id)
    query = (
        sa.select(EscalationStep, Staff.name)
        .join(Staff, Staff.id == EscalationStep.staff_id)
        .where(EscalationStep.team_id == team_id)
        .order_by(EscalationStep.position)
    )
    steps = tuple(
        ChainStep(step.staff_id, step.after_minutes, name, step.staff_id in members)
        for step, name in db.session.execute(query).tuples()
    )
    return Chain(team_id, db.session.get_one(Team, team_id).name, steps, members)


def set_chain(
    user: User, team_id: str, steps: Sequence[ChainStep], *, seen: str, address: str
) -> None:
    """Put a chain in place of the one before. ``seen`` is the mark of the chain it was made from.

    Raises NotNow if somebody changed it meanwhile, or if a person is not of the team any more.
    """
    with transaction() as session:
        session.get_one(Team, team_id, with_for_update=True)
        before = chain_of(team_id)
        if before.mark != seen or not may(user, "escalation.set", TeamThing(team_id)):
            raise NotNow("Somebody has changed this chain since you opened it. Look at it again.")
        if any(step.staff_id not in before.members for step in steps):
            raise NotNow("Somebody in this chain is not in the team any more. Choose again.")
        session.execute(sa.delete(EscalationStep).where(EscalationStep.team_id == team_id))
        in_order = sorted(steps, key=lambda step: step.after_minutes)
        session.add_all(
            EscalationStep(
                team_id=team_id,
                position=position,
                staff_id=step.staff_id,
                after_minutes=step.after_minutes,
            )
            for position, step in enumerate(in_order, start=1)
        )
        audit.record(
            user.actor,
            "escalation.set",
            "team",
            team_id,
            team=team_id,
            address=address,
            why=f"{len(steps)} people",
        )
