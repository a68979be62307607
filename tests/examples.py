"""How many examples a property test looks at."""

import os

from hypothesis import settings

TIMES = int(os.environ.get("EXAMPLES", "1"))


def examples(number: int) -> settings:
    """So many in a usual run; with ``EXAMPLES=10`` before ``make test``, ten times as many."""
    return settings(max_examples=number * TIMES, deadline=None)
