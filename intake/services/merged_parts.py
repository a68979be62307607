"""Teams' parts in two cases made one: the more urgent, the earlier, the further; and back again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from intake.access import LIVE
from intake.database import db
from intake.models import Case, Destination
from intake.services.leavers import release_leavers
from intake.services.part_columns import copy_of, copy_onto, restored, stored
from intake.services.pause_ends import end_pause

FURTHER = ("delivered", "seen", "more-information", "accepted")
TABLE = cast(sa.Table, Destination.__table__)


def merge_parts(kept: Case, other: Case, actor: str, now: datetime) -> None:
    """Give the case that goes on the live parts of the other, whose own end here.

    A team that has a live part in both has one that is as urgent and as soon due as either, and as
    far on as the one that is further. In the caller's transaction, with both cases locked.
    """
    own = {part.team_id: part for part in kept.destinations}
    for part in [each for each in other.destinations if each.state in LIVE]:
        mine = own.get(part.team_id)
        if mine is None:
            kept.destinations.append(_copy_for(kept, part))
        elif mine.state in LIVE:
            _combine(mine, part, now)
        else:
            copy_onto(part, mine)  # it had left this case, or finished
            mine.form_id = kept.form_id
        part.state, part.decided_at, part.decided_by = "done", now, actor
    if kept.state == "new" and any(part.state == "accepted" for part in kept.destinations):
        kept.state = "open"


def state_of(case: Case) -> dict[str, Any]:
    """All that a merge may change of a case, as it is kept to undo it."""
    return {
        "state": case.state,
        "excluded_teams": case.excluded_teams,
        "parts": {part.id: stored(part) for part in case.destinations},
    }


def put_back(case: Case, before: Mapping[str, Any]) -> None:
    """Make a case and its parts what they were. In the caller's transaction, with it locked."""
    case.state, case.closed_at = before["state"], None
    case.excluded_teams = before["excluded_teams"]
    db.session.flush()
    added = [part.id for part in case.destinations if part.id not in before["parts"]]
    if added:
        db.session.execute(sa.delete(TABLE).where(TABLE.c.id.in_(added)))
    for part_id, values in before["parts"].items():
        # not through the model, which would start clocks anew
        db.session.execute(sa.update(TABLE).where(TABLE.c.id == part_id), restored(values))
    release_leavers(case.id)


def _copy_for(case: Case, part: Destination) -> Destination:
    copy = copy_of(part)
    copy.form_id = case.form_id
    return copy


def _combine(mine: Destination, part: Destination, now: datetime) -> None:
    _combine_pauses(mine, part, now)
    is_further = FURTHER.index(part.state) > FURTHER.index(mine.state)
    if is_further:
        mine.state = "seen" if part.state == "more-information" else part.state
        mine.decided_at, mine.decided_by = part.decided_at, part.decided_by
    mine.urgency = max(mine.urgency, part.urgency)
    if part.acknowledge_by < mine.acknowledge_by:
        mine.acknowledge_by, mine.acknowledge_kind = part.acknowledge_by, part.acknowledge_kind
    if _is_sooner(part.decide_by, mine.decide_by):
        mine.decide_by, mine.decide_kind = part.decide_by, part.decide_kind
    for name in ("delivered_at", "seen_at", "acknowledged_at", "first_contact_at"):
        setattr(mine, name, _first((getattr(mine, name), getattr(part, name))))
    mine.is_escalated = mine.is_escalated or part.is_escalated
    mine.is_named = _named((mine.is_named, part.is_named))
    mine.assigned_to, mine.assigned_at = (
        (mine.assigned_to, mine.assigned_at)
        if mine.assigned_to
        else (part.assigned_to, part.assigned_at)
    )


def _combine_pauses(mine: Destination, part: Destination, now: datetime) -> None:
    """The clock that runs is the one that counts; two that stand go on standing, and an earlier
    end leaves no more than was left of either."""
    if not all(each.paused_until and now < each.paused_until for each in (mine, part)):
        for each in (mine, part):
            end_pause(each, now)
        return
    mine.paused_at = max(at for at in (mine.paused_at, part.paused_at) if at)
    for name in ("unpaused_acknowledge_by", "unpaused_decide_by"):
        setattr(mine, name, _first((getattr(mine, name), getattr(part, name))))


def _is_sooner(one: datetime | None, two: datetime | None) -> bool:
    return one is not None and (two is None or one < two)


def _first(times: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in times if at), default=None)


def _named(said: tuple[bool | None, bool | None]) -> bool | None:
    """One word that it is a danger holds; that it is safe, only if it was said of both."""
    if False in said:
        return False
    return True if said == (True, True) else None
