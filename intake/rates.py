"""How often something happened within a sliding window, in this process or shared by the database.

What is counted by (an address, a link, a form) is known only as a keyed hash. The window slides:
of the window before, as large a part still counts as is not over yet.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from intake.database import transaction
from intake.models import Throttle
from intake.throttling import Attempt, Limit, throttle_key

IN_MEMORY, SHARED, OFF = "memory", "database", "off"
MOST_KEPT = 50_000  # counters of one process, about 10 MB; beyond, those of past windows go
GO_AT_ONCE = 10  # of a full memory, a tenth goes, so that it is not looked through each time


@dataclass
class Counters:
    """The counters of one process."""

    kept: dict[str, tuple[int, float]] = field(default_factory=dict)  # count, and until when
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(
        self, current: str, previous: str, until: float, now: float, amount: int = 1
    ) -> tuple[int, int]:
        """Count in the current window; that count, and the one of the window before."""
        with self.lock:
            if len(self.kept) >= MOST_KEPT:
                self._forget(now)
            number = self.kept.get(current, (0, 0.0))[0] + amount
            self.kept[current] = (number, until)
            return number, self.kept.get(previous, (0, 0.0))[0]

    def _forget(self, now: float) -> None:
        """Make room: past windows go, and in a flood of addresses whoever did least, oldest first.

        Whoever is held up has the highest counts, and stays counted.
        """
        self.kept = {key: each for key, each in self.kept.items() if each[1] > now}
        if len(self.kept) >= MOST_KEPT:
            least_first = sorted(self.kept, key=lambda key: self.kept[key][0])
            for key in least_first[: max(1, MOST_KEPT // GO_AT_ONCE)]:
                del self.kept[key]


def counted(
    limit: Limit, who: str, now: datetime, counters: Counters | None, amount: int = 1
) -> Attempt:
    """Count one attempt, or an amount, and say whether it is within the limit.

    Without ``counters`` the database counts, in a transaction of its own, for all processes.
    """
    length, moment = limit.window.total_seconds(), now.timestamp()
    number, into = divmod(moment, length)
    current, previous = (
        throttle_key(limit, f"{who}\x00{each}") for each in (int(number), int(number) - 1)
    )
    if counters is not None:
        until = (number + 2) * length
        here, before = counters.count(current, previous, until, moment, amount)
    else:
        here, before = _count_shared(current, previous, now, amount)
    if here + before * (1 - into / length) <= limit.attempts:
        return Attempt(is_allowed=True)
    return Attempt(is_allowed=False, retry_after=_wait(limit.attempts, here, before, into, length))


def _wait(most: int, here: int, before: int, into: float, length: float) -> int:
    """Seconds until another attempt is within the limit, if nothing else is tried meanwhile."""
    if here < most:  # what is left of the window before has to pass
        return max(1, int(length * (1 - (most - here) / before) - into) + 1)
    return max(1, int(length * (2 - most / here) - into) + 1)


def _count_shared(current: str, previous: str, now: datetime, amount: int) -> tuple[int, int]:
    try:
        return _count_once(current, previous, now, amount)
    except IntegrityError:  # another process began this very window a moment ago
        return _count_once(current, previous, now, amount)


def _count_once(current: str, previous: str, now: datetime, amount: int) -> tuple[int, int]:
    with transaction() as session:
        row = session.get(Throttle, current, with_for_update=True, populate_existing=True)
        if row is None:
            row = Throttle(key=current, window_start=now, count=0)
            session.add(row)
        row.count += amount
        number = row.count
        before = session.scalar(sa.select(Throttle.count).where(Throttle.key == previous))
        return number, before or 0
