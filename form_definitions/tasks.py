"""The tasks of a long form that is filled in section by section, in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from form_definitions.conditions import Condition
from form_definitions.definition import FormDefinition, Page, PageType

MAX_FORMS = 64  # whose tasks are kept: more than any installation serves at once


class TaskState(StrEnum):
    """How far somebody is with a task."""

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    CANNOT_START = "cannot-start"


@dataclass(frozen=True, slots=True)
class Task:
    """A section of the form. ``needs`` are the positions of the tasks that have to come before."""

    title: str
    pages: tuple[Page, ...]
    needs: frozenset[int] = frozenset()

    def has(self, page_id: str) -> bool:
        """Whether a page belongs to this task."""
        return any(page.id == page_id for page in self.pages)


def tasks_of(definition: FormDefinition) -> tuple[Task, ...]:
    """The tasks of a form with a task list, in order; none of any other form.

    A task needs those earlier ones that its conditions look at, and every earlier one that may end
    the form: nobody is asked things in vain.
    """
    return _tasks(definition) if definition.has_tasks else ()


@lru_cache(maxsize=MAX_FORMS)
def _tasks(definition: FormDefinition) -> tuple[Task, ...]:
    tasks: list[Task] = []
    place: dict[str, int] = {}  # a question → the position of its task
    ending: set[int] = set()
    for at, (title, pages) in enumerate(_sections(definition.pages)):
        looked_at = {place[name] for name in _looked_at(pages) if name in place}
        tasks.append(Task(title, tuple(pages), frozenset(looked_at | ending) - {at}))
        place |= {question.name: at for page in pages for question in page.questions}
        ending |= {at for page in pages if page.type is PageType.END}
    return tuple(tasks)


def _sections(pages: tuple[Page, ...]) -> Iterator[tuple[str, list[Page]]]:
    """Pages that follow each other in one section; an end page belongs to what leads to it."""
    title, held = "", list[Page]()
    for page in pages:
        section = page.section or page.title
        if held and section != title and page.type is not PageType.END:
            yield title, held
            held = []
        title = title if held else section
        held.append(page)
    if held:
        yield title, held


def _looked_at(pages: list[Page]) -> Iterator[str]:
    """The root questions that decide what is shown of these pages."""
    for page in pages:
        yield from _roots(page.when)
        for question in page.questions:
            yield from _roots(question.when)


def _roots(condition: Condition | None) -> Iterator[str]:
    for comparison in condition.comparisons() if condition else ():
        yield from comparison.path[:1]
