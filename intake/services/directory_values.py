"""The directory in the database, and one made in a program, as plain values."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from intake import models
from intake.database import db
from intake.directory_files.values import Values, whole
from referral_router import Directory
from referral_router.team_calendars import written_hours

EMPTY: Values = {
    "fallback_team": "",
    "organisations": (),
    "teams": (),
    "services": (),
    "areas": (),
    "provision": (),
}


def stored_values() -> Values:
    """The directory in the database as plain values, whole; empty if none was loaded yet."""
    query = sa.select(models.Team).options(selectinload(models.Team.closures))
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    there = [row for row in rows if not row.is_removed]
    fallback = next((row.id for row in there if row.is_fallback), None)
    if fallback is None:
        return EMPTY
    only_removed = {row.organisation_id for row in rows} - {row.organisation_id for row in there}
    given: dict[tuple[str, str], list[str]] = {}
    for row in rows_of(models.Provision):
        given.setdefault((row.service_id, row.area_code), []).append(row.team_id)
    return whole(
        {
            "fallback_team": fallback,
            "organisations": [
                {"id": row.id, "name": row.name, "partnership": row.partnership}
                for row in rows_of(models.Organisation)
                if row.id not in only_removed
            ],
            "teams": [_team_values(row) for row in there],
            "services": [{"id": row.id, "name": row.name} for row in rows_of(models.Service)],
            "areas": [{"code": row.code, "name": row.name} for row in rows_of(models.Area)],
            "provision": [
                {"service": service, "area": area, "teams": teams}
                for (service, area), teams in given.items()
            ],
        }
    )


def values_of(directory: Directory) -> Values:
    """A directory of the router as plain values, whole."""
    return whole(
        {
            "fallback_team": directory.fallback_team,
            "teams": [
                {
                    "id": team.id,
                    "name": team.name,
                    "organisation": team.organisation,
                    "organisation_name": team.organisation_name,
                    "kind": team.kind,
                    "email": team.email,
                    "telephone": team.telephone,
                    "is_paused": team.is_paused,
                    "nation": team.nation,
                    "hours": written_hours(team.hours),
                    "closures": [
                        {"first_day": first.isoformat(), "last_day": last.isoformat()}
                        for first, last in team.closures
                    ],
                    "capacity": team.capacity,
                    "cover": team.cover,
                }
                for team in directory.teams.values()
            ],
            "services": [
                {"id": each.id, "name": each.name} for each in directory.services.values()
            ],
            "areas": [{"code": each.code, "name": each.name} for each in directory.areas.values()],
            "provision": [
                {"service": service, "area": area, "teams": list(teams)}
                for (service, area), teams in directory.provision.items()
            ],
        }
    )


def _team_values(row: models.Team) -> dict[str, Any]:
    hours = tuple((day[0], day[1]) if day else None for day in row.hours)
    return {
        "id": row.id,
        "name": row.name,
        "organisation": row.organisation_id,
        "kind": row.kind,
        "email": row.email,
        "telephone": row.telephone,
        "is_paused": row.is_paused,
        "paused_until": row.paused_until.isoformat() if row.paused_until else None,
        "nation": row.nation,
        "hours": written_hours(hours),
        "closures": [
            {
                "first_day": each.first_day.isoformat(),
                "last_day": each.last_day.isoformat(),
                "why": each.why,
            }
            for each in row.closures
        ],
        "capacity": row.capacity,
        "cover": row.cover_team_id or "",
    }


def rows_of(model: type[Any]) -> Sequence[Any]:
    """Every row of a small table."""
    return db.session.scalars(sa.select(model)).all()
