"""One page of a form: its controls in their document, joined for each request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from markupsafe import escape

from form_definitions import (
    FILE_KINDS,
    FieldError,
    FormDefinition,
    Kind,
    Page,
    PageType,
    Question,
    VisibleOnPage,
    visible_on,
)
from form_definitions.languages import words
from renderers.arranging import Placed, arrange
from renderers.controls import controls
from renderers.documents import Document, buttons, heading, messages
from renderers.fields import PageForm, page_form
from renderers.given_files import NO_FILES, Files, upload_words, with_files
from renderers.item_editing import edit_inside, edited_items
from renderers.linking import first_control
from renderers.live import LivePage
from renderers.markdown import to_html
from renderers.markup import Heading
from renderers.single_controls import Answers
from renderers.skeleton import Marks, escaped
from renderers.spots import Spot

#: What of a page differs from one request to the next.
HOLES = ("prefix", "back", "summary", "notice", "csrf", "asked", "live", "kept")
#: The action that removes an item of the page's own repeating group.
OWN_ITEM = re.compile("remove-[^-]*")


class Around(NamedTuple):
    """What stands on a page beside its questions and answers: see ``FormRenderer.page``."""

    csrf: str
    errors: Sequence[FieldError] = ()
    back_url: str = ""
    notice: str = ""
    item: int | None = None
    query: str = ""
    files: Files = NO_FILES
    kept_until: datetime | None = None

    def __repr__(self) -> str:
        return f"Around(item={self.item!r})"  # a token and files are not to be read in a log


class CompiledPage:
    """A page of questions or of information, rendered once."""

    def __init__(
        self, definition: FormDefinition, page: Page, document: Document, marks: Marks
    ) -> None:
        self.page = page
        self.definition = definition
        self._document = document
        self._marks = marks
        self._placed = arrange(page.questions)
        self._repeating = next((q for q in page.questions if q.kind is Kind.REPEATING), None)
        self.asks_as_heading = _asks_as_heading(page, self._placed)
        self.title = page.title or (page.questions[0].title if page.questions else "")
        self._frame = document.frame(self.title)
        self._above = self._text_above()
        said = words(definition.language)
        self._below = buttons(said, (said.gettext("Continue"), "continue"))
        self.controls = controls(self._spots())
        always = (placed.when is None for placed in self._placed)
        self._always = tuple(zip(self.controls, always, strict=True))
        self._has_fixed = any(leaf.read_only for one in page.questions for leaf in one.leaves())
        self._asked = frozenset(placed.question.name for placed in self._placed)
        self._files = frozenset(q.name for q in page.questions if q.kind in FILE_KINDS)
        self._is_fixed = all(placed.when is None for placed in self._placed)
        self.live = LivePage(page.questions, definition.language)
        self._parts, self._slots = self._template()

    @cached_property
    def form(self) -> type[PageForm]:
        """The page's WTForms form."""
        return page_form(self.definition, self.page)

    def _spots(self) -> tuple[Spot, ...]:
        alone = Heading.PAGE if self.asks_as_heading else None
        return tuple(
            Spot(placed, "", alone or _heading_of(placed.question, self.title), self._marks)
            for placed in self._placed
        )

    def _text_above(self) -> str:
        caption = self.page.caption
        needed = any(map(has_buttons, self.page.questions))
        first = default_button(self.definition.language) if needed else ""
        if self.asks_as_heading:
            above = f'<span class="govuk-caption-l">{escape(caption)}</span>\n' if caption else ""
            return first + above
        return f"{first}{heading(self.title, caption)}\n{to_html(self.page.body)}"

    def _seen(self, answers: Answers) -> VisibleOnPage | None:
        """What is visible for these answers; None where that changes nothing on this page."""
        if self._is_fixed and not self.live.needs_answers:
            return None
        return visible_on(self.definition, self.page, answers)

    def _shown(self, seen: VisibleOnPage | None) -> frozenset[str]:
        """The questions that stand on the page, leaving out what opens under an option."""
        if seen is None or self._is_fixed:
            return self._asked
        return frozenset(
            placed.question.name
            for placed in self._placed
            if placed.when is None or placed.question.name in seen.questions
        )

    def displayed(self, answers: Answers) -> frozenset[str]:
        """The names of the root questions that are on the page for these answers."""
        shown = self._shown(self._seen(answers))
        names = (placed.names() for placed in self._placed if placed.question.name in shown)
        return frozenset(name for inner in names for name in inner)

    def read(self, formdata: Any, answers: Answers) -> dict[str, Any]:
        """The answers with those of this page replaced by what was posted.

        What was posted counts even where it was not shown for these answers: the page may have been
        rendered for answers that were never stored, because they had an error.
        """
        form = self.form(formdata, data=answers if self._has_fixed else None)
        action = formdata.get("action") or ""
        edits_items = action == "add" or action.startswith(("add-", "remove-"))
        if edits_items:
            edit_inside(form, action)
        candidates = form.candidates(keep_blank=edits_items)
        asked = (self.displayed(answers) | form.posted) - self._files
        read = {name: value for name, value in answers.items() if name not in asked}
        read.update((name, value) for name, value in candidates.items() if name in asked)
        if self._repeating and (action == "add" or OWN_ITEM.fullmatch(action)):
            index = None if action == "add" else action.removeprefix("remove-")
            read[self._repeating.name] = edited_items(form[self._repeating.name], index)
        return read

    def pieces(self, answers: Answers, around: Around) -> list[bytes]:
        """The whole document in UTF-8, in pieces to be joined."""
        errors, document, at = around.errors, self._document, self._slots
        seen = self._seen(answers)
        if self._files:
            answers = with_files(self.definition, answers, around.files)
        parts = self._parts.copy()
        if errors:
            parts[at["prefix"]] = self._frame.in_error.encode()
            parts[at["summary"]] = self._summary(errors).encode()
        if around.notice:
            parts[at["notice"]] = document.notice(around.notice).encode()
        parts[at["back"]] = document.back(around.back_url).encode()
        parts[at["csrf"]] = escaped(around.csrf).encode()
        parts[at["live"]] = self.live.data(seen.answers if seen else {}).encode()
        parts[at["kept"]] = document.kept(around.kept_until).encode()
        asked = self._asked_pieces(seen, answers, messages(errors) if errors else {})
        parts[at["asked"] : at["asked"] + 1] = asked  # the last: it moves what comes after it
        return parts

    def _template(self) -> tuple[list[bytes], dict[str, int]]:
        """What all renderings of the page share, and the places of what they do not."""
        document, hole = self._document, self._marks.hole
        asked = [self._above, "\n", hole("asked"), self._below]
        content = [
            hole("summary"),
            hole("notice"),
            *document.form_pieces(hole("csrf"), asked, has_files=bool(self._files)),
            hole("live"),
            upload_words(self.definition.language) if self._files else "",
            hole("kept"),
        ]
        parts = self._frame.pieces(content, hole("back"), hole("prefix"))
        slots = {name: parts.index(hole(name)) for name in HOLES}
        for slot in slots.values():
            parts[slot] = ""
        return document.in_bytes(parts), slots

    def _asked_pieces(
        self, seen: VisibleOnPage | None, answers: Answers, found: Mapping[str, str]
    ) -> list[bytes]:
        """The controls, each with the end of its line."""
        shown = seen.questions if seen else frozenset()
        if found:
            html = [
                control.render_in_place(answers, found, is_shown=on or control.key in shown)
                for control, on in self._always
            ]
            pieces = [f"{each}\n".encode() for each in html if each]
        elif self._is_fixed:
            given = answers.get
            pieces = [control.piece(given(control.key), answers) for control in self.controls]
        else:
            pieces = [
                control.piece_in_place(answers, is_shown=on or control.key in shown)
                for control, on in self._always
            ]
        return pieces if any(pieces) else [b"\n"]

    def _summary(self, errors: Sequence[FieldError]) -> str:
        return self._document.errors(
            (f"#{first_control(self.definition, error.way)}", error.message) for error in errors
        )


def default_button(language: str) -> str:
    """What Enter in a text box presses: the form's first button, which must not be "Remove".

    It posts an empty action, which goes on too, so that one button alone posts ``continue``.
    """
    text = words(language).gettext("Continue")
    return (
        '<button type="submit" name="action" value="" class="govuk-visually-hidden" '
        f'tabindex="-1" aria-hidden="true">{text}</button>\n'
    )


def has_buttons(question: Question) -> bool:
    """Whether there are buttons to add and remove, here or inside."""
    has_own = question.kind is Kind.REPEATING or question.kind in FILE_KINDS
    return has_own or any(map(has_buttons, question.questions))


def _asks_as_heading(page: Page, placed: Sequence[Placed]) -> bool:
    """Whether the page is one question whose title is the page's h1."""
    if page.type is not PageType.QUESTIONS or len(placed) != 1 or page.body:
        return False
    question = placed[0].question
    return page.title in ("", question.title) and question.kind is not Kind.REPEATING


def _heading_of(question: Question, page_title: str) -> Heading:
    if question.kind is Kind.REPEATING and question.title == page_title:
        return Heading.PAGE  # the page's own h1 says it
    return Heading.GROUP if question.questions else Heading.QUESTION
