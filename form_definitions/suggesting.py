"""What somebody may have meant by a word that is not known: "Did you mean ‘hint’?"."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

#: Of what is known, as many as are looked at closely: a form of 500 questions with 500 slips has
#: a quarter of a million pairs of names.
MOST_COMPARED = 8
NEAR = 0.6  # of two words, the part that they share


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is nearest to ``word`` and is another one, or "" if none is near."""
    from rapidfuzz import fuzz, process  # which a form without a mistake never waits for

    others = [each for each in known if each != word]
    # what has in common less than this has less than this for difflib too
    likely = process.extract(
        word, others, scorer=fuzz.ratio, score_cutoff=100 * NEAR, limit=MOST_COMPARED
    )
    found = difflib.get_close_matches(word, [each for each, *_ in likely], n=1, cutoff=NEAR)
    return found[0] if found else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """ "Did you mean ‘hint’?", or "" where nothing known is near."""
    near = nearest(word, known)
    return f"Did you mean ‘{near}’?" if near else ""


def near_path(path: str, paths: Iterable[str]) -> str:
    """ "Did you mean ‘child.name’?": the one path that ends alike, or the nearest one."""
    known = list(paths)
    last = path.rpartition(".")[2]
    alike = [
        each
        for each in known
        if each.endswith(last) and each != path and each.rpartition(".")[2] == last
    ]
    return f"Did you mean ‘{alike[0]}’?" if len(alike) == 1 else did_you_mean(path, known)
