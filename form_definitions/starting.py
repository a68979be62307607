"""The answers that a form begins with: each question's ``default``, and what is always the same.

They are answers like any other: shown where they are asked, corrected there unless the question
is ``readOnly``, and dropped where the question is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from form_definitions.definition import FormDefinition, Kind, Question

#: Groups that are answered once. In a repeating group every item begins empty.
_ONCE = frozenset({Kind.GROUP, Kind.ADDRESS, Kind.BIRTH_DATE})


def starting_answers(
    definition: FormDefinition, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The answers before anybody has said anything; ``given`` (from a link, say) come first."""
    return _starting(definition.questions.values(), given or {})


def starts_with(question: Question) -> object:
    """The answer that a question begins with, or None."""
    if question.default is not None:
        return question.default
    if question.read_only and "const" in question.schema:
        return question.schema["const"]
    # one answer in a group that may stay empty would call for the others
    if question.kind in _ONCE and question.required:
        return _starting(question.questions, {}) or None
    return None


def _starting(questions: Iterable[Question], given: Mapping[str, Any]) -> dict[str, Any]:
    answers = dict(given)
    for question in questions:
        value = starts_with(question)
        if value is None:
            continue
        own = answers.get(question.name)
        if own is None:
            answers[question.name] = value
        elif isinstance(own, Mapping) and isinstance(value, Mapping):
            answers[question.name] = {**value, **own}
    return answers
