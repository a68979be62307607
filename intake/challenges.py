"""A sum for the browser of whoever opens a form that anybody can open: cheap once, dear in crowds.

After the "deterministic" mode of ALTCHA's proof of work, version 2 (https://altcha.org/docs/v2/):
which number from 1 to MOST gives this key by PBKDF2? Browsers have PBKDF2 built in and are as quick
as other machines; the server reckons it once to ask and once to check. Nobody else is asked.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import pbkdf2_hmac
from hmac import compare_digest

from itsdangerous import BadData, URLSafeSerializer

from intake.app_state import settings
from intake.sealing import derive
from intake.spending import spend

COST = 2_500  # rounds of PBKDF2 for each number that is tried: about a millisecond
MOST = 1_000  # numbers; half of them on average: a second on a computer, a few on an old phone
KEY_SIZE = 16  # bytes of the key, and of the salt
LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a page asks of a browser; ``signed`` comes back with the number."""

    signed: str
    salt: str  # hexadecimal, as the key
    key: str
    cost: int = COST
    most: int = MOST


def make_challenge(subject: str, now: datetime) -> Challenge:
    """A challenge that counts for one subject only, as a form or a link."""
    salt, number = secrets.token_bytes(KEY_SIZE), secrets.randbelow(MOST) + 1
    key = _key(salt, number)
    until = int((now + LASTS).timestamp())
    signed = _serializer(subject).dumps([salt.hex(), key.hex(), until])
    return Challenge(str(signed), salt.hex(), key.hex())


def is_solved(subject: str, signed: str, typed: str, now: datetime) -> bool:
    """Whether it is the number of our challenge for this subject, given for the first time."""
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
    try:
        salt, key, until = _serializer(subject).loads(signed)
    except BadData:
        return False
    if not 1 <= number <= MOST or until <= now.timestamp():
        return False
    if not compare_digest(_key(bytes.fromhex(salt), number).hex(), key):
        return False
    return spend(f"challenge:{salt}", datetime.fromtimestamp(until, now.tzinfo), now)


def _key(salt: bytes, number: int) -> bytes:
    return pbkdf2_hmac("sha256", str(number).encode(), salt, COST, KEY_SIZE)


def _serializer(subject: str) -> URLSafeSerializer:
    oldest_first = reversed(settings().secret_keys)
    keys = [derive(key.encode(), "challenges") for key in oldest_first]
    return URLSafeSerializer(keys, salt=f"challenge:{subject}")
