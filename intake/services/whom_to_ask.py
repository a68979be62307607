"""Whom a team asks that was sent only sections of a form: somebody who has all of it."""

from collections.abc import Collection

from intake.access import LIVE
from intake.models import Case
from intake.services.directory import current_directory
from intake.services.limited_teams import limited_teams
from intake.services.passing_on import stand_in
from referral_router import Team

KNOW = LIVE | {"done"}  # states of a team that knows the case


def whom_to_ask(case: Case, own: Collection[str]) -> tuple[Team, ...]:
    """The teams at work on a case that were sent all of it, else the one that it would go back to.

    What they have besides is not said: only that they have more.
    """
    known, limited = current_directory().teams, limited_teams(case.id)
    at_work = {part.team_id for part in case.destinations if part.state in KNOW}
    asked = at_work - limited - set(own) or {stand_in(case)}
    teams = (known[team] for team in asked if team in known)
    return tuple(sorted(teams, key=lambda team: team.name))
