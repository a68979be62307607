"""What every worker does from time to time: delete what is over, rescue, watch the clocks."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError

from intake import outbox, throttling
from intake.app_state import clock
from intake.database import db
from intake.files.blobs import BlobsUnavailable
from intake.services import campaign_delivery, delivery_reports, webhook_delivery
from intake.services.blob_sweep import sweep_blobs
from intake.services.digests import make_digests
from intake.services.draft_purge import purge_drafts
from intake.services.own_copies import purge_copies
from intake.services.unattended import give_unattended
from intake.services.watching import watch

PURGE_EVERY = timedelta(hours=1)
WATCH_EVERY = timedelta(minutes=1)
RESCUE_EVERY = timedelta(minutes=10)
PURGE_COPIES_EVERY = timedelta(minutes=5)
MOST_WATCHED = 50  # rounds of looking at clocks, before other work has its turn
KEEP_FINISHED = timedelta(days=30)  # long enough to answer "was it sent?"
KEEP_THROTTLES = timedelta(days=2)

log = structlog.get_logger("intake.worker")


def purge(now: datetime) -> None:
    """Delete what is no longer needed: expired drafts and their files, finished work, old
    throttles, and what lies in the blob store for nothing.
    """
    purge_drafts(now)
    purge_copies(now)
    campaign_delivery.purge(now)
    outbox.purge(now, keep=KEEP_FINISHED)
    throttling.purge(now, keep=KEEP_THROTTLES)
    webhook_delivery.purge_deliveries(now, keep=KEEP_FINISHED)
    try:
        sweep_blobs(now)
    except BlobsUnavailable as error:
        log.warning("the blob store could not be swept", problem=str(error))


def rescue(now: datetime) -> None:
    """Give to the fallback team what nobody would look at, and say so."""
    if given := give_unattended(now):
        log.warning("cases that nobody had went to the fallback team", cases=given)


def watch_clocks(now: datetime) -> None:
    """Remind of what is due and escalate what is late, until nothing is left to look at."""
    for _ in range(MOST_WATCHED):
        if not watch(now):
            return


def digest(now: datetime) -> None:
    """Make the day's digests, once their hour has come."""
    if made := make_digests(now):
        log.info("digests made", messages=made)


# what is done from time to time, by every worker
ROUNDS: Mapping[Callable[[datetime], None], timedelta] = {
    purge: PURGE_EVERY,
    purge_copies: PURGE_COPIES_EVERY,
    watch_clocks: WATCH_EVERY,
    digest: WATCH_EVERY,
    rescue: RESCUE_EVERY,
    delivery_reports.plan: delivery_reports.ASK_EVERY,
}


def go_round(due: dict[Callable[[datetime], None], datetime]) -> None:
    """Do what is due of the rounds, and note when it is again; one that fails stops no other."""
    now = clock()
    for each, every in ROUNDS.items():
        if now >= due[each]:
            due[each] = now + every
            try:
                each(now)
            except OperationalError:
                due[each] = now
                raise  # the database itself
            except Exception as error:  # noqa: BLE001 — no clock waits for a purge that fails
                db.session.rollback()
                log.error("a round failed", round=each.__name__, problem=type(error).__name__)
