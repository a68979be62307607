"""Change sample answers until they lead where one wants: past every end page, or to one page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from form_definitions.answers import visible
from form_definitions.conditions import Comparison, Condition
from form_definitions.definition import FormDefinition, Page
from form_definitions.one_answer import leaf_problem
from form_definitions.sample_values import candidates

Answers = dict[str, Any]

MOST_CHANGES = 6  # conditions that depend on each other are seldom more than three


def past_the_ends(definition: FormDefinition, answers: Answers) -> Answers:
    """The answers, changed where they would lead to an end page."""
    for _ in definition.pages:
        ended = visible(definition, answers).ended
        if ended is None or ended.when is None:
            return answers
        others = _changes(definition, answers, list(ended.when.comparisons()))
        changed = (other for other in others if visible(definition, other).ended != ended)
        answers = next(changed, answers)
    return answers


def leading_to(definition: FormDefinition, page: Page, answers: Answers) -> Answers:
    """The answers, changed until they show the page and as many of its questions as can be."""
    comparisons = list(dict.fromkeys(_deciding(definition, page)))
    roots = {comparison.path[0] for comparison in comparisons}

    def score(tried: Answers) -> tuple[bool, int, int]:
        seen = visible(definition, tried)
        asked = sum(question.name in seen.questions for question in page.questions)
        return page in seen.pages, asked, len(roots & seen.questions)

    for _ in range(MOST_CHANGES):
        best = max(_changes(definition, answers, comparisons), key=score, default=answers)
        if score(best) <= score(answers):
            break
        answers = best
    return answers


def _deciding(definition: FormDefinition, page: Page) -> Iterator[Comparison]:
    """The comparisons that a page and its questions are shown by, and those behind them."""
    waiting: list[Condition | None] = [page.when, *(each.when for each in page.questions)]
    known: set[str] = set()
    while waiting:
        condition = waiting.pop()
        for comparison in condition.comparisons() if condition else ():
            yield comparison
            name = comparison.path[0]
            if name in definition.questions and name not in known:
                known.add(name)
                waiting += [definition.questions[name].when, definition.page_of(name).when]


def _changes(
    definition: FormDefinition, answers: Answers, comparisons: list[Comparison]
) -> Iterator[Answers]:
    """The answers with another value for one of the questions that are looked at."""
    for comparison in comparisons:
        question = definition.question_at(".".join(comparison.path))
        if question is None or question.questions:
            continue
        mentioned = [comparison.expected.get("const"), *comparison.expected.get("enum", ())]
        for value in (*mentioned, *candidates(question)):
            if value is not None and leaf_problem(question, value) is None:
                yield _with(answers, comparison.path, value)


def _with(answers: Answers, path: tuple[str, ...], value: Any) -> Answers:
    name, *rest = path
    if not rest:
        return {**answers, name: value}
    inside = answers.get(name)
    group = inside if isinstance(inside, dict) else {}
    return {**answers, name: _with(group, tuple(rest), value)}
