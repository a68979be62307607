"""One spelling for every value: canonical JSON, padded so that its length says little."""

import json
from json.encoder import encode_basestring
from typing import Any

import msgspec

SMALLEST_BUCKET = 512  # bytes
LARGEST_DOUBLING = 64 * 1024  # above it, buckets grow by this step instead of doubling
LENGTH_SIZE = 4

_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical_json(value: Any) -> bytes:
    """A value as JSON with sorted keys and no spaces, in UTF-8.

    Raises ValueError for a number that JSON does not have (NaN, infinity).
    """
    return _CANONICAL.encode(value).encode()


def read_json(text: bytes) -> Any:
    """What ``json.loads`` makes of JSON in UTF-8 that we wrote, in less than half the time.

    Raises ValueError if it is no JSON.
    """
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:  # NaN and infinity, which only Python's own JSON knows
        return json.loads(text)


def canonical_texts(*texts: str) -> bytes:
    """A list of texts as ``canonical_json`` gives it, in a fifth of the time."""
    return f"[{','.join(map(encode_basestring, texts))}]".encode()


def bucket(length: int) -> int:
    """The size that something of this length is padded to."""
    size = SMALLEST_BUCKET
    while size < length and size < LARGEST_DOUBLING:
        size *= 2
    if size >= length:
        return size
    return -(-length // LARGEST_DOUBLING) * LARGEST_DOUBLING


def pad(plaintext: bytes) -> bytes:
    """The length, the text, and zeros up to the next bucket."""
    framed = len(plaintext).to_bytes(LENGTH_SIZE, "big") + plaintext
    return framed.ljust(bucket(len(framed)), b"\x00")


def unpad(padded: bytes) -> bytes:
    """What was padded. Raises ValueError if it was not padded by ``pad``."""
    length = int.from_bytes(padded[:LENGTH_SIZE], "big")
    end = LENGTH_SIZE + length
    if len(padded) < SMALLEST_BUCKET or padded.count(0, end) != len(padded) - end:
        raise ValueError("this was not padded here")
    return padded[LENGTH_SIZE:end]
