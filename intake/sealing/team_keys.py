"""Private keys for some teams only: whose a key is says the key itself, not a copy's label."""

from collections.abc import Callable, Collection

from intake.database import db
from intake.models.keys import Key
from intake.sealing.errors import CannotOpen
from intake.sealing.keypairs import PrivateKey
from intake.sealing.keystore import KeyStore


def keys_of(store: KeyStore, as_teams: Collection[str]) -> Callable[[str], PrivateKey]:
    """How to find a private key by id, among those of these teams.

    A sealed key's team is a label that nothing protects; a key's own team is bound into its
    wrapping. The callable raises CannotOpen for a key of another owner, else as ``private_key``.
    """

    def private_key(key_id: str) -> PrivateKey:
        found = store.private_key(key_id)
        if db.session.get_one(Key, key_id).team_id not in as_teams:
            raise CannotOpen("data-key")
        return found

    return private_key
