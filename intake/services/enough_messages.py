"""Not more messages to one mailbox than somebody reads: then one that speaks for all the others.

After days without a worker hundreds of referrals may be late at once. What is urgent is told all
the same, each by itself.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app

from intake import outbox
from intake.services.messages import many_late_message
from intake.services.notice_choices import Recipient
from intake.services.staff_messages import queue_for
from referral_router import Urgency

MOST = 10  # messages to one mailbox within the time below, from one worker
WITHIN = timedelta(minutes=10)
_COUNTED = "intake.enough-messages"


@dataclass
class _Counted:
    """How many messages each mailbox was sent within one stretch of time."""

    stretch: int = 0
    mailboxes: Counter[str] = field(default_factory=Counter)


def has_enough(person: Recipient, team_id: str, urgency: int, now: datetime) -> bool:
    """Whether somebody gets no message of their own about one referral more, in the caller's
    transaction: then one that speaks for all is queued, once in each ten minutes.

    Each worker counts for itself: it is about what people can read, not about a number.
    """
    if urgency >= Urgency.URGENT:
        return False
    counted: _Counted = current_app.extensions.setdefault(_COUNTED, _Counted())
    stretch = int(now.timestamp() // WITHIN.total_seconds())
    if counted.stretch != stretch:
        counted.stretch, counted.mailboxes = stretch, Counter()
    counted.mailboxes[person.email] += 1
    if counted.mailboxes[person.email] <= MOST:
        return False
    key = outbox.short_key("many", f"{person.staff_id or team_id}-{stretch}")
    message = many_late_message(person.email, message_id=f"many-{key[5:37]}")
    queue_for(person, [team_id], message, once=key)
    return True
