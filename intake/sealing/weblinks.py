"""Weblink tokens: a link's id and secret, encrypted and then signed; no database is asked.

A token is ``key id . sealed . signature`` in URL-safe base64, 133 characters. Anything but the
exact text that was minted is refused, other spellings of the same bytes included.
"""

import hashlib
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from itsdangerous import BadSignature, Signer

from intake.sealing.derivation import derive

LINK_SECRET_SIZE = 16
SALT = b"intake.weblink.1"
WEBLINK = "weblink"
RESUME = "resume"  # opens a saved draft again
STATUS = "status"  # shows how far a submission has come
NONCE_SIZE = 12
NOBODYS_TOKEN = f"{'A' * 8}.{'A' * 80}.{'A' * 43}"  # signed by nobody
SHAPE = re.compile(r"[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]{80}\.[A-Za-z0-9_-]{43}", re.ASCII)


class BadToken(Exception):  # noqa: N818 — named as itsdangerous names its own
    """Raised if a token was not minted here. It never says which check refused it."""

    def __init__(self) -> None:
        super().__init__("this token was not minted here")


@dataclass(frozen=True, slots=True)
class LinkCapability:
    """What a token gives: which link, and the secret that opens what the link knows."""

    link_id: str
    secret: bytes = field(repr=False)
    key_id: str = field(default="", compare=False)  # the secret key that signed the token


@dataclass(frozen=True, slots=True)
class _TokenKeys:
    key_id: str
    cipher: AESGCM
    signer: Signer


def new_link_secret() -> bytes:
    """A fresh link secret: 16 random bytes."""
    return secrets.token_bytes(LINK_SECRET_SIZE)


def mint(
    secret_keys: Sequence[str], link_id: str, link_secret: bytes, purpose: str = WEBLINK
) -> str:
    """The token of a link, under the newest secret key; for another purpose it is none.

    ``link_id`` is 32 hexadecimal characters, ``link_secret`` 16 bytes; ValueError otherwise.
    """
    known = bytes.fromhex(link_id)
    if len(known) != 16 or len(link_secret) != LINK_SECRET_SIZE:
        raise ValueError("a link has a 16-byte id and a 16-byte secret")
    keys = _token_keys(secret_keys[0], purpose)
    nonce = secrets.token_bytes(NONCE_SIZE)
    sealed = nonce + keys.cipher.encrypt(nonce, known + link_secret, keys.key_id.encode())
    return keys.signer.sign(f"{keys.key_id}.{_encode(sealed)}").decode()


def read(secret_keys: Sequence[str], token: str, purpose: str = WEBLINK) -> LinkCapability:
    """What a token gives. Raises BadToken, always the same one, if it was not minted here for this.

    Whatever is wrong with a token, a signature is reckoned: the time does not say what it was.
    """
    asked = token if SHAPE.fullmatch(token) else NOBODYS_TOKEN
    named = _named_keys(secret_keys, asked, purpose)
    capability = _read(named or _token_keys(secret_keys[0], purpose), asked)
    if named is None or asked is not token:
        raise BadToken
    return capability


def _named_keys(secret_keys: Sequence[str], token: str, purpose: str) -> _TokenKeys | None:
    """The keys that a token says it was made with, if they are ours."""
    known = (_token_keys(secret, purpose) for secret in secret_keys)
    return next((keys for keys in known if compare_digest(keys.key_id, token[:8])), None)


def _read(keys: _TokenKeys, token: str) -> LinkCapability:
    try:
        signed = keys.signer.unsign(token)
        # itsdangerous forgives the spare bits of a last base64 character; we do not
        if not compare_digest(keys.signer.sign(signed), token.encode()):
            raise BadToken
        sealed = urlsafe_b64decode(token[9:89])
        opened = keys.cipher.decrypt(sealed[:NONCE_SIZE], sealed[NONCE_SIZE:], token[:8].encode())
    except (BadSignature, InvalidTag, ValueError) as error:
        raise BadToken from error
    return LinkCapability(opened[:16].hex(), opened[16:], keys.key_id)


def secret_key_id(secret_key: str) -> str:
    """The public id of a secret key: a fingerprint that says nothing else about it."""
    return _token_keys(secret_key, WEBLINK).key_id


@lru_cache(maxsize=48)
def _token_keys(secret: str, purpose: str) -> _TokenKeys:
    """The keys of one purpose; the key id, which says nothing of it, is the same for all."""
    material = secret.encode()
    return _TokenKeys(
        key_id=_encode(derive(material, "weblink-key-id")[:6]),
        cipher=AESGCM(derive(material, f"{purpose}-encryption")),
        signer=Signer(
            derive(material, f"{purpose}-signature"),
            salt=SALT if purpose == WEBLINK else f"intake.{purpose}.1".encode(),
            sep=b".",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        ),
    )


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


__all__ = [
    "BadToken",
    "LinkCapability",
    "derive",
    "mint",
    "new_link_secret",
    "read",
    "secret_key_id",
]
