"""Finding the same person again: recall and false suggestions on a made-up register."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import process_time

from benchmarks.measuring import Figure, shown
from benchmarks.register import TODAY, Record, make_register
from intake.matching.blocking import KIND_STRENGTH, MOST_CANDIDATES, MOST_IN_A_BLOCK, blocks
from intake.matching.comparing import suggested
from intake.matching.people import Person, person
from intake.matching.weights import shipped_weights

PEOPLE, AGAIN = 50_000, 10_000  # people of the register, and how many of them come a second time
SEED = 20261123  # of the figures in the table
OTHER_SEEDS = (7, 1968, 424242)  # smaller registers besides, to show that no seed is special
SMALLER = 5  # so many times
LEAST_RECALL, MOST_FALSE = 0.97, 0.1

Key = tuple[str, str]


@dataclass(frozen=True)
class Outcome:
    """What was suggested in one register."""

    people: int
    true: int
    found: int
    false: int
    compared: int
    seconds: float

    @property
    def recall(self) -> float:
        """The share of true pairs that were suggested."""
        return self.found / self.true

    @property
    def false_each(self) -> float:
        """False suggestions for each true one."""
        return self.false / max(1, self.found)


def measure() -> list[Figure]:
    """Recall and false suggestions of the shipped weights, on one register of 50,000 people."""
    for seed in OTHER_SEEDS:
        _tell(seed, outcome(PEOPLE // SMALLER, AGAIN // SMALLER, seed))
    found = outcome(PEOPLE, AGAIN, SEED)
    _tell(SEED, found)
    missed = f"{found.true - found.found} of {found.true:,} missed"
    false = f"{found.false} false, {found.found:,} true"
    took = f"{shown(found.seconds)}, {found.compared:,} compared"
    each = found.seconds / (found.people + found.true) * 1e3
    return [
        Figure("The same person, found again", missed, took, found.recall * 100,
               LEAST_RECALL * 100, "%", more_is_better=True),
        Figure("False suggestions for each true one", false, "–", found.false_each,
               MOST_FALSE, "×"),
        Figure("Comparing one who arrives", took, "–", each, 5, "ms"),
    ]  # fmt: skip


def outcome(people: int, again: int, seed: int) -> Outcome:
    """Let the register arrive one record after the other, each compared with those before."""
    records = make_register(people, again, seed)
    arriving = [described(record) for record in records]
    weights, start = shipped_weights(), process_time()
    found = false = compared = 0
    for at, before in candidates(arriving):
        compared += 1
        if suggested(arriving[at], arriving[before], weights):
            is_true = records[at].who == records[before].who
            found, false = found + is_true, false + (not is_true)
    return Outcome(people, again, found, false, compared, process_time() - start)


def described(record: Record) -> Person:
    """A record as the worker hands it to matching."""
    return person(
        (" ".join((record.given, record.middle)), record.family),
        date_of_birth=record.born.isoformat() if record.born else "",
        told_on=TODAY,
        postcode=record.postcode,
        first_lines=record.line,
        nhs_number=record.nhs_number,
        telephone=record.telephone,
        email=record.email,
    )


def candidates(arriving: Sequence[Person]) -> Iterator[tuple[int, int]]:
    """Whom each is compared with, by the blocks and the bounds that the worker uses."""
    entries: dict[Key, list[int]] = defaultdict(list)
    for at, who in enumerate(arriving):
        keys = [*blocks(who), *exact(who)]
        strength: Counter[int] = Counter()
        for key in keys:
            if len(entries[key]) <= MOST_IN_A_BLOCK:
                for other in entries[key]:
                    strength[other] += KIND_STRENGTH[key[0]]
        for other, _ in strength.most_common(MOST_CANDIDATES):
            yield at, other
        for key in keys:
            entries[key].append(at)


def exact(who: Person) -> Iterator[Key]:
    """The exact identifiers, which the blind index has anyway."""
    for kind, value in (
        ("nhs-number", who.nhs_number),
        ("telephone", who.telephone),
        ("email", who.email),
    ):
        if value:
            yield kind, value


def _tell(seed: int, found: Outcome) -> None:
    print(
        f"  {found.people:,} people, seed {seed}: {found.recall:.2%} of {found.true:,} true pairs, "
        f"{found.false} false suggestions ({found.false_each:.3f} for each true one), "
        f"{found.seconds:.1f} s",
        file=sys.stderr,
        flush=True,
    )
