"""Runs every measurement and prints one table: python -m benchmarks [topic ...]."""

import argparse
import importlib
import sys
import traceback

from benchmarks.measuring import Figure

TOPICS = (
    "rendering",
    "checking",
    "routing",
    "replaying",
    "loading",
    "serving",
    "submitting",
    "starting",
    "campaigns",
    "weblinks",
    "matching",
    "queue",
)


def main() -> int:
    """Measure the topics asked for, or all; the exit status is 1 if a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", choices=[*TOPICS, []], metavar="topic")
    chosen = parser.parse_args().topics or TOPICS
    figures: list[Figure] = []
    broken = 0
    for topic in chosen:
        print(f"measuring {topic} …", file=sys.stderr, flush=True)
        try:
            figures += importlib.import_module(f"benchmarks.{topic}").measure()
        except Exception:  # noqa: BLE001 - one that breaks must not hide the others
            broken += 1
            traceback.print_exc()
    print_table(figures)
    return 1 if broken or not all(figure.is_ok for figure in figures) else 0


def print_table(figures: list[Figure]) -> None:
    """One line a figure."""
    heads = ("what", "measured", "yardstick", "figure", "reach", "")
    rows = [heads, *(cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(line.rstrip())


def cells(figure: Figure) -> tuple[str, ...]:
    """The cells of one line."""
    sign = "≥" if figure.more_is_better else "≤"
    return (
        figure.what,
        figure.measured,
        figure.yardstick,
        f"{figure.reached:.3g} {figure.unit}",
        f"{sign} {figure.reach:g} {figure.unit}",
        "ok" if figure.is_ok else "over",
    )


if __name__ == "__main__":
    sys.exit(main())
