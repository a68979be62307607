"""Whom no email may go to: somebody said in a form that one could put them in danger.

What a draft says is marked on its link. What was sent is in the blind index, by the addresses in it
and the one that its link went to: a team is refused what it could read in its own cases, and learns
nothing of others'.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions import FormDefinition
from form_definitions.formats import is_email
from intake.app_state import keys
from intake.database import db
from intake.models import BlindIndexEntry, Link, SealedKeyCopy, Submission
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
    def form(self) -> Any:
        """Its form; None where it could not be opened."""

    @property
    def answers(self) -> Mapping[str, Any]:
        """Its answers."""


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
    definition: FormDefinition, answers: Mapping[str, Any], recipient: str = ""
) -> Iterator[Identifier]:
    """What the blind index keeps of it, for each address in the answers and their link's own."""
    if definition.no_email_when is None:
        return
    kind = UNSAFE if definition.is_email_unsafe(answers) else SAFE
    for email in (*_emails(answers), recipient):
        if email:
            yield Identifier(kind, normal_email(email))


def is_unsafe(email: str, team_id: str) -> bool:
    """Whether the newest that a team was told of an address is that email there is not safe.

    A process without the master key cannot know: the public side, which sends nobody a link.
    """
    if not email or not keys().can_open:
        return False
    key, value = keys().index_key(), normal_email(email)
    wanted = [
        sa.and_(
            BlindIndexEntry.kind == kind,
            BlindIndexEntry.digest == digest(key, Identifier(kind, value)),
        )
        for kind in (UNSAFE, SAFE)
    ]
    query = (
        sa.select(BlindIndexEntry.kind)
        .join(Submission, Submission.id == BlindIndexEntry.submission_id)
        .join(SealedKeyCopy, SealedKeyCopy.submission_id == Submission.id)
        .where(SealedKeyCopy.team_id == team_id, sa.or_(*wanted))
        .order_by(Submission.submitted_at.desc(), BlindIndexEntry.kind.desc())
        .limit(1)
    )
    return db.session.scalar(query) == UNSAFE


def check_address(email: str, team_id: str) -> None:
    """Raise LinkNotIssued if a team may not send an email to an address."""
    if is_unsafe(email, team_id):
        raise LinkNotIssued("to", REFUSED)


def somebody_is_unsafe(submissions: Iterable[Answered]) -> bool:
    """Whether anybody said so in forms that were opened: of whom, only who reads them knows."""
    return any(
        each.form is not None and each.form.definition.is_email_unsafe(each.answers)
        for each in submissions
    )


def _emails(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _emails(each)
    elif isinstance(value, str) and is_email(value):
        yield value
