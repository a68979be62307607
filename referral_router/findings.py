"""What is wrong in a file: collected with its place, and told with a fix."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from form_definitions import Problem

Where = tuple[str | int, ...]
Locate = Callable[[Where, bool], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `where` leads to a value, or with `at_key` to its key."""

    where: Where
    message: str
    fix: str
    at_key: bool = False


class Findings:
    """Everything that is wrong in one file; `locate` gives the line and column of a place."""

    def __init__(self, source: str, locate: Locate) -> None:
        self._source = source
        self._locate = locate
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found, in the order of the file."""
        return tuple(sorted(self._problems, key=lambda each: (each.line, each.column)))

    def position(self, where: Where) -> tuple[int, int]:
        """Return the line and column of a value, both from 1."""
        return self._locate(where, False)

    def add(self, where: Where, message: str, fix: str, *, at_key: bool = False) -> None:
        """Record one problem."""
        line, column = self._locate(where, at_key)
        place = ".".join(map(str, where))
        problem = Problem(self._source, line, column, place, message, fix)
        if problem not in self._problems:
            self._problems.append(problem)

    def add_unknown(
        self,
        where: Where,
        word: object,
        known: Iterable[object],
        what: str,
        *,
        at_key: bool = False,
    ) -> None:
        """Record a word that is not one of those known, with the nearest of them."""
        words = list(known)
        fix = suggestion(word, words) or f"Use one of {', '.join(map(str, words))}"
        self.add(where, f"‘{word}’ {what}", fix, at_key=at_key)


def suggestion(word: object, known: Iterable[object]) -> str:
    """Return "Did you mean ‘…’?" with the nearest known word, or "" if none is near."""
    near = get_close_matches(str(word), [str(each) for each in known], n=1)
    return f"Did you mean ‘{near[0]}’?" if near else ""
