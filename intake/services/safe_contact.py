"""Whom no email may go to: somebody said in a form that one could put them in danger.

What a draft says is marked on its link. What was sent is in the blind index, by the addresses in it
and the one that its link went to: a team is refused what it could read in its own cases, and learns
nothing of others'.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions import FormDefinition
from form_definitions.formats import is_email
from intake.app_state import keys
from intake.database import db
from intake.models import (
    BlindIndexEntry,
    ExtractIndexEntry,
    ExtractKeyCopy,
    Link,
    SealedKeyCopy,
    Submission,
    SubmissionExtract,
)
from intake.sealing.blind_index import Identifier, digest, normal_email
from intake.services.link_rules import LinkNotIssued
from intake.services.link_terms import LinkKind

UNSAFE, SAFE = "email-unsafe", "email-safe"  # kinds of entries of the blind index
REFUSED = (
    "Somebody said in a form that an email to this address could put them in danger. Call or meet"
    " them: fill in the form together, or give them a shared link on paper"
)


class Answered(Protocol):
    """A submission that was opened."""

    @property
    def is_email_unsafe(self) -> bool:
        """Whether its answers say so, also those that the team was not sent."""


def mark_link(
    session: Session, link_id: str, definition: FormDefinition, answers: Mapping[str, Any]
) -> None:
    """Note on the link of a draft whether its answers say that an email is not safe."""
    if definition.no_email_when is None:
        return
    is_unsafe_now = definition.is_email_unsafe(answers)
    session.execute(
        sa.update(Link)
        .where(
            Link.id == link_id,
            Link.kind != LinkKind.SHARED,  # nobody was sent it
            Link.email_unsafe.is_not(is_unsafe_now),
        )
        .values(email_unsafe=is_unsafe_now)
    )


def safety_of(
    definition: FormDefinition,
    answers: Mapping[str, Any],
    recipient: str = "",
    within: Mapping[str, Any] | None = None,
) -> Iterator[Identifier]:
    """What the blind index keeps of it, for each address in the answers and their link's own.

    With ``within``, only for the addresses in that part of the answers.
    """
    if definition.no_email_when is None:
        return
    kind = UNSAFE if definition.is_email_unsafe(answers) else SAFE
    for email in (*_emails(answers if within is None else within), recipient):
        if email:
            yield Identifier(kind, normal_email(email))


def is_unsafe(email: str, team_id: str) -> bool:
    """Whether the newest that a team was told of an address is that email there is not safe.

    A process without the master key cannot know: the public side, which sends nobody a link.
    """
    if not email or not keys().can_open:
        return False
    key, value = keys().index_key(), normal_email(email)
    wanted = {kind: digest(key, Identifier(kind, value)) for kind in (UNSAFE, SAFE)}
    told = _told_of_all(wanted, team_id).union_all(_told_of_part(wanted, team_id)).subquery()
    newest = sa.select(told.c.kind).order_by(told.c.submitted_at.desc(), told.c.kind.desc())
    return db.session.scalar(newest.limit(1)) == UNSAFE


def _told_of_all(wanted: Mapping[str, bytes], team_id: str) -> sa.Select[tuple[str, datetime]]:
    return (
        sa.select(BlindIndexEntry.kind, Submission.submitted_at)
        .join(Submission, Submission.id == BlindIndexEntry.submission_id)
        .join(SealedKeyCopy, SealedKeyCopy.submission_id == Submission.id)
        .where(SealedKeyCopy.team_id == team_id, _is_one_of(BlindIndexEntry, wanted))
    )


def _told_of_part(wanted: Mapping[str, bytes], team_id: str) -> sa.Select[tuple[str, datetime]]:
    """The same of those who were sent sections of a form that have the address."""
    return (
        sa.select(ExtractIndexEntry.kind, Submission.submitted_at)
        .join(SubmissionExtract, SubmissionExtract.id == ExtractIndexEntry.extract_id)
        .join(Submission, Submission.id == SubmissionExtract.submission_id)
        .join(ExtractKeyCopy, ExtractKeyCopy.extract_id == SubmissionExtract.id)
        .where(ExtractKeyCopy.team_id == team_id, _is_one_of(ExtractIndexEntry, wanted))
    )


def _is_one_of(
    entry: type[BlindIndexEntry | ExtractIndexEntry], wanted: Mapping[str, bytes]
) -> sa.ColumnElement[bool]:
    each = (sa.and_(entry.kind == kind, entry.digest == value) for kind, value in wanted.items())
    return sa.or_(*each)


def check_address(email: str, team_id: str) -> None:
    """Raise LinkNotIssued if a team may not send an email to an address."""
    if is_unsafe(email, team_id):
        raise LinkNotIssued("to", REFUSED)


def somebody_is_unsafe(submissions: Iterable[Answered]) -> bool:
    """Whether anybody said so in forms that were opened: of whom, only who reads them knows."""
    return any(each.is_email_unsafe for each in submissions)


def _emails(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _emails(each)
    elif isinstance(value, str) and is_email(value):
        yield value
