"""Passwords and what holders of links know, hashed with the least work that argon2id can do.

A hash as it is made in production takes a quarter of a second, and thousands of tests make some.
``tests/intake/test_hash_cost.py`` holds on to what production spends.
"""

from argon2 import PasswordHasher

from intake.sealing import holder_checks
from intake.services import passwords, staff_accounts

REAL_HASHER = passwords.hasher
REAL_NOBODYS_HASH = passwords.NOBODYS_HASH
REAL_ANSWERS = dict(holder_checks.ARGON2)

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def be_cheap() -> None:
    """Spend next to nothing on a hash, in this process and from now on."""
    passwords.hasher = staff_accounts.hasher = CHEAP
    passwords.NOBODYS_HASH = CHEAP.hash("nobody's")
    holder_checks.ARGON2 |= {"time_cost": 1, "memory_cost": 8}
