"""A repeating group as a list: one item on a page, and the items with change and remove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import escape

from form_definitions import FieldError, control_id
from form_definitions.languages import words
from renderers import groups
from renderers.controls import MAX_ITEMS, RepeatingControl, render_shown
from renderers.documents import Document, buttons, heading, messages, paragraph
from renderers.linking import first_control
from renderers.markdown import to_html
from renderers.page import Around, CompiledPage, default_button, has_buttons
from renderers.single_controls import Answers
from renderers.skeleton import tidy
from renderers.summary import Summary


class ItemList:
    """The page of one repeating group that is filled in item by item."""

    def __init__(self, compiled: CompiledPage, document: Document, summary: Summary) -> None:
        (control,) = compiled.controls
        if not isinstance(control, RepeatingControl):
            raise TypeError(control.key)  # the lint lets no other question be a list
        self._control = control
        self._question = control.question
        self._compiled = compiled
        self._page = compiled.page
        self._document = document
        self._summary = summary
        self._limit = self._question.max_items or MAX_ITEMS
        self._said = words(compiled.definition.language)
        self._continue = buttons(self._said, (self._said.gettext("Continue"), "continue"))
        self._add = tidy(groups.add_button(self._question))
        self._first = tidy(groups.first_button(self._question))
        self._default = default_button(compiled.definition.language)

    def render(self, answers: Answers, around: Around) -> str:
        """The item's page, or the list. Where something is needed and nothing there, item 1."""
        item, query, errors = around.item, around.query, around.errors
        found = answers.get(self._question.name)
        items = found[: self._limit] if isinstance(found, list) else []
        if item is None and not items and self._question.required:
            item = 0
        if item is not None and 0 <= item < self._limit:
            title, inner = self._item(min(item, len(items)), items, errors)
            entries = [(self._link(error), error.message) for error in errors]
        else:
            title, inner = self._page.title, self._items(items, query)
            entries = [(self._link_to_item(error, query), error.message) for error in errors]
        document = self._document
        content = document.errors(entries) + document.form(around.csrf, inner)
        content += self._compiled.live.data(answers) + document.kept(around.kept_until)
        frame = document.frame(title)
        return frame.render(content, back=document.back(around.back_url), in_error=bool(errors))

    def _item(self, at: int, items: list[Any], errors: Sequence[FieldError]) -> tuple[str, str]:
        title = groups.item_title(self._question, str(at + 1))
        own = items[at] if at < len(items) else {}
        children = self._control.children_of(at)
        asked = render_shown(self._question, children, own, messages(errors))
        number = f'<input type="hidden" name="intake:item" value="{at}">'
        hint = self._hint() if not items else ""
        body = to_html(self._page.body) if not items else ""
        first = self._default if any(map(has_buttons, self._question.questions)) else ""
        above = f"{first}{heading(title, self._page.title)}\n{body}{hint}"
        return f"{title} – {self._page.title}", f"{number}\n{above}\n{asked}\n{self._continue}"

    def _hint(self) -> str:
        hint = self._question.hint
        return f'<p class="govuk-hint">{escape(hint)}</p>\n' if hint else ""

    def _items(self, items: list[Any], query: str) -> str:
        cards = [self._card(at, item, query) for at, item in enumerate(items)]
        nothing = "" if items else paragraph(self._said.gettext("You have not added any."))
        add = self._add if items else self._first
        add = add if len(items) < self._limit else ""
        listed = "\n".join(cards)
        above = f"{self._default}{heading(self._page.title, self._page.caption)}"
        listed = f'<div id="{control_id(self._question.control)}">\n{listed}{nothing}\n</div>'
        return f"{above}\n{listed}\n{add}\n{self._continue}"

    def _card(self, at: int, item: Any, query: str) -> str:
        remove = groups.remove_button(self._question, str(at + 1), str(at))
        answers = item if isinstance(item, dict) else {}
        href = self._href(at, query)
        return self._summary.item(self._question, at, answers, href, tidy(remove))

    def _href(self, at: int, query: str) -> str:
        return f"?{query}{'&' if query else ''}item={at}"

    def _link(self, error: FieldError) -> str:
        return f"#{first_control(self._compiled.definition, error.way)}"

    def _link_to_item(self, error: FieldError, query: str) -> str:
        """Where an error is put right: on its item's page, or in the list itself."""
        _, *inside = error.way
        if not inside or not inside[0].isdigit():
            return f"#{control_id(self._question.control)}"
        return self._href(int(inside[0]), query) + self._link(error)
