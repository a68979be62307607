"""Made-up answers to a form, to look at its pages with: accepted ones, and ones that are wrong."""

from __future__ import annotations

from typing import Any

from form_definitions.answers import check_answers
from form_definitions.definition import (
    FILE_KINDS,
    NESTED_KINDS,
    FormDefinition,
    Kind,
    Page,
    Question,
)
from form_definitions.one_answer import leaf_problem
from form_definitions.sample_journeys import leading_to, past_the_ends
from form_definitions.sample_values import sample
from form_definitions.tuples import in_order

_WRONG_TEXT = "this is not right"
_WRONG_DATE = "31//2026"


def sample_answers(definition: FormDefinition) -> dict[str, Any]:
    """Answers that the form takes, to as many questions as can be; no end page stops them."""
    outcome = check_answers(definition, past_the_ends(definition, every_sample(definition)))
    wrong = {error.path.split(".", 1)[0] for error in outcome.errors}
    return {name: value for name, value in outcome.answers.items() if name not in wrong}


def every_sample(definition: FormDefinition) -> dict[str, Any]:
    """An answer to every question that has one, shown or not."""
    answers = {name: sample(question) for name, question in definition.questions.items()}
    return {name: value for name, value in answers.items() if value is not None}


def sample_for(definition: FormDefinition, page: Page) -> dict[str, Any]:
    """Sample answers that lead to this page, as far as such are found."""
    return leading_to(definition, page, {**every_sample(definition), **sample_answers(definition)})


def without_page(page: Page, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers of somebody who leaves this page empty."""
    asked = {question.name for question in page.questions}
    return {name: value for name, value in answers.items() if name not in asked}


def wrong_on_page(page: Page, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers of somebody who types what cannot be understood on this page."""
    typed = {question.name: _wrong(question) for question in page.questions}
    return {**answers, **{name: value for name, value in typed.items() if value is not None}}


def can_be_wrong(page: Page) -> bool:
    """Whether anything on the page is typed that could be typed wrongly."""
    return any(_wrong(leaf) is not None for root in page.questions for leaf in root.leaves())


def _wrong(question: Question) -> Any:
    if question.kind in NESTED_KINDS:
        inner = {child.name: _wrong(child) for child in question.questions}
        given = {name: value for name, value in inner.items() if value is not None}
        if question.kind is Kind.TUPLE:
            return in_order(given, len(question.questions))
        return [given] if question.kind is Kind.REPEATING else given
    if question.options or question.kind in FILE_KINDS:
        return None
    longest = question.schema.get("maxLength")
    texts = [_WRONG_DATE, _WRONG_TEXT, *(["x" * (longest + 1)] if longest else [])]
    return next((text for text in texts if leaf_problem(question, text) is not None), None)
