"""What of a queue to show: which list, of whose, of which forms and urgencies, and from where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from referral_router import Urgency

# Every part of a team in a case is in exactly one of these lists: `destinations.shown_in`.
SHOWS = ("waiting", "accepted", "finished", "declined", "archived")
OPEN = "open"  # the first two together
YOURS = "yours"  # of these, what is assigned to whoever asks
# What goes by urgency and due time → the lists it is made of. What is over goes by when it ended.
LIVE_SHOWS: Mapping[str, tuple[str, ...]] = {
    "waiting": ("waiting",),
    "accepted": ("accepted",),
    OPEN: ("waiting", "accepted"),
    YOURS: ("waiting", "accepted"),
}
ANYBODY, NOBODY, SOMEBODY = "", "nobody", "somebody"
MOST_URGENT_FIRST = tuple(sorted((int(each) for each in Urgency), reverse=True))
MOST_COUNTED = 1000  # more is "1,000+": nobody reads on from there
MOST_FORMS = 20  # in one filter; each costs a short reading for each urgency
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a row is: a page begins after one, so nothing has to be counted up to it."""

    urgency: int
    at: datetime
    id: str

    def __str__(self) -> str:
        """As it stands in an address."""
        return f"{self.urgency}.{(self.at - _EPOCH) // _TICK}.{self.id}"


def read_place(text: str) -> Place | None:
    """A place from an address; None if it is none."""
    try:
        urgency, ticks, row_id = text.split(".")
        return Place(int(urgency), _EPOCH + int(ticks) * _TICK, row_id[:32])
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of a team's queue to show; nothing chosen means all."""

    show: str = "waiting"  # one of SHOWS, or "open" or "yours"
    urgencies: frozenset[int] = frozenset()
    forms: frozenset[str] = frozenset()
    overdue_only: bool = False
    assigned: str = ANYBODY  # "nobody", "somebody", or the id of a member of the team
    place: Place | None = None  # the rows after it, or before it
    is_backwards: bool = False

    @property
    def is_live(self) -> bool:
        """Whether what it shows goes by urgency and due time."""
        return self.show in LIVE_SHOWS

    @property
    def urgencies_in_order(self) -> tuple[int, ...]:
        """Those asked for, or all; the most urgent first."""
        return tuple(
            each for each in MOST_URGENT_FIRST if each in self.urgencies or not self.urgencies
        )
