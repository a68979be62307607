"""What a posted page does to the answers. Pure: a form, answers and what was posted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from form_definitions import FieldError, Kind, Page, PageType, Question, check_page
from intake.services.forms import Runnable

REMOVE = re.compile(r"remove-(\d{1,4})")
Posted = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers after a page was posted, what is wrong on it, and whether to go on from it."""

    answers: Mapping[str, Any]
    errors: tuple[FieldError, ...] = ()
    goes_on: bool = False  # False without errors: the same page, which now asks something else


def is_known_action(action: str) -> bool:
    """Whether a page has such a button; Enter on some browsers sends none."""
    return action in ("", "continue", "add") or REMOVE.fullmatch(action) is not None


def answer_page(form: Runnable, page: Page, answers: Mapping[str, Any], posted: Posted) -> Answered:
    """The answers with this page's questions as they were posted, checked."""
    if page.type is not PageType.QUESTIONS:
        return Answered(answers, goes_on=True)
    candidates, unasked = _read(form, page, answers, posted)
    action = posted.get("action", "")
    if action == "add" or REMOVE.fullmatch(action):
        return Answered(_with_items(page, candidates, action))
    found = check_page(form.definition, page, candidates).errors
    errors = tuple(error for error in found if error.path.split(".")[0] not in unasked)
    return Answered(candidates, errors, goes_on=not errors and not unasked)


def _read(
    form: Runnable, page: Page, answers: Mapping[str, Any], posted: Posted
) -> tuple[Mapping[str, Any], frozenset[str]]:
    """The answers as posted, and the questions that they bring up but that were never on the page.

    A question that the page did not show for the stored answers is read too if it was posted: it
    was on the page then, in a reveal or after an error.
    """
    shown = form.renderer.displayed(page.id, answers)
    candidates = form.renderer.read(page.id, posted, answers)
    for _ in page.questions:
        brought_up = form.renderer.displayed(page.id, candidates) - shown
        were_posted = frozenset(name for name in brought_up if _was_posted(name, posted))
        if not were_posted:
            return candidates, brought_up
        shown |= were_posted
        candidates = form.renderer.read(page.id, posted, candidates)
    return candidates, frozenset()


def _was_posted(name: str, posted: Posted) -> bool:
    return any(key == name or key.startswith(f"{name}-") for key in posted)


def _with_items(page: Page, answers: Mapping[str, Any], action: str) -> Mapping[str, Any]:
    """The answers with an item more or less in the page's repeating group."""
    group = next((each for each in page.questions if each.kind is Kind.REPEATING), None)
    if group is None:
        return answers
    items = list(answers.get(group.name) or [{}])
    removed = REMOVE.fullmatch(action)
    if removed:
        items = [item for place, item in enumerate(items) if place != int(removed[1])]
    elif _has_room(group, items):
        items.append({})
    others = {name: answer for name, answer in answers.items() if name != group.name}
    return {**others, group.name: items} if items else others


def _has_room(group: Question, items: list[Any]) -> bool:
    return group.max_items is None or len(items) < group.max_items
