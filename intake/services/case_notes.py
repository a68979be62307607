"""Words that staff write on a case: sealed to the case's teams, and to the recovery key."""

from collections.abc import Collection
from datetime import datetime

from intake.app_state import keys
from intake.database import db, new_id
from intake.models import CaseEvent
from intake.sealing.envelopes import (
    Context,
    message_key,
    open_sealed,
    reseal,
    seal_for,
    sealed_keys,
)
from intake.sealing.errors import SealedToOthers
from intake.sealing.keypairs import PublicKey
from intake.sealing.keystore import KeyStore
from intake.sealing.team_keys import keys_of
from intake.services.limited_teams import may_read_words

LONGEST_NOTE = 2000  # characters; more belongs into a form


def note_context(event_id: str) -> Context:
    """Where a note belongs."""
    return Context("case-note", subject=event_id)


def add_event(
    case_id: str,
    kind: str,
    actor: str,
    now: datetime,
    *,
    team_id: str | None = None,
    submission_id: str | None = None,
    words: str = "",
    readers: Collection[str] = (),
    event_id: str = "",
    data_key: bytes | None = None,
    author: str | None = None,
) -> CaseEvent:
    """Put one line on a case's timeline, in the caller's transaction.

    ``words`` are sealed to the teams in ``readers``; raises KeyNotFound if one has no key. So is a
    fresh ``data_key`` of files that came with it, with words or without. A team that was sent only
    sections of a form reads what itself wrote (``author``, else ``team_id``), and no more.
    """
    event = CaseEvent(
        id=event_id or new_id(),
        case_id=case_id,
        at=now,
        kind=kind,
        actor=actor,
        team_id=team_id,
        submission_id=submission_id,
    )
    if words or data_key:
        allowed = may_read_words(case_id, readers, author or team_id)
        recipients = keys().recipients(allowed)
        context = note_context(event.id)
        event.sealed_note = seal_for(words.encode(), recipients, context, data_key)
    db.session.add(event)
    return event


def open_note(event: CaseEvent, *, as_teams: Collection[str]) -> str | None:
    """The words of an event; None if they are not sealed to any of these teams.

    Raises SealingError if they are, but cannot be opened.
    """
    if event.sealed_note is None:
        return ""
    context, private_key = note_context(event.id), keys_of(keys(), as_teams)
    try:
        return open_sealed(event.sealed_note, context, private_key, as_teams=as_teams).decode()
    except SealedToOthers:
        return None


def note_key(event: CaseEvent, *, as_teams: Collection[str]) -> bytes:
    """The data key of an event's words, which its files' keys lie under. Raises SealingError."""
    if event.sealed_note is None:
        raise SealedToOthers("case-note")
    private_key = keys_of(keys(), as_teams)
    return message_key(event.sealed_note, note_context(event.id), private_key, as_teams=as_teams)


def share_note(event: CaseEvent, store: KeyStore, team_id: str, new: PublicKey) -> bool:
    """Seal an event's words to another team too, opening them with ``team_id``'s key.

    Answers whether it did: not if there are none, if the one cannot open or the other can already.
    """
    if event.sealed_note is None:
        return False
    copies = sealed_keys(event.sealed_note)
    own = next((copy for copy in copies if copy.team_id == team_id), None)
    if own is None or any(copy.team_id == new.team_id for copy in copies):
        return False
    old = keys_of(store, [team_id])(own.key_id)
    event.sealed_note = reseal(event.sealed_note, note_context(event.id), old, new, keep_old=True)
    return True
