"""What of a submission goes to the teams that are sent only sections of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions import FormDefinition, answers_in
from intake.models import ExtractFile, ExtractKeyCopy, SubmissionExtract
from intake.sealing.extracts import Extracted, SealedExtract, seal_extract
from intake.sealing.keypairs import PublicKey
from intake.services.files import file_ids
from intake.services.stored_files import seal_file_key
from intake.written_sql import insert
from referral_router import Decision, RuleSet, decision_for, parts_sent

_INSERT_EXTRACT = insert(SubmissionExtract)
_INSERT_KEY_COPY = insert(ExtractKeyCopy)


def seal_extracts(
    submission_id: str,
    answers: Mapping[str, Any],
    decision: Decision,
    rules: RuleSet,
    recipients: Sequence[PublicKey],
    *,
    whole: Collection[str],
) -> tuple[SealedExtract, ...]:
    """An extract for each set of teams that may read the same, sealed to them alone and to the
    recovery key. ``whole`` are the teams that have a key to everything and need none."""
    definition, sealed = rules.definition, []
    for destinations in parts_sent(decision):
        teams = {to.team for to in destinations} - set(whole)
        if not teams:
            continue
        sections = destinations[0].sections or ()
        shown = answers_in(definition, answers, sections)
        part = Extracted(
            sections=sections,
            answers=shown,
            decision=decision_for(decision, rules, destinations).to_json(),
            is_email_unsafe=definition.is_email_unsafe(answers),
            file_ids=files_in(definition, shown),
        )
        own = [key for key in recipients if key.team_id is None or key.team_id in teams]
        sealed.append(seal_extract(submission_id, definition.id, definition.version, part, own))
    return tuple(sealed)


def files_in(definition: FormDefinition, answers: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the files that these answers name."""
    return frozenset(chain(*file_ids(definition, answers).values()))


def insert_extracts(
    connection: sa.Connection, submission_id: str, extracts: Iterable[SealedExtract]
) -> None:
    """Write the extracts of a submission inside its transaction."""
    for extract in extracts:
        _INSERT_EXTRACT.run(connection, _row(submission_id, extract))
        _INSERT_KEY_COPY.run(connection, *_key_copies(extract))


def keep_extract_files(
    session: Session, keys: Mapping[str, bytes], extracts: Iterable[SealedExtract]
) -> None:
    """Give each extract the keys of its own files; ``keys`` are all files' own."""
    session.flush()  # the files have to be there first
    session.add_all(
        ExtractFile(
            extract_id=extract.id,
            file_id=file_id,
            sealed_key=seal_file_key(keys[file_id], extract.data_key, extract.id, file_id),
        )
        for extract in extracts
        for file_id in extract.file_ids
    )


def _row(submission_id: str, extract: SealedExtract) -> dict[str, Any]:
    return {
        "id": extract.id,
        "submission_id": submission_id,
        "sections": list(extract.sections),
        "sealed_answers": extract.answers,
        "sealed_decision": extract.decision,
    }


def _key_copies(extract: SealedExtract) -> Iterator[dict[str, Any]]:
    for key in extract.keys:
        yield {
            "extract_id": extract.id,
            "key_id": key.key_id,
            "team_id": key.team_id,
            "suite": key.suite,
            "sealed_key": key.blob,
        }
