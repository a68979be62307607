"""Attempts in a window of time, counted under a keyed hash that names nobody."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from intake.app_state import settings
from intake.database import db, transaction
from intake.models import Throttle
from intake.sealing.derivation import derive


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in so long, for one kind of thing."""

    name: str
    attempts: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whether it is within the limit, and if not, in how many seconds it will be again."""

    is_allowed: bool
    retry_after: int = 0


def attempt(limit: Limit, who: str, now: datetime) -> Attempt:
    """Count one attempt, in a transaction of its own, and say whether it is within the limit.

    ``who`` is what is counted by (an address, an account): it is stored as a keyed hash only.
    """
    key = throttle_key(limit, who)
    try:
        count, started = _count(key, limit, now)
    except IntegrityError:  # another process began this very window a moment ago
        count, started = _count(key, limit, now)
    if count <= limit.attempts:
        return Attempt(is_allowed=True)
    wait = (started + limit.window - now).total_seconds()
    return Attempt(is_allowed=False, retry_after=max(1, int(wait)))


def forget(limit: Limit, who: str) -> None:
    """Start from nothing again, as after a successful sign-in."""
    with transaction() as session:
        session.execute(sa.delete(Throttle).where(Throttle.key == throttle_key(limit, who)))


def purge(now: datetime, *, keep: timedelta) -> None:
    """Delete windows that began before ``now - keep``."""
    with transaction() as session:
        session.execute(sa.delete(Throttle).where(Throttle.window_start <= now - keep))


def throttle_key(limit: Limit, who: str) -> str:
    """The stored key: HMAC-SHA256 under a key of its own purpose."""
    secret = derive(settings().secret_keys[0].encode(), "throttling")
    return hmac.new(secret, f"{limit.name}\x00{who}".encode(), hashlib.sha256).hexdigest()


def _count(key: str, limit: Limit, now: datetime) -> tuple[int, datetime]:
    with transaction():
        window = db.session.get(Throttle, key, with_for_update=True)
        if window is None:
            window = Throttle(key=key, window_start=now, count=0)
            db.session.add(window)
        elif window.window_start + limit.window <= now:
            window.window_start, window.count = now, 0
        window.count += 1
        return window.count, window.window_start
