"""Check the answers to a plain JSON Schema: its own verdict, said question by question.

What was given is neither tidied nor cut down: it is judged and kept as it is, with keys that no
question asks for. Only answers to questions that are no longer shown are dropped, and only where
the schema holds without them too.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from form_definitions.control_names import control_at
from form_definitions.definition import FormDefinition, Kind, Page, Question
from form_definitions.errors import ERROR_CODES, message
from form_definitions.formats import format_problem
from form_definitions.judging import Judge
from form_definitions.outcomes import FieldError, Outcome

#: Kinds that a ``format`` makes, which is only a note to the schema.
_NOTED = frozenset({Kind.EMAIL, Kind.DATE})

_CODES = {
    "enum": "option",
    "const": "option",
    "exclusiveMinimum": "minimum",
    "exclusiveMaximum": "maximum",
    "backtrackLimitExceeded": "pattern",
}


def judge_answers(definition: FormDefinition, judge: Judge, answers: Any) -> Outcome:
    """The schema's verdict on the answers, which may be anything that JSON can say."""
    if judge.accepts(answers):
        is_object = isinstance(answers, Mapping)
        return Outcome((), kept_answers(definition, judge, answers) if is_object else answers)
    errors = tuple(_errors(definition, judge, answers))
    return Outcome(errors or (_error(definition, (), "type"),), answers)


def judge_page(
    definition: FormDefinition, judge: Judge, page: Page, given: Mapping[str, Any]
) -> Outcome:
    """What is wrong with the answers of one page.

    A format is only a note to the schema; somebody who types wants to hear of a slip all the same.
    """
    walked = definition.plan.walk(given)
    shown = set(walked.shown())
    asked = [question for question in page.questions if question.name in shown]
    names = {question.name for question in asked}
    kept = _kept(definition, judge, given, walked.hidden)
    found = [error for error in _errors(definition, judge, kept) if error.root in names]
    wrong = {error.path for error in found}
    found += [error for error in _slips(asked, given) if error.path not in wrong]
    return Outcome(tuple(found), dict(given))


def kept_answers(
    definition: FormDefinition, judge: Judge, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers without those to questions that are not shown, where that changes no verdict."""
    return _kept(definition, judge, answers, definition.plan.walk(answers).hidden)


def _kept(
    definition: FormDefinition, judge: Judge, answers: Mapping[str, Any], hidden: Container[str]
) -> dict[str, Any]:
    kept = _shown(definition.questions.values(), answers, hidden)
    is_same = kept == answers or judge.accepts(kept) or not judge.accepts(answers)
    return kept if is_same else dict(answers)


def _shown(
    questions: Iterable[Question], answers: Mapping[str, Any], hidden: Container[str] | None
) -> dict[str, Any]:
    """The answers of one object that are shown, with whatever else is in it.

    A page judges conditions by tidied answers, and the schema by those that were given: what one of
    them shows is kept. ``hidden`` are those that the page hides; None where it hides as this does.
    """
    asked = {question.name: question for question in questions}
    seen = {name: value for name, value in answers.items() if name not in asked}
    for name, question in asked.items():
        if name not in answers or _is_hidden(question, seen, hidden):
            continue
        seen[name] = _shown_inside(question, answers[name])
    return {name: seen[name] for name in answers if name in seen}


def _is_hidden(question: Question, seen: Mapping[str, Any], hidden: Container[str] | None) -> bool:
    if question.when is None or (hidden is not None and question.name not in hidden):
        return False
    return not question.when.holds(seen)


def _shown_inside(question: Question, value: Any) -> Any:
    if question.kind is Kind.GROUP and isinstance(value, Mapping):
        return _shown(question.questions, value, None)
    if question.kind is Kind.REPEATING and isinstance(value, list):
        return [
            _shown(question.questions, item, None) if isinstance(item, Mapping) else item
            for item in value
        ]
    return value


def _errors(definition: FormDefinition, judge: Judge, answers: Any) -> Iterator[FieldError]:
    found = (_error(definition, path, keyword) for path, keyword in judge.failures(answers))
    seen: set[str] = set()
    for error in found:
        if error.path not in seen:
            seen.add(error.path)
            yield error


def _error(definition: FormDefinition, path: tuple[str, ...], keyword: str) -> FieldError:
    code = _CODES.get(keyword, keyword)
    words = _words(_question(definition, path), path, code)
    return FieldError(".".join(path), code, words, path, control_at(definition, path))


def _question(definition: FormDefinition, path: tuple[str, ...]) -> Question | None:
    question = definition.questions.get(path[0]) if path else None
    for step in path[1:]:
        inner = question.question(step) if question else None
        if inner is None and not step.isdigit():
            return None
        question = inner or question
    return question


def _words(question: Question | None, path: tuple[str, ...], code: str) -> str:
    if question is not None and question.name in path:
        return message(question, code if code in ERROR_CODES else "format")
    if not path:
        return "These answers do not fit together: check them against what the form asks"
    if code == "unknown":
        return f"‘{path[-1]}’ is not asked for: take it out"
    return f"‘{path[-1]}’ is missing" if code == "required" else f"Check ‘{'.'.join(path)}’"


def _slips(questions: list[Question], given: Mapping[str, Any]) -> Iterator[FieldError]:
    for question in questions:
        value = given.get(question.name)
        if question.kind in _NOTED and isinstance(value, str):
            code = format_problem(question, value)
            if code:
                words = message(question, code)
                yield FieldError(question.name, code, words, (question.name,), question.control)
