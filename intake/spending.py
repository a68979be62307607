"""What may be used once: a solved challenge, a mark of a page. Known only as a keyed hash."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from intake.app_state import settings, state
from intake.database import transaction
from intake.models import Throttle
from intake.rates import SHARED
from intake.throttling import Limit, throttle_key

USED = Limit("used-once", attempts=1, window=timedelta(days=1))
MOST_KEPT = 50_000  # beyond, those go that end first: to be used again they must not have ended


@dataclass
class Spent:
    """What one process knows to be used, and until when that is worth knowing."""

    until: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, key: str, until: float, now: float) -> bool:
        """Whether it is used for the first time."""
        with self.lock:
            if self.until.get(key, 0.0) > now:
                return False
            if len(self.until) >= MOST_KEPT:
                self._make_room(now)
            self.until[key] = until
            return True

    def _make_room(self, now: float) -> None:
        kept = {key: end for key, end in self.until.items() if end > now}
        ending_first = sorted(kept, key=lambda key: kept[key])
        for key in ending_first[: max(0, len(kept) - MOST_KEPT * 9 // 10)]:
            del kept[key]
        self.until = kept


def spend(what: str, until: datetime, now: datetime) -> bool:
    """Whether a thing that may be used once, until a time within a day, is used for the first time.

    With INTAKE_THROTTLE=database no other process takes it again, else this one does not.
    """
    key = throttle_key(USED, what)
    if settings().throttle != SHARED:
        here = state()
        if here.spent is None:
            here.spent = Spent()
        return here.spent.add(key, until.timestamp(), now.timestamp())
    try:
        with transaction() as session:
            session.add(Throttle(key=key, window_start=now, count=1))
            session.flush()
    except IntegrityError:
        return False
    return True
