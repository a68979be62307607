"""Passwords: argon2id, with a bound on how many are hashed at once."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from intake.services.places import a_place

SHORTEST_PASSWORD = 12  # characters; NCSC's three random words are longer
LONGEST_PASSWORD = 200
AT_ONCE = 2  # a hash takes 64 MiB and 150 ms: more at once would be a way to stop the server
LONGEST_WAIT = 5.0  # seconds for a free place

hasher = PasswordHasher()  # argon2id with the parameters of RFC 9106, low memory

# The hash of a random password that nobody kept. An unknown address is checked against it, so
# that it takes as long as a known one with a wrong password.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$wfjWIUyszVfSUrcukuKMMQ$PSU1wW"
    "JipF73+l8KtPj3sDlZrTK/ri8cIEB2Yh/w3fU"
)

_places = BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """The hash to store. Raises TooBusy."""
    with a_place(_places, LONGEST_WAIT):
        return hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password has this hash; None takes the time of a check and is never right.

    Raises TooBusy.
    """
    with a_place(_places, LONGEST_WAIT):
        try:
            hasher.verify(password_hash or NOBODYS_HASH, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None
