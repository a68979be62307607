"""Where a person is on the way through a form. Pure: a definition, answers and pages done."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from form_definitions import (
    FieldError,
    FormDefinition,
    Page,
    PageType,
    Task,
    Visible,
    check_page,
    tasks_of,
    visible,
)


@dataclass(frozen=True)
class Journey:
    """The pages that these answers lead through, in order, and those already completed.

    An end page is always the last of them, and ``ended``.
    """

    definition: FormDefinition
    answers: Mapping[str, Any]
    done: frozenset[str]
    pages: tuple[Page, ...]
    ids: tuple[str, ...]  # of the pages
    ended: Page | None
    tasks: tuple[Task, ...]  # of the form, if it has a task list

    @cached_property
    def seen(self) -> Visible:
        """What is shown on these pages; it takes longer to find than the pages do."""
        return visible(self.definition, self.answers)

    def shows(self, page_id: str) -> bool:
        """Whether the page is part of this journey."""
        return page_id in self.ids

    def stretch(self, page_id: str) -> tuple[Page, ...]:
        """The shown pages that are filled in one after another: all, or those of the task."""
        for task in self.tasks:
            if task.has(page_id):
                return self.shown_of(task)
        return self.pages

    def shown_of(self, task: Task) -> tuple[Page, ...]:
        """The shown pages of a task."""
        return tuple(page for page in self.pages if task.has(page.id))

    def is_reachable(self, page_id: str) -> bool:
        """Whether the page is shown and what has to come before it was completed."""
        for task in self.tasks:
            if task.has(page_id) and not all(self._was_done(self.tasks[at]) for at in task.needs):
                return False
        earlier = self._earlier(page_id)
        return earlier is not None and self.done.issuperset(earlier)

    def _earlier(self, page_id: str) -> tuple[str, ...] | None:
        """The ids of the shown pages before this one, in its task if it is in one; None if it is
        not shown."""
        ids = tuple([page.id for page in self.stretch(page_id)]) if self.tasks else self.ids
        return ids[: ids.index(page_id)] if page_id in ids else None

    def _was_done(self, task: Task) -> bool:
        return all(
            page.id in self.done and page.type is not PageType.END for page in self.shown_of(task)
        )

    def before(self, page_id: str) -> Page | None:
        """The shown page before this one; None at the beginning, of the form or of its task."""
        earlier = self._earlier(page_id)
        return self.pages[self.ids.index(earlier[-1])] if earlier else None

    def after(self, page_id: str) -> Page | None:
        """The shown page after this one; None at the end, of the form or of its task."""
        following = iter(self.stretch(page_id))
        for page in following:
            if page.id == page_id:
                return next(following, None)
        return None

    def goes_on_after(self, page_id: str) -> bool:
        """Whether a shown page after this one was completed already."""
        ids = self.ids
        return page_id in ids and not self.done.isdisjoint(ids[ids.index(page_id) + 1 :])

    def first_open(self) -> Page | None:
        """The first shown page that was never completed; an end page counts as open."""
        for page in self.pages:
            if page.id not in self.done or page.type is PageType.END:
                return page
        return None

    def first_problem(self) -> Page | None:
        """The first shown page that is not complete or has an error; None if all is well."""
        for page in self.pages:
            if not self.is_complete(page):
                return page
        return None

    def is_complete(self, page: Page) -> bool:
        """Whether a page was completed, and its answers are still right."""
        is_done = page.type is not PageType.END and page.id in self.done
        return is_done and not self.errors_on(page)

    def errors_on(self, page: Page) -> tuple[FieldError, ...]:
        """What is wrong on one page of this journey."""
        if page.type is not PageType.QUESTIONS:
            return ()
        return check_page(self.definition, page, self.answers).errors


def journey(
    definition: FormDefinition, answers: Mapping[str, Any], done: frozenset[str]
) -> Journey:
    """The way that these answers lead through the form."""
    return Journey(definition, answers, done, *definition.plan.way(answers), tasks_of(definition))
