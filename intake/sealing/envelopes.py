"""Envelopes: a body under a data key, a data key to a public key, and both in one.

Every envelope names its suite and its key, and is bound to the place where it belongs (its
context): moved to another row, form or purpose it does not open.
"""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hmac import compare_digest
from json.encoder import encode_basestring
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.sealing.canonical import canonical_texts, pad, unpad
from intake.sealing.derivation import KEY_SIZE, derive
from intake.sealing.errors import (
    CannotOpen,
    MasterKeyMissing,
    SealedToOthers,
    SealingError,
    UnknownSuite,
)
from intake.sealing.keypairs import (
    HPKE_SUITE,
    SUITE,
    PrivateKey,
    PublicKey,
    hpke_private_key,
    hpke_public_key,
)

BODY_SUITE = b"AES-256-GCM/1"
KEY_MARK_SIZE = 16  # AES-GCM does not commit to its key; this mark, a hash of it, does
NONCE_SIZE = 12
HEADER_SIZE = len(BODY_SUITE) + KEY_MARK_SIZE


class Context(NamedTuple):
    """Where an envelope belongs: its purpose, the form and version, and the thing's id."""

    purpose: str
    form: str = ""
    version: str = ""
    subject: str = ""

    def __bytes__(self) -> bytes:
        return canonical_texts("intake/1", self.purpose, self.form, self.version, self.subject)


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A data key that only the holder of one private key can open."""

    suite: str
    key_id: str
    blob: bytes = field(repr=False)
    team_id: str | None = None


def new_data_key() -> bytes:
    """A fresh data key: 32 random bytes."""
    return secrets.token_bytes(KEY_SIZE)


def seal_body(key: bytes, plaintext: bytes, context: Context) -> bytes:
    """Padded, encrypted and bound to its context: suite, key mark, nonce, ciphertext."""
    header = BODY_SUITE + _key_mark(key)
    nonce = secrets.token_bytes(NONCE_SIZE)
    sealed = AESGCM(key).encrypt(nonce, pad(plaintext), header + bytes(context))
    return header + nonce + sealed


def open_body(key: bytes, sealed: bytes, context: Context) -> bytes:
    """The plaintext. Raises CannotOpen if altered, moved or under another key; UnknownSuite."""
    header, rest = sealed[:HEADER_SIZE], sealed[HEADER_SIZE:]
    if not header.startswith(BODY_SUITE):
        raise UnknownSuite(repr(header[: len(BODY_SUITE)]))
    if not compare_digest(header[len(BODY_SUITE) :], _key_mark(key)):
        raise CannotOpen(context.purpose)
    try:
        padded = AESGCM(key).decrypt(rest[:NONCE_SIZE], rest[NONCE_SIZE:], header + bytes(context))
        return unpad(padded)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen(context.purpose) from error


def is_sealed_under(key: bytes, sealed: bytes) -> bool:
    """Whether a sealed body names this data key as its own."""
    return compare_digest(sealed[len(BODY_SUITE) : HEADER_SIZE], _key_mark(key))


def seal_key(data_key: bytes, public_key: PublicKey, context: Context) -> SealedKey:
    """The data key, sealed by HPKE to one public key; the context goes into ``info``."""
    blob = HPKE_SUITE.encrypt(
        data_key,
        hpke_public_key(public_key.suite, public_key.raw),
        info=_info(public_key.suite, public_key.key_id, context),
    )
    return SealedKey(public_key.suite, public_key.key_id, blob, public_key.team_id)


def open_key(sealed: SealedKey, private_key: PrivateKey, context: Context) -> bytes:
    """The data key. Raises CannotOpen if altered, moved, or sealed to another key."""
    if sealed.suite != SUITE:
        raise UnknownSuite(sealed.suite)
    if sealed.key_id != private_key.key_id:
        raise CannotOpen(context.purpose)
    try:
        return HPKE_SUITE.decrypt(
            sealed.blob,
            hpke_private_key(private_key),
            info=_info(sealed.suite, sealed.key_id, context),
        )
    except (InvalidTag, ValueError) as error:
        raise CannotOpen(context.purpose) from error


def seal_for(
    plaintext: bytes,
    recipients: Iterable[PublicKey],
    context: Context,
    data_key: bytes | None = None,
) -> bytes:
    """One message to several public keys: a line of sealed keys, then the body.

    For what has no table of sealed keys of its own: notes, recipients, waiting messages. A
    ``data_key`` is given, fresh, where something else is sealed under keys that follow from it.
    """
    data_key = data_key or new_data_key()
    copies = [seal_key(data_key, recipient, context) for recipient in recipients]
    return _key_line(copies) + seal_body(data_key, plaintext, context)


def sealed_keys(message: bytes) -> tuple[SealedKey, ...]:
    """The sealed keys that a message of ``seal_for`` begins with. Raises CannotOpen."""
    try:
        line = json.loads(message.split(b"\n", 1)[0])
        return tuple(
            SealedKey(one["suite"], one["key"], b64decode(one["sealed"]), one["team"])
            for one in line
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CannotOpen("message") from error


def open_sealed(
    message: bytes,
    context: Context,
    private_key: Callable[[str], PrivateKey],
    *,
    as_teams: Iterable[str] | None = None,
) -> bytes:
    """The plaintext of ``seal_for``, by any copy that belongs to ``as_teams`` (None: to anybody).

    Raises as ``message_key`` does.
    """
    return _opened(message, context, private_key, as_teams)[1]


def message_key(
    message: bytes,
    context: Context,
    private_key: Callable[[str], PrivateKey],
    *,
    as_teams: Iterable[str] | None = None,
) -> bytes:
    """The data key of what ``seal_for`` made, by any copy that opens and is the body's own.

    ``private_key`` finds a private key by id, as ``KeyStore.private_key`` does. Raises
    SealedToOthers if no copy is for these teams, else what kept the last one from opening.
    """
    return _opened(message, context, private_key, as_teams)[0]


def _opened(
    message: bytes,
    context: Context,
    private_key: Callable[[str], PrivateKey],
    as_teams: Iterable[str] | None,
) -> tuple[bytes, bytes]:
    """The data key of a message, and its plaintext."""
    teams = None if as_teams is None else frozenset(as_teams)
    body = message.partition(b"\n")[2]
    problem: SealingError = SealedToOthers(context.purpose)
    for copy in sealed_keys(message):
        if teams is not None and copy.team_id not in teams:
            continue
        try:
            data_key = open_key(copy, private_key(copy.key_id), context)
            return data_key, open_body(data_key, body, context)
        except MasterKeyMissing:
            raise
        except SealingError as error:  # a damaged copy: another one may do
            problem = error
    raise problem


def reseal(
    message: bytes,
    context: Context,
    opener: PrivateKey,
    new: PublicKey,
    *,
    keep_old: bool = False,
    instead_of: str = "",
) -> bytes:
    """The same message, its data key sealed to ``new`` too; the body is left as it is.

    Replaces the opener's copy, or that of the key ``instead_of`` (rotation); with ``keep_old`` it
    stands beside them (sharing). Raises CannotOpen if there is no copy for the opener.
    """
    copies = sealed_keys(message)
    mine = next((copy for copy in copies if copy.key_id == opener.key_id), None)
    if mine is None:
        raise CannotOpen(context.purpose)
    added = seal_key(open_key(mine, opener, context), new, context)
    dropped = {new.key_id} if keep_old else {new.key_id, instead_of or opener.key_id}
    kept = [copy for copy in copies if copy.key_id not in dropped]
    return _key_line([*kept, added]) + message.split(b"\n", 1)[1]


def without_team(message: bytes, team_id: str) -> bytes:
    """The same message, without the sealed keys of a team. Raises CannotOpen."""
    copies = sealed_keys(message)
    kept = [copy for copy in copies if copy.team_id != team_id]
    return _key_line(kept) + message.split(b"\n", 1)[1]


def _key_line(copies: Iterable[SealedKey]) -> bytes:
    return f"[{','.join(map(_in_key_line, copies))}]\n".encode()


def _in_key_line(copy: SealedKey) -> str:
    """As ``canonical_json`` writes it, in a third of the time: a campaign has 70,000 of them."""
    key, suite = encode_basestring(copy.key_id), encode_basestring(copy.suite)
    team = encode_basestring(copy.team_id) if copy.team_id is not None else "null"
    sealed = b64encode(copy.blob).decode()
    return f'{{"key":{key},"sealed":"{sealed}","suite":{suite},"team":{team}}}'


def _key_mark(key: bytes) -> bytes:
    return derive(key, "data-key-mark")[:KEY_MARK_SIZE]


def _info(suite: str, key_id: str, context: Context) -> bytes:
    return canonical_texts(suite, key_id) + bytes(context)
