"""Open many submissions at once, for the worker: the same checks, with a query for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from intake.database import db
from intake.models.keys import Key
from intake.models.submissions import SealedKeyCopy, Submission
from intake.sealing.errors import MasterKeyMissing, SealingError
from intake.sealing.keypairs import PrivateKey
from intake.sealing.keystore import KeyStore
from intake.sealing.submissions import data_key_of, open_with


def open_many(
    submissions: Sequence[Submission], keys: KeyStore
) -> tuple[dict[str, Mapping[str, Any]], tuple[str, ...]]:
    """The answers by submission id, and the ids of those that cannot be opened: they are erased
    or damaged, and that one is does not hide the others. Raises MasterKeyMissing.
    """
    copies = _copies(submissions)
    private_keys = _PrivateKeys(keys, {copy.key_id for each in copies.values() for copy in each})
    opened: dict[str, Mapping[str, Any]] = {}
    for submission in submissions:
        try:
            key = data_key_of(submission, copies[submission.id], private_keys.get)
            opened[submission.id] = open_with(submission, key).answers
        except MasterKeyMissing:
            raise
        except SealingError:
            continue
    return opened, tuple(each.id for each in submissions if each.id not in opened)


def _copies(submissions: Sequence[Submission]) -> Mapping[str, list[SealedKeyCopy]]:
    wanted = [submission.id for submission in submissions]
    query = sa.select(SealedKeyCopy).where(
        SealedKeyCopy.submission_id.in_(wanted), SealedKeyCopy.team_id.is_not(None)
    )
    found: dict[str, list[SealedKeyCopy]] = defaultdict(list)
    for copy in db.session.scalars(query.order_by(SealedKeyCopy.team_id)):
        found[copy.submission_id].append(copy)
    return found


class _PrivateKeys:
    """Each private key unwrapped once; their rows are read together."""

    def __init__(self, store: KeyStore, key_ids: set[str]) -> None:
        self._store = store
        self._rows = db.session.scalars(sa.select(Key).where(Key.id.in_(key_ids))).all()
        self._opened: dict[str, PrivateKey] = {}

    def get(self, key_id: str) -> PrivateKey:
        """A private key by its id; raises as the key store does."""
        if key_id not in self._opened:
            self._opened[key_id] = self._store.private_key(key_id)
        return self._opened[key_id]
