"""A campaign: links made, sealed and queued, by the real command, with its peak memory and growth.

BENCH_RECIPIENTS=1000,10000 measures other sizes: the largest takes two minutes.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.http import inherited
from benchmarks.installation import Installation, sqlite_installation
from benchmarks.measuring import Figure, shown

SIZES = "1000,10000,35000,100000"
MEASURED = 35_000  # the households of a borough's largest mailing
SECONDS, MEMORY = 60, 250  # MiB
GROWTH = 1.5  # times as long for each at the largest size as at the smallest
ROOT = Path(__file__).resolve().parent.parent
KIB_A_MIB = 1024  # the kernel counts memory in KiB
MESSAGE = "Hello {greeting},\n\nthis is a form for you.\n\n{link}\n\nIt works until {expires}.\n"

# the command in a process of its own, which says at its end what it used of memory and processor
COMMAND = """
import resource, sys
from intake.cli import main
try:
    main(sys.argv[1:])
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_maxrss, used.ru_utime + used.ru_stime, file=sys.stderr)
"""


@dataclass(frozen=True)
class Run:
    """One campaign."""

    recipients: int
    seconds: float
    processor: float  # seconds, without those that any command takes to start
    memory: float  # MiB

    @property
    def each(self) -> float:
        """Processor seconds a recipient: what else the machine does is not in it."""
        return self.processor / self.recipients


def measure() -> list[Figure]:
    """35,000 recipients against the clock and the memory; and how the time grows."""
    sizes = [int(size) for size in os.environ.get("BENCH_RECIPIENTS", SIZES).split(",")]
    with sqlite_installation(40) as installation:
        start = starting(installation)
        runs = [run(installation, size, start) for size in sizes]
    for one in runs:
        print(
            f"  {one.recipients:>7,} recipients  {shown(one.seconds):>9}  "
            f"{shown(one.each)} of processor each  {one.memory:.0f} MiB",
            file=sys.stderr,
        )
    chosen = next((one for one in runs if one.recipients == MEASURED), runs[-1])
    first, last = runs[0], runs[-1]
    count = f"{chosen.recipients:,} recipients"
    return [
        Figure(f"Campaign of {count}", shown(chosen.seconds), "–", chosen.seconds, SECONDS, "s"),
        Figure(f"Its memory, {count}", "peak", "–", chosen.memory, MEMORY, "MiB"),
        Figure(
            f"Time for each of {last.recipients:,}",
            shown(last.each),
            f"each of {first.recipients:,}: {shown(first.each)}",
            last.each / first.each,
            GROWTH,
            "×",
        ),
    ]


def run(installation: Installation, recipients: int, start: float) -> Run:
    """Send to so many, in a process of its own; ``start`` is what any command takes."""
    file, message = write_files(installation.folder, recipients)
    command = ("campaign", "send", "--form=measured", "--json")
    begun = time.perf_counter()
    output, processor, memory = call(
        installation, *command, f"--recipients={file}", f"--message={message}"
    )
    took = time.perf_counter() - begun
    assert json.loads(output)["queued"] == recipients, output
    return Run(recipients, took, processor - start, memory)


def starting(installation: Installation) -> float:
    """Processor seconds of a command that does nothing, once its files are in memory.

    The first call takes a third of a second more, which a small campaign would be credited with.
    """
    times = [call(installation, "campaign", "list", "--json")[1] for _ in range(4)]
    return min(times[1:])


def call(installation: Installation, *arguments: str) -> tuple[str, float, float]:
    """Run a command: what it printed, its processor seconds, its peak memory in MiB."""
    finished = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        env={**inherited(), **installation.environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    memory, processor = finished.stderr.split()[-2:]
    return finished.stdout, float(processor), int(memory) / KIB_A_MIB


def write_files(folder: Path, recipients: int) -> tuple[Path, Path]:
    """A file of so many people, and the message to them."""
    file, message = folder / f"{recipients}.csv", folder / "message.txt"
    with file.open("w", encoding="utf-8") as out:
        out.write("email,greeting,ward\n")
        for number in range(recipients):
            out.write(f"person-{number}@example.org,Person Number {number},Ward {number % 20}\n")
    message.write_text(MESSAGE, "utf-8")
    return file, message
