"""Keys made from keys: HKDF with a purpose for each use, so that no two uses share one."""

import hmac

KEY_SIZE = 32  # one block of SHA-256, so that HKDF expands in a single step
NO_SALT = bytes(KEY_SIZE)


def derive(secret: bytes, purpose: str, context: str = "") -> bytes:
    """32 bytes from a secret, for one purpose and context only.

    HKDF-SHA256 without salt (RFC 5869 section 3.1): every secret here is uniformly random, and
    the purpose goes into ``info``. Written out as its two HMACs, because each page needs several
    and an object of the library for each takes ten times as long; a test compares them.
    """
    info = b"\x00".join((b"intake/1", purpose.encode(), context.encode()))
    extracted = hmac.digest(NO_SALT, secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")
