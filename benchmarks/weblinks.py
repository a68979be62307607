"""Tokens that were not minted here: refused in the same time, whatever is wrong with them."""

import random
import secrets
import statistics
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping

from benchmarks.http import gunicorn
from benchmarks.installation import sqlite_installation
from benchmarks.measuring import Figure, seconds, shown
from intake.sealing import BadToken, mint, read, secret_key_id

A_MILLION = 1_000_000
ROUNDS = 400
READINGS = 4000
TOKENS = 4  # in each round of reading, of each kind: too short to be interrupted
# The slowest kind over the quickest. A microsecond of reading is lost in any answer.
READ_APART_BY = 1.15
ANSWERED_APART_BY = 1.1


def measure() -> list[Figure]:
    """The medians of each kind of bad token, by turns: reading alone, and the whole answer."""
    with (
        sqlite_installation(10) as installation,
        gunicorn("wsgi:app", installation.environment) as server,
    ):
        keys = (installation.environment["INTAKE_SECRET_KEYS"],)
        kinds = bad_tokens(keys)
        reading = medians(kinds, lambda token: refused(keys, token), READINGS, TOKENS)
        asking = medians(kinds, lambda token: server.request("GET", f"/l/{token}"), ROUNDS, 1)
        begun = time.process_time()
        refuse_random(keys, A_MILLION)
        took = time.process_time() - begun
    return [
        Figure("A million random tokens, all refused (processor)", shown(took), "–", took, 60, "s"),
        figure("reading alone", reading, READ_APART_BY),
        figure("the whole answer", asking, ANSWERED_APART_BY),
    ]


def bad_tokens(keys: tuple[str, ...]) -> Mapping[str, str]:
    """One of each kind, all of the same length."""
    token = mint(keys, secrets.token_hex(16), secrets.token_bytes(16))
    other = mint((secrets.token_hex(32),), secrets.token_hex(16), secrets.token_bytes(16))
    middle, last = token[40], token[-1]
    return {
        "another installation's": other,
        "another's under our key id": token[:8] + other[8:],
        "one sign changed": token[:40] + ("A" if middle != "A" else "B") + token[41:],
        "signature changed": token[:-1] + ("A" if last != "A" else "Q"),
        "wrong shape": token[:8] + "_" + token[9:],
    }


def refused(keys: tuple[str, ...], token: str) -> None:
    """Read a bad token."""
    try:
        read(keys, token)
    except BadToken:
        return
    raise AssertionError("a bad token was read")


def refuse_random(keys: tuple[str, ...], number: int) -> None:
    """Read as many random tokens of the right shape, half of them with our key's id."""
    ours = secret_key_id(keys[0])
    for each in range(number):
        body = urlsafe_b64encode(secrets.token_bytes(102)).decode()
        refused(keys, f"{ours if each % 2 else body[124:132]}.{body[:80]}.{body[80:123]}")


def medians(
    kinds: Mapping[str, str], work: Callable[[str], object], rounds: int, batch: int
) -> dict[str, float]:
    """Median seconds for each kind, taken in another order each time: a busy machine slows all."""
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind, token in random.sample(list(kinds.items()), len(kinds)):
            taken[kind].append(seconds(lambda token=token: work(token), batch))  # type: ignore[misc]
    return {kind: statistics.median(times) for kind, times in taken.items()}


def figure(what: str, times: Mapping[str, float], reach: float) -> Figure:
    """The slowest kind against the quickest."""
    slowest, quickest = max(times, key=times.__getitem__), min(times, key=times.__getitem__)
    return Figure(
        f"Refusing a bad token, {what}",
        f"{slowest} {shown(times[slowest])}",
        f"{quickest} {shown(times[quickest])}",
        times[slowest] / times[quickest],
        reach,
        "×",
    )
