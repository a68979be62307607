"""The answers of a case, one by one: some are chosen to be shown to the holder of a task."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from form_definitions import FILE_KINDS, Kind, Question, display
from intake.services.cases import Submitted
from intake.services.link_rules import LinkNotIssued
from intake.services.link_terms import Shown
from renderers import item_title


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """One answer. Its id is the submission's and where the question stands in its form."""

    id: str
    title: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswersOfForm:
    """What one submission of a case says."""

    form_id: str
    form_title: str
    submitted_at: datetime
    is_sensitive: bool
    answers: tuple[CaseAnswer, ...]


def answers_to_choose(submitted: Iterable[Submitted]) -> tuple[AnswersOfForm, ...]:
    """The answers that can be shown, by their forms. Files are not among them."""
    return tuple(filter(lambda each: each.answers, map(_of_form, submitted)))


def shown_of(text: str, chosen: Collection[str], offered: Collection[AnswersOfForm]) -> Shown:
    """What a task shows: words, and the chosen ones of the answers, in the order of their forms.

    Raises LinkNotIssued for an answer that is not there to be chosen.
    """
    found = [(form, each) for form in offered for each in form.answers if each.id in chosen]
    if len(found) != len(set(chosen)):
        # made by hand, or the case has changed while somebody looked at the page
        raise LinkNotIssued("show_answers", "Select answers that are on this page")
    return Shown(
        text.strip(),
        tuple((each.title, each.words) for _form, each in found),
        sources=tuple(f"{form.form_id}.{each.id.partition('.')[2]}" for form, each in found),
    )


def _of_form(submitted: Submitted) -> AnswersOfForm:
    definition = submitted.form.definition if submitted.form else None
    questions = definition.questions.values() if definition else ()
    lines = (line for each in questions for line in _lines(each, submitted.answers, "", ""))
    return AnswersOfForm(
        form_id=submitted.form_id,
        form_title=submitted.form_title,
        submitted_at=submitted.submitted_at,
        is_sensitive=definition is not None and definition.sensitive,
        answers=tuple(
            CaseAnswer(f"{submitted.id}.{path}", title, words) for path, title, words in lines
        ),
    )


def _lines(
    question: Question, answers: Mapping[str, Any], inside: str, before: str
) -> Iterator[tuple[str, str, str]]:
    """Where each answer stands, its title and its words. Groups are taken apart: who shows a name
    need not show the date of birth that was asked beside it."""
    value = answers.get(question.name)
    path, title = f"{inside}{question.name}", f"{before}{question.title}"
    if value is None or question.kind in FILE_KINDS:
        return
    if question.kind is Kind.GROUP and isinstance(value, Mapping):
        yield from _inner(question, value, path, title)
    elif question.kind is Kind.REPEATING and isinstance(value, list):
        for at, item in enumerate(value):
            numbered = f"{before}{item_title(question, str(at + 1))}"
            yield from _inner(question, item, f"{path}.{at}", numbered)
    else:
        shown = display(question, value)
        words = shown if isinstance(shown, str) else "\n".join(shown)
        if words:
            yield path, title, words


def _inner(question: Question, value: Any, path: str, title: str) -> Iterator[tuple[str, str, str]]:
    for child in question.questions if isinstance(value, Mapping) else ():
        yield from _lines(child, value, f"{path}.", f"{title}: ")
