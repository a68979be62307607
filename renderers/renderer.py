"""A whole form, rendered once per version: start, pages, check your answers, confirmation."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from form_definitions import FieldError, FormDefinition, Page, PageNotFound, PageType
from renderers.documents import Document
from renderers.given_files import NO_FILES, Files
from renderers.item_list import ItemList
from renderers.linking import first_control
from renderers.moments import in_words
from renderers.page import Around, CompiledPage
from renderers.single_controls import Answers
from renderers.site import Site
from renderers.skeleton import marks_for
from renderers.standing import Standing
from renderers.summary import Summary
from renderers.task_list import TaskList, TaskRow


class FormRenderer:
    """Everything of one form version that a browser is shown; made by ``compile_form``."""

    def __init__(
        self, definition: FormDefinition, site: Site, languages: Sequence[str] = ()
    ) -> None:
        text = json.dumps(dict(definition.source), ensure_ascii=False) + site.name
        self.definition = definition
        self._site = site
        self._languages = tuple(languages)
        self._marks = marks_for(text)
        self._pages: dict[str, CompiledPage] = {}
        self._plain: set[str] = set()  # the compiled pages that are no lists
        self._lists: dict[str, ItemList] = {}

    def page(
        self,
        page_id: str,
        answers: Answers,
        errors: Sequence[FieldError] = (),
        *,
        csrf: str,
        back_url: str = "",
        notice: str = "",
        item: int | None = None,
        query: str = "",
        files: Files = NO_FILES,
        kept_until: datetime | None = None,
    ) -> str:
        """The HTML document of a page for these answers, which need not be complete or right.

        The form posts to the page's own address. A list shows one ``item``, or all; its links keep
        ``query``. ``files`` says what is known of the files that the answers name. ``kept_until``
        (aware) is until when the answers are kept. Raises PageNotFound.
        """
        around = Around(csrf, tuple(errors), back_url, notice, item, query, files, kept_until)
        return self.page_bytes(page_id, answers, around).decode()

    def page_bytes(self, page_id: str, answers: Answers, around: Around) -> bytes:
        """The same in UTF-8, as it is served: what does not vary is encoded once."""
        if page_id in self._plain:
            return b"".join(self._pages[page_id].pieces(answers, around))
        page = self.definition.page(page_id)
        if page.type is PageType.END:
            return self.end(page_id, csrf=around.csrf, back_url=around.back_url).encode()
        if self.definition.list_on(page):
            return self._list(page).render(answers, around).encode()
        pieces = self._page(page_id).pieces(answers, around)
        self._plain.add(page_id)
        return b"".join(pieces)

    def displayed(self, page_id: str, answers: Answers) -> frozenset[str]:
        """The names of the root questions that are on the page as it is rendered."""
        return self._page(page_id).displayed(answers)

    def read(self, page_id: str, formdata: Any, answers: Answers) -> dict[str, Any]:
        """The answers with those of this page replaced by what was posted (a multidict).

        What the page did not show is kept. ``action`` add and remove-<index> change the number of
        items of the page's repeating group; otherwise its blank items are dropped.
        """
        return self._page(page_id).read(formdata, answers)

    def start(self, *, csrf: str, back_url: str = "", shown_html: str = "") -> str:
        """The start page: what the form is for, how long, what is needed, who sees the answers.

        ``shown_html`` is what this visitor alone is shown, above the button."""
        return self._standing.start(csrf, back_url, shown_html)

    def task_list(
        self,
        tasks: Sequence[TaskRow],
        *,
        csrf: str,
        back_url: str = "",
        kept_until: datetime | None = None,
    ) -> str:
        """The task list: the form's sections, how far each is, and the button that goes on."""
        return self._task_list.render(tasks, csrf, back_url, kept_until)

    def check_answers(
        self,
        answers: Answers,
        *,
        csrf: str,
        change_url: Callable[[str], str],
        back_url: str = "",
        errors: Sequence[FieldError] = (),
        files: Files = NO_FILES,
        kept_until: datetime | None = None,
        copy_html: str = "",
    ) -> str:
        """Check your answers: everything shown, links to change it, and the button to send it.

        ``copy_html`` offers a copy of them."""
        lists = self._summary.render(answers, change_url=change_url, files=files)
        entries = [(self._link(error, change_url), error.message) for error in errors]
        return self._standing.check_answers(lists, entries, csrf, back_url, kept_until, copy_html)

    def _link(self, error: FieldError, change_url: Callable[[str], str]) -> str:
        try:
            page = self.definition.page_of(error.root)
        except PageNotFound:
            return "#main-content"
        return f"{change_url(page.id)}#{first_control(self.definition, error.way)}"

    def confirmation(
        self,
        reference: str,
        *,
        submitted_at: datetime,
        next_html: str = "",
        case_url: str = "",
        csrf: str = "",
        asks_html: str = "",
        error: str = "",
        copy_html: str = "",
    ) -> str:
        """The receipt. ``submitted_at`` is aware; ``next_html`` replaces the form's own text;
        ``case_url`` takes staff back to the case on which they completed the form. The language
        switch needs ``csrf``, and so does ``asks_html``: what else the page's form offers, with
        the ``error`` of its email address. ``copy_html`` offers a copy of the answers."""
        sent_at = in_words(submitted_at, self.definition.language)
        return self._standing.confirmation(
            reference, sent_at, next_html, case_url, csrf, asks_html, error, copy_html
        )

    def end(self, page_id: str, *, csrf: str = "", back_url: str = "") -> str:
        """A page where the journey stops: words and a person to call. Raises PageNotFound.

        The language switch needs ``csrf``.
        """
        page = self.definition.page(page_id)
        if page.type is not PageType.END:
            raise PageNotFound(self.definition.id, page_id)
        return self._standing.end(page, csrf, back_url)

    def summary(
        self,
        answers: Mapping[str, Any],
        *,
        heading_level: int = 3,
        files: Files = NO_FILES,
        pages: Collection[str] | None = None,
    ) -> str:
        """The answers for staff, to read only: a fragment with a heading for each section.

        With ``pages``, the answers are those of these pages only, and nothing tells of others.
        """
        if pages is not None:
            return self._summary.part(answers, pages, heading_level=heading_level, files=files)
        return self._summary.render(answers, heading_level=heading_level, files=files)

    def _page(self, page_id: str) -> CompiledPage:
        """A page, compiled when it is first asked for: a process then starts four times faster.

        Two threads may both compile it; either result will do.
        """
        if page_id not in self._pages:
            page = self.definition.page(page_id)
            if page.type is PageType.END:
                raise PageNotFound(self.definition.id, page_id)
            self._pages[page_id] = CompiledPage(self.definition, page, self._document, self._marks)
        return self._pages[page_id]

    @cached_property
    def _document(self) -> Document:
        return Document(self.definition, self._site, self._marks, self._languages)

    @cached_property
    def _standing(self) -> Standing:
        return Standing(self.definition, self._document, self._marks)

    def _list(self, page: Page) -> ItemList:
        if page.id not in self._lists:
            compiled = self._page(page.id)
            self._lists[page.id] = ItemList(compiled, self._document, self._summary)
        return self._lists[page.id]

    @cached_property
    def _task_list(self) -> TaskList:
        return TaskList(self.definition, self._document, self._marks)

    @cached_property
    def _summary(self) -> Summary:
        return Summary(self.definition, self._marks)


def compile_form(
    definition: FormDefinition, site: Site, languages: Sequence[str] = ()
) -> FormRenderer:
    """Render a form version once, each page when it is first asked for.

    ``languages`` are those that it can be filled in in: with two or more there is a switch, which
    posts the page with the action ``language-cy``.
    """
    return FormRenderer(definition, site, languages)
