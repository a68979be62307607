"""The directory in the database, read as the router wants it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload, selectinload

from intake import models
from intake.app_state import clock
from intake.database import db
from intake.directory_files.areas import districts_of
from intake.written_sql import Written
from referral_router import Area, Directory, Service, Team
from referral_router.calendars import LONDON, Hours

_REVISION = Written(sa.select(models.DirectoryRevision.revision))
LIVE_LISTS = ("waiting", "accepted")  # in which of its team's lists a live referral is
CACHE = "intake.directory"  # where the application keeps the directory that it read last


@dataclass(frozen=True, slots=True)
class _Kept:
    """A directory, and what makes it out of date: a change, or the day on which a pause ends."""

    revision: int
    directory: Directory
    until: date | None
    count_load: Written | None  # None: no team has a capacity


class NoDirectory(Exception):  # noqa: N818 — a state of the installation, not a mistake
    """Raised if no directory, or none with a fallback team, was loaded yet."""

    def __init__(self) -> None:
        super().__init__("no directory is loaded: run `intake directory load FILE`")


def current_directory() -> Directory:
    """The directory as it is now; read again only after it changed. Raises NoDirectory."""
    return _kept().directory


def team_load() -> Mapping[str, int]:
    """The live referrals of each team that has a capacity, counted no further than the largest.

    One query, and none where no team has a capacity: as `current_directory`, just called, said.
    """
    kept: _Kept | None = current_app.extensions.get(CACHE)
    count = kept.count_load if kept else None
    rows = count.run(db.session.connection()).tuples() if count else ()
    return {str(team): int(live) for team, live in rows}


def team_names() -> dict[str, str]:
    """Every team's name by its id."""
    return dict(db.session.execute(sa.select(models.Team.id, models.Team.name)).tuples().all())


def names_of(teams: Iterable[str]) -> dict[str, str]:
    """The names of some teams by their ids, in the order given; the id where there is no name."""
    names = team_names()
    return {team: names.get(team, team) for team in teams}


def removed_teams() -> frozenset[str]:
    """The teams that left the directory, and that cases still name."""
    return frozenset(db.session.scalars(sa.select(models.Team.id).where(models.Team.is_removed)))


def is_there(team_id: str) -> bool:
    """Whether the directory has a team, and it has not left."""
    query = sa.select(models.Team.id).where(models.Team.id == team_id, ~models.Team.is_removed)
    return db.session.scalar(query) is not None


def london_day(now: datetime) -> date:
    """The day that it is in London: pauses and closing days begin and end with it."""
    return now.astimezone(LONDON).date()


def _kept() -> _Kept:
    revision = _REVISION.run(db.session.connection()).scalar() or 0
    kept: _Kept | None = current_app.extensions.get(CACHE)
    is_current = kept is not None and kept.revision == revision
    if kept is None or not is_current or (kept.until and london_day(clock()) >= kept.until):
        kept = _read(revision, london_day(clock()))
        current_app.extensions[CACHE] = kept
    return kept


def _read(revision: int, today: date) -> _Kept:
    rows = _all(models.Team)
    fallback = next((row.id for row in rows if row.is_fallback), None)
    if fallback is None:
        raise NoDirectory
    teams = {row.id: _team(row, today, fallback) for row in rows}
    directory = Directory(
        teams=teams,
        services={row.id: Service(row.id, row.name) for row in _all(models.Service)},
        areas=_areas(),
        provision=_provision(),
        fallback_team=fallback,
    )
    ends = [row.paused_until for row in rows if row.is_paused and row.paused_until]
    until = min((day for day in ends if day > today), default=None)
    return _Kept(revision, directory, until, _counting(teams))


def _counting(teams: Mapping[str, Team]) -> Written | None:
    limits = [team.capacity for team in teams.values() if team.capacity is not None]
    if not limits:
        return None
    return Written(live_counts(max(limits)).where(models.Team.capacity.is_not(None)))


def live_counts(most: int) -> sa.Select[tuple[str, int]]:
    """A query for how many live referrals each team holds, counted no further than ``most``."""
    part, team = models.Destination, models.Team
    live = sa.or_(*(part.shown_in == shown for shown in LIVE_LISTS))  # as the index has it
    some: sa.Select[Any] = sa.select(sa.literal_column("1").label("one")).where(
        part.team_id == team.id, live
    )
    counted = some.limit(most).correlate(team).subquery()
    number = sa.select(sa.func.count()).select_from(counted).correlate(team).scalar_subquery()
    return sa.select(team.id, number)


def _team(row: models.Team, today: date, fallback: str) -> Team:
    paused = row.is_paused and (row.paused_until is None or today < row.paused_until)
    return Team(
        id=row.id,
        name=row.name,
        organisation=row.organisation_id,
        organisation_name=row.organisation.name,
        kind=row.kind,
        email=row.email,
        telephone=row.telephone,
        is_paused=paused or row.is_removed,
        nation=row.nation,
        hours=_hours(row.hours),
        closures=tuple((each.first_day, each.last_day) for each in row.closures),
        capacity=row.capacity,
        # a rule may still name a team that is gone: what it would get goes to the fallback team
        cover=fallback if row.is_removed else row.cover_team_id or "",
    )


def _hours(stored: Sequence[Sequence[str] | None]) -> Hours:
    return tuple((day[0], day[1]) if day else None for day in stored)


def _areas() -> dict[str, Area]:
    """The areas, a county's districts among them: a postcode leads to the district."""
    areas = {row.code: Area(row.code, row.name) for row in _all(models.Area)}
    within = {
        each.code: Area(each.code, each.name) for code in areas for each in districts_of(code)
    }
    return {**within, **areas}


def _provision() -> dict[tuple[str, str], tuple[str, ...]]:
    """Who gives what where; what is given in a county is given in each of its districts."""
    given: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in _all(models.Provision):
        for area in (row.area_code, *(each.code for each in districts_of(row.area_code))):
            given[row.service_id, area].add(row.team_id)
    return {place: tuple(sorted(teams)) for place, teams in given.items()}


def _all(model: type[Any]) -> Sequence[Any]:
    query = sa.select(model)
    if model is models.Team:
        query = query.options(
            joinedload(models.Team.organisation), selectinload(models.Team.closures)
        )
    # what this session read before is read again: another may have changed it since
    return db.session.scalars(query.execution_options(populate_existing=True)).all()
