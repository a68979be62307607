"""Find a case by an exact identifier, among those that the user's teams have."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

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
    ExtractIndexEntry,
    ExtractKeyCopy,
    SealedKeyCopy,
    Submission,
    SubmissionExtract,
)
from intake.sealing import blind_index
from intake.services.form_titles import form_titles
from intake.services.queue import QueueRow, queue_row

MOST_FOUND = 100
REFERENCE = "reference"


class Matching(NamedTuple):
    """What matches a search: submissions, and extracts for the teams that were sent no more."""

    submissions: sa.Select[tuple[str]]
    extracts: sa.Select[tuple[str]]


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

    A team finds a case only by what is in forms that are sealed to it, or in the sections that it
    was sent: else one that declined a case could learn from a search what came later, and one that
    was sent a part what is in the rest.

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


def _by_reference(search: Search) -> Matching | None:
    submissions = sa.select(Submission.id).where(Submission.reference.in_(_wanted(search)))
    extracts = sa.select(SubmissionExtract.id).where(
        SubmissionExtract.submission_id.in_(submissions)
    )
    return Matching(submissions, extracts)


def _wanted(search: Search) -> set[str]:
    typed = search.reference.strip().upper()
    return {typed, tidy_reference(typed)} - {""}


def _by_identifier(search: Search) -> Matching | None:
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
    return Matching(
        sa.select(BlindIndexEntry.submission_id).where(_has_one_of(BlindIndexEntry, wanted)),
        sa.select(ExtractIndexEntry.extract_id).where(_has_one_of(ExtractIndexEntry, wanted)),
    )


def _has_one_of(
    entry: type[BlindIndexEntry | ExtractIndexEntry], wanted: Iterable[tuple[str, bytes]]
) -> sa.ColumnElement[bool]:
    conditions = (
        sa.and_(entry.kind == kind, entry.digest == digest) for kind, digest in sorted(wanted)
    )
    return sa.or_(*conditions)


def _rows(user: User, search: Search, matching: Matching) -> tuple[QueueRow, ...]:
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


def _reads_one_of(search: Search, matching: Matching) -> sa.ColumnElement[bool]:
    """Whether the case reads one of these submissions, and it, or one of these extracts of it, is
    sealed to the team of the part."""
    own = sa.select(Submission.case_id, SealedKeyCopy.team_id).join(
        SealedKeyCopy, SealedKeyCopy.submission_id == Submission.id
    )
    joined = sa.select(CaseSubmission.case_id, SealedKeyCopy.team_id).join(
        SealedKeyCopy, SealedKeyCopy.submission_id == CaseSubmission.submission_id
    )
    read = sa.tuple_(Destination.case_id, Destination.team_id).in_(
        own.where(Submission.id.in_(matching.submissions)).union(
            joined.where(CaseSubmission.submission_id.in_(matching.submissions)),
            *_reads_in_part(matching.extracts),
        )
    )
    if search.by != REFERENCE:
        return read
    # a case that was split from another has a reference that no submission has
    split = sa.and_(Case.reference.in_(_wanted(search)), Case.split_from.is_not(None))
    return sa.or_(read, split)


def _reads_in_part(extracts: sa.Select[tuple[str]]) -> Iterator[sa.Select[tuple[str, str | None]]]:
    """The cases that read a submission of which one of these extracts is, with its teams."""
    for reading, submission_id in (
        (Submission.case_id, Submission.id),
        (CaseSubmission.case_id, CaseSubmission.submission_id),
    ):
        yield (
            sa.select(reading, ExtractKeyCopy.team_id)
            .join(SubmissionExtract, SubmissionExtract.submission_id == submission_id)
            .join(ExtractKeyCopy, ExtractKeyCopy.extract_id == SubmissionExtract.id)
            .where(SubmissionExtract.id.in_(extracts), ExtractKeyCopy.team_id.is_not(None))
        )
