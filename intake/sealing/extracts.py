"""Sealing an extract of a submission, and opening it: some sections, under a data key of their own.

Whoever has an extract's key has no key to the submission. The context binds the extract to its
submission and to its sections, so that neither can be exchanged in the database.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from intake.database import db, new_id
from intake.models.extracts import ExtractKeyCopy, SubmissionExtract
from intake.models.submissions import Submission
from intake.sealing.canonical import canonical_json
from intake.sealing.envelopes import (
    Context,
    SealedKey,
    new_data_key,
    open_body,
    seal_body,
    seal_key,
)
from intake.sealing.errors import CannotOpen
from intake.sealing.keypairs import PrivateKey, PublicKey
from intake.sealing.keystore import KeyStore
from intake.sealing.submissions import key_by_copies
from intake.sealing.team_keys import keys_of


@dataclass(frozen=True, slots=True)
class SealedExtract:
    """What is stored of an extract, and the teams that it is for."""

    id: str
    sections: tuple[str, ...]
    answers: bytes = field(repr=False)
    decision: bytes = field(repr=False)
    keys: tuple[SealedKey, ...]
    file_ids: frozenset[str]
    data_key: bytes = field(repr=False)  # not stored: its files' keys are sealed under it


@dataclass(frozen=True, slots=True)
class OpenedExtract:
    """What a team was sent: answers of its sections, and what it may know of the decision."""

    answers: dict[str, Any] = field(repr=False)
    decision: dict[str, Any] = field(repr=False)
    is_email_unsafe: bool  # by the whole of the answers, so that nobody is written to unawares


@dataclass(frozen=True, slots=True)
class Extracted:
    """What goes into an extract, before it is sealed."""

    sections: tuple[str, ...]
    answers: Mapping[str, Any] = field(repr=False)
    decision: Mapping[str, Any] = field(repr=False)
    is_email_unsafe: bool
    file_ids: frozenset[str] = frozenset()


def seal_extract(
    submission_id: str, form: str, version: str, part: Extracted, recipients: Sequence[PublicKey]
) -> SealedExtract:
    """Seal a part of a submission under a fresh data key, and that key to every recipient."""
    extract_id, data_key = new_id(), new_data_key()

    def context(purpose: str) -> Context:
        subject = _subject(submission_id, extract_id, part.sections)
        return Context(purpose, form, version, subject)

    body = {"answers": part.answers, "is_email_unsafe": part.is_email_unsafe}
    return SealedExtract(
        extract_id,
        part.sections,
        seal_body(data_key, canonical_json(body), context("extract-answers")),
        seal_body(data_key, canonical_json(part.decision), context("extract-decision")),
        tuple(seal_key(data_key, recipient, context("extract-key")) for recipient in recipients),
        part.file_ids,
        data_key,
    )


def extracts_for(
    submission_id: str, teams: Collection[str]
) -> list[tuple[SubmissionExtract, list[ExtractKeyCopy]]]:
    """The extracts of a submission that are sealed to one of these teams, with these copies."""
    query = (
        sa.select(SubmissionExtract, ExtractKeyCopy)
        .join(ExtractKeyCopy, ExtractKeyCopy.extract_id == SubmissionExtract.id)
        .where(SubmissionExtract.submission_id == submission_id, ExtractKeyCopy.team_id.in_(teams))
        .order_by(SubmissionExtract.id, ExtractKeyCopy.team_id)
    )
    found: dict[SubmissionExtract, list[ExtractKeyCopy]] = {}
    for extract, copy in db.session.execute(query).tuples():
        found.setdefault(extract, []).append(copy)
    return list(found.items())


def team_copies(extract_id: str) -> Sequence[ExtractKeyCopy]:
    """Every copy of an extract's data key that belongs to a team."""
    query = sa.select(ExtractKeyCopy).where(
        ExtractKeyCopy.extract_id == extract_id, ExtractKeyCopy.team_id.is_not(None)
    )
    return db.session.scalars(query.order_by(ExtractKeyCopy.team_id)).all()


def extract_key(
    extract: SubmissionExtract,
    submission: Submission,
    copies: Collection[ExtractKeyCopy],
    keys: KeyStore,
    *,
    as_teams: Collection[str] | None = None,
) -> bytes:
    """An extract's data key, by any of these copies that gives it. Raises SealingError."""
    private_key: Callable[[str], PrivateKey] = (
        keys.private_key if as_teams is None else keys_of(keys, as_teams)
    )
    context = extract_key_context(extract, submission)
    return key_by_copies(copies, context, extract.sealed_answers, private_key)


def open_extract(extract: SubmissionExtract, submission: Submission, key: bytes) -> OpenedExtract:
    """Open both bodies with the data key. Raises CannotOpen, UnknownSuite."""
    body = open_body(key, extract.sealed_answers, _context("extract-answers", extract, submission))
    decision = open_body(
        key, extract.sealed_decision, _context("extract-decision", extract, submission)
    )
    try:
        opened = json.loads(body)
        return OpenedExtract(opened["answers"], json.loads(decision), opened["is_email_unsafe"])
    except (ValueError, KeyError, TypeError) as error:
        raise CannotOpen("extract-answers") from error


def extract_key_copies(extract_id: str, keys: Sequence[SealedKey]) -> list[ExtractKeyCopy]:
    """The rows that keep an extract's sealed keys."""
    return [
        ExtractKeyCopy(
            extract_id=extract_id,
            key_id=key.key_id,
            team_id=key.team_id,
            suite=key.suite,
            sealed_key=key.blob,
        )
        for key in keys
    ]


def extract_key_context(extract: SubmissionExtract, submission: Submission) -> Context:
    """The context that an extract's data key is sealed in."""
    return _context("extract-key", extract, submission)


def _context(purpose: str, extract: SubmissionExtract, submission: Submission) -> Context:
    subject = _subject(submission.id, extract.id, extract.sections)
    return Context(purpose, submission.form_id, submission.form_version, subject)


def _subject(submission_id: str, extract_id: str, sections: Sequence[str]) -> str:
    return canonical_json([submission_id, extract_id, *sections]).decode()
