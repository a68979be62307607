"""Sealing a submission, and opening it with a team's key: answers and decision, one data key."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from intake.database import db
from intake.models.extracts import ExtractKeyCopy
from intake.models.submissions import SealedKeyCopy, Submission
from intake.sealing.canonical import canonical_json
from intake.sealing.envelopes import (
    Context,
    SealedKey,
    is_sealed_under,
    new_data_key,
    open_body,
    open_key,
    seal_body,
    seal_key,
)
from intake.sealing.errors import (
    CannotOpen,
    MasterKeyMissing,
    SealedToOthers,
    SealingError,
)
from intake.sealing.keypairs import PrivateKey, PublicKey
from intake.sealing.keystore import KeyStore
from intake.sealing.team_keys import keys_of


@dataclass(frozen=True, slots=True)
class SealedSubmission:
    """What is stored of a submission: two sealed bodies and a sealed key for each recipient."""

    answers: bytes = field(repr=False)
    decision: bytes = field(repr=False)
    keys: tuple[SealedKey, ...]
    data_key: bytes = field(repr=False)  # not stored: what else belongs to it is sealed under it


@dataclass(frozen=True, slots=True)
class OpenedSubmission:
    """A submission's answers and its routing decision, readable."""

    answers: dict[str, Any] = field(repr=False)
    decision: dict[str, Any] = field(repr=False)


def seal_submission(
    submission_id: str,
    form: str,
    version: str,
    answers: Mapping[str, Any],
    decision: Mapping[str, Any],
    recipients: Sequence[PublicKey],
) -> SealedSubmission:
    """Seal answers and decision under a fresh data key, and that key to every recipient.

    ``recipients`` come from ``KeyStore.recipients(team_ids)``, the recovery key among them.
    """
    data_key = new_data_key()

    def context(purpose: str) -> Context:
        return Context(purpose, form, version, submission_id)

    return SealedSubmission(
        seal_body(data_key, canonical_json(answers), context("answers")),
        seal_body(data_key, canonical_json(decision), context("decision")),
        tuple(seal_key(data_key, recipient, context("data-key")) for recipient in recipients),
        data_key,
    )


def key_copies(submission_id: str, keys: Sequence[SealedKey]) -> list[SealedKeyCopy]:
    """The rows that keep a submission's sealed keys."""
    return [
        SealedKeyCopy(
            submission_id=submission_id,
            key_id=key.key_id,
            team_id=key.team_id,
            suite=key.suite,
            sealed_key=key.blob,
        )
        for key in keys
    ]


def open_submission(
    submission: Submission, keys: KeyStore, *, as_teams: Collection[str] | None = None
) -> OpenedSubmission:
    """Open a submission with the key of one of these teams (None: of any team; worker only).

    Raises SealedToOthers if it is sealed to none of them, another SealingError if it was altered,
    MasterKeyMissing in a public process. The caller has already decided and recorded that this
    may be read.
    """
    return open_with(submission, data_key(submission, keys, as_teams=as_teams))


def data_key(
    submission: Submission, keys: KeyStore, *, as_teams: Collection[str] | None = None
) -> bytes:
    """A submission's data key, by any copy of these teams that gives it. Raises SealingError."""
    private_key = keys.private_key if as_teams is None else keys_of(keys, as_teams)
    return data_key_of(submission, _copies(submission.id, as_teams), private_key)


def data_key_of(
    submission: Submission,
    copies: Collection[SealedKeyCopy],
    private_key: Callable[[str], PrivateKey],
) -> bytes:
    """A submission's data key, by any of these copies that gives it. Raises SealingError."""
    return key_by_copies(
        copies, data_key_context(submission), submission.sealed_answers, private_key
    )


def key_by_copies(
    copies: Iterable[SealedKeyCopy | ExtractKeyCopy],
    context: Context,
    body: bytes,
    private_key: Callable[[str], PrivateKey],
) -> bytes:
    """The data key of a sealed body, by any of these copies that gives it. Raises SealingError."""
    problem: SealingError = SealedToOthers("data-key")
    for copy in copies:
        sealed = SealedKey(copy.suite, copy.key_id, copy.sealed_key, copy.team_id)
        try:
            opened = open_key(sealed, private_key(copy.key_id), context)
        except MasterKeyMissing:
            raise
        except SealingError as error:  # a damaged copy: another one may do
            problem = error
            continue
        if is_sealed_under(opened, body):
            return opened
        problem = CannotOpen("data-key")
    raise problem


def open_with(submission: Submission, key: bytes) -> OpenedSubmission:
    """Open both bodies with the data key. Raises CannotOpen, UnknownSuite."""
    answers = open_body(key, submission.sealed_answers, _context("answers", submission))
    decision = open_body(key, submission.sealed_decision, _context("decision", submission))
    try:
        return OpenedSubmission(json.loads(answers), json.loads(decision))
    except ValueError as error:
        raise CannotOpen("answers") from error


def sealed_to(submissions: Iterable[Submission]) -> Mapping[str, set[str | None]]:
    """The teams that each data key is sealed to, as the copies say; None stands for recovery."""
    found = {submission.id: set[str | None]() for submission in submissions}
    query = sa.select(SealedKeyCopy.submission_id, SealedKeyCopy.team_id).where(
        SealedKeyCopy.submission_id.in_(found)
    )
    for submission_id, team_id in db.session.execute(query):
        found[submission_id].add(team_id)
    return found


def data_key_context(submission: Submission) -> Context:
    """The context that a submission's data key is sealed in."""
    return _context("data-key", submission)


def _context(purpose: str, submission: Submission) -> Context:
    return Context(purpose, submission.form_id, submission.form_version, submission.id)


def _copies(submission_id: str, as_teams: Collection[str] | None) -> Sequence[SealedKeyCopy]:
    query = sa.select(SealedKeyCopy).where(SealedKeyCopy.submission_id == submission_id)
    if as_teams is None:
        query = query.where(SealedKeyCopy.team_id.is_not(None))
    else:
        query = query.where(SealedKeyCopy.team_id.in_(as_teams))
    return db.session.scalars(query.order_by(SealedKeyCopy.team_id)).all()
