"""What the holder of a link must know, kept only as a hash under the link's own secret.

The secret is in the token and nowhere else, so the database alone does not let anybody try codes,
dates or words. What people choose or others may know (a date of birth, a passphrase) goes through
argon2id as well: whoever has database, token and secret keys still pays for every guess.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from hmac import compare_digest

from argon2.low_level import Type, hash_secret_raw

from intake.sealing.derivation import derive
from intake.sealing.weblinks import LinkCapability

CODE_DIGITS = 6
LONGEST_ANSWER = 200  # characters; longer ones are cut before they cost time
ARGON2 = {"time_cost": 3, "memory_cost": 32 * 1024, "parallelism": 1, "hash_len": 32}  # 32 MiB

_SEPARATORS = re.compile(r"[\W_]+")


def new_code() -> str:
    """A fresh code: six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def code_of(typed: str) -> str:
    """The code in what was typed or pasted, in the digits of any script.

    Spaces, dashes and what else stands around it are no mistake.
    """
    return "".join(
        str(unicodedata.decimal(sign)) for sign in typed[:LONGEST_ANSWER] if sign.isdecimal()
    )


def plain_words(typed: str) -> str:
    """A passphrase without case, spaces, signs and accents, as it may be heard by telephone."""
    parted = unicodedata.normalize("NFKD", typed[:LONGEST_ANSWER]).casefold()
    letters = "".join(letter for letter in parted if not unicodedata.combining(letter))
    return _SEPARATORS.sub("", letters)


def hash_code(capability: LinkCapability, code: str) -> bytes:
    """The stored hash of a code: HMAC-SHA256 under a key of this link and purpose."""
    return _keyed(capability, "link-code", code.encode())


def hash_answer(capability: LinkCapability, answer: str) -> bytes:
    """The stored hash of a normalised date or passphrase. It takes 32 MiB and some 50 ms."""
    salt = derive(capability.secret, "link-answer-salt", capability.link_id)[:16]
    stretched = hash_secret_raw(answer.encode(), salt, type=Type.ID, **ARGON2)
    return _keyed(capability, "link-answer", stretched)


def is_same(one: bytes | None, other: bytes) -> bool:
    """Whether two hashes are equal, in the same time wherever they differ."""
    return one is not None and compare_digest(one, other)


def _keyed(capability: LinkCapability, purpose: str, content: bytes) -> bytes:
    key = derive(capability.secret, purpose, capability.link_id)
    return hmac.new(key, content, hashlib.sha256).digest()
