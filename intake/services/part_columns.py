"""A team's part in a case, copied into another case or kept to be put back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from intake.database import UtcDateTime
from intake.models import Destination

# what is not copied: what a team asked for comes to the case that it asked for it on
_OWN = frozenset({"id", "case_id", "watch_at", "more_by"})
_COLUMNS = tuple(each for each in Destination.__table__.columns if each.computed is None)


def copy_of(part: Destination) -> Destination:
    """The same part for another case: as far, as urgent, as soon due."""
    copy = Destination()
    copy_onto(part, copy)
    return copy


def copy_onto(part: Destination, target: Destination) -> None:
    """Make a part of another case what this one is."""
    for column in _COLUMNS:
        if column.key not in _OWN:
            setattr(target, column.key, getattr(part, column.key))
    if part.state == "more-information":
        target.state = "seen"


def stored(part: Destination) -> dict[str, Any]:
    """Every column that is written, as JSON."""
    values = {column.key: getattr(part, column.key) for column in _COLUMNS}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def restored(values: Mapping[str, Any]) -> dict[str, Any]:
    """What ``stored`` wrote, as columns take it; not those that are not there any more."""
    times = {column.key for column in _COLUMNS if isinstance(column.type, UtcDateTime)}
    known = {column.key for column in _COLUMNS}
    return {
        name: datetime.fromisoformat(value) if name in times and value else value
        for name, value in values.items()
        if name in known
    }
