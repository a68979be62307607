"""The stored key pairs: public halves for everyone, private halves under the master key."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from intake.database import db
from intake.models.keys import Key
from intake.sealing.derivation import derive
from intake.sealing.envelopes import Context, open_body, seal_body
from intake.sealing.errors import CannotOpen, KeyNotFound, MasterKeyMissing, WrongMasterKey
from intake.sealing.keypairs import PrivateKey, PublicKey, generate_pair
from intake.written_sql import Written

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
        which = {"kind": kind, "team": team_id}
        row = db.session.execute(_CURRENT_OF_TEAM if team_id else _CURRENT, which).first()
        if row is None:
            raise KeyNotFound(f"team {team_id}" if team_id else kind)
        return PublicKey(*row)

    def recipients(self, team_ids: Collection[str]) -> tuple[PublicKey, ...]:
        """The current public keys of these teams, and the recovery key, in one query.

        Raises KeyNotFound if one of them has none: nothing is ever sealed to fewer than asked.
        """
        return self.recipients_and_worker(team_ids)[:-1]

    def recipients_and_worker(self, team_ids: Collection[str]) -> tuple[PublicKey, ...]:
        """As ``recipients``, and the worker's key as the last, all in one query."""
        wanted = sorted(frozenset(team_ids))
        which = {f"team_{at}": team_id for at, team_id in enumerate(wanted)}
        rows = _current_of_teams(len(wanted)).run(db.session.connection(), which).all()
        found = {row[4] if row[3] is None else row[3]: PublicKey(*row[:4]) for row in rows}
        for owner in (*wanted, RECOVERY, WORKER):
            if owner not in found:
                raise KeyNotFound(f"team {owner}" if owner in wanted else owner)
        return tuple(found[owner] for owner in (*wanted, RECOVERY, WORKER))

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


_COLUMNS = (Key.id, Key.suite, Key.public_key, Key.team_id)
_IS_CURRENT = Key.retired_at.is_(None)
_CURRENT = (
    sa.select(*_COLUMNS)
    .where(_IS_CURRENT, Key.owner_kind == sa.bindparam("kind"))
    .order_by(Key.created_at, Key.id)
)
_CURRENT_OF_TEAM = _CURRENT.where(Key.team_id == sa.bindparam("team"))


@cache
def _current_of_teams(count: int) -> Written:
    """The keys of so many teams, of recovery and of the worker."""
    teams = (Key.team_id == sa.bindparam(f"team_{at}") for at in range(count))
    owners = sa.or_(
        Key.owner_kind == RECOVERY,
        Key.owner_kind == WORKER,
        sa.and_(Key.owner_kind == TEAM, sa.or_(sa.false(), *teams)),
    )
    query = sa.select(*_COLUMNS, Key.owner_kind).where(_IS_CURRENT, owners)
    return Written(query.order_by(Key.created_at, Key.id))


def _wrapping_context(key: Key) -> Context:
    """A wrapped key is bound to its id, suite and owner: it cannot be given to another team."""
    owner = f"{key.owner_kind}:{key.team_id or ''}"
    return Context("private-key", form=owner, version=key.suite, subject=key.id)
