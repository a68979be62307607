"""Give a team of a case all of it, that was sent only sections: a person decides, and says why."""

from intake.access import LIVE, CasePart, User
from intake.services.deciding import NotNow, deciding_on
from intake.services.directory import current_directory
from intake.services.limited_teams import limited_teams
from intake.services.passing_on import may_be_given
from intake.services.sharing import share_case
from referral_router import Team

GAVE_ALL = "gave-all"


def teams_with_part(part: CasePart) -> tuple[Team, ...]:
    """The teams at work on the case that were sent only sections, if the part's own was not."""
    limited, known = limited_teams(part.case.id), current_directory().teams
    if part.team in limited:
        return ()
    teams = (known[team] for team in limited if team in known)
    return tuple(
        sorted(
            (team for team in teams if part.case.parts.get(team.id) in LIVE),
            key=lambda team: team.name,
        )
    )


def give_all(user: User, part: CasePart, to_team: str, words: str, *, address: str) -> None:
    """Let another team of the case open whatever one's own can open of it.

    Why is sealed on the timeline. Raises NotNow if the case has moved on, or either team's part of
    it is no longer what it was.
    """
    with deciding_on(user, "case.give-all", part, address, why=f"to {to_team}") as deciding:
        limited = limited_teams(deciding.case.id)
        live = {each.team_id for each in deciding.case.destinations if each.state in LIVE}
        if part.team in limited:
            raise NotNow("Your team was sent only sections of it, so it has no more to give.")
        if to_team not in limited & live or not may_be_given(deciding.case, to_team):
            raise NotNow("That team reads all of it already, or has left the case.")
        share_case(deciding.case.id, from_team=part.team, to_team=to_team)
        deciding.tell(GAVE_ALL, words, team_id=to_team)
