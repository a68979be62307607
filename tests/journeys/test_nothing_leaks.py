"""A made-up name, typed into every text question, is found nowhere that is stored or logged."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from form_definitions import FormDefinition, Kind, Question, load_form, shipped_forms
from tests.journeys.answers import MARK, SIMPLE
from tests.journeys.form_filler import Answers, carry_on
from tests.journeys.staff_rooms import StaffMember
from tests.journeys.visitors import HttpTransport, Visitor, wait_until
from tests.running_demo import RunningDemo, start_demo

TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})

pytestmark = pytest.mark.slow


def text_questions(definition: FormDefinition) -> set[str]:
    """Every question that takes free words, as its control's name; items are numbered 0."""
    return {name for question in definition.questions.values() for name in names(question)}


def names(question: Question, before: str = "") -> Iterator[str]:
    own = f"{before}{question.name}"
    if question.kind in TEXTS:
        yield own
    between = f"{own}-0-" if question.kind is Kind.REPEATING else f"{own}-"
    for child in question.questions:
        yield from names(child, between)


def every_way(definition: FormDefinition, first: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Choices that together reveal every text question: one option of each choice at a time."""
    yield dict(first)
    for question in definition.questions.values():
        if question.kind in (Kind.RADIOS, Kind.YES_NO):
            for option in question.options:
                value = {True: "yes", False: "no"}.get(option.value, str(option.value))  # type: ignore[call-overload]
                if value != first.get(question.name):
                    yield {**first, question.name: value}


def typed_into(visitor: Visitor) -> set[str]:
    return {
        control.name
        for page in visitor.seen
        for control in page.controls
        if control.kind in ("text", "textarea")
    }


"""TO BE FINISHED BELOW"""
