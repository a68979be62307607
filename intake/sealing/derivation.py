"""Keys made from keys: HKDF with a purpose for each use, so that no two uses share one."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_SIZE = 32


def derive(secret: bytes, purpose: str, context: str = "") -> bytes:
    """32 bytes from a secret, for one purpose and context only.

    HKDF-SHA256 without salt (RFC 5869 section 3.1): every secret here is uniformly random, and
    the purpose goes into ``info``.
    """
    info = b"\x00".join((b"intake/1", purpose.encode(), context.encode()))
    return HKDF(algorithm=SHA256(), length=KEY_SIZE, salt=None, info=info).derive(secret)
