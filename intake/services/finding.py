"""Find a case by an exact identifier, among those that the user's teams have."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from intake import audit
from intake.access import User
from intake.app_state import keys
from intake.database import db, transaction
from intake.models import (
    BlindIndexEntry,
    Case,
    CaseSubmission,
    Destination,
    SealedKeyCopy,
    Submission,
)
from intake.sealing import blind_index
from intake.services.form_titles import form_titles
from intake.services.queue import QueueRow, queue_row

MOST_FOUND = 100
REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: one kind of identifier, as it was typed."""

    by: str  # reference, nhs-number, name-and-birth, postcode, telephone, email
    reference: str = field(default="", repr=False)
    nhs_number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    date_of_birth: str = field(default="", repr=False)  # ISO
    postcode: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


def find_cases(user: User, search: Search, *, address: str) -> tuple[QueueRow, ...]:
    """Cases of the user's teams that match exactly, newest first, one row a team.

    A team finds a case only by what is in forms that are sealed to it: else one that declined a
    case could learn from a search what came later.

    That something was searched for is recorded, by which kind and with how many results; what was
    typed is not.
    """
    matching = _by_reference(search) if search.by == REFERENCE else _by_identifier(search)
    rows = () if matching is None else _rows(user, search, matching)
    with transaction():
        audit.record(
            user.actor, "case.find", "search", search.by, address=address, why=f"{len(rows)} found"
        )
    return rows


def tidy_reference(typed: str) -> str:
    """A reference as it is stored: capitals, without spaces; "bpl 4k7m 9qxh" is found too."""
    letters = "".join(typed.upper().split()).replace("-", "")
    if len(letters) <= 8:
        return letters
    return f"{letters[:-8]}-{letters[-8:-4]}-{letters[-4:]}"


def _by_reference(search: Search) -> sa.Select[tuple[str]] | None:
    return sa.select(Submission.id).where(Submission.reference.in_(_wanted(search)))


def _wanted(search: Search) -> set[str]:
    typed = search.reference.strip().upper()
    return {typed, tidy_reference(typed)} - {""}


def _by_identifier(search: Search) -> sa.Select[tuple[str]] | None:
    found = blind_index.identifiers(
        nhs_number=search.nhs_number,
        name=search.name,
        date_of_birth=search.date_of_birth,
        postcode=search.postcode,
        telephone=search.telephone,
        email=search.email,
    )
    wanted = blind_index.digests(
        keys().index_key(), [each for each in found if each.kind == search.by]
    )
    if not wanted:
        return None
    conditions = [
        sa.and_(BlindIndexEntry.kind == kind, BlindIndexEntry.digest == digest)
        for kind, digest in wanted
    ]
    return sa.select(BlindIndexEntry.submission_id).where(sa.or_(*conditions))


def _rows(user: User, search: Search, matching: sa.Select[tuple[str]]) -> tuple[QueueRow, ...]:
    query = (
        sa.select(Destination, Case)
        .join(Case)
        .where(Destination.team_id.in_(user.teams), _reads_one_of(search, matching))
        .order_by(Case.created_at.desc(), Destination.team_id)
        .limit(MOST_FOUND)
    )
    found = db.session.execute(query).all()
    titles = form_titles({case.form_id for _part, case in found})
    return tuple(queue_row(part, case, titles) for part, case in found)


def _reads_one_of(search: Search, matching: sa.Select[tuple[str]]) -> sa.ColumnElement[bool]:
    """Whether the case reads one of these submissions, and it is sealed to the team of the part."""
    own = sa.select(Submission.case_id, SealedKeyCopy.team_id).join(
        SealedKeyCopy, SealedKeyCopy.submission_id == Submission.id
    )
    joined = sa.select(CaseSubmission.case_id, SealedKeyCopy.team_id).join(
        SealedKeyCopy, SealedKeyCopy.submission_id == CaseSubmission.submission_id
    )
    read = sa.tuple_(Destination.case_id, Destination.team_id).in_(
        own.where(Submission.id.in_(matching)).union(
            joined.where(CaseSubmission.submission_id.in_(matching))
        )
    )
    if search.by != REFERENCE:
        return read
    # a case that was split from another has a reference that no submission has
    split = sa.and_(Case.reference.in_(_wanted(search)), Case.split_from.is_not(None))
    return sa.or_(read, split)
