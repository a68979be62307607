"""The whole directory for those who keep it: every team, every service, and the gaps."""

from dataclasses import dataclass
from datetime import datetime

from intake.access import User
from intake.database import db
from intake.models import Team as TeamRow
from intake.services.directory import current_directory, live_counts, removed_teams
from intake.services.directory_gaps import Gap, find_gaps
from intake.services.staffed_teams import staffed_teams
from intake.services.team_settings import MOST_COUNTED
from intake.services.team_standing import Standing, standing_of
from referral_router import Directory, Team
from referral_router.directory import EVERYWHERE

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team in a list."""

    team: Team
    standing: Standing
    live: int
    cover: str
    is_staffed: bool = True


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service in a list: who gives it, and where."""

    name: str
    teams: int
    places: str


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """What the page of the whole directory shows."""

    gaps: tuple[Gap, ...]
    teams: tuple[TeamLine, ...]
    services: tuple[ServiceLine, ...]


def led_teams(user: User, now: datetime) -> tuple[TeamLine, ...]:
    """The teams that somebody leads, as they stand now, by name."""
    directory, gone = current_directory(), removed_teams()
    led = [team for team in user.led if team in directory.teams and team not in gone]
    return _lines([directory.teams[each] for each in led], directory, now)


def directory_page(now: datetime) -> DirectoryPage:
    """Everything, with its gaps. Raises NoDirectory."""
    directory, gone = current_directory(), removed_teams()
    teams = [team for team in directory.teams.values() if team.id not in gone]
    services = [
        _service(directory, service.id, service.name) for service in directory.services.values()
    ]
    return DirectoryPage(
        gaps=find_gaps(now),
        teams=_lines(teams, directory, now),
        services=tuple(sorted(services, key=lambda line: line.name)),
    )


def _lines(teams: list[Team], directory: Directory, now: datetime) -> tuple[TeamLine, ...]:
    ids = [team.id for team in teams]
    live, staffed = _live(ids), staffed_teams(ids)
    return tuple(
        TeamLine(
            team,
            standing_of(team, directory, live.get(team.id, 0), now),
            live.get(team.id, 0),
            directory.team_name(team.cover) if team.cover else "",
            team.id in staffed,
        )
        for team in sorted(teams, key=lambda team: (team.name, team.id))
    )


def _live(teams: list[str]) -> dict[str, int]:
    query = live_counts(MOST_COUNTED).where(TeamRow.id.in_(teams))
    return dict(db.session.execute(query).tuples().all())


def _service(directory: Directory, service: str, name: str) -> ServiceLine:
    given = {area: teams for (each, area), teams in directory.provision.items() if each == service}
    areas = sorted(directory.area_name(area) for area in given if area != EVERYWHERE)
    named = ", ".join(areas[:MOST_NAMED])
    more = f" and {len(areas) - MOST_NAMED} more" if len(areas) > MOST_NAMED else ""
    places = [*(["everywhere"] if EVERYWHERE in given else []), *([named + more] if areas else [])]
    teams = {team for teams in given.values() for team in teams}
    return ServiceLine(name, len(teams), "; ".join(places))
