"""Escalate by hand: somebody who leads has to look at a case now."""

import sqlalchemy as sa

from intake import outbox
from intake.access import LEADERS, LIVE, CasePart, User
from intake.database import db, new_id
from intake.models import Case, Membership, Staff
from intake.services.deciding import Deciding, deciding_on
from intake.services.directory import current_directory
from intake.services.messages import raised_message
from intake.services.passing_on import give_to_fallback, stand_in
from intake.services.pause_ends import end_pause
from referral_router import Urgency

RAISED = "raised"


def who_is_told(user: User, part: CasePart) -> tuple[str, ...]:
    """The names of those who lead the team, who are told when this user escalates."""
    return tuple(leader.name for leader in _leaders(part.team, user))


def team_to_add(part: CasePart) -> str:
    """The team that can be given the case too; empty if it has it already."""
    case = db.session.get_one(Case, part.case.id)
    team = stand_in(case)
    has_it = any(each.team_id == team and each.state in LIVE for each in case.destinations)
    return "" if has_it or team == part.team else team


def escalate(
    user: User, part: CasePart, words: str, *, to_fallback: bool = False, address: str
) -> str | None:
    """Put the team's part at the top of its queue and tell those who lead the team.

    A pause of it ends: what is immediate waits for nothing.
    With ``to_fallback`` the fallback team, or who stands in for it, gets the case as well: its id
    is the answer. Raises NotNow.
    """
    with deciding_on(user, "case.escalate", part, address) as deciding:
        end_pause(deciding.part, deciding.now)
        deciding.part.urgency = Urgency.IMMEDIATE
        deciding.part.is_escalated = True
        deciding.tell(RAISED, words)
        _tell_leaders(deciding)
        if not to_fallback or not team_to_add(part):
            return None
        return give_to_fallback(deciding.case, deciding.part, user.actor, deciding.now)


def _tell_leaders(deciding: Deciding) -> None:
    """A message to each of them, without content; to the team's address if there is nobody else."""
    team = deciding.part.team_id
    addresses = [leader.email for leader in _leaders(team, deciding.user)]
    for email in addresses or [current_directory().teams[team].email]:
        if email:
            message = raised_message(
                email,
                reference=deciding.case.reference,
                case_id=deciding.case.id,
                message_id=f"raised-{new_id()}",
            )
            outbox.enqueue("email", message, team_id=team)


def _leaders(team: str, user: User) -> list[Staff]:
    query = (
        sa.select(Staff)
        .join(Membership)
        .where(Membership.team_id == team, Membership.role.in_(LEADERS), Staff.is_active)
        .where(Staff.id != user.staff_id)
        .order_by(Staff.name, Staff.id)
    )
    return list(db.session.scalars(query))
