"""The worker: takes due work from the outbox, does it, and says how it went."""

import math
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event

import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from intake import mail, outbox, rounds
from intake.app_state import clock, settings
from intake.database import db, transaction
from intake.models import Link, OutboxMessage
from intake.outbox import Lease, Work, WorkFailed, WorkNotNeeded
from intake.sealing import SealingError
from intake.services import (
    campaign_delivery,
    campaign_storage,
    delivery_reports,
    team_news,
    telling_sender,
    webhook_delivery,
    webhook_events,
)
from intake.services.files import DELETE_BLOBS, delete_blobs
from intake.services.indexing import index_submission
from intake.services.let_answer import let_answer_after
from intake.services.matching import match_people
from intake.services.staff_messages import is_for_nobody

IDLE_PAUSE = 1.0  # seconds between two looks at an empty queue
TROUBLE_PAUSE = 5.0  # seconds after the database could not be reached
MOST_AT_ONCE = 100  # pieces of work between two looks at the clock and the stop sign

log = structlog.get_logger("intake.worker")


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of work is done, and what becomes of its thing afterwards."""

    run: Callable[[Work, datetime], None]
    keep: Callable[[OutboxMessage], None] = lambda _message: None  # before its content is gone
    when_done: Callable[[str | None, datetime], None] = lambda _link_id, _now: None
    when_dead: Callable[[OutboxMessage, datetime], None] = lambda _message, _now: None


def send_email(work: Work, now: datetime) -> None:
    """Send one message. Its Message-ID is the same at every attempt. Raises DeliveryFailed.

    The message of a link that was revoked while it waited is let go: it would open nothing. So is
    one that is of no use any more, as a code after its time, or could put somebody in danger:
    raises WorkNotNeeded.
    """
    if now.timestamp() >= work.payload.get("not_after", math.inf):
        raise WorkNotNeeded
    link = db.session.get(Link, work.link_id) if work.link_id else None
    if link and link.revoked_at:
        return
    if link and link.email_unsafe:
        raise WorkNotNeeded
    if is_for_nobody(work.payload):
        raise WorkNotNeeded
    host = settings().base_url.partition("://")[2].partition(":")[0]
    message = mail.make_message(
        work.payload,
        sender=settings().mail_from,
        message_id=work.payload.get("message_id") or f"<{work.id}@{host}>",
        sent_at=now,
    )
    mail.send(message, settings(), is_retry=work.attempt > 1)


def send_news(work: Work, now: datetime) -> None:
    """Tell whoever sent something that there is news of it. Raises as ``send_email`` does."""
    send_email(replace(work, payload=telling_sender.message_of(work)), now)


def mark_sent(link_id: str | None, now: datetime) -> None:
    """The link's message was handed over."""
    if link_id and (link := db.session.get(Link, link_id)) and not link.revoked_at:
        link.sent_at = now
        link.delivery_failed_at = None


def mark_undelivered(message: OutboxMessage, now: datetime) -> None:
    """The link's message was given up: its issuer sees that."""
    if message.link_id and (link := db.session.get(Link, message.link_id)):
        link.delivery_failed_at = now


def index_people(work: Work, now: datetime) -> None:
    """Index whom a submission names, and then look who of them is known: in this order, so that
    of two that arrive together one sees the other."""
    submission_id = str(work.payload["submission_id"])
    let_answer_after(submission_id, now)
    index_submission(submission_id)
    match_people(submission_id)


HANDLERS: Mapping[str, Handler] = {
    "email": Handler(send_email, when_done=mark_sent, when_dead=mark_undelivered),
    campaign_storage.KIND: Handler(
        campaign_delivery.send_message,
        campaign_delivery.keep_delivery,
        campaign_delivery.mark_sent,
        mark_undelivered,
    ),
    campaign_delivery.QUEUE: Handler(campaign_delivery.queue_some),
    "index-submission": Handler(index_people),
    webhook_events.KIND: Handler(
        webhook_delivery.deliver, when_dead=webhook_delivery.end_with_message
    ),
    team_news.KIND: Handler(team_news.tell_team),
    delivery_reports.KIND: Handler(delivery_reports.learn),
    telling_sender.KIND: Handler(send_news),
    DELETE_BLOBS: Handler(lambda work, _now: delete_blobs(work.payload["files"])),
}


def run_once(
    now: datetime | None = None, *, worker: str = "", handlers: Mapping[str, Handler] = HANDLERS
) -> int:
    """Do what is due, up to a hundred pieces; how many were taken up, well or badly.

    Without ``now``, the clock is read anew for each piece: a slow mail server must not make
    later claims look older than they are.
    """
    worker = worker or worker_name()
    for done in range(MOST_AT_ONCE):
        claim = outbox.lease(worker, now or clock())
        if claim is None:
            return done
        _work_on(claim, now or clock(), handlers)
    return MOST_AT_ONCE


def run_forever(app: Flask, stop: Event) -> None:
    """Work until told to stop; a piece under way is finished first."""
    worker, never = worker_name(), datetime.min.replace(tzinfo=clock_of(app)().tzinfo)
    due = dict.fromkeys(rounds.ROUNDS, never)
    log.info("worker started", worker=worker)
    while not stop.is_set():
        pause = IDLE_PAUSE
        try:
            with app.app_context():
                done = run_once(worker=worker)
                rounds.go_round(
                    due
                )  # also while there is much to do: no clock waits for a campaign
                if done:
                    continue
        except OperationalError as error:
            log.warning("the database cannot be used", error=type(error.orig).__name__)
            pause = TROUBLE_PAUSE
        except Exception as error:  # noqa: BLE001 — referrals wait behind whatever went wrong
            log.error("the worker went on after a failure", problem=type(error).__name__)
            pause = TROUBLE_PAUSE
        stop.wait(pause)
    log.info("worker stopped", worker=worker)


def worker_name() -> str:
    """A name for this worker's claims: machine and a random part."""
    return f"{socket.gethostname()[:20]}-{secrets.token_hex(4)}"


def clock_of(app: Flask) -> Callable[[], datetime]:
    """The application's clock, outside its context."""
    chosen: Callable[[], datetime] = app.extensions["intake"].clock
    return chosen


def _work_on(claim: Lease, now: datetime, handlers: Mapping[str, Handler]) -> None:
    problem, was_done = _attempt(claim, now, handlers)
    with transaction():
        message = outbox.held(claim)
        if message is None:  # it took longer than the lease: whoever has it now decides
            log.warning("a claim was lost", message=claim.message_id)
            return
        handler = handlers.get(message.kind)
        if problem is None:
            if handler and was_done:
                handler.keep(message)
                handler.when_done(message.link_id, now)
            outbox.finish(message, now)
        elif outbox.fail(message, problem, now) and handler:
            handler.when_dead(message, now)
        kind, attempts = message.kind, message.attempts
    _report(claim, kind, attempts, problem)


def _attempt(
    claim: Lease, now: datetime, handlers: Mapping[str, Handler]
) -> tuple[WorkFailed | None, bool]:
    """Do one piece of work: what went wrong, and whether it was still to be done at all."""
    try:
        return _do(claim, now, handlers), True
    except WorkNotNeeded:
        return None, False


def _do(claim: Lease, now: datetime, handlers: Mapping[str, Handler]) -> WorkFailed | None:
    """Do it. Whatever goes wrong becomes a problem that holds no content."""
    if claim.is_exhausted:
        return WorkFailed("its worker stopped every time while doing it", is_permanent=True)
    try:
        work = outbox.open_work(claim)
        handler = handlers.get(work.kind)
        if handler is None:
            return WorkFailed(f"nobody here knows how to do “{work.kind}”")
        handler.run(work, now)
    except WorkNotNeeded:
        raise
    except WorkFailed as problem:
        return problem
    except SealingError as error:
        return WorkFailed(f"it could not be opened: {type(error).__name__}")
    except OperationalError:
        raise  # the database itself: the claim runs out and the work is done later
    except Exception as error:  # noqa: BLE001 — one bad piece of work must not stop the others
        return WorkFailed(f"it failed: {type(error).__name__}")
    return None


def _report(claim: Lease, kind: str, attempts: int, problem: WorkFailed | None) -> None:
    report = log.info if problem is None else log.warning
    report(
        "work done" if problem is None else "work failed",
        message=claim.message_id,
        kind=kind,
        attempt=attempts,
        problem=problem.problem if problem else "",
    )
