"""Share a case with another team: the same data keys, sealed to one more public key."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
import structlog

from intake.app_state import keys
from intake.database import db
from intake.models import CaseEvent, SealedKeyCopy, Submission
from intake.sealing.envelopes import seal_key
from intake.sealing.errors import CannotOpen, SealingError, UnknownSuite
from intake.sealing.keystore import TEAM
from intake.sealing.submissions import data_key, data_key_context, key_copies
from intake.services.case_notes import share_note
from intake.services.joined_cases import events_of, is_of, joined_since
from intake.services.sharing_extracts import share_extracts

log = structlog.get_logger("intake.sharing")


def share_case(case_id: str, *, from_team: str, to_team: str, since: datetime | None = None) -> int:
    """Let ``to_team`` open whatever of the case ``from_team`` can open, in the transaction.

    A team that was sent only sections of a form can give no more than these.
    With ``since``, only what came at that time or later. Answers how many forms and notes it
    shared. The server opens each data key with the giving team's key and seals it to the other's;
    bodies stay as they are, and so does what is damaged. Raises KeyNotFound if the team has no
    key: then nothing is shared.
    """
    store = keys()
    public_key = store.public_key(TEAM, to_team)
    db.session.flush()
    shared = 0
    for submission in db.session.scalars(_submissions_without(case_id, from_team, to_team, since)):
        try:
            opened = data_key(submission, store, as_teams=[from_team])
        except (CannotOpen, UnknownSuite) as error:
            _log_damage(error, submission=submission.id)
            continue
        sealed = seal_key(opened, public_key, data_key_context(submission))
        db.session.add_all(key_copies(submission.id, [sealed]))
        shared += 1
    shared += share_extracts(case_id, from_team, public_key, since)
    for event in db.session.scalars(_notes(case_id, since)):
        try:
            shared += share_note(event, store, from_team, public_key)
        except (CannotOpen, UnknownSuite) as error:
            _log_damage(error, event_id=event.id)
    db.session.flush()
    return shared


def _log_damage(error: SealingError, **thing: str) -> None:
    """Say that something stays unshared: a damaged envelope must not keep a case where it is."""
    log.error("this cannot be shared", problem=type(error).__name__, **thing)


def _notes(case_id: str, since: datetime | None) -> sa.Select[tuple[CaseEvent]]:
    query = sa.select(CaseEvent).where(events_of(case_id), CaseEvent.sealed_note.is_not(None))
    if since is None:
        return query
    return query.where(sa.or_(CaseEvent.at >= since, CaseEvent.case_id != case_id))


def keepers_of(case_id: str) -> Sequence[str]:
    """The teams that have a key to something in a case, whether it was sent to them or not."""
    query = sa.select(SealedKeyCopy.team_id).join(
        Submission, Submission.id == SealedKeyCopy.submission_id
    )
    query = query.where(is_of(case_id), SealedKeyCopy.team_id.is_not(None))
    return [team for team in db.session.scalars(query.distinct()) if team]


def _submissions_without(
    case_id: str, from_team: str, to_team: str, since: datetime | None
) -> sa.Select[tuple[Submission]]:
    """The case's submissions that one team can open and the other cannot."""

    def opened_by(team: str) -> sa.Exists:
        return sa.exists().where(
            SealedKeyCopy.submission_id == Submission.id, SealedKeyCopy.team_id == team
        )

    query = sa.select(Submission).where(is_of(case_id), opened_by(from_team), ~opened_by(to_team))
    if since is None:
        return query
    return query.where(sa.or_(Submission.submitted_at >= since, joined_since(case_id, since)))
