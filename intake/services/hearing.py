"""What a sender says afterwards: words and files to be added, or that they want it back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
from intake.models import Case, CaseEvent, EventFile
from intake.sealing import derive, new_data_key
from intake.services.case_notes import add_event
from intake.services.event_files import event_file
from intake.services.files import FileRefused, forget_file, seal_file
from intake.services.following import WITHDRAWAL, Following, parts_of
from intake.services.messages import heard_message
from intake.services.passing_on import readers_of
from intake.services.stored_files import StoredFile

ACTOR = "visitor"
MORE = "more-sent"
LONGEST_MORE = 2000  # characters, as a note of staff has
MOST_MORE = 20  # messages about one referral: a team's mailbox is not to be filled
MOST_FILES = 5  # with one message
LARGEST_FILE = USUAL_SIZE  # bytes

Kept = tuple[StoredFile, bytes]


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
    if _heard(following.case_id) >= MOST_MORE:
        raise TooMuch
    kept, refused = _sealed(uploads)
    if not words and not kept:
        return Heard(is_added=False, refused=refused)
    is_new = False
    try:
        is_new = _hear(following, MORE, event_id, words, kept)
    finally:
        if not is_new:  # it failed, or a second press of the button was quicker
            for file, _ in kept:
                forget_file(file.id)
    return Heard(is_added=True, refused=refused)


def ask_to_withdraw(following: Following) -> None:
    """Note that the sender wants it back; the teams decide what can be undone. Twice is once."""
    if following.withdrawn_at is None:
        _hear(following, WITHDRAWAL, new_id())


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
    """Put it on the case's timeline; whether it was not there yet."""
    now, data_key = clock(), new_data_key() if kept else None
    with transaction() as session:
        # first, because it makes messages about one case wait for each other
        session.execute(sa.update(Case).where(Case.id == following.case_id).values(updated_at=now))
        if session.get(CaseEvent, event_id):
            return False
        readers = readers_of(session.get_one(Case, following.case_id))
        teams = {
            part.team_id: team
            for part, team, _ in parts_of(following.case_id)
            if part.team_id in readers
        }
        add_event(
            following.case_id,
            kind,
            ACTOR,
            now,
            words=words,
            readers=teams.keys(),
            event_id=event_id,
            data_key=data_key,
        )
        if data_key:
            _add_files(session, following.case_id, event_id, kept, data_key, now)
        for team in teams.values():
            if team.email:
                message = heard_message(
                    team.email,
                    reference=following.reference,
                    case_id=following.case_id,
                    is_withdrawal=kind == WITHDRAWAL,
                )
                outbox.enqueue("email", message, team_id=team.id)
        audit.record(ACTOR, f"referral.{kind}", "case", following.case_id)
    return True


def _add_files(
    session: Session,
    case_id: str,
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
        .where(CaseEvent.case_id == case_id)
    )
    count, stored = session.execute(query).one()
    more = sum(sealed_size(file.size) for file, _ in kept)
    if count + len(kept) > settings().files_per_draft:
        raise TooMuch
    if stored + more > settings().files_total * BYTES["MB"]:
        raise TooMuch
    session.add_all([event_file(event_id, file, key, data_key, now) for file, key in kept])


def _heard(case_id: str) -> int:
    query = sa.select(sa.func.count()).where(CaseEvent.case_id == case_id, CaseEvent.kind == MORE)
    return db.session.scalar(query) or 0
