"""Signed marks in a page: when it was made, for what; each with a number that no other has."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from hmac import digest as hmac_digest

from intake.app_state import settings
from intake.sealing import derive
from intake.spending import spend

LASTS = timedelta(days=1)  # a page may lie open as long; afterwards it is as one without a mark


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that we made, not older than a day."""

    text: str
    made_at: datetime

    def age(self, now: datetime) -> float:
        """Seconds since it was made."""
        return (now - self.made_at).total_seconds()

    def spend(self, now: datetime) -> bool:
        """Whether it is used for the first time."""
        return spend(self.text, self.made_at + LASTS, now)


def make_mark(purpose: str, subject: str, now: datetime) -> str:
    """A mark for one purpose and subject, as a form or a link."""
    words = f"{int(now.timestamp())}.{secrets.token_hex(8)}"
    return f"{words}.{_signature(settings().secret_keys[0], purpose, subject, words)}"


def read_mark(purpose: str, subject: str, text: str, now: datetime) -> Mark | None:
    """The mark, if we made it for this purpose and subject and it is not too old."""
    words, _, signature = text.rpartition(".")
    moment = words.partition(".")[0]
    if not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        return None
    expected = (_signature(key, purpose, subject, words) for key in settings().secret_keys)
    if not any(compare_digest(signature.encode(), one.encode()) for one in expected):
        return None
    mark = Mark(text, datetime.fromtimestamp(int(moment), now.tzinfo))
    return mark if timedelta(0) <= now - mark.made_at <= LASTS else None


def _signature(secret_key: str, purpose: str, subject: str, words: str) -> str:
    key = derive(secret_key.encode(), "page-marks", purpose)
    return hmac_digest(key, f"{subject}\x00{words}".encode(), "sha256").hex()[:32]
