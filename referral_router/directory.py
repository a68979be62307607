"""Who there is to refer to: teams, services, areas, and which team gives which service where."""

from collections.abc import Mapping
from dataclasses import dataclass

from referral_router.calendars import Closures, Hours, WorkingCalendar, working_calendar

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Team:
    """A team with a queue of its own; a paused one asks that others get its referrals.

    Its calendar is its nation's bank holidays, its hours on each weekday ((): Monday to Friday 9
    to 5) and the days that it is shut. `capacity` is how many live referrals it can hold (None:
    any number), `cover` the id of the team that takes over while it is away.
    """

    id: str
    name: str
    organisation: str
    organisation_name: str
    kind: str = ""
    email: str = ""
    telephone: str = ""
    is_paused: bool = False
    nation: str = "england-and-wales"
    hours: Hours = ()
    closures: Closures = ()
    capacity: int | None = None
    cover: str = ""

    @property
    def calendar(self) -> WorkingCalendar:
        """When it is at work. Raises CalendarError if its hours or closing days are none."""
        return working_calendar(self.nation, self.hours, self.closures)


@dataclass(frozen=True, slots=True)
class Area:
    """A borough, trust area or city, by its official code where it has one."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of help, such as "exploitation"."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Directory:
    """The teams, services and areas of an installation at one moment.

    `provision` maps (service id, area code) to the ids of the teams that give it there; the area
    "*" is everywhere. `fallback_team` receives what nobody else would.
    """

    teams: Mapping[str, Team]
    services: Mapping[str, Service]
    areas: Mapping[str, Area]
    provision: Mapping[tuple[str, str], tuple[str, ...]]
    fallback_team: str

    def teams_for(self, service: str, area: str) -> tuple[str, ...]:
        """Return the ids of the teams that give a service in an area or everywhere, once each."""
        here = self.provision.get((service, area), ())
        everywhere = self.provision.get((service, EVERYWHERE), ())
        return tuple(dict.fromkeys((*here, *everywhere)))

    def team_name(self, team: str) -> str:
        """Return a team's name, or its id if it is not in the directory."""
        return self.teams[team].name if team in self.teams else team

    def service_name(self, service: str) -> str:
        """Return a service's name, or its id if it is not in the directory."""
        return self.services[service].name if service in self.services else service

    def area_name(self, area: str) -> str:
        """Return an area's name, or its code if it is not in the directory."""
        return self.areas[area].name if area in self.areas else area
