"""What a sender says afterwards: words and files to be added, or that they want it back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions.file_kinds import BYTES, USUAL_KINDS, USUAL_SIZE
from intake import audit, outbox
from intake.app_state import clock, settings
from intake.database import db, new_id, transaction
from intake.files.blobs import BlobsUnavailable
from intake.files.pieces import sealed_size
from intake.files.receiving import Received
from intake.models import Case, CaseEvent, EventFile, Submission, Team
from intake.sealing import derive, new_data_key
from intake.services.asking_more import answer_came
from intake.services.case_notes import add_event
from intake.services.event_files import event_file
from intake.services.files import FileRefused, forget_file, seal_file
from intake.services.following import WITHDRAWAL, Following
from intake.services.joined_cases import FROM_SENDER, cases_reading, lock_cases, told_by
from intake.services.messages import heard_message
from intake.services.passing_on import bring_back, readers_of
from intake.services.stored_files import StoredFile

ACTOR = "visitor"
MORE = "more-sent"
LONGEST_MORE = 2000  # characters, as a note of staff has
MOST_MORE = 20  # messages about one referral: a team's mailbox is not to be filled
MOST_FILES = 5  # with one message
LARGEST_FILE = USUAL_SIZE  # bytes

MOST_ATTEMPTS = 3  # nobody merges cases faster than somebody writes a message

Kept = tuple[StoredFile, bytes]


class CasesMoved(Exception):  # noqa: N818
    """Raised if a case was merged into another between looking and writing."""


class TooMuch(Exception):  # noqa: N818
    """Raised if somebody has sent more than a team can be expected to read."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a message: whether anything was added, and which files were not, and why."""

    is_added: bool
    # the name that its sender gave, and an error code
    refused: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def send_more(
    following: Following, words: str, uploads: Sequence[Received] = (), *, once: str = ""
) -> Heard:
    """Add what somebody sends later to the case, sealed to its teams, and tell them.

    A file that is refused keeps nothing else from being added. With the same ``once`` it is added
    only once. Raises TooMuch: then nothing is.
    """
    event_id = new_id()
    if once:
        event_id = derive(following.capability.secret, "more", once)[:16].hex()
    if db.session.get(CaseEvent, event_id):
        return Heard(is_added=True)
    if _heard(following.capability.link_id) >= MOST_MORE:
        raise TooMuch
    kept, refused = _sealed(uploads)
    if not words and not kept:
        return Heard(is_added=False, refused=refused)
    is_new = False
    try:
        is_new = _heard_at_last(following, MORE, event_id, words, kept)
    finally:
        if not is_new:  # it failed, or a second press of the button was quicker
            for file, _ in kept:
                forget_file(file.id)
    return Heard(is_added=True, refused=refused)


def ask_to_withdraw(following: Following) -> None:
    """Note that the sender wants it back; the teams decide what can be undone. Twice is once."""
    if following.withdrawn_at is None:
        _heard_at_last(following, WITHDRAWAL, new_id())


def _heard_at_last(
    following: Following, kind: str, event_id: str, words: str = "", kept: Sequence[Kept] = ()
) -> bool:
    """As ``_hear``; if its case was merged into another meanwhile, on that one."""
    for _ in range(MOST_ATTEMPTS):
        try:
            return _hear(following, kind, event_id, words, kept)
        except CasesMoved:
            sent = db.session.get_one(Submission, following.capability.link_id)
            following = replace(following, case_ids=cases_reading(sent.id, sent.case_id))
    raise CasesMoved


def _sealed(uploads: Sequence[Received]) -> tuple[list[Kept], tuple[tuple[str, str], ...]]:
    kept: list[Kept] = []
    refused: list[tuple[str, str]] = [("", "maxItems")] if len(uploads) > MOST_FILES else []
    for upload in uploads[:MOST_FILES]:
        try:
            kept.append(seal_file(upload, kinds=USUAL_KINDS, max_size=LARGEST_FILE))
        except FileRefused as error:
            refused.append((upload.claimed_name, error.code))
        except BlobsUnavailable:
            refused.append((upload.claimed_name, "fileNotScanned"))
    return kept, tuple(refused)


def _hear(
    following: Following, kind: str, event_id: str, words: str = "", kept: Sequence[Kept] = ()
) -> bool:
    """Put it on the case's timeline; whether it was not there yet.

    A case that was split from it tells it too, and one that it was merged into in its place.
    """
    now, data_key = clock(), new_data_key() if kept else None
    submission_id = following.capability.link_id
    with transaction() as session:
        # first, because it makes messages about one case wait for each other
        cases = lock_cases(session, following.case_ids)
        if any(case.merged_into for case in cases.values()):
            raise CasesMoved
        if session.get(CaseEvent, event_id):
            return False
        first, *_ = following.case_ids
        for case in cases.values():
            bring_back(case, ACTOR, now)
        told = _told(cases.values(), first)
        if kind == MORE:
            answer_came(session, following.case_ids)
        add_event(
            first,
            kind,
            ACTOR,
            now,
            submission_id=submission_id,
            words=words,
            readers=told.keys(),
            event_id=event_id,
            data_key=data_key,
        )
        if data_key:
            _add_files(session, submission_id, event_id, kept, data_key, now)
        for case in cases.values():
            case.updated_at = now
        _tell(told, following.reference, kind)
        audit.record(ACTOR, f"referral.{kind}", "case", first)
    return True


def _told(cases: Iterable[Case], first: str) -> dict[str, str]:
    """The teams that get to know it, each with the case that it has."""
    in_order = sorted(cases, key=lambda case: case.id != first)
    return {team: case.id for case in reversed(in_order) for team in readers_of(case)}


def _tell(told: Mapping[str, str], reference: str, kind: str) -> None:
    for team in db.session.scalars(sa.select(Team).where(Team.id.in_(told)).order_by(Team.id)):
        if team.email:
            message = heard_message(
                team.email,
                reference=reference,
                case_id=told[team.id],
                is_withdrawal=kind == WITHDRAWAL,
            )
            outbox.enqueue("email", message, team_id=team.id)


def _add_files(
    session: Session,
    submission_id: str,
    event_id: str,
    kept: Sequence[Kept],
    data_key: bytes,
    now: datetime,
) -> None:
    """Raises TooMuch if all files that were sent later are more than one draft may have."""
    session.flush()
    query = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(EventFile.stored_size), 0))
        .join(CaseEvent, CaseEvent.id == EventFile.event_id)
        .where(_is_about(submission_id))
    )
    count, stored = session.execute(query).one()
    more = sum(sealed_size(file.size) for file, _ in kept)
    if count + len(kept) > settings().files_per_draft:
        raise TooMuch
    if stored + more > settings().files_total * BYTES["MB"]:
        raise TooMuch
    session.add_all([event_file(event_id, file, key, data_key, now) for file, key in kept])


def _heard(submission_id: str) -> int:
    query = sa.select(sa.func.count()).where(_is_about(submission_id), CaseEvent.kind == MORE)
    return db.session.scalar(query) or 0


def _is_about(submission_id: str) -> sa.ColumnElement[bool]:
    """The condition that an event tells what the sender of a submission sent later."""
    home = db.session.scalars(
        sa.select(Submission.case_id).where(Submission.id == submission_id)
    ).all()
    return sa.and_(
        CaseEvent.case_id.in_(told_by(home)),
        CaseEvent.kind.in_(FROM_SENDER),
        CaseEvent.submission_id == submission_id,
    )
