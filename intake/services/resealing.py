"""Re-sealing after a rotation: what is under an owner's earlier keys goes to the current one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake import outbox
from intake.app_state import keys
from intake.database import db, transaction
from intake.models import (
    Campaign,
    CampaignRecipient,
    CaseEvent,
    ExtractKeyCopy,
    Key,
    Link,
    OutboxMessage,
    PersonMatchDecision,
    SealedKeyCopy,
    SenderMail,
    Submission,
    SubmissionExtract,
    Webhook,
)
from intake.sealing import Context, PublicKey, SealedKey, open_key, reseal, seal_key
from intake.sealing.envelopes import sealed_keys
from intake.sealing.extracts import (
    extract_key,
    extract_key_context,
    extract_key_copies,
    team_copies,
)
from intake.sealing.keystore import RECOVERY, TEAM, WORKER
from intake.sealing.submissions import data_key, data_key_context, key_copies
from intake.services.campaign_storage import KIND, file_context, message_context
from intake.services.case_notes import note_context
from intake.services.link_issuing import purpose_context, recipient_context
from intake.services.match_decisions import words_context
from intake.services.telling_sender import address_context
from intake.services.webhooks import secret_context

BATCH = 100  # things in one transaction: a fraction of a second


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column whose messages begin with their own sealed keys."""

    model: Any
    name: str
    owners: tuple[str, ...]
    context: Callable[[Any], Context]


COLUMNS = (
    SealedColumn(CaseEvent, "sealed_note", (TEAM, RECOVERY), lambda row: note_context(row.id)),
    SealedColumn(
        PersonMatchDecision, "sealed_words", (TEAM, RECOVERY), lambda row: words_context(row.id)
    ),
    SealedColumn(Link, "sealed_recipient", (TEAM, RECOVERY), lambda row: recipient_context(row.id)),
    SealedColumn(Link, "sealed_purpose", (TEAM, RECOVERY), lambda row: purpose_context(row.id)),
    SealedColumn(
        OutboxMessage, "sealed_payload", (WORKER,), lambda row: outbox.context(row.kind, row.id)
    ),
    SealedColumn(SenderMail, "sealed_address", (WORKER,), lambda row: address_context(row.id)),
    SealedColumn(Campaign, "sealed_message", (WORKER,), lambda row: message_context(row.id)),
    SealedColumn(Campaign, "sealed_file", (TEAM,), lambda row: file_context(row.id)),
    SealedColumn(
        CampaignRecipient,
        "sealed_delivery",
        (WORKER,),
        lambda row: outbox.context(KIND, row.message_id),
    ),
    SealedColumn(Webhook, "sealed_secret", (WORKER,), lambda row: secret_context(row.id)),
)


def reseal_everything(kind: str, team_id: str | None) -> Iterator[int]:
    """Re-seal data keys to the owner's current key; bodies stay as they are.

    Yields, after each batch, how many things it sealed anew. Each batch is a transaction, so it
    may be stopped and begun again. Raises MasterKeyMissing, CannotOpen.
    """
    retired = frozenset(_retired(kind, team_id))
    if not retired:
        return
    for reseal_some in (_reseal_copies, _reseal_extract_copies):
        while done := reseal_some(retired, kind, team_id):
            yield done
    for column in COLUMNS:
        if kind in column.owners:
            yield from _reseal_column(column, retired, kind, team_id)


def count_copies(key_ids: Sequence[str]) -> int:
    """How many data keys, of submissions and of their extracts, are sealed to one of these keys."""
    counts = (
        sa.select(sa.func.count()).select_from(copies).where(copies.key_id.in_(key_ids))
        for copies in (SealedKeyCopy, ExtractKeyCopy)
    )
    return sum(db.session.scalar(count) or 0 for count in counts)


def retired_keys() -> Sequence[str]:
    """The ids of every key that another one has replaced."""
    return db.session.scalars(sa.select(Key.id).where(Key.retired_at.is_not(None))).all()


def _retired(kind: str, team_id: str | None) -> Sequence[str]:
    return db.session.scalars(
        sa.select(Key.id).where(
            Key.owner_kind == kind, Key.team_id == team_id, Key.retired_at.is_not(None)
        )
    ).all()


def _reseal_copies(retired: frozenset[str], kind: str, team_id: str | None) -> int:
    query = (
        sa.select(SealedKeyCopy, Submission)
        .join(Submission, Submission.id == SealedKeyCopy.submission_id)
        .where(SealedKeyCopy.key_id.in_(retired))
        .limit(BATCH)
    )
    with transaction() as session:
        new = keys().public_key(kind, team_id)
        rows = session.execute(query).tuples().all()
        for copy, submission in rows:
            fresh = seal_key(_opened(copy, submission), new, data_key_context(submission))
            session.delete(copy)
            session.merge(*key_copies(submission.id, [fresh]))
        return len(rows)


def _opened(copy: SealedKeyCopy, submission: Submission) -> bytes:
    """The data key under a copy; that of the recovery key is opened by a team's copy instead,
    because the recovery key's private half is on paper."""
    if copy.team_id is None:
        return data_key(submission, keys())
    sealed = SealedKey(copy.suite, copy.key_id, copy.sealed_key, copy.team_id)
    return open_key(sealed, keys().private_key(copy.key_id), data_key_context(submission))


def _reseal_extract_copies(retired: frozenset[str], kind: str, team_id: str | None) -> int:
    query = (
        sa.select(ExtractKeyCopy, SubmissionExtract, Submission)
        .join(SubmissionExtract, SubmissionExtract.id == ExtractKeyCopy.extract_id)
        .join(Submission, Submission.id == SubmissionExtract.submission_id)
        .where(ExtractKeyCopy.key_id.in_(retired))
        .limit(BATCH)
    )
    with transaction() as session:
        new = keys().public_key(kind, team_id)
        rows = session.execute(query).tuples().all()
        for copy, extract, submission in rows:
            opened = _opened_extract(copy, extract, submission)
            fresh = seal_key(opened, new, extract_key_context(extract, submission))
            session.delete(copy)
            session.merge(*extract_key_copies(extract.id, [fresh]))
        return len(rows)


def _opened_extract(
    copy: ExtractKeyCopy, extract: SubmissionExtract, submission: Submission
) -> bytes:
    """The data key under a copy; that of the recovery key is opened by a team's, as above."""
    copies = [copy] if copy.team_id else team_copies(extract.id)
    return extract_key(extract, submission, copies, keys())


def _reseal_column(
    column: SealedColumn, retired: frozenset[str], kind: str, team_id: str | None
) -> Iterator[int]:
    last = ""
    while True:
        with transaction() as session:
            new = keys().public_key(kind, team_id)
            rows = session.scalars(_page(column, last)).all()
            done = sum(_reseal_row(column, row, retired, new) for row in rows)
        if not rows:
            return
        yield done
        last = rows[-1].id


def _page(column: SealedColumn, after: str) -> sa.Select[Any]:
    model, sealed = column.model, getattr(column.model, column.name)
    return (
        sa.select(model)
        .where(sealed.is_not(None), model.id > after)
        .order_by(model.id)
        .limit(BATCH)
        .with_for_update()
    )


def _reseal_row(column: SealedColumn, row: Any, retired: frozenset[str], new: PublicKey) -> int:
    message: bytes = getattr(row, column.name)
    copies = sealed_keys(message)
    under = [copy for copy in copies if copy.key_id in retired]
    for copy in under:
        opener = copy if copy.team_id or new.team_id or len(copies) == 1 else _team_copy(copies)
        private_key = keys().private_key(opener.key_id)
        message = reseal(message, column.context(row), private_key, new, instead_of=copy.key_id)
    setattr(row, column.name, message)
    return len(under)


def _team_copy(copies: Sequence[SealedKey]) -> SealedKey:
    return next(copy for copy in copies if copy.team_id)
