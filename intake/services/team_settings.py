"""A team's own settings: seen, and changed by its leads, one person at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from intake import audit
from intake.access import TeamThing, User, may
from intake.database import db, transaction
from intake.models import Team as TeamRow
from intake.models import TeamClosure
from intake.services.case_decisions import NotNow
from intake.services.directory import (
    current_directory,
    live_counts,
    london_day,
    removed_teams,
)
from intake.services.directory_storing import count_change, lock_directory
from intake.services.team_standing import Standing, standing_of
from referral_router import Team
from referral_router.calendars import NATIONS
from referral_router.holidays import bank_holidays

NEXT_HOLIDAYS = 3
MOST_COUNTED = 10_000  # live referrals; nobody needs to know how many more
MOST_CLOSURES = 50  # times of closing days: a team has a dozen in a year


@dataclass(frozen=True, slots=True)
class Closing:
    """Days on which the team is shut."""

    id: str
    first_day: date
    last_day: date
    why: str


@dataclass(frozen=True, slots=True)
class TeamPage:
    """Everything that a page of one team shows. ``revision`` is what a change has to be of."""

    team: Team
    revision: int
    paused_until: date | None
    closings: tuple[Closing, ...]
    live: int
    standing: Standing
    holidays: tuple[date, ...]  # the next ones
    covers: Mapping[str, str]  # teams that could cover: name by id
    covered: tuple[str, ...]  # the names of those that this team covers for

    @property
    def cover_name(self) -> str:
        """The name of the team that covers for it."""
        return self.covers.get(self.team.cover, self.team.cover)


def team_page(team_id: str, now: datetime) -> TeamPage:
    """The settings of a team that the directory has. Raises NoDirectory, KeyError."""
    directory, today = current_directory(), london_day(now)
    team = directory.teams[team_id]
    row = db.session.get_one(TeamRow, team_id, populate_existing=True)
    gone = removed_teams()
    live = live_of(team_id)
    holidays = bank_holidays(team.nation) if team.nation in NATIONS else frozenset()
    return TeamPage(
        team=team,
        revision=row.revision,
        paused_until=row.paused_until if team.is_paused else None,
        closings=_closings(team_id, today),
        live=live,
        standing=standing_of(team, directory, live, now),
        holidays=tuple(sorted(day for day in holidays if day >= today)[:NEXT_HOLIDAYS]),
        covers={
            other.id: f"{other.name}, {other.organisation_name}"
            for other in sorted(directory.teams.values(), key=lambda each: each.name)
            if other.id not in gone and other.id != team_id
        },
        covered=tuple(
            sorted(other.name for other in directory.teams.values() if other.cover == team_id)
        ),
    )


def live_of(team_id: str) -> int:
    """How many live referrals a team holds, counted as far as anybody wants to know."""
    query = live_counts(MOST_COUNTED).where(TeamRow.id == team_id)
    return int(db.session.execute(query).one()[1])


def change_team(
    user: User, team_id: str, seen: int, change: Callable[[TeamRow], str], *, address: str
) -> None:
    """Change a team's settings; ``change`` gets its row, and answers what it did in a few words.

    ``seen`` is the revision that the user has looked at. Raises NotNow if somebody changed the
    settings since, and whatever ``change`` raises: then nothing is changed.
    """
    with transaction() as session:
        lock_directory()
        row = session.get(TeamRow, team_id, with_for_update=True, populate_existing=True)
        if row is None or row.is_removed or not may(user, "team.change", TeamThing(team_id)):
            raise NotNow("The team is not in the directory any more.")
        if row.revision != seen:
            raise NotNow(
                "Somebody has changed the settings of this team since you opened the page. "
                "Nothing of yours was saved."
            )
        why = change(row)
        row.revision += 1
        count_change()
        audit.record(
            user.actor,
            "team.change",
            "team",
            team_id,
            team=team_id,
            address=address,
            why=audit.shortened(why),
        )


def add_closing(row: TeamRow, first: date, last: date, why: str) -> str:
    """Shut a team for some days, as a change for `change_team`. Raises NotNow."""
    if len(row.closures) >= MOST_CLOSURES:
        raise NotNow(f"The team has {MOST_CLOSURES} times of closing days. Take some out first.")
    row.closures.append(TeamClosure(first_day=first, last_day=last, why=why))
    return f"shut {first} to {last}"


def remove_closing(row: TeamRow, closing_id: str) -> str:
    """Take closing days out, as a change for `change_team`. Raises NotNow."""
    closing = next((each for each in row.closures if each.id == closing_id), None)
    if closing is None:
        raise NotNow("These closing days are not there any more.")
    row.closures.remove(closing)
    return f"not shut {closing.first_day} to {closing.last_day}"


def _closings(team_id: str, today: date) -> tuple[Closing, ...]:
    """What is over is not shown: it changes nothing any more."""
    query = (
        sa.select(TeamClosure)
        .where(TeamClosure.team_id == team_id, TeamClosure.last_day >= today)
        .order_by(TeamClosure.first_day, TeamClosure.last_day)
    )
    return tuple(
        Closing(each.id, each.first_day, each.last_day, each.why)
        for each in db.session.scalars(query)
    )


def covers_in_a_circle(team_id: str, cover: str) -> bool:
    """Whether a team would cover for itself, round by others, if this one covered for it."""
    teams, passed = current_directory().teams, set[str]()
    while cover in teams and cover not in passed:
        if cover == team_id:
            return True
        passed.add(cover)
        cover = teams[cover].cover
    return False
