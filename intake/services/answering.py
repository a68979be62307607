"""What a posted page does to the answers. Pure: a form, answers and what was posted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from form_definitions import FieldError, Page, PageType, check_page
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
        return Answered(candidates)
    outcome = check_page(form.definition, page, candidates)
    errors = tuple(error for error in outcome.errors if error.path.split(".")[0] not in unasked)
    if errors:
        return Answered(candidates, errors)
    return Answered(outcome.answers, goes_on=not unasked)


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
