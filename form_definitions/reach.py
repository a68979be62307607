"""Which pages and questions can be shown at all, by working through the conditions.

A condition is written out as a list of *ways* in which it can hold; a way says of some questions
which answers they must have. Ways that contradict themselves are left out; no way left: it can
never hold. Where there are too many ways to write out, a condition counts as possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from form_definitions.conditions import All, Comparison, Condition, Named, Not
from form_definitions.definition import FormDefinition, Page, PageType, Question
from form_definitions.reach_spaces import MISSING, Space, space_of

Path = tuple[str, ...]
Way = dict[Path, frozenset[int]]
Ways = list[Way]

ALWAYS: Ways = [{}]
MOST_WORK = 400_000  # answers copied in joining ways: about a fifth of a second
MOST_WAYS = 24  # a condition that an author can still read has fewer than ten


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A page or question that is never shown; ``is_required`` of a question that must be answered.

    ``ends_all``: the page itself is shown, to everybody, so that what follows it is not.
    """

    page: Page
    question: Question | None = None
    path: str = ""
    ends_all: bool = False


def unreachable(definition: FormDefinition) -> Iterator[Unreachable]:
    """Every page and question that no answers lead to; each cause is told once."""
    return _Journey(definition).walk()


def can_hold(comparison: Comparison, question: Question) -> bool:
    """Whether any answer that ``question`` takes satisfies the comparison."""
    space = space_of(question, [comparison], is_always_answered=False)
    return bool(space.where(comparison, holds=True))


def is_possible(condition: Condition, definition: FormDefinition) -> bool:
    """Whether any answers of a form satisfy a condition, as far as that can be told from it."""
    level = Level(definition.questions, [condition])
    return bool(level.written_out(condition, holds=True))


class Level:
    """The questions beside each other, with what their conditions can tell apart."""

    def __init__(
        self,
        questions: Mapping[str, Question],
        conditions: Iterable[Condition],
        sometimes_asked: frozenset[str] = frozenset(),
    ) -> None:
        self._questions = questions
        self._sometimes_asked = sometimes_asked
        self._spaces: dict[Path, Space] = {}
        self._work = 0
        self.shown: dict[str, Ways] = {}
        about: dict[Path, list[Comparison]] = {}
        for condition in conditions:
            for comparison in condition.comparisons():
                about.setdefault(comparison.path, []).append(comparison)
        for path, comparisons in about.items():
            self._spaces[path] = self._space(path, comparisons)

    def _space(self, path: Path, comparisons: list[Comparison]) -> Space:
        chain = _chain(self._questions, path)
        if len(chain) < len(path):
            return Space(None, is_always_answered=False)
        always = all(question.required and question.when is None for question in chain)
        is_answered = always and path[0] not in self._sometimes_asked
        return space_of(chain[-1], comparisons, is_always_answered=is_answered)

    def ways(self, condition: Condition | None) -> Ways:
        """How the condition can hold, with the questions shown that it needs answered."""
        if condition is None:
            return ALWAYS
        return self.when_shown(self.written_out(condition, holds=True))

    def when_shown(self, ways: Ways) -> Ways:
        """The ways, each with what it takes for the answers that it needs to be asked for."""
        found: Ways = []
        for way in ways:
            needed = {path[0] for path, allowed in way.items() if MISSING not in allowed}
            parts: Ways = [way]
            for name in sorted(needed):
                parts = self.both(parts, self.shown.get(name, ALWAYS))
            found += parts
        return found if len(found) <= MOST_WAYS else ALWAYS

    def both(self, some: Ways, others: Ways) -> Ways:
        """The ways in which both hold. Too many: ``some`` alone, which allows more, never less."""
        if others == ALWAYS or not some:
            return some
        if some == ALWAYS:
            return others
        self._work += sum(map(len, some)) * len(others)
        if self._work > MOST_WORK:
            return some
        pairs = ((one, other) for one in some for other in others)
        joined = [way for pair in pairs if (way := _joined(*pair)) is not None]
        return joined if len(joined) <= MOST_WAYS else some

    def written_out(self, condition: Condition, *, holds: bool) -> Ways:
        """How the condition can hold, or can fail to."""
        if isinstance(condition, Comparison):
            allowed = self._spaces[condition.path].where(condition, holds=holds)
            return [{condition.path: allowed}] if allowed else []
        if isinstance(condition, Named):
            return self.written_out(condition.condition, holds=holds)
        if isinstance(condition, Not):
            return self.written_out(condition.part, holds=not holds)
        parts = [self.written_out(part, holds=holds) for part in condition.parts]
        if isinstance(condition, All) is holds:
            ways = ALWAYS
            for part in parts:
                ways = self.both(ways, part)
            return ways
        either = [way for part in parts for way in part]
        return either if len(either) <= MOST_WAYS else ALWAYS


def _joined(one: Way, other: Way) -> Way | None:
    way = dict(one)
    for path, allowed in other.items():
        left = way[path] & allowed if path in way else allowed
        if not left:
            return None
        way[path] = left
    return way


def _chain(questions: Mapping[str, Question], path: Path) -> list[Question]:
    """The question at a path with the groups round it; shorter if there is none."""
    chain: list[Question] = []
    for step in path:
        inner = chain[-1].question(step) if chain else questions.get(step)
        if inner is None:
            break
        chain.append(inner)
    return chain


class _Journey:
    """One pass over the pages, in order."""

    def __init__(self, definition: FormDefinition) -> None:
        self._pages = definition.pages
        conditions = [page.when for page in definition.pages if page.when]
        conditions += [asked.when for asked in definition.questions.values() if asked.when]
        hidden = [page for page in definition.pages if page.when]
        sometimes = frozenset(question.name for page in hidden for question in page.questions)
        self._level = Level(definition.questions, conditions, sometimes)

    def walk(self) -> Iterator[Unreachable]:
        going_on: Ways = ALWAYS  # no end page has stopped the journey
        for page in self._pages:
            ways = self._level.both(self._level.ways(page.when), going_on)
            if not ways:
                yield Unreachable(page)
                ways = ALWAYS
            elif page.type is PageType.END and page.when:
                going_on = self._level.both(
                    going_on, self._level.written_out(page.when, holds=False)
                )
                if not going_on:
                    yield Unreachable(page, ends_all=True)
                    going_on = ALWAYS
            yield from self._questions(page, ways)

    def _questions(self, page: Page, ways: Ways) -> Iterator[Unreachable]:
        for question in page.questions:
            shown = self._level.both(self._level.ways(question.when), ways)
            if not shown:
                yield Unreachable(page, question, question.path)
            self._level.shown[question.name] = shown or ALWAYS
            yield from _inside(page, question)


def _inside(page: Page, group: Question) -> Iterator[Unreachable]:
    """The questions of a group that can never be shown: their conditions look beside them."""
    if not group.questions:
        return
    conditions = [question.when for question in group.questions if question.when]
    level = Level({question.name: question for question in group.questions}, conditions)
    for question in group.questions:
        shown = level.ways(question.when)
        if not shown:
            yield Unreachable(page, question, question.path)
        level.shown[question.name] = shown or ALWAYS
        yield from _inside(page, question)
