"""What a guess costs in production; all other tests hash with the least work (cheap_hashing)."""

from argon2 import Type

from tests.cheap_hashing import REAL_ANSWERS, REAL_HASHER, REAL_NOBODYS_HASH


def test_a_password_costs_what_rfc_9106_asks_where_memory_is_short():
    cost = (REAL_HASHER.time_cost, REAL_HASHER.memory_cost, REAL_HASHER.parallelism)
    assert cost == (3, 64 * 1024, 4)
    assert REAL_HASHER.type is Type.ID


def test_nobodys_hash_costs_what_a_real_one_does():
    assert not REAL_HASHER.check_needs_rehash(REAL_NOBODYS_HASH)


def test_a_date_of_birth_a_passphrase_and_a_code_cost_three_passes_over_32_mebibytes():
    assert REAL_ANSWERS == {
        "time_cost": 3,
        "memory_cost": 32 * 1024,
        "parallelism": 1,
        "hash_len": 32,
    }
