"""Keys, envelopes, weblink tokens and the blind index."""

from intake.sealing.canonical import canonical_json, read_json
from intake.sealing.derivation import derive
from intake.sealing.envelopes import (
    Context,
    SealedKey,
    new_data_key,
    open_body,
    open_key,
    open_sealed,
    reseal,
    seal_body,
    seal_for,
    seal_key,
)
from intake.sealing.errors import (
    CannotOpen,
    KeyNotFound,
    MasterKeyMissing,
    SealedToOthers,
    SealingError,
    UnknownSuite,
    WrongMasterKey,
)
from intake.sealing.keypairs import PrivateKey, PublicKey
from intake.sealing.weblinks import (
    BadToken,
    LinkCapability,
    mint,
    new_link_secret,
    read,
    secret_key_id,
)

__all__ = [
    "BadToken",
    "CannotOpen",
    "Context",
    "KeyNotFound",
    "LinkCapability",
    "MasterKeyMissing",
    "PrivateKey",
    "PublicKey",
    "SealedKey",
    "SealedToOthers",
    "SealingError",
    "UnknownSuite",
    "WrongMasterKey",
    "canonical_json",
    "derive",
    "mint",
    "new_data_key",
    "new_link_secret",
    "open_body",
    "open_key",
    "open_sealed",
    "read",
    "read_json",
    "reseal",
    "seal_body",
    "seal_for",
    "seal_key",
    "secret_key_id",
]
