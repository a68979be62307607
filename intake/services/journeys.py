"""Where a person is on the way through a form. Pure: a definition, answers and pages done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from form_definitions import (
    FieldError,
    FormDefinition,
    Page,
    PageType,
    Visible,
    check_page,
    visible,
)


@dataclass(frozen=True, slots=True)
class Journey:
    """The pages that these answers lead through, in order, and those already completed."""

    definition: FormDefinition
    answers: Mapping[str, Any]
    done: frozenset[str]
    seen: Visible

    @property
    def pages(self) -> tuple[Page, ...]:
        """The shown pages; an end page is always the last of them."""
        return self.seen.pages

    @property
    def ended(self) -> Page | None:
        """The end page that stops this journey, if one does."""
        return self.seen.ended

    def shows(self, page_id: str) -> bool:
        """Whether the page is part of this journey."""
        return any(page.id == page_id for page in self.pages)

    def is_reachable(self, page_id: str) -> bool:
        """Whether the page is shown and every page before it was completed."""
        for page in self.pages:
            if page.id == page_id:
                return True
            if page.id not in self.done:
                return False
        return False

    def before(self, page_id: str) -> Page | None:
        """The shown page before this one; None at the beginning."""
        previous = None
        for page in self.pages:
            if page.id == page_id:
                return previous
            previous = page
        return None

    def after(self, page_id: str) -> Page | None:
        """The shown page after this one; None where only checking the answers is left."""
        following = iter(self.pages)
        for page in following:
            if page.id == page_id:
                return next(following, None)
        return None

    def goes_on_after(self, page_id: str) -> bool:
        """Whether a shown page after this one was completed already."""
        ids = [page.id for page in self.pages]
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
            if page.type is PageType.END or page.id not in self.done or self.errors_on(page):
                return page
        return None

    def errors_on(self, page: Page) -> tuple[FieldError, ...]:
        """What is wrong on one page of this journey."""
        if page.type is not PageType.QUESTIONS:
            return ()
        return check_page(self.definition, page, self.answers).errors


def journey(
    definition: FormDefinition, answers: Mapping[str, Any], done: frozenset[str]
) -> Journey:
    """The way that these answers lead through the form."""
    return Journey(definition, answers, done, visible(definition, answers))
