"""Who of a team has a case: taken, given to somebody, handed over, put back."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from intake.access import CasePart, User
from intake.database import db
from intake.models import Destination, Membership, Staff
from intake.services.case_notes import add_event
from intake.services.deciding import Deciding, NotNow, deciding_on
from intake.services.queue_filters import NOBODY
from intake.services.queue_reading import ASSIGNED, TAKEN


@dataclass(frozen=True, slots=True)
class Holder:
    """The member of a team who has a case for it."""

    staff_id: str
    name: str


def members_of(team_id: str) -> dict[str, str]:
    """Whoever can have a case of the team: names by their staff ids, in order of their names."""
    query = (
        sa.select(Staff.id, Staff.name)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(Membership.team_id == team_id, Staff.is_active)
        .order_by(Staff.name, Staff.id)
    )
    return dict(db.session.execute(query).tuples().all())


def holders_of(case_id: str, teams: Collection[str]) -> dict[str, Holder]:
    """Who has the case for these teams; nobody has it for one that is left out.

    Somebody who left the team, or whose account is closed, has nothing.
    """
    query = (
        sa.select(Destination.team_id, Staff.id, Staff.name)
        .join(Staff, sa.and_(Staff.id == Destination.assigned_to, Staff.is_active))
        .join(
            Membership,
            sa.and_(Membership.staff_id == Staff.id, Membership.team_id == Destination.team_id),
        )
        .where(Destination.case_id == case_id, Destination.team_id.in_(teams))
    )
    return {team: Holder(staff_id, name) for team, staff_id, name in db.session.execute(query)}


def take(user: User, part: CasePart, *, address: str) -> None:
    """The user takes a case of the team that nobody has. Raises NotNow, with who has it."""
    with deciding_on(user, "case.take", part, address) as deciding:
        holder = _holder(deciding)
        if holder and holder.staff_id == user.staff_id:
            raise NotNow("You have this case already.")
        if holder:
            raise NotNow(f"{holder.name} has taken this case. Nothing was changed for you.")
        _give(deciding, user.staff_id)
        deciding.tell(TAKEN)


def assign(
    user: User, part: CasePart, to: str, words: str, *, seen: str | None, address: str
) -> str:
    """Give the case to a member of the team, or to nobody; the name of whoever has it now.

    ``seen`` is who had it when the user decided this: if somebody else has it meanwhile, nothing is
    changed. None: whoever has it. ``words`` are sealed to the team. Raises NotNow.
    """
    with deciding_on(user, "case.assign", part, address, why=to) as deciding:
        holder, members = _holder(deciding), members_of(part.team)
        had = holder.staff_id if holder else ""
        if seen is not None and had != seen:
            now = f"{holder.name} has it now" if holder else "nobody has it now"
            raise NotNow(f"This case has changed hands since you opened it: {now}.")
        if to == NOBODY:
            _give(deciding, None)
            _tell(deciding, "Put back: nobody has it now.", words)
            return ""
        if to not in members:
            raise NotNow("Whoever you chose is not in this team any more. Choose somebody else.")
        if had == to:
            raise NotNow(f"{members[to]} has this case already.")
        _give(deciding, to)
        _tell(deciding, f"Given to {members[to]}.", words)
        return members[to]


def _holder(deciding: Deciding) -> Holder | None:
    return holders_of(deciding.case.id, [deciding.part.team_id]).get(deciding.part.team_id)


def _give(deciding: Deciding, staff_id: str | None) -> None:
    deciding.part.assigned_to = staff_id
    deciding.part.assigned_at = deciding.now if staff_id else None


def _tell(deciding: Deciding, what: str, words: str) -> None:
    """Who has it is the team's own affair: the words are sealed to nobody else."""
    team = deciding.part.team_id
    add_event(
        deciding.case.id,
        ASSIGNED,
        deciding.user.actor,
        deciding.now,
        team_id=team,
        words=f"{what} {words.strip()}".strip(),
        readers={team},
    )
