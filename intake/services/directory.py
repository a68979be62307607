"""The directory in the database: loaded from a file, and read as the router wants it."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from intake import models
from intake.database import db, transaction
from intake.written_sql import Written
from referral_router import Area, Directory, Service, Team, load_directory

_REVISION = Written(sa.select(models.DirectoryRevision.revision))
CACHE = "intake.directory"  # where the application keeps the directory that it read last


class NoDirectory(Exception):  # noqa: N818 — a state of the installation, not a mistake
    """Raised if no directory, or none with a fallback team, was loaded yet."""

    def __init__(self) -> None:
        super().__init__("no directory is loaded: run `intake directory load FILE`")


def current_directory() -> Directory:
    """The directory as it is now; read again only after it changed. Raises NoDirectory."""
    revision = _REVISION.run(db.session.connection()).scalar() or 0
    cached: tuple[int, Directory] | None = current_app.extensions.get(CACHE)
    if cached is None or cached[0] != revision:
        cached = (revision, _read())
        current_app.extensions[CACHE] = cached
    return cached[1]


def team_names() -> dict[str, str]:
    """Every team's name by its id."""
    return dict(db.session.execute(sa.select(models.Team.id, models.Team.name)).tuples().all())


def load_directory_file(path: Path) -> Directory:
    """Store a directory file, in place of the one before. Raises referral_router.DirectoryError."""
    directory = load_directory(path)
    partnerships = {
        organisation["id"]: organisation.get("partnership", "")
        for organisation in json.loads(path.read_text("utf-8")).get("organisations", ())
    }
    store_directory(directory, partnerships)
    return directory


def store_directory(directory: Directory, partnerships: Mapping[str, str] | None = None) -> None:
    """Make the database say what the directory says, in one transaction.

    A team that is no longer in it cannot go, because cases name it: it is paused and gives
    nothing.
    """
    with transaction() as session:
        _store_organisations(directory, partnerships or {})
        _store_teams(directory)
        for service in directory.services.values():
            session.merge(models.Service(id=service.id, name=service.name))
        for area in directory.areas.values():
            session.merge(models.Area(code=area.code, name=area.name))
        session.flush()
        _store_provision(directory)
        _count_change()


def _store_organisations(directory: Directory, partnerships: Mapping[str, str]) -> None:
    names = {team.organisation: team.organisation_name for team in directory.teams.values()}
    for organisation_id, name in names.items():
        db.session.merge(
            models.Organisation(
                id=organisation_id, name=name, partnership=partnerships.get(organisation_id, "")
            )
        )
    db.session.flush()


def _store_teams(directory: Directory) -> None:
    gone = sa.not_(models.Team.id.in_(directory.teams))
    db.session.execute(sa.update(models.Team).where(gone).values(is_paused=True, is_fallback=False))
    for team in directory.teams.values():
        db.session.merge(
            models.Team(
                id=team.id,
                organisation_id=team.organisation,
                name=team.name,
                kind=team.kind,
                email=team.email,
                telephone=team.telephone,
                is_paused=team.is_paused,
                is_fallback=team.id == directory.fallback_team,
            )
        )
    db.session.flush()


def _store_provision(directory: Directory) -> None:
    db.session.execute(sa.delete(models.Provision))
    db.session.add_all(
        models.Provision(service_id=service, area_code=area, team_id=team)
        for (service, area), teams in directory.provision.items()
        for team in teams
    )


def _count_change() -> None:
    row = db.session.get(models.DirectoryRevision, 1)
    if row is None:
        db.session.add(models.DirectoryRevision(id=1, revision=1))
    else:
        row.revision += 1


def _read() -> Directory:
    teams = {team.id: _team(team) for team in _all(models.Team)}
    fallback = db.session.scalar(sa.select(models.Team.id).where(models.Team.is_fallback))
    if fallback is None:
        raise NoDirectory
    return Directory(
        teams=teams,
        services={row.id: Service(row.id, row.name) for row in _all(models.Service)},
        areas={row.code: Area(row.code, row.name) for row in _all(models.Area)},
        provision=_provision(),
        fallback_team=fallback,
    )


def _team(row: models.Team) -> Team:
    return Team(
        id=row.id,
        name=row.name,
        organisation=row.organisation_id,
        organisation_name=row.organisation.name,
        kind=row.kind,
        email=row.email,
        telephone=row.telephone,
        is_paused=row.is_paused,
    )


def _provision() -> dict[tuple[str, str], tuple[str, ...]]:
    given = defaultdict(list)
    for row in _all(models.Provision):
        given[row.service_id, row.area_code].append(row.team_id)
    return {place: tuple(sorted(teams)) for place, teams in given.items()}


def _all(model: type[Any]) -> Sequence[Any]:
    query = sa.select(model)
    if model is models.Team:
        query = query.options(joinedload(models.Team.organisation))
    return db.session.scalars(query).all()
