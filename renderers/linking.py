"""From a path in the answers to the control on the page that asks for it."""

from __future__ import annotations

from collections.abc import Sequence

from form_definitions import PARTS, FormDefinition, Kind, Question, control_id


def first_control(definition: FormDefinition, path: Sequence[str]) -> str:
    """The id of the first control at a path: ``home`` → ``home-line_1``, dates in ``-day``.

    A path is its names and indexes one by one. One that leads below a question's own control (one
    of several ticked) stops at the control.
    """
    head, *rest = path
    question = definition.questions.get(head)
    steps = [question.control if question else head]
    while question is not None and question.questions:
        is_repeating = question.kind is Kind.REPEATING
        if is_repeating:
            steps.append(rest.pop(0) if rest and rest[0].isdigit() else "0")
        question = _inside(question, rest)
        rest = rest[1:]
        if question is not None:
            steps.append(question.control)
    if question is not None and question.kind in PARTS and not question.read_only:
        steps.append(PARTS[question.kind][0])
    return control_id("-".join(steps))


def _inside(question: Question, rest: list[str]) -> Question | None:
    named = question.question(rest[0]) if rest else None
    return named or question.questions[0]
