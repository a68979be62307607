"""Fair comparison: both sides interleaved in one process, medians, the collector at rest."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    measured: str
    yardstick: str
    reached: float
    reach: float
    unit: str  # "×", "ms", "s", "MiB"
    more_is_better: bool = False
    note: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether the figure is reached."""
        return self.reached >= self.reach if self.more_is_better else self.reached <= self.reach


@dataclass(frozen=True)
class Times:
    """Median seconds of two sides."""

    ours: float
    theirs: float


def compare(
    ours: Work, theirs: Work, *, rounds: int = 30, ours_batch: int = 1, theirs_batch: int = 1
) -> Times:
    """Median seconds a call of both, taking turns so that a busy machine slows both alike.

    A batch repeats a call that is too short for the clock.
    """
    ours(), theirs()
    measured: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            measured[0].append(seconds(ours, ours_batch))
            measured[1].append(seconds(theirs, theirs_batch))
    finally:
        gc.enable()
    return Times(statistics.median(measured[0]), statistics.median(measured[1]))


def processor_time(work: Work, *, rounds: int, batch: int = 1) -> float:
    """Median seconds of processor a call: what else the machine does, does not count."""
    work()
    return statistics.median(seconds(work, batch, time.process_time) for _ in range(rounds))


def seconds(work: Work, batch: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds a call, over one batch."""
    start = clock()
    for _ in range(batch):
        work()
    return (clock() - start) / batch


def shown(duration: float) -> str:
    """A duration in the unit that reads best."""
    if duration >= 1:
        return f"{duration:.2f} s"
    if duration >= 0.001:
        return f"{duration * 1000:.2f} ms"
    return f"{duration * 1_000_000:.1f} µs"
