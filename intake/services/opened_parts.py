"""A submission opened for a team: all of it, or the sections that the team was sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from form_definitions import FormDefinition
from intake.app_state import keys
from intake.database import db
from intake.models import ExtractFile, ExtractKeyCopy, Submission, SubmissionExtract, SubmittedFile
from intake.sealing.errors import MasterKeyMissing, SealedToOthers, SealingError
from intake.sealing.extracts import OpenedExtract, extract_key, extracts_for, open_extract
from intake.sealing.submissions import data_key, open_with
from intake.services.stored_files import StoredFile, files_of_submission, files_under, open_file_key
from referral_router import Decision, decision_from_json

Extracts = Sequence[tuple[SubmissionExtract, bytes]]


@dataclass(frozen=True, slots=True)
class OpenedPart:
    """What teams may read of a submission; ``sections`` is None where that is everything."""

    answers: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, StoredFile] = field(repr=False)
    decision: Decision = field(repr=False)
    sections: tuple[str, ...] | None
    is_email_unsafe: bool  # also where the answer that says so is in another section


def open_part(
    submission: Submission, definition: FormDefinition, teams: Collection[str]
) -> OpenedPart:
    """Open a submission with these teams' keys; with several extracts of it, all of them.

    Raises SealedToOthers if they have neither a key to it nor an extract, another SealingError if
    what is stored is damaged. The caller has decided and recorded that it may be read.
    """
    try:
        key = data_key(submission, keys(), as_teams=teams)
    except SealedToOthers:
        return _joined(submission, definition, _extracts(submission, teams))
    opened = open_with(submission, key)
    has_files = bool(definition.file_questions)
    return OpenedPart(
        answers=opened.answers,
        files=files_of_submission(submission.id, key) if has_files else {},
        decision=decision_from_json(opened.decision),
        sections=None,
        is_email_unsafe=definition.is_email_unsafe(opened.answers),
    )


def file_key(submission: Submission, row: SubmittedFile, teams: Collection[str]) -> bytes:
    """The key of one file of a submission. Raises SealingError: SealedToOthers also if the file
    is in a section that the teams were not sent."""
    try:
        own = data_key(submission, keys(), as_teams=teams)
        return open_file_key(row.sealed_key, own, submission.id, row.id)
    except SealedToOthers:
        for extract, key in _extracts(submission, teams):
            kept = db.session.get(ExtractFile, (extract.id, row.id))
            if kept is not None:
                return open_file_key(kept.sealed_key, key, extract.id, row.id)
        raise


def _extracts(submission: Submission, teams: Collection[str]) -> Extracts:
    """The teams' extracts of a submission, with their keys; a damaged one does not hide others."""
    found: list[tuple[SubmissionExtract, bytes]] = []
    problem: SealingError = SealedToOthers("extract-key")
    for extract, copies in extracts_for(submission.id, teams):
        try:
            found.append((extract, _key(extract, submission, copies, teams)))
        except MasterKeyMissing:
            raise
        except SealingError as error:
            problem = error
    if not found:
        raise problem
    return found


def _key(
    extract: SubmissionExtract,
    submission: Submission,
    copies: Collection[ExtractKeyCopy],
    teams: Collection[str],
) -> bytes:
    return extract_key(extract, submission, copies, keys(), as_teams=teams)


def _joined(submission: Submission, definition: FormDefinition, extracts: Extracts) -> OpenedPart:
    opened = [open_extract(extract, submission, key) for extract, key in extracts]
    wanted = {page for extract, _key in extracts for page in extract.sections}
    return OpenedPart(
        answers={name: value for each in opened for name, value in each.answers.items()},
        files=_files(extracts) if definition.file_questions else {},
        decision=_decision(opened),
        sections=tuple(page.id for page in definition.pages if page.id in wanted),
        is_email_unsafe=any(each.is_email_unsafe for each in opened),
    )


def _files(extracts: Extracts) -> Mapping[str, StoredFile]:
    keys_of = {extract.id: key for extract, key in extracts}
    query = (
        sa.select(SubmittedFile, ExtractFile)
        .join(ExtractFile, ExtractFile.file_id == SubmittedFile.id)
        .where(ExtractFile.extract_id.in_(keys_of))
        .order_by(SubmittedFile.created_at, SubmittedFile.id)
    )
    rows = db.session.execute(query).tuples().all()
    return files_under(
        (row, kept.sealed_key, keys_of[kept.extract_id], kept.extract_id) for row, kept in rows
    )


def _decision(opened: Sequence[OpenedExtract]) -> Decision:
    """What all of them say of the decision."""
    first, *others = (decision_from_json(each.decision) for each in opened)
    if not others:
        return first
    verdicts = {one.rule: one for each in (*others, first) for one in each.verdicts}
    return Decision(
        form=first.form,
        rules_version=first.rules_version,
        rules_hash=first.rules_hash,
        decided_at=first.decided_at,
        destinations=tuple(to for each in (first, *others) for to in each.destinations),
        used_fallback=False,
        make_verdicts=lambda: tuple(verdicts.values()),
    )
