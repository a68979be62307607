"""What GOV.UK Notify learns later of messages that it took: asked for, and noted on their links.

Only what failed is asked for, 250 at a time: a campaign to 35,000 people with a bad address in
twenty is seven questions. Notify tries to deliver for three days, so a failure may be of a message
that was sent three days ago.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from intake import delivery, mail, notify, outbox
from intake.app_state import settings
from intake.database import db, transaction
from intake.models import Link
from intake.notify import Failure
from intake.notify_service import Service
from intake.outbox import Work, WorkNotNeeded
from intake.services.bounces import links_of, mark_bounced

KIND = "delivery-reports"
ASK_EVERY = timedelta(minutes=15)
LONGEST_DELIVERY = timedelta(days=4)  # three days of trying, and one to spare
MOST_PAGES = 100  # 25,000 failures
# between Notify's note of a message and ours: it refuses a clock that is 30 seconds wrong
CLOCKS_APART = timedelta(seconds=30)

log = structlog.get_logger("intake.delivery_reports")


def plan(now: datetime) -> None:
    """Queue one look for this quarter of an hour, however many workers there are."""
    if not mail.uses_notify(settings()):
        return
    quarter = _quarter(now)
    with suppress(IntegrityError), transaction():  # another worker has just queued it
        outbox.enqueue(KIND, {"quarter": quarter}, dedupe_key=f"{KIND}:{quarter}")


def learn(work: Work, now: datetime) -> None:
    """Note every failure on its link. Raises DeliveryFailed: asked again after a growing pause.

    Raises WorkNotNeeded once the next look is due.
    """
    if work.payload["quarter"] != _quarter(now):
        raise WorkNotNeeded
    service = mail.notify_service(settings())
    noted = sum(_note(service, page, now) for page in _pages(service, now))
    log.info("delivery reports read", noted=noted)


def _quarter(now: datetime) -> int:
    return int(now.timestamp() // ASK_EVERY.total_seconds())


def _pages(service: Service, now: datetime) -> Iterator[Sequence[Failure]]:
    """Failures, newest first, until they are too old to be news."""
    last, seen = "", set[str]()
    for _ in range(MOST_PAGES):
        page = notify.failures(service, now, older_than=last)
        new = [one for one in page if one.id not in seen]
        yield [one for one in new if one.created_at > now - LONGEST_DELIVERY]
        if not new or new[-1].created_at <= now - LONGEST_DELIVERY:
            return
        last, seen = page[-1].id, seen | {one.id for one in new}


def _note(service: Service, page: Sequence[Failure], now: datetime) -> int:
    """Mark the links of a page's failures; how many it was not known of."""
    links = links_of(one.reference for one in page)
    query = sa.select(Link.id, Link.sent_at).where(
        Link.id.in_(links.values()), Link.delivery_failed_at.is_(None)
    )
    sent_at = dict(db.session.execute(query).tuples().all()) if links else {}
    db.session.rollback()  # no connection is held while Notify is asked
    noted = set[str]()
    for failure in page:
        link_id = links.get(failure.reference, "")
        if link_id in sent_at.keys() - noted and _is_last(service, failure, sent_at[link_id], now):
            mark_bounced(link_id, actor="worker", why=failure.status)
            noted.add(link_id)
    return len(noted)


def _is_last(service: Service, failure: Failure, sent_at: datetime | None, now: datetime) -> bool:
    """Whether a failure is of the newest message, not of one that was sent again since."""
    least = timedelta(seconds=delivery.TIMEOUT) + CLOCKS_APART
    if sent_at and failure.created_at >= sent_at - least:
        return True
    return notify.last_status(service, failure.reference, now) in notify.FAILED
