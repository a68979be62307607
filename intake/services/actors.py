"""Who did something, by name."""

from collections.abc import Iterable

import sqlalchemy as sa

from intake.database import db
from intake.models import Staff

COMMAND_LINE = "cli"


def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """Names of staff by their actor text; visitors and holders of links have none."""
    ids = {actor.removeprefix("staff:") for actor in actors if actor.startswith("staff:")}
    rows = db.session.execute(sa.select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {f"staff:{staff_id}": name for staff_id, name in rows}


def issuer_names(actors: Iterable[str]) -> dict[str, str]:
    """Names of those who issue links: staff, and the command line."""
    known = set(actors)
    names = actor_names(known)
    if COMMAND_LINE in known:
        names[COMMAND_LINE] = "the command line"
    return names
