"""Check a set of answers against a form, and drop what was not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from form_definitions.cleaning import cleaner
from form_definitions.definition import (
    NESTED_KINDS,
    FormDefinition,
    Kind,
    Page,
    Question,
)
from form_definitions.errors import message
from form_definitions.one_answer import failed_code, leaf_problem
from form_definitions.outcomes import FieldError, Outcome
from form_definitions.plain_answers import judge_answers, judge_page, kept_answers
from form_definitions.schemas import compiled, is_valid
from form_definitions.visibility import Pass, Visible, VisibleOnPage


def check_answers(definition: FormDefinition, answers: Mapping[str, Any]) -> Outcome:
    """Check everything that is shown. Whatever the answers are, this gives an Outcome.

    Its ``answers`` are tidied, without those of questions that are not shown.
    """
    if definition.judge:
        return judge_answers(definition, definition.judge, answers)
    given = _mapping(answers)
    if definition.plan.is_settled(given):
        return Outcome((), dict(given))
    found = definition.plan.walk(given)
    if not found.missing and found.ended is None and definition.plan.is_valid(found.answers):
        return Outcome((), found.answers)
    return Outcome(tuple(_all_errors(definition, given, found)), found.answers)


def check_page(definition: FormDefinition, page: Page, answers: Mapping[str, Any]) -> Outcome:
    """Check the questions of one page that are shown; the other answers come back untouched."""
    given = _mapping(answers)
    if definition.judge:
        return judge_page(definition, definition.judge, page, given)
    found = definition.plan.walk(given)
    shown = set(found.shown())
    errors: list[FieldError] = []
    kept = dict(given)
    for question in page.questions:
        if question.name not in shown:
            continue
        errors.extend(_question_errors(question, given.get(question.name), found.answers))
        kept.pop(question.name, None)
        if question.name in found.answers:
            kept[question.name] = found.answers[question.name]
    return Outcome(tuple(errors), kept)


def visible(definition: FormDefinition, answers: Mapping[str, Any]) -> Visible:
    """What is shown for these answers: pages after an end page that is shown are left out."""
    found = definition.plan.walk(_mapping(answers))
    return Visible(found.answers, frozenset(found.shown()), tuple(found.pages), found.ended)


def visible_on(definition: FormDefinition, page: Page, answers: Mapping[str, Any]) -> VisibleOnPage:
    """The same as ``visible`` for the questions of one page, without looking at all the others."""
    found = definition.plan.walk_for(page, _mapping(answers))
    questions = page.questions if page in found.pages[-1:] else ()
    shown = frozenset([each.name for each in questions if each.name not in found.hidden])
    return VisibleOnPage(found.answers, shown)


def prune(definition: FormDefinition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to what is shown, tidied: exactly what would be stored."""
    if definition.judge:
        return kept_answers(definition, definition.judge, _mapping(answers))
    return definition.plan.walk(_mapping(answers)).answers


def _mapping(answers: object) -> Mapping[str, Any]:
    return answers if isinstance(answers, Mapping) else {}


# -- errors: only looked for when the fast check said no ------------------------------------------


def _all_errors(
    definition: FormDefinition, given: Mapping[str, Any], found: Pass
) -> Iterator[FieldError]:
    errors = [
        error
        for name in found.shown()
        for error in _question_errors(definition.questions[name], given.get(name), found.answers)
    ]
    yield from errors
    if found.ended:
        yield _ended(found.ended)
    elif not errors:
        # the validator refuses what no check above names: never accept it in silence
        yield _unnamed_error(definition, found)


def _ended(page: Page) -> FieldError:
    deciding = next(iter(page.when.comparisons())) if page.when else None
    path = ".".join(deciding.path) if deciding else ""
    text = f"You cannot send this form with these answers. Read ‘{page.title}’"
    return FieldError(path, "ended", text)


def _unnamed_error(definition: FormDefinition, found: Pass) -> FieldError:
    for name, value in found.answers.items():
        question = definition.questions.get(name)  # None: a value that was worked out
        if question and not is_valid(compiled(question.schema), value):
            return _error(question, name, "format")
    name = found.shown()[0]
    return _error(definition.questions[name], name, "format")


def _error(question: Question, path: str, code: str) -> FieldError:
    return FieldError(path, code, message(question, code))


def _question_errors(
    question: Question, given: object, beside: Mapping[str, Any]
) -> Iterator[FieldError]:
    """The errors of a root question that is shown; ``beside`` are all answers that are."""
    value = None if given is None else cleaner(question)(given)
    if value is None:
        if question.is_required(beside):
            yield from _missing(question, question.name)
        return
    yield from _checked(question, given, value, question.name, beside)


def _checked(
    question: Question, given: Any, value: Any, path: str, beside: Mapping[str, Any]
) -> Iterator[FieldError]:
    """The errors of an answer; if it has none, what a rule that holds finds wrong with it."""
    errors = list(_value_errors(question, given, value, path))
    for rule in question.rules:
        if not errors and rule.schema and rule.when.holds(beside):
            code = failed_code(rule.schema, value)
            if code:
                errors.append(FieldError(path, code, message(question.under(rule), code)))
    yield from errors


def _value_errors(question: Question, given: Any, value: Any, path: str) -> Iterator[FieldError]:
    if question.kind not in NESTED_KINDS:
        code = leaf_problem(question, value)
        if code:
            yield _error(question, path, code)
    elif question.kind is Kind.REPEATING:
        yield from _repeating_errors(question, given, value, path)
    elif question.kind is Kind.TUPLE:
        yield from _tuple_errors(question, given, value, path)
    else:
        yield from _group_errors(question, given, value, path)


def _missing(question: Question, path: str) -> Iterator[FieldError]:
    """A required answer that is not there. Of a group: what is required inside it."""
    if question.kind not in NESTED_KINDS:
        yield _error(question, path, "required")
        return
    if question.kind is Kind.REPEATING:
        path = f"{path}.0"
    if "required" in question.errors or not any(c.required for c in question.questions):
        first = next(question.leaves())
        inner = first.path.removeprefix(question.path + ".")
        yield FieldError(f"{path}.{inner}", "required", message(question, "required"))
        return
    yield from _children_errors(question, {}, {}, path)


def _group_errors(question: Question, given: Any, value: Any, path: str) -> Iterator[FieldError]:
    if not isinstance(value, dict):
        yield _error(question, path, "type")
        return
    yield from _children_errors(question, given, value, path)


def _children_errors(
    question: Question, given: Any, value: dict[str, Any], path: str
) -> Iterator[FieldError]:
    for child in question.questions:
        if child.when is not None and not child.when.holds(value):
            continue
        child_path = f"{path}.{child.name}"
        if child.name in value:
            yield from _checked(child, given[child.name], value[child.name], child_path, value)
        elif child.is_required(value):
            yield from _missing(child, child_path)


def _repeating_errors(
    question: Question, given: Any, value: Any, path: str
) -> Iterator[FieldError]:
    """Errors by the index of what was given, where blank items still stand between the others."""
    if not isinstance(value, list):
        yield _error(question, path, "type")
        return
    if question.min_items is not None and len(value) < question.min_items:
        yield _error(question, path, "minItems")
    if question.max_items is not None and len(value) > question.max_items:
        yield _error(question, path, "maxItems")
    clean = cleaner(question)
    for at, item in enumerate(given):
        cleaned = clean([item])
        if cleaned is not None:
            yield from _group_errors(question, item, cleaned[0], f"{path}.{at}")


def _tuple_errors(question: Question, given: Any, value: Any, path: str) -> Iterator[FieldError]:
    if not isinstance(value, list):
        yield _error(question, path, "type")
        return
    if len(value) > len(question.questions):
        yield _error(question, path, "type")
        return
    needed = max(question.min_items or 0, len(value))  # no place is passed over
    for at, child in enumerate(question.questions[:needed]):
        answer = value[at] if at < len(value) else None
        if answer is None:
            yield from _missing(child, f"{path}.{at}")
        else:
            yield from _checked(child, given[at], answer, f"{path}.{at}", {})


def answer_problem(question: Question, value: object) -> str | None:
    """The code of what is wrong with one answer, of a group with those inside it, or None."""
    tidied = None if value is None else cleaner(question)(value)
    errors = _value_errors(question, value, tidied, question.name) if tidied is not None else ()
    return next((error.code for error in errors), None)
