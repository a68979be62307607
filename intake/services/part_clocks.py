"""A part's clocks as pages show them: what is due by when, what has stopped, what is paused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from intake.access import LIVE, UNANSWERED
from intake.models import Destination

INFORMATION = "information"
PAUSE_REASONS: Mapping[str, str] = {
    INFORMATION: "We wait for information that somebody promised",
    "family-away": "The family is away or in hospital",
    "family-asked": "The family asked us to wait",
    "other-process": "Another process has to end first, such as a court hearing",
    "other": "Something else",
}


@dataclass(frozen=True, slots=True)
class PartClocks:
    """By when a part has to be acknowledged and decided, when it was, and until when it waits.

    The due times have a pause in them already.
    """

    acknowledge_by: datetime
    decide_by: datetime | None = None
    acknowledged_at: datetime | None = None
    concluded_at: datetime | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    pause_reason: str = ""
    is_live: bool = True
    is_answered: bool = False

    @property
    def decision_due(self) -> datetime | None:
        """By when it still has to be decided; None if it has been, or no rule asks for it."""
        return self.decide_by if self.is_live and self.concluded_at is None else None

    @property
    def answer_due(self) -> datetime | None:
        """By when it still has to be acknowledged; None if it has been."""
        return self.acknowledge_by if self.is_live and not self.is_answered else None

    def is_paused(self, now: datetime) -> bool:
        """Whether a pause holds."""
        return self.is_live and self.paused_until is not None and now < self.paused_until


def clocks_of(part: Destination) -> PartClocks:
    """The clocks of a stored part."""
    return PartClocks(
        acknowledge_by=part.acknowledge_by,
        decide_by=part.decide_by,
        acknowledged_at=part.acknowledged_at,
        concluded_at=part.concluded_at,
        paused_at=part.paused_at,
        paused_until=part.paused_until,
        pause_reason=part.pause_reason or "",
        is_live=part.state in LIVE,
        is_answered=part.state not in UNANSWERED,
    )
