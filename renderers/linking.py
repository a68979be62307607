"""From a path in the answers to the control on the page that asks for it."""

from __future__ import annotations

from form_definitions import PARTS, FormDefinition, Kind, Question


def first_control(definition: FormDefinition, path: str) -> str:
    """The id of the first control at a path: ``home`` → ``home-line_1``, dates in ``-day``.

    A path that leads below a question's own control (one of several ticked) stops at the control.
    """
    head, *rest = path.split(".")
    question = definition.questions.get(head)
    steps = [head]
    while question is not None and question.questions:
        is_repeating = question.kind is Kind.REPEATING
        if is_repeating:
            steps.append(rest.pop(0) if rest and rest[0].isdigit() else "0")
        question = _inside(question, rest)
        rest = rest[1:]
        if question is not None:
            steps.append(question.name)
    if question is not None and question.kind in PARTS:
        steps.append(PARTS[question.kind][0])
    return "-".join(steps)


def _inside(question: Question, rest: list[str]) -> Question | None:
    named = question.question(rest[0]) if rest else None
    return named or question.questions[0]
