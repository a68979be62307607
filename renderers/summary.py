"""Answers for reading: summary lists by section, with or without links to change them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from form_definitions import (
    FILE_KINDS,
    Calculation,
    FormDefinition,
    Kind,
    Page,
    Question,
    display,
    visible,
)
from form_definitions.identifiers import is_usual_police_reference
from form_definitions.languages import ENGLISH, N_, words
from renderers import groups
from renderers.controls import shown_inside
from renderers.given_files import Files, files_html, with_files
from renderers.linking import first_control
from renderers.shapes import component
from renderers.single_controls import Answers
from renderers.skeleton import Marks, Skeleton, split, tidy

#: Kinds whose answers fill a card of their own.
CARD_KINDS = frozenset({Kind.GROUP, Kind.REPEATING})
NOT_ANSWERED = N_("Not provided")
NOTHING_ADDED = N_("None added")

#: Where values stand that were worked out and belong to no section of the form.
WORKED_OUT = N_("Worked out from the answers")

ChangeUrl = Callable[[str], str]


class Summary:
    """The summary lists of one form; GOV.UK's macros run once, for one row and one card."""

    def __init__(self, definition: FormDefinition, marks: Marks) -> None:
        self._definition = definition
        self._marks = marks
        self.said = words(definition.language).gettext
        self._list = self._split(_list(marks.hole("rows")))
        self._rows = {True: self._row(with_link=True), False: self._row(with_link=False)}
        self._cards: dict[tuple[int, bool], Skeleton] = {}
        self.titles = _titles(definition)
        self._calculated = tuple(definition.calculated.values())

    def render(
        self,
        answers: Answers,
        *,
        change_url: ChangeUrl | None = None,
        heading_level: int = 2,
        files: Files | None = None,
    ) -> str:
        """The lists of what is shown for these answers, one heading a section.

        Without links it is for staff, who see every value that was worked out, and as it was then.
        """
        seen = visible(self._definition, answers)
        shown = with_files(self._definition, seen.answers, files or {})
        reading = _Reading(self, shown, change_url, heading_level + 1)
        asked = (page for page in seen.pages if page.questions)
        values = seen.answers if change_url else {**seen.answers, **answers}
        worked_out = [one for one in self._calculated if one.is_visible or not change_url]
        lists = ((title, reading.blocks(of, seen.questions)) for title, of in _by_section(asked))
        return self._sections(lists, worked_out, values, heading_level)

    def part(
        self, answers: Answers, pages: Collection[str], *, heading_level: int, files: Files
    ) -> str:
        """The lists of some pages, whose answers these are, for staff who were sent no others.

        What is shown cannot be worked out from a part of the answers: what is there was shown.
        """
        shown = with_files(self._definition, answers, files)
        reading = _Reading(self, shown, None, heading_level + 1)
        asked = (page for page in self._definition.pages if page.questions and page.id in pages)
        there = frozenset(answers)
        lists = ((title, reading.blocks(of, there)) for title, of in _by_section(asked))
        return self._sections(lists, list(self._calculated), answers, heading_level)

    def _sections(
        self,
        lists: Iterable[tuple[str, Iterable[str]]],
        worked_out: list[Calculation],
        values: Answers,
        heading_level: int,
    ) -> str:
        """Each section's heading and lists; at the end what was worked out and belongs to none."""
        html = []
        for title, blocks in lists:
            own = [one for one in worked_out if one.section == title]
            worked_out = [one for one in worked_out if one not in own]
            inner = "".join(blocks) + self._values(own, values)
            if inner:
                html.append(_section(title, heading_level) + inner)
        rest = self._values(worked_out, values)
        if rest:
            html.append(_section(self.said(WORKED_OUT), heading_level) + rest)
        return "\n".join(html)

    def _values(self, calculated: list[Calculation], values: Answers) -> str:
        """A list of values that were worked out; those that could not be are left out."""
        return self.lines(
            [
                self.row(one.question.title, value_html(one.question, values[one.name]))
                for one in calculated
                if one.name in values
            ]
        )

    def lines(self, rows: list[str]) -> str:
        """A summary list of rows."""
        return self._list.fill({"rows": Markup("\n".join(rows))}) if rows else ""  # noqa: S704

    def row(self, key: str, value: Markup, href: str = "") -> str:
        """One row; with a link where ``href`` says where the answer is changed."""
        values = {"key": key, "value": value, "href": href, "hidden": self.in_sentence(key)}
        return self._rows[bool(href)].fill(values)

    def card(self, title: str, level: int, inner: str, href: str) -> str:
        """A card around a group's list."""
        place = (level, bool(href))
        if place not in self._cards:
            self._cards[place] = self._split(
                _card(self._marks, level, self.said("Change") if href else "")
            )
        inner = Markup(inner)  # noqa: S704, joined above
        return self._cards[place].fill({"title": title, "inner": inner, "href": href})

    def item(self, question: Question, at: int, answers: Answers, href: str, below: str) -> str:
        """One item of a repeating group as a card, with ``below`` (HTML) under its answers."""
        reading = _Reading(self, {}, None, 2)
        empty: list[str] = []
        rows = self.lines(list(reading.inner_rows(question, answers, empty)))
        inner = f"{rows}{self.left_empty(empty)}\n{below}"
        return self.card(groups.item_title(question, str(at + 1)), 2, inner, href)

    def href(self, page: Page, path: Sequence[str], change_url: ChangeUrl | None) -> str:
        """Where an answer is changed, or nothing."""
        return (
            f"{change_url(page.id)}#{first_control(self._definition, path)}" if change_url else ""
        )

    def in_sentence(self, title: str) -> str:
        """A title within a sentence: only English is known to write it with a small letter."""
        return _lower_first(title) if self._definition.language == ENGLISH else title

    def left_empty(self, titles: list[str]) -> str:
        """What nobody answered, in one line: a reader need not step over empty rows."""
        if not titles:
            return ""
        listed = "; ".join(self.in_sentence(title.rstrip("?")) for title in titles)
        text = self.said("Not answered: {questions}.").format(questions=listed)
        return f'<p class="govuk-body intake-not-answered">{escape(text)}</p>'

    def _change(self, href: str, hidden: str) -> dict[str, str]:
        return {"href": href, "text": self.said("Change"), "visuallyHiddenText": hidden}

    def _split(self, html: str) -> Skeleton:
        return split(tidy(html), self._marks)

    def _row(self, *, with_link: bool) -> Skeleton:
        hole = self._marks.hole
        row: dict[str, Any] = {"key": {"text": hole("key")}, "value": {"html": hole("value")}}
        if with_link:
            row["actions"] = {"items": [self._change(hole("href"), hole("hidden"))]}
        html = component("summary-list", {"rows": [row]})
        return self._split(html[html.index("<div") : html.rindex("</div>") + len("</div>")])


class _Reading:
    """One set of answers being written as lists."""

    def __init__(
        self, summary: Summary, answers: Answers, change_url: ChangeUrl | None, card_level: int
    ) -> None:
        self._summary = summary
        self._answers = answers
        self._change_url = change_url
        self._card_level = card_level

    def blocks(self, pages: Iterable[Page], shown: frozenset[str]) -> Iterator[str]:
        """Lists of single answers, a card for each group, and what was left empty."""
        rows: list[str] = []
        empty: list[str] = []
        for page in pages:
            for question in page.questions:
                if question.name not in shown:
                    continue
                value = self._answers.get(question.name)
                if question.kind in CARD_KINDS and value:
                    yield self._summary.lines(rows)
                    rows = []
                    yield from self._cards(page, question, value)
                elif value is None and not self._change_url:
                    empty.append(self._summary.titles[question.name])
                else:
                    rows.append(self._row(page, question, value))
        yield self._summary.lines(rows) + self._summary.left_empty(empty)

    def _row(self, page: Page, question: Question, value: object) -> str:
        href = self._summary.href(page, (question.name,), self._change_url)
        title = self._summary.titles[question.name]
        return self._summary.row(title, value_html(question, value), href)

    def _cards(self, page: Page, question: Question, value: Any) -> Iterator[str]:
        if question.kind is Kind.GROUP:
            yield self._card(page, question, question.title, value, (question.name,))
            return
        for at, item in enumerate(value if isinstance(value, list) else []):
            title = groups.item_title(question, str(at + 1))
            yield self._card(page, question, title, item, (question.name, str(at)))

    def _card(
        self, page: Page, question: Question, title: str, answers: Answers, path: tuple[str, ...]
    ) -> str:
        href = self._summary.href(page, path, self._change_url)
        empty: list[str] = []
        inner = self._summary.lines(list(self.inner_rows(question, answers, empty)))
        inner += self._summary.left_empty(empty)
        return self._summary.card(title, self._card_level, inner, href)

    def inner_rows(self, question: Question, answers: Answers, empty: list[str]) -> Iterator[str]:
        """The rows of a group's answers; the titles of those left empty go into ``empty``."""
        answers = answers if isinstance(answers, Mapping) else {}
        shown = shown_inside(question, answers)
        for child in question.questions:
            if child.name not in shown:
                continue
            value = answers.get(child.name)
            if child.kind is Kind.GROUP and isinstance(value, Mapping):
                yield from self.inner_rows(child, value, empty)
            elif value is None and not self._change_url:
                empty.append(child.title)
            else:
                yield self._summary.row(child.title, value_html(child, value))


def _by_section(pages: Iterable[Page]) -> Iterable[tuple[str, list[Page]]]:
    """Pages by the title of their section, in the order in which the sections begin."""
    sections: dict[str, list[Page]] = {}
    for page in pages:
        sections.setdefault(page.section or page.title, []).append(page)
    return sections.items()


def _titles(definition: FormDefinition) -> dict[str, str]:
    """Each question's title, after its page's where another of the section is called the same."""
    titles: dict[str, str] = {}
    asking = (page for page in definition.pages if page.questions)
    for _, pages in _by_section(asking):
        asked = [(page, question) for page in pages for question in page.questions]
        often = Counter(question.title for _, question in asked)
        for page, question in asked:
            alone = often[question.title] == 1 or page.title in ("", question.title)
            titles[question.name] = question.title if alone else f"{page.title}: {question.title}"
    return titles


def value_html(question: Question, value: object) -> Markup:
    """An answer as HTML: lines for an address, a list for several choices."""
    if value is None:
        said = NOTHING_ADDED if question.kind is Kind.REPEATING else NOT_ANSWERED
        text = words(question.language).gettext(said)
        return Markup('<span class="intake-not-answered">{}</span>').format(text)
    if question.kind in FILE_KINDS:
        return files_html(value)
    shown = display(question, value)
    if question.kind is Kind.POLICE_REFERENCE and not is_usual_police_reference(str(value)):
        return _lines(str(value)) + _unusual(question)
    if isinstance(shown, str):
        return _lines(shown)
    if question.kind is Kind.CHECKBOXES and len(shown) > 1:
        items = Markup("").join(Markup("<li>{}</li>").format(text) for text in shown)
        return Markup('<ul class="govuk-list govuk-list--bullet">{}</ul>').format(items)
    return Markup("<br>").join(_lines(text) for text in shown)


def _unusual(question: Question) -> Markup:
    """Not an error: police forces have exceptions, and somebody in need must not be sent away."""
    text = words(question.language).gettext(
        "Check this. A police reference mostly looks like 12/AB/12345/26."
    )
    return Markup('<span class="govuk-hint intake-unusual">{}</span>').format(text)


def _lines(text: str) -> Markup:
    return escape(text).replace("\n", Markup("<br>"))


def _section(title: str, level: int) -> str:
    return f'<h{level} class="govuk-heading-m">{escape(title)}</h{level}>\n' if title else ""


def _list(rows: str) -> str:
    html = component("summary-list", {"rows": [{"key": {"text": "x"}, "value": {"text": "x"}}]})
    start, end = html.index("<div"), html.rindex("</div>") + len("</div>")
    return html[:start] + rows + html[end:]


def _card(marks: Marks, level: int, change: str) -> str:
    title: dict[str, Any] = {"text": marks.hole("title"), "headingLevel": level}
    card: dict[str, Any] = {"title": title}
    if change:
        card["actions"] = {"items": [{"href": marks.hole("href"), "text": change}]}
    html = component("summary-list", {"card": card, "rows": []})
    start, end = html.index("<dl"), html.index("</dl>") + len("</dl>")
    return html[:start] + marks.hole("inner") + html[end:]


def _lower_first(title: str) -> str:
    """``A letter`` → ``a letter``; ``NHS number`` and ``I agree`` stay as they are."""
    word = title.split(" ", 1)[0]
    return title[:1].lower() + title[1:] if word == "A" or word[1:].islower() else title
