"""The teams that a case has when something comes to it: who reads all of it, and who does not."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from intake.models import Case, Destination
from intake.services.limited_teams import has_part_only
from referral_router import Decision

_TEAMS_OF_CASE = (
    sa.select(
        Destination.team_id,
        Destination.state,
        Case.excluded_teams,
        has_part_only().label("is_limited"),
    )
    .join(Case, Case.id == Destination.case_id)
    .where(Destination.case_id == sa.bindparam("case"))
    .order_by(Destination.team_id)
)


@dataclass(frozen=True, slots=True)
class CaseTeams:
    """The teams that have a part in a case: only those that did not decline read what comes."""

    working: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # teams and organisations that an earlier form excludes
    limited: frozenset[str] = frozenset()  # those that were sent only sections of a form of it

    def told(self, authors: Collection[str] = ()) -> tuple[str, ...]:
        """The teams that read what comes to the case. One that was sent a part only does not: it
        gets what rules send it by name, and what its own members write (``authors``)."""
        untold = self.limited - frozenset(authors)
        return tuple(team for team in self.working if team not in untold)


def teams_of_case(connection: sa.Connection, case_id: str) -> CaseTeams:
    """The teams of a case as they are now."""
    parts = connection.execute(_TEAMS_OF_CASE, {"case": case_id}).all()
    return CaseTeams(
        tuple(part.team_id for part in parts if part.state != "declined"),
        tuple(part.team_id for part in parts if part.state == "declined"),
        tuple(parts[0].excluded_teams or ()) if parts else (),
        frozenset(part.team_id for part in parts if part.is_limited),
    )


def readers_of(
    before: CaseTeams, decision: Decision, authors: Collection[str] = ()
) -> frozenset[str]:
    """Who gets the key to all of a form: the teams of its case but those that must not, and the
    new ones but those that are sent sections only."""
    kept = {*before.told(authors)} - {*before.excluded, *decision.excluded}
    return frozenset(kept | {to.team for to in decision.destinations if to.sections is None})
