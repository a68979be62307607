"""Which pages and questions are shown for a set of answers: one forward pass over a plan.

A condition looks only at answers that are themselves shown: a hidden question's old answer counts
as missing. The plan is made once per form version, so that the pass does no more than it must.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from form_definitions.beside_schemas import all_pass, format_checks, settled_checks
from form_definitions.calculating import TODAY_KEY, Calculation, day_of
from form_definitions.cleaning import Entry, entry
from form_definitions.comparing import Test
from form_definitions.conditions import Condition
from form_definitions.definition import Page, PageType, Question
from form_definitions.schemas import compiled, is_valid, rules_schema, settled_schema


@dataclass(frozen=True, slots=True)
class Visible:
    """What is shown for a set of answers. ``ended`` is the end page where the journey stops.

    ``answers`` are those to shown questions, tidied; ``questions`` are names of root questions.
    """

    answers: dict[str, Any]
    questions: frozenset[str]
    pages: tuple[Page, ...]
    ended: Page | None = None


@dataclass(frozen=True, slots=True)
class VisibleOnPage:
    """What one page shows: the names of its root questions that are shown, and the answers that
    decide that."""

    answers: dict[str, Any]
    questions: frozenset[str]


@dataclass(slots=True)
class Pass:
    """What a pass found. ``missing`` are required questions that are shown and have no answer."""

    answers: dict[str, Any]
    pages: list[Page] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    ended: Page | None = None

    def shown(self) -> list[str]:
        """The names of the root questions that are shown, in order."""
        asked = (question.name for page in self.pages for question in page.questions)
        return [name for name in asked if name not in self.hidden]


#: A page, when it is shown, whether it ends the journey, and what it asks.
Step = tuple[Page, Test | None, bool, tuple[Entry, ...]]


class Way(NamedTuple):
    """The pages that are shown with their ids, and the one that ends the journey."""

    pages: tuple[Page, ...]
    ids: tuple[str, ...]
    ended: Page | None


class AnswerPlan:
    """A form's pages, conditions and validators, laid out for checking answers fast."""

    def __init__(self, pages: tuple[Page, ...], due: Mapping[str, tuple[Calculation, ...]]) -> None:
        questions = [question for page in pages for question in page.questions]
        self._steps = [_step(page) for page in pages]
        self._due = dict(due)
        self.needs_today = any(one.needs_today for ready in due.values() for one in ready)
        self._pages = pages
        self._deciding = self._with_what_decides(())
        self._around: dict[str, Sequence[Step]] = {}  # a page's id → what it takes to show it
        self._only_way = _only_way(pages)
        shown = {"properties": {question.name: question.schema for question in questions}}
        rules = rules_schema(pages)
        self._validator = compiled(shown | ({"allOf": rules} if rules else {}))
        self._formats = format_checks(questions)
        self._settled = compiled(settled_schema(pages), formats=True)
        self._settled_checks = settled_checks(questions)

    def is_settled(self, answers: Mapping[str, Any]) -> bool:
        """Whether these are accepted and stored exactly as they are; if not, ``walk`` decides."""
        if self._due:  # no schema can say whether a value was worked out rightly
            return False
        return is_valid(self._settled, answers) and all_pass(answers, self._settled_checks)

    def walk(self, answers: Mapping[str, Any]) -> Pass:
        """One forward pass: what is shown, what of it is answered, what is missing."""
        return self._walk(answers, self._steps)

    def way(self, answers: Mapping[str, Any]) -> Way:
        """The pages that are shown, and the end page where the journey stops, if it does.

        The same as ``walk`` finds, from those questions only that decide over pages.
        """
        if self._only_way:
            return self._only_way
        found = self._walk(answers, self._deciding)
        return _way(found.pages, found.ended)

    def walk_for(self, page: Page, answers: Mapping[str, Any]) -> Pass:
        """The same for one page: which of its questions are hidden, and the answers that decide it.

        Questions that have no condition and decide nothing are left out, and so are pages without
        any other. If the page is shown, it is the last of ``pages``.
        """
        steps = self._around.get(page.id)
        if steps is None:
            steps = self._around[page.id] = self._up_to(page)
        return self._walk(answers, steps)

    def _up_to(self, page: Page) -> Sequence[Step]:
        """The steps that lead to a page, which is the last: conditions look back only."""
        conditional = (question for question in page.questions if question.when)
        steps = self._with_what_decides(conditional)
        last = next(at for at, step in enumerate(steps) if step[0].id == page.id)
        deciding = [step for step in steps[:last] if step[2] or step[3]]
        return [*deciding, steps[last]]

    def _with_what_decides(self, questions: Iterable[Question]) -> Sequence[Step]:
        """The steps with these questions and all that decide over them and over pages."""
        return self._steps if self._due else _deciding(self._pages, self._steps, questions)

    def _walk(self, answers: Mapping[str, Any], steps: Sequence[Step]) -> Pass:
        seen = self._day(answers)
        found = Pass(seen)
        given = answers.get
        due = self._due
        for page, when, is_end, entries in steps:
            if when is not None and not when(seen):
                self._work_out((name for name, *_ in entries), seen)
                continue
            found.pages.append(page)
            if is_end:
                found.ended = page
                break
            for name, shown_when, clean, required in entries:
                if shown_when is not None and not shown_when(seen):
                    found.hidden.add(name)
                else:
                    value = given(name)
                    if value is not None:
                        value = clean(value)
                    if value is not None:
                        seen[name] = value
                    elif required:
                        found.missing.append(name)
                if name in due:
                    self._work_out((name,), seen)
        return found

    def _day(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """What a pass begins with: today, which stays with answers that something is made of."""
        day = day_of(answers) if self.needs_today else None
        return {TODAY_KEY: day.isoformat()} if day else {}

    def _work_out(self, names: Iterable[str], seen: dict[str, Any]) -> None:
        """Put the values that are due after these questions among the answers that are shown."""
        for calculation in (one for name in names for one in self._due.get(name, ())):
            value = calculation.calculate(seen, day_of(seen))
            if value is not None:
                seen[calculation.name] = value

    def is_valid(self, seen: dict[str, Any]) -> bool:
        """Whether shown answers satisfy their schemas and formats (not whether any is missing)."""
        return is_valid(self._validator, seen) and all_pass(seen, self._formats)


def _step(page: Page) -> Step:
    when = page.when.holds if page.when else None
    return page, when, page.type is PageType.END, tuple(map(entry, page.questions))


def _only_way(pages: tuple[Page, ...]) -> Way | None:
    """The way that all answers lead, if no page has a condition."""
    if any(page.when for page in pages):
        return None
    ended = next((page for page in pages if page.type is PageType.END), None)
    return _way(pages[: pages.index(ended) + 1] if ended else pages, ended)


def _way(pages: Sequence[Page], ended: Page | None) -> Way:
    return Way(tuple(pages), tuple([page.id for page in pages]), ended)


def _deciding(
    pages: Iterable[Page], steps: Sequence[Step], questions: Iterable[Question]
) -> Sequence[Step]:
    """The same steps, with only these questions and those that they and pages depend on, also
    through others."""
    wanted = {root for page in pages for root in _roots(page.when)}
    wanted |= {question.name for question in questions}
    for page in reversed(tuple(pages)):  # a condition looks back only
        for question in reversed(page.questions):
            if question.name in wanted:
                wanted |= _roots(question.when)
    if WHOLE in wanted:
        return steps
    return [
        (page, when, is_end, tuple(one for one in entries if one[0] in wanted))
        for page, when, is_end, entries in steps
    ]


WHOLE = ""  # a condition on the answers as a whole, not on one of them


def _roots(condition: Condition | None) -> set[str]:
    comparisons = condition.comparisons() if condition else ()
    return {comparison.path[0] if comparison.path else WHOLE for comparison in comparisons}
