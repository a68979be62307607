"""What a posted page does to the answers. Pure: a form, answers and what was posted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.datastructures import MultiDict

from form_definitions import FieldError, FormDefinition, Page, PageType, Question, check_page
from renderers import MAX_ITEMS, SAVE_ACTION, FormRenderer

#: Of the page's own repeating group, or of one inside a group: ``remove-people-0-pets-1``.
EDIT = re.compile(r"add(-.+)?|remove-(.+-)?[0-9]{1,4}")
#: The buttons of a file question: one sends the chosen files at once, one takes a file away.
FILE_ACTION = re.compile(r"upload-[a-z][a-z0-9_]*|remove-[a-z][a-z0-9_]*-[0-9a-f]{32}")
INDEX = re.compile(r"[0-9]{1,4}")
REMOVE = re.compile(r"remove-(\d{1,4})")
ASKED = "intake:asked"  # what a browser brought up itself; no question can have that name
ITEM = "intake:item"  # which item of a list a page asked for
Posted = MultiDict[str, str]


class Asked(Protocol):
    """A form that can be shown: a published one, or one that an author looks at."""

    @property
    def definition(self) -> FormDefinition:
        """What the form is."""
        ...

    @property
    def renderer(self) -> FormRenderer:
        """How it looks."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers after a page was posted, what is wrong on it, and whether to go on from it."""

    answers: Mapping[str, Any]
    errors: tuple[FieldError, ...] = ()
    goes_on: bool = False  # False without errors: the same page, which now asks something else
    item: int | None = None  # of a list: the one to show


def is_known_action(action: str) -> bool:
    """Whether a page has such a button; Enter on some browsers sends none."""
    return action in ("", "continue", SAVE_ACTION) or is_edit(action)


def is_edit(action: str) -> bool:
    """Whether a button changes what the page asks or holds, and leads nowhere."""
    return any(pattern.fullmatch(action) for pattern in (EDIT, FILE_ACTION))


def answer_page(form: Asked, page: Page, answers: Mapping[str, Any], posted: Posted) -> Answered:
    """The answers with this page's questions as they were posted, checked."""
    if page.type is not PageType.QUESTIONS:
        return Answered(answers, goes_on=True)
    question = form.definition.list_on(page)
    if question is not None:
        return _answer_list(form, page, question, answers, posted)
    candidates = form.renderer.read(page.id, posted, answers)
    action = posted.get("action", "")
    if is_edit(action):
        return Answered(candidates)
    outcome = check_page(form.definition, page, candidates)
    unasked = _never_asked(form, page, answers, candidates, posted)
    asked = [_was_asked(form.definition, error, answers, posted) for error in outcome.errors]
    errors = tuple(
        error
        for error, was_asked in zip(outcome.errors, asked, strict=True)
        if was_asked and error.root not in unasked
    )
    if errors:
        return Answered(candidates, errors)
    return Answered(outcome.answers, goes_on=not unasked and all(asked))


def items_of(question: Question, answers: Mapping[str, Any]) -> list[Any]:
    """What is answered to a repeating group so far."""
    items = answers.get(question.name)
    return items if isinstance(items, list) else []


def _answer_list(
    form: Asked, page: Page, question: Question, answers: Mapping[str, Any], posted: Posted
) -> Answered:
    """A list whose items are filled in one at a time: an item of it, or a button under it."""
    items = items_of(question, answers)
    if ITEM in posted:
        number = posted[ITEM]
        at = min(int(number), len(items)) if INDEX.fullmatch(number) else len(items)
        if at >= (question.max_items or MAX_ITEMS):
            return Answered(answers)
        return _answer_item(form, page, question, answers, posted, at)
    action = posted.get("action", "")
    if action == "add":
        return Answered(answers, item=len(items))
    removed = REMOVE.fullmatch(action)
    if removed:
        index = int(removed[1])
        return Answered(_with_items(question, answers, items[:index] + items[index + 1 :]))
    errors = check_page(form.definition, page, answers).errors
    return Answered(answers, errors, goes_on=not errors)


def _answer_item(
    form: Asked,
    page: Page,
    question: Question,
    answers: Mapping[str, Any],
    posted: Posted,
    at: int,
) -> Answered:
    """One item as it was posted. A blank one is none: it was added by mistake."""
    items = items_of(question, answers)
    read = items_of(question, form.renderer.read(page.id, posted, {}))
    candidates = _with_items(question, answers, items[:at] + read[:1] + items[at + 1 :])
    if is_edit(posted.get("action", "")):  # of a group inside the item, which stays
        return Answered(candidates, item=at)
    if not read and items_of(question, candidates):
        return Answered(candidates)
    outcome = check_page(form.definition, page, candidates)
    here = (question.name, str(at))
    inside = [error for error in outcome.errors if error.way[:2] == here and error.way[2:]]
    asked = [_was_asked(form.definition, error, answers, posted) for error in inside]
    errors = tuple(error for error, was in zip(inside, asked, strict=True) if was)
    if errors or not all(asked):
        return Answered(candidates, errors, item=at)
    return Answered(outcome.answers)


def _with_items(
    question: Question, answers: Mapping[str, Any], items: list[Any]
) -> Mapping[str, Any]:
    others = {name: value for name, value in answers.items() if name != question.name}
    return others | ({question.name: items} if items else {})


def _never_asked(
    form: Asked, page: Page, before: Mapping[str, Any], after: Mapping[str, Any], posted: Posted
) -> frozenset[str]:
    """The questions that these answers bring up but that were not on the page that was posted."""
    brought_up = form.renderer.displayed(page.id, after) - form.renderer.displayed(page.id, before)
    questions = form.definition.questions
    return frozenset(
        name for name in brought_up if not _was_posted(questions[name].control, posted)
    )


def _was_asked(
    definition: FormDefinition, error: FieldError, before: Mapping[str, Any], posted: Posted
) -> bool:
    """Whether a question inside a group was on the page that was posted."""
    question = definition.question_at(error.way)
    *group, _ = error.way
    if not group or question is None or question.when is None:
        return True
    beside = _answers_at(before, group)
    return _was_posted(error.control, posted) or question.when.holds(beside)


def _answers_at(answers: Mapping[str, Any], path: list[str]) -> Mapping[str, Any]:
    """The answers of the group at a path; none where it was not answered."""
    found: Any = answers
    for step in path:
        if isinstance(found, list):
            found = found[int(step)] if int(step) < len(found) else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _was_posted(name: str, posted: Posted) -> bool:
    if name in posted.getlist(ASKED):
        return True
    return any(key == name or key.startswith(f"{name}-") for key in posted)
