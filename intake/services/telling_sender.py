"""Whoever sent something hears of it: at the points that its form chose, and without content.

An email goes only to who asked for it, where nobody said that one is not safe. It says that there
is news, never which: that is on the status page.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from form_definitions import FormDefinition
from intake import outbox
from intake.app_state import clock, keys
from intake.database import db, transaction
from intake.models import Case, CaseSubmission, Destination, SenderMail, StatusLink, Submission
from intake.outbox import Work, WorkNotNeeded
from intake.sealing import Context, canonical_json, open_sealed, seal_for
from intake.sealing.keystore import WORKER
from intake.services.forms import runnable
from intake.services.messages import news_message
from intake.services.safe_contact import is_unsafe

KIND = "tell-sender"
RECEIVED, ACCEPTED, CONTACT, OUTCOME, CLOSED = (
    "received",
    "accepted",
    "contact-made",
    "outcome",
    "closed",
)
AT_WORK = frozenset({"accepted", "done"})
# what may be said of an outcome; of the others only that there is one: they are for the family
PUBLIC_OUTCOMES = frozenset({"helped", "helped-in-part", "with-others", "assessed-no-need"})

Point = tuple[str, str, datetime]  # its name, the outcome if it may be said, when


def points_reached(
    definition: FormDefinition,
    submitted_at: datetime,
    parts: Sequence[Destination],
    *,
    names_openly: bool,
    is_over: bool,
) -> tuple[Point, ...] | None:
    """What has happened, of what the form tells; None if it leaves that to the teams' states.

    An outcome is said only where the case is nothing sensitive.
    """
    if definition.tell_sender is None:
        return None
    at_work = [each for each in parts if each.state in AT_WORK]
    with_outcome = [each for each in parts if each.outcome and each.concluded_at]
    said = {each.outcome or "" for each in with_outcome}
    outcome = said.pop() if names_openly and len(said) == 1 else ""
    reached = {
        RECEIVED: submitted_at,
        ACCEPTED: _first(each.acknowledged_at for each in at_work),
        CONTACT: _first(each.first_contact_at for each in parts),
        OUTCOME: _first(each.concluded_at for each in with_outcome),
        CLOSED: max((each.concluded_at or submitted_at for each in parts), default=submitted_at)
        if is_over
        else None,
    }
    order = (RECEIVED, ACCEPTED, CONTACT, OUTCOME, CLOSED)
    return tuple(
        (name, outcome if name == OUTCOME and outcome in PUBLIC_OUTCOMES else "", at)
        for name in order
        if name in definition.tell_sender and (at := reached[name])
    )


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in moments if each), default=None)


def offers_news(definition: FormDefinition) -> bool:
    """Whether anything of what the form tells comes after it was received."""
    return bool(set(definition.tell_sender or ()) - {RECEIVED})


def keep_address(submission_id: str, email: str, url: str, language: str) -> None:
    """Keep where to tell somebody that there is news, sealed to the worker; in a transaction.

    It takes the place of an address that was given before.
    """
    content = canonical_json({"email": email, "url": url, "language": language})
    sealed = seal_for(content, [keys().public_key(WORKER)], address_context(submission_id))
    db.session.execute(sa.delete(SenderMail).where(SenderMail.id == submission_id))
    db.session.add(SenderMail(id=submission_id, sealed_address=sealed, created_at=clock()))


def wants_news(submission_id: str) -> bool:
    """Whether somebody is sent an email when there is news of what they sent."""
    query = sa.select(SenderMail.id).where(SenderMail.id == submission_id)
    return db.session.scalar(query) is not None


def stop_news(submission_id: str) -> None:
    """Send no more of them; the address is forgotten."""
    with transaction() as session:
        session.execute(sa.delete(SenderMail).where(SenderMail.id == submission_id))


def tell_sender(case: Case, point: str) -> None:
    """Queue an email for whoever sent the case's forms, where the form tells this point.

    In the caller's transaction, with the case locked; it tells the same point once.
    """
    joined = sa.select(CaseSubmission.submission_id).where(CaseSubmission.case_id == case.id)
    query = (
        sa.select(Submission.id, Submission.form_id, Submission.form_version)
        .join(SenderMail, SenderMail.id == Submission.id)
        .where(sa.or_(Submission.case_id == case.id, Submission.id.in_(joined)))
    )
    for submission_id, form_id, version in db.session.execute(query).tuples().all():
        if point in (runnable(form_id, version).definition.tell_sender or ()):
            payload = {"submission_id": submission_id}
            # of this case: two that were split are not locked together, and may tell at once
            once = f"news:{point}:{case.id[:16]}:{submission_id}"
            outbox.enqueue(KIND, payload, dedupe_key=once)


def message_of(work: Work) -> dict[str, object]:
    """The email that a piece of work is about. Raises WorkNotNeeded.

    Nobody is sent it who asked for no more, whose case is gone, or who said meanwhile, in any form
    that a team of the case reads, that an email is not safe.
    """
    submission_id = str(work.payload["submission_id"])
    kept = db.session.get(SenderMail, submission_id)
    link = db.session.get(StatusLink, submission_id)
    submission = db.session.get(Submission, submission_id)
    if kept is None or link is None or submission is None:
        raise WorkNotNeeded
    context, opener = address_context(submission_id), keys().private_key
    wanted = json.loads(open_sealed(kept.sealed_address, context, opener))
    teams = sa.select(Destination.team_id).where(Destination.case_id == submission.case_id)
    if any(is_unsafe(wanted["email"], team) for team in db.session.scalars(teams).all()):
        raise WorkNotNeeded
    return news_message(
        wanted["email"],
        reference=submission.reference,
        url=wanted["url"],
        language=wanted["language"],
        message_id=f"news-{work.id}",
    )


def address_context(submission_id: str) -> Context:
    """Where a sender's address belongs."""
    return Context("sender-mail", subject=submission_id)
