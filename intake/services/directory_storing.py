"""A directory is stored in place of the one before, whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from intake import audit, models
from intake.access import LIVE
from intake.database import db, transaction
from intake.directory_files.values import Change, Entry, Values, changes, whole
from intake.services.directory_values import rows_of, stored_values, values_of
from referral_router import Directory, load_directory
from referral_router.directory_reading import read_directory_file
from referral_router.team_calendars import WEEKDAYS, read_hours


@dataclass(frozen=True, slots=True)
class Leaving:
    """A team that a new directory does not have, and the live referrals that it holds."""

    id: str
    name: str
    live: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new directory would change, or has changed."""

    values: Values
    changes: tuple[Change, ...]
    leaving: tuple[Leaving, ...]


def load_directory_file(path: Path) -> Directory:
    """Store a directory file, in place of the one before. Raises referral_router.DirectoryError."""
    values = read_directory_file(path)
    store_values(values)
    return load_directory(values)


def store_directory(directory: Directory) -> None:
    """Store a directory that was made in the program, in place of the one before."""
    store_values(values_of(directory))


def plan_values(values: Values) -> Plan:
    """Say what `store_values` would do, and do nothing. Raises referral_router.DirectoryError."""
    load_directory(values)
    before = stored_values()
    after = whole(values, before)
    found = changes(before, after)
    return Plan(after, found, _leaving(found))


def store_values(values: Values, *, actor: str = "cli", address: str = "") -> Plan:
    """Make the database say what a directory file says, in one transaction.

    A team that is no longer in it cannot go, because cases name it: it stays as removed, gets
    nothing new, and what only it has goes to the fallback team. Raises DirectoryError.
    """
    with transaction():
        lock_directory()
        plan = plan_values(values)
        _store_organisations(plan.values)
        _store_teams(plan)
        _store_places(plan.values)
        _drop_organisations(plan.values)
        revision = count_change()
        why = ", ".join(f"{each.kind} {each.part} {each.id}" for each in plan.changes)
        audit.record(
            actor,
            "directory.import",
            "directory",
            str(revision),
            address=address,
            why=audit.shortened(why) or "nothing changed",
        )
        return plan


def lock_directory() -> None:
    """Let nobody else change the directory until the caller's transaction ends."""
    row = sa.select(models.DirectoryRevision).with_for_update()
    if db.session.scalar(row.execution_options(populate_existing=True)) is None:
        db.session.add(models.DirectoryRevision(id=1, revision=0))
        db.session.flush()


def count_change() -> int:
    """Say in the caller's transaction that the directory is another now, so that it is read again.

    Answers the number of the change.
    """
    row = db.session.get_one(models.DirectoryRevision, 1)
    row.revision += 1
    return row.revision


def _leaving(found: Sequence[Change]) -> tuple[Leaving, ...]:
    gone = [each.id for each in found if each.part == "teams" and each.kind == "removed"]
    if not gone:
        return ()
    part, team = models.Destination, models.Team
    held = sa.and_(part.team_id == team.id, part.state.in_(LIVE))
    query = (
        sa.select(team.id, team.name, sa.func.count(part.id))
        .outerjoin(part, held)
        .where(team.id.in_(gone))
        .group_by(team.id, team.name)
        .order_by(team.id)
    )
    return tuple(Leaving(*row) for row in db.session.execute(query).tuples())


def _store_organisations(values: Values) -> None:
    known = {row.id: row for row in rows_of(models.Organisation)}
    for each in values["organisations"]:
        if each["id"] in known:
            known[each["id"]].name = each["name"]
            known[each["id"]].partnership = each["partnership"]
        else:
            db.session.add(models.Organisation(**each))
    db.session.flush()


def _store_teams(plan: Plan) -> None:
    rows = {row.id: row for row in rows_of(models.Team)}
    closures: dict[str, list[models.TeamClosure]] = {}
    for closure in rows_of(models.TeamClosure):
        closures.setdefault(closure.team_id, []).append(closure)
    fallback = plan.values["fallback_team"]
    changed = {each.id for each in plan.changes if each.part in ("teams", "fallback_team")}
    for each in plan.values["teams"]:
        row = rows.get(each["id"])
        if row is None or row.is_removed or each["id"] in changed:
            for old in closures.get(each["id"], ()):
                db.session.delete(old)
            _store_team(row, each)
    db.session.flush()
    for row in rows_of(models.Team):
        row.is_fallback = row.id == fallback
    for leaving in plan.leaving:
        rows[leaving.id].is_removed = True
        rows[leaving.id].revision += 1
    db.session.flush()


def _store_team(row: models.Team | None, each: Entry) -> None:
    if row is None:
        row = models.Team(id=each["id"], revision=0)
        db.session.add(row)
    until, hours = each["paused_until"], each["hours"]
    row.organisation_id, row.name, row.kind = each["organisation"], each["name"], each["kind"]
    row.email, row.telephone = each["email"], each["telephone"]
    row.is_paused, row.is_removed = each["is_paused"], False
    row.paused_until = date.fromisoformat(until) if until else None
    row.nation, row.capacity, row.cover_team_id = (
        each["nation"],
        each["capacity"],
        each["cover"] or None,
    )
    row.hours = _stored_hours(hours)
    row.revision = (row.revision or 0) + 1
    db.session.add_all(
        models.TeamClosure(
            team_id=each["id"],
            first_day=date.fromisoformat(closure["first_day"]),
            last_day=date.fromisoformat(closure["last_day"]),
            why=closure["why"],
        )
        for closure in each["closures"]
    )


def _stored_hours(hours: Mapping[str, str]) -> list[list[str] | None]:
    if not hours:
        return []
    week = [read_hours(hours.get(day, "")) for day in WEEKDAYS]
    return [list(times) if times else None for times in week]


def _store_places(values: Values) -> None:
    """Services, areas and who gives what where: no case names them, so they are written anew."""
    for model in (models.Provision, models.Service, models.Area):
        db.session.execute(sa.delete(model))
    db.session.add_all(models.Service(**each) for each in values["services"])
    db.session.add_all(models.Area(**each) for each in values["areas"])
    db.session.flush()
    db.session.add_all(
        models.Provision(service_id=each["service"], area_code=each["area"], team_id=team)
        for each in values["provision"]
        for team in each["teams"]
    )
    db.session.flush()


def _drop_organisations(values: Values) -> None:
    """Forget the organisations that are no longer there, where no team or person names them."""
    kept = {each["id"] for each in values["organisations"]}
    row = models.Organisation
    used = sa.or_(
        sa.exists().where(models.Team.organisation_id == row.id),
        sa.exists().where(models.Staff.organisation_id == row.id),
    )
    db.session.execute(sa.delete(row).where(row.id.not_in(kept), ~used))
