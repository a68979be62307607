"""The stored key pairs: public halves for everyone, private halves under the master key."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from intake.database import db
from intake.models.keys import Key
from intake.sealing.derivation import derive
from intake.sealing.envelopes import Context, open_body, seal_body
from intake.sealing.errors import CannotOpen, KeyNotFound, MasterKeyMissing, WrongMasterKey
from intake.sealing.keypairs import PrivateKey, PublicKey, generate_pair

TEAM, WORKER, RECOVERY = "team", "worker", "recovery"


@dataclass(frozen=True, slots=True)
class KeyStore:
    """Keys in the database. Without a master key it gives public keys only."""

    master_key: bytes | None = field(default=None, repr=False)

    @property
    def can_open(self) -> bool:
        """Whether private keys can be had at all."""
        return self.master_key is not None

    def public_key(self, kind: str, team_id: str | None = None) -> PublicKey:
        """The current public key of a team, the worker or recovery. Raises KeyNotFound."""
        row = db.session.execute(
            self._current(kind).where(Key.team_id == team_id) if team_id else self._current(kind)
        ).first()
        if row is None:
            raise KeyNotFound(f"team {team_id}" if team_id else kind)
        return PublicKey(*row)

    def recipients(self, team_ids: Collection[str]) -> tuple[PublicKey, ...]:
        """The current public keys of these teams, and the recovery key, in one query.

        Raises KeyNotFound if one of them has none: nothing is ever sealed to fewer than asked.
        """
        wanted = frozenset(team_ids)
        rows = db.session.execute(
            self._current(TEAM, RECOVERY).where(
                sa.or_(Key.team_id.in_(wanted), Key.owner_kind == RECOVERY)
            )
        ).all()
        found = {row.team_id: PublicKey(*row) for row in rows}
        for team_id in (*sorted(wanted), None):
            if team_id not in found:
                raise KeyNotFound(f"team {team_id}" if team_id else RECOVERY)
        return tuple(found[team_id] for team_id in (*sorted(wanted), None))

    def private_key(self, key_id: str) -> PrivateKey:
        """A private key by its id.

        Raises MasterKeyMissing in a process that may not open anything, KeyNotFound, and
        WrongMasterKey if the stored key lies under another master key.
        """
        wrapping_key = self._wrapping_key()
        key = db.session.get(Key, key_id)
        if key is None or key.wrapped_private_key is None:
            raise KeyNotFound(key_id)
        try:
            raw = open_body(wrapping_key, key.wrapped_private_key, _wrapping_context(key))
        except CannotOpen as error:
            raise WrongMasterKey(key_id) from error
        return PrivateKey(key.id, key.suite, raw)

    def create(self, kind: str, team_id: str | None, now: datetime) -> tuple[Key, PrivateKey]:
        """A fresh pair, as a row for the caller's transaction, and its private half.

        The private half of the recovery key is not stored anywhere: whoever calls prints it once.
        """
        public, private = generate_pair(team_id)
        key = Key(
            id=public.key_id,
            owner_kind=kind,
            team_id=team_id,
            suite=public.suite,
            public_key=public.raw,
            created_at=now,
        )
        if kind != RECOVERY:
            context = _wrapping_context(key)
            key.wrapped_private_key = seal_body(self._wrapping_key(), private.raw, context)
        db.session.add(key)
        return key, private

    def index_key(self) -> bytes:
        """The key of the blind index. Raises MasterKeyMissing."""
        return derive(self._master(), "blind-index")

    def _master(self) -> bytes:
        if self.master_key is None:
            raise MasterKeyMissing
        return self.master_key

    def _wrapping_key(self) -> bytes:
        return derive(self._master(), "private-key-wrapping")

    @staticmethod
    def _current(*kinds: str) -> sa.Select[tuple[str, str, bytes, str | None]]:
        return (
            sa.select(Key.id, Key.suite, Key.public_key, Key.team_id)
            .where(Key.retired_at.is_(None), Key.owner_kind.in_(kinds))
            .order_by(Key.created_at, Key.id)
        )


def _wrapping_context(key: Key) -> Context:
    """A wrapped key is bound to its id, suite and owner: it cannot be given to another team."""
    owner = f"{key.owner_kind}:{key.team_id or ''}"
    return Context("private-key", form=owner, version=key.suite, subject=key.id)
