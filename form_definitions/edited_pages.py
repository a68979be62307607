"""What an edit did to the pages of a form: their order, conditions, words, and what they ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions.changes import UNKNOWN, Change, breaking, safe
from form_definitions.definition import FormDefinition, Page, PageType
from form_definitions.edited_questions import Sides, asked, schema_of, settings_of


def page_changes(sides: Sides) -> Iterator[Change]:
    """What is different about the pages, those before first."""
    partners = _partners(sides.before, sides.after)
    for page in sides.before.pages:
        if page.id not in partners:
            yield _removed(page)
        else:
            yield from _kept(page, partners[page.id], sides)
    kept = {page.id for page in partners.values()}
    yield from (_added(page, sides) for page in sides.after.pages if page.id not in kept)
    yield from _moved_questions(sides, partners)
    yield from _order_change(sides, partners)


def _partners(before: FormDefinition, after: FormDefinition) -> dict[str, Page]:
    """The page after the edit for each page before it: the same id, or the same questions."""
    by_id = {page.id: page for page in after.pages}
    kept = {page.id for page in before.pages} & by_id.keys()
    new = {_asks(page): page for page in after.pages if page.id not in kept and page.questions}
    found = {page.id: by_id.get(page.id) or new.get(_asks(page)) for page in before.pages}
    return {page_id: page for page_id, page in found.items() if page is not None}


def _asks(page: Page) -> tuple[str, ...]:
    return tuple(question.name for question in page.questions)


def _place(page: Page) -> str:
    return f"page {page.id}"


def _called(page: Page) -> str:
    return f"Page ‘{page.title}’ ({page.id})"


def _removed(page: Page) -> Change:
    return safe("page-removed", _place(page), f"{_called(page)} is gone", "A page holds no answers")


def _added(page: Page, sides: Sides) -> Change:
    words = f"{_called(page)} is new"
    if page.type is PageType.END:
        words += f", and ends the form {asked(page.when, sides.after)}"
        return breaking("page-added", _place(page), words, _STOPS)
    return safe("page-added", _place(page), words, "Nothing that was answered changes")


_STOPS = "Someone who was let through before may be stopped now"


def _kept(before: Page, after: Page, sides: Sides) -> Iterator[Change]:
    if before.id != after.id:
        words = f"{_called(before)} has the id ‘{after.id}’ now"
        yield safe("page-renamed", _place(after), words, "A page holds no answers")
    if before.type is not after.type:
        words = f"{_called(after)} was of type ‘{before.type}’ and is ‘{after.type}’ now"
        yield breaking("page-type", _place(after), words, _STOPS)
    said = (before.title, before.caption, before.section, before.body)
    if said != (after.title, after.caption, after.section, after.body):
        words = f"{_called(after)} has other words around its questions"
        yield safe("page-words", _place(after), words, "A page holds no answers")
    yield from _condition_change(before, after, sides)
    if _unknown(sides.before, before) != _unknown(sides.after, after):
        words = f"Something of {_called(after)} changed that has no words here"
        yield breaking("page-other", _place(after), words, UNKNOWN)


#: Keys of a page that are compared, each by itself.
_KEYS = frozenset({"id", "title", "caption", "section", "type", "questions", "when", "body"})


def _unknown(definition: FormDefinition, page: Page) -> dict[str, Any]:
    """What a page says beyond the keys that are compared."""
    pages = settings_of(definition).get("pages", ())
    raw: Mapping[str, Any] = next((each for each in pages if each["id"] == page.id), {})
    return {key: value for key, value in raw.items() if key not in _KEYS}


def _condition_change(before: Page, after: Page, sides: Sides) -> Iterator[Change]:
    if schema_of(before.when) == schema_of(after.when):
        return
    words = f"{_called(after)} was shown {asked(before.when, sides.before)}, and is shown "
    words += f"{asked(after.when, sides.after)} now"
    if after.type is PageType.END:
        yield breaking("page-condition", _place(after), words, _STOPS)
    elif _only_shows_more(after, _asks(after), sides):
        yield safe("page-condition", _place(after), words, "Whoever saw it sees it still")
    else:
        why = "An answer that was shown may be hidden now, or bring a hidden one back"
        yield breaking("page-condition", _place(after), words, why)


def _only_shows_more(page: Page, names: tuple[str, ...], sides: Sides) -> bool:
    """Whether the page is always shown, and nothing depends on what is shown more."""
    return page.when is None and sides.looked_at.isdisjoint(names)


def _moved_questions(sides: Sides, partners: dict[str, Page]) -> Iterator[Change]:
    for question in sides.after.questions.values():
        if question.name not in sides.before.questions:
            continue
        left, came_to = sides.before.page_of(question.name), sides.after.page_of(question.name)
        if partners.get(left.id) == came_to:
            continue
        words = f"‘{question.title}’ ({question.path}) is asked on page ‘{came_to.title}’ now"
        same = schema_of(left.when) == schema_of(came_to.when)
        if same or _only_shows_more(came_to, (question.name,), sides):
            yield safe("question-moved", question, words, "Its answer moves with it")
        else:
            why = f"It was shown {asked(left.when, sides.before)}, "
            why += f"and is shown {asked(came_to.when, sides.after)} now"
            yield breaking("question-moved", question, words, why)


def _order_change(sides: Sides, partners: dict[str, Page]) -> Iterator[Change]:
    crossing = _newly_behind_an_end(sides)
    if crossing:
        words = f"{crossing} came before a page that ends the form, and comes after it now"
        yield breaking("page-order", "form", words, _STOPS)
    elif _sequence(sides.before, sides.after) != _sequence(sides.after, sides.before):
        words = "Questions come in another order"
        yield safe("page-order", "form", words, "Every answer still fits")
    elif _page_order(sides, partners):
        yield safe("page-order", "form", "Pages come in another order", "A page holds no answers")


def _newly_behind_an_end(sides: Sides) -> str:
    """The titles of questions that a page came before which may end the form."""
    shared = sides.before.questions.keys() & sides.after.questions.keys()
    ends = {page.id for page in sides.before.pages if page.type is PageType.END}
    new = _behind_ends(sides.after) - _behind_ends(sides.before)
    names = sorted({name for name, end in new if name in shared and end in ends})
    return ", ".join(f"‘{sides.after.questions[name].title}’" for name in names)


def _behind_ends(definition: FormDefinition) -> set[tuple[str, str]]:
    """Each question with each page before it that may end the form."""
    found, ends = set(), []
    for page in definition.pages:
        if page.type is PageType.END:
            ends.append(page.id)
        found |= {(question.name, end) for question in page.questions for end in ends}
    return found


def _sequence(definition: FormDefinition, other: FormDefinition) -> list[str]:
    """The questions that both forms have, in the order in which this one asks them."""
    asked_in_order = (name for page in definition.pages for name in _asks(page))
    return [name for name in asked_in_order if name in other.questions]


def _page_order(sides: Sides, partners: dict[str, Page]) -> bool:
    """Whether the pages that both forms have come in another order."""
    expected = [partners[page.id].id for page in sides.before.pages if page.id in partners]
    kept = set(expected)
    return expected != [page.id for page in sides.after.pages if page.id in kept]
