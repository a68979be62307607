"""HPKE key pairs (MLKEM768-X25519), and their bytes, which the library itself cannot write."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from intake.sealing.errors import UnknownSuite

# The hybrid follows a draft (draft-ietf-hpke-pq), so every key and envelope names its suite.
SUITE = "HPKE/MLKEM768-X25519/HKDF-SHA256/AES-256-GCM"
HPKE_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
MLKEM_PUBLIC_SIZE = 1184
MLKEM_SEED_SIZE = 64
X25519_SIZE = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: 1,184 bytes of ML-KEM-768, then 32 bytes of X25519."""

    key_id: str
    suite: str
    raw: bytes = field(repr=False)
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key: the 64-byte ML-KEM seed, then 32 bytes of X25519."""

    key_id: str
    suite: str
    raw: bytes = field(repr=False)


def fingerprint(suite: str, raw_public_key: bytes) -> str:
    """A key's id, 32 hexadecimal characters: it commits to the public key itself."""
    return hashlib.sha256(suite.encode() + b"\x00" + raw_public_key).hexdigest()[:32]


def generate_pair(team_id: str | None = None) -> tuple[PublicKey, PrivateKey]:
    """A fresh key pair of the current suite."""
    seed = MLKEM768PrivateKey.generate().private_bytes_raw()
    return pair_from_private(seed + X25519PrivateKey.generate().private_bytes_raw(), team_id)


def pair_from_private(raw: bytes, team_id: str | None = None) -> tuple[PublicKey, PrivateKey]:
    """The pair that these 96 private bytes make. Raises ValueError if they are not 96."""
    if len(raw) != MLKEM_SEED_SIZE + X25519_SIZE:
        raise ValueError("a private key has 96 bytes")
    mlkem = MLKEM768PrivateKey.from_seed_bytes(raw[:MLKEM_SEED_SIZE]).public_key()
    x25519 = X25519PrivateKey.from_private_bytes(raw[MLKEM_SEED_SIZE:]).public_key()
    raw_public = mlkem.public_bytes_raw() + x25519.public_bytes_raw()
    key_id = fingerprint(SUITE, raw_public)
    return PublicKey(key_id, SUITE, raw_public, team_id), PrivateKey(key_id, SUITE, raw)


@lru_cache(maxsize=512)
def hpke_public_key(suite: str, raw: bytes) -> hpke.MLKEM768X25519PublicKey:
    """The library's object for a public key. Raises UnknownSuite, or ValueError if malformed."""
    if suite != SUITE:
        raise UnknownSuite(suite)
    return hpke.MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC_SIZE]),
        X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC_SIZE:]),
    )


def hpke_private_key(key: PrivateKey) -> hpke.MLKEM768X25519PrivateKey:
    """The library's object for a private key. Raises UnknownSuite."""
    if key.suite != SUITE:
        raise UnknownSuite(key.suite)
    return hpke.MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(key.raw[:MLKEM_SEED_SIZE]),
        X25519PrivateKey.from_private_bytes(key.raw[MLKEM_SEED_SIZE:]),
    )
