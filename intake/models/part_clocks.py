"""The clocks of a team's part in a case: kept in step with its state, whoever changes it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from intake.models.cases import AT_ONCE, Destination

ANSWERED = frozenset({"accepted", "declined", "done"})  # the clock for acknowledging has stopped
CONCLUDED = frozenset({"declined", "done"})  # that for deciding too
# what a part has that has just come, or has come again
AS_NEW: Mapping[str, Any] = MappingProxyType(
    {
        "acknowledged_at": None,
        "concluded_at": None,
        "outcome": None,
        "paused_at": None,
        "paused_until": None,
        "pause_reason": None,
        "pause_count": 0,
        "unpaused_acknowledge_by": None,
        "unpaused_decide_by": None,
        "reminded_for": None,
        "escalation_step": 0,
        "watch_at": AT_ONCE,
    }
)
STARTS_ANEW = ("acknowledge_by", "decide_by", "acknowledged_at", "concluded_at")


def _stop(part: Destination, at: datetime) -> None:
    """Note when a part was first answered, and when it was first decided about: accepting only
    answers."""
    if part.state in ANSWERED and part.acknowledged_at is None:
        part.acknowledged_at = at
    if part.state in CONCLUDED and part.concluded_at is None:
        part.concluded_at = at


def copy_clocks(given: Destination, target: Destination) -> None:
    """Let a part that takes over from another have its due times: the family has waited already."""
    target.acknowledge_by, target.decide_by = given.acknowledge_by, given.decide_by
    target.acknowledge_kind, target.decide_kind = given.acknowledge_kind, given.decide_kind


@event.listens_for(Destination, "before_update")
def keep_clocks(_mapper: Any, _connection: Any, part: Destination) -> None:
    """Start the clocks of a part that came again, stop those of one that was answered, and have
    the worker look at whatever has changed."""
    if not _changed(part, "state", "urgency", "paused_until", *STARTS_ANEW):
        return
    if part.state == "delivered" and _changed(part, "state"):
        for name, value in AS_NEW.items():
            setattr(part, name, value)
        return
    if part.decided_at:
        _stop(part, part.decided_at)
    if _changed(part, *STARTS_ANEW):
        part.escalation_step = 0
    part.watch_at = AT_ONCE


def _changed(part: Destination, *names: str) -> bool:
    attributes = sa.inspect(part).attrs
    return any(name in attributes and attributes[name].history.has_changes() for name in names)
