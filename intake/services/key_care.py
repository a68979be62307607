"""Key care: make the keys that are missing, rotate one, and open a submission for recovery."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.app_state import clock, keys
from intake.database import db, transaction
from intake.models import ExtractKeyCopy, Key, SealedKeyCopy, Submission, Team
from intake.sealing import CannotOpen, PrivateKey, SealedKey, open_key, seal_key
from intake.sealing.keystore import RECOVERY, TEAM, WORKER
from intake.sealing.submissions import OpenedSubmission, data_key_context, key_copies, open_with

ACTOR = "cli"


class NoSuchOwner(Exception):  # noqa: N818
    """Raised if a key is asked for a team that does not exist."""

    def __init__(self, team_id: str) -> None:
        super().__init__(f"there is no team ‘{team_id}’")
        self.team_id = team_id


class SubmissionNotFound(Exception):  # noqa: N818
    """Raised if no submission has this reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"there is no submission with the reference {reference}")
        self.reference = reference


@dataclass(frozen=True, slots=True)
class MadeKeys:
    """The keys that were made; the recovery key's private half is known here and never again."""

    made: tuple["KeyLine", ...]
    recovery: PrivateKey | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key as lists show it."""

    id: str
    owner_kind: str
    team_id: str | None
    created_at: datetime
    retired_at: datetime | None
    copies: int  # submissions and extracts whose data key is sealed to it


def init_keys() -> MadeKeys:
    """Make the worker's key, the recovery key, and one for each team that lacks it.

    What is there already stays as it is: it may be run as often as one likes.
    """
    made, recovery = [], None
    with transaction():
        for kind, team_id in _missing():
            key, private = keys().create(kind, team_id, clock())
            made.append(_line(key, 0))
            recovery = private if kind == RECOVERY else recovery
            audit.record(ACTOR, "keys.create", "key", key.id, team=team_id)
    return MadeKeys(tuple(made), recovery)


def complete_team_keys() -> MadeKeys:
    """Make keys for teams that lack one, in an installation that has had `keys init`.

    A team without a key could be sent nothing. Does nothing before `keys init`, which also makes
    the recovery key, and nothing in a process without the master key.
    """
    is_initialised = (RECOVERY, None) not in _missing()
    return init_keys() if is_initialised and keys().can_open else MadeKeys(())


def list_keys() -> tuple[KeyLine, ...]:
    """Every key, by owner and age."""
    copies: Counter[str] = Counter()
    for sealed in (SealedKeyCopy, ExtractKeyCopy):
        counts = sa.select(sealed.key_id, sa.func.count()).group_by(sealed.key_id)
        copies.update(dict(db.session.execute(counts).tuples().all()))
    rows = db.session.scalars(sa.select(Key).order_by(Key.owner_kind, Key.team_id, Key.created_at))
    return tuple(_line(key, copies[key.id]) for key in rows)


def new_key(kind: str, team_id: str | None = None) -> MadeKeys:
    """Put a new key in the place of the current one, which opens what it opened until re-sealed.

    Raises NoSuchOwner. Follow it with ``resealing.reseal_everything``.
    """
    now = clock()
    with transaction() as session:
        if team_id and session.get(Team, team_id) is None:
            raise NoSuchOwner(team_id)
        session.execute(
            sa.update(Key)
            .where(Key.owner_kind == kind, Key.team_id == team_id, Key.retired_at.is_(None))
            .values(retired_at=now)
        )
        key, private = keys().create(kind, team_id, now)
        audit.record(ACTOR, "keys.rotate", "key", key.id, team=team_id)
        line = _line(key, 0)
    return MadeKeys((line,), private if kind == RECOVERY else None)


def recover(reference: str, private_key: PrivateKey) -> OpenedSubmission:
    """Open a submission with the recovery key; an audit entry is committed first.

    Needs no master key. Raises SubmissionNotFound, CannotOpen if it is sealed to another
    recovery key.
    """
    submission = _by_reference(reference)
    with transaction():
        audit.record(ACTOR, "submission.recover", "submission", submission.id)
    submission = _by_reference(reference)
    return open_with(submission, _recovered_data_key(submission, private_key))


def reseal_recovered(reference: str, private_key: PrivateKey, team_id: str) -> None:
    """Give a team the data key of a submission, by the recovery key; an audit entry is committed
    first. Raises as ``recover``, NoSuchOwner.
    """
    if db.session.get(Team, team_id) is None:
        raise NoSuchOwner(team_id)
    submission = _by_reference(reference)
    public_key = keys().public_key(TEAM, team_id)
    with transaction():
        audit.record(ACTOR, "submission.reseal", "submission", submission.id, team=team_id)
    submission = _by_reference(reference)
    data_key = _recovered_data_key(submission, private_key)
    copies = key_copies(
        submission.id, [seal_key(data_key, public_key, data_key_context(submission))]
    )
    with transaction() as session:
        for copy in copies:
            session.merge(copy)


def _missing() -> list[tuple[str, str | None]]:
    live = sa.select(Key.owner_kind, Key.team_id).where(Key.retired_at.is_(None))
    have = {tuple(row) for row in db.session.execute(live)}
    team_ids = db.session.scalars(sa.select(Team.id).order_by(Team.id))
    wanted: list[tuple[str, str | None]] = [(WORKER, None), (RECOVERY, None)]
    wanted += [(TEAM, team_id) for team_id in team_ids]
    return [owner for owner in wanted if owner not in have]


def _line(key: Key, copies: int) -> KeyLine:
    return KeyLine(
        key.id, key.owner_kind, key.team_id, key.created_at, key.retired_at, copies=copies
    )


def _by_reference(reference: str) -> Submission:
    submission = db.session.scalar(
        sa.select(Submission).where(Submission.reference == reference.strip().upper())
    )
    if submission is None:
        raise SubmissionNotFound(reference)
    return submission


def _recovered_data_key(submission: Submission, private_key: PrivateKey) -> bytes:
    copy = db.session.get(SealedKeyCopy, (submission.id, private_key.key_id))
    if copy is None:
        raise CannotOpen("data-key: it is sealed to another recovery key")
    sealed = SealedKey(copy.suite, copy.key_id, copy.sealed_key, copy.team_id)
    return open_key(sealed, private_key, data_key_context(submission))
