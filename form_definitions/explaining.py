"""Say a condition in the form's own words, and which comparison decided it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any as AnyValue

from form_definitions.conditions import All, Any, Comparison, Condition, Named, Not
from form_definitions.definition import FILE_KINDS, FormDefinition, Question
from form_definitions.displaying import display


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether a condition holds, and the comparisons that decided it, each with its own result."""

    holds: bool
    deciding: tuple[tuple[Comparison, bool], ...]


def explain(condition: Condition, answers: object) -> Explained:
    """Whether ``condition`` holds for ``answers``, and why.

    What decides: of ``all`` the first part that fails, of ``any`` the first that holds, otherwise
    every part.
    """
    holds = condition.holds(answers)
    return Explained(holds, tuple(_deciding(condition, answers, holds)))


def _deciding(
    condition: Condition, answers: object, holds: bool
) -> Iterable[tuple[Comparison, bool]]:
    if isinstance(condition, Comparison):
        return [(condition, holds)]
    if isinstance(condition, Not):
        return _deciding(condition.part, answers, not holds)
    if isinstance(condition, Named):
        return _deciding(condition.condition, answers, holds)
    parts = condition.parts
    decided_by_one = holds is isinstance(condition, Any)
    if decided_by_one:
        parts = tuple(part for part in parts if part.holds(answers) is holds)[:1]
    return [found for part in parts for found in _deciding(part, answers, holds)]


def describe_condition(condition: Condition, definition: FormDefinition) -> str:
    """The whole condition as a phrase: "‘Which trust?’ is ‘Belfast’ and ‘Age’ is 17 or less"."""
    if isinstance(condition, Comparison):
        return describe(condition, definition)
    if isinstance(condition, Named):
        return describe_condition(condition.condition, definition)
    if isinstance(condition, Not):
        return _describe_not(condition.part, definition)
    joint = " and " if isinstance(condition, All) else " or "
    return joint.join(_bracketed(part, definition) for part in condition.parts)


def _bracketed(part: Condition, definition: FormDefinition) -> str:
    inner = part.condition if isinstance(part, Named) else part
    text = describe_condition(inner, definition)
    return f"({text})" if isinstance(inner, All | Any) and len(inner.parts) > 1 else text


def _describe_not(part: Condition, definition: FormDefinition) -> str:
    inner = part.condition if isinstance(part, Named) else part
    if isinstance(inner, Comparison) and inner.expected.keys() <= {"const", "enum"}:
        # "is not" would be wrong of an answer that was not given, which satisfies this too
        values = _values(inner.expected, _question(inner, definition), "or")
        return f"{_title(inner, definition)} is not {values}"
    return f"it is not so that {describe_condition(inner, definition)}"


def describe_when(question: Question, definition: FormDefinition) -> str:
    """When a question is shown, in the form's words; "" if always.

    Inside a group a condition looks beside itself, so that its paths begin at the group.
    """
    if question.when is None:
        return ""
    group = tuple(question.path.split(".")[:-1])
    return describe_condition(_within(group, question.when), definition)


def _within(group: tuple[str, ...], condition: Condition) -> Condition:
    if isinstance(condition, Comparison):
        return Comparison((*group, *condition.path), condition.expected)
    if isinstance(condition, Named):
        return Named(condition.name, _within(group, condition.condition))
    if isinstance(condition, Not):
        return Not(_within(group, condition.part))
    return type(condition)(tuple(_within(group, part) for part in condition.parts))


def describe(comparison: Comparison, definition: FormDefinition) -> str:
    """One comparison in the form's words: "‘Which trust?’ is ‘Belfast’"."""
    question = _question(comparison, definition)
    phrase = _phrase(comparison.expected, question)
    return f"{_title(comparison, definition)} {phrase}"


def _question(comparison: Comparison, definition: FormDefinition) -> Question | None:
    return definition.question_at(".".join(comparison.path))


def _title(comparison: Comparison, definition: FormDefinition) -> str:
    question = _question(comparison, definition)
    return f"‘{question.title if question else '.'.join(comparison.path)}’"


def _phrase(expected: AnyValue, question: Question | None) -> str:
    if isinstance(expected, bool) or not expected:
        return "is answered" if expected is not False else "has an answer that cannot be"
    known = [_PHRASES[key](value, question) for key, value in expected.items() if key in _PHRASES]
    return " and ".join(filter(None, known)) or "is as the rule describes"


def _value(value: object, question: Question | None) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool) and not _options(question):
        return f"{value:,}" if isinstance(value, float) else str(value)
    option = question.option(value) if question else None
    shown = option.title if option else display(question, value) if question else str(value)
    return f"‘{shown if isinstance(shown, str) else ', '.join(shown)}’"


def _options(question: Question | None) -> bool:
    return bool(question and question.options)


def _list(values: Iterable[object], question: Question | None, last: str) -> str:
    *first, end = [_value(value, question) for value in values] or ["nothing"]
    return f"{', '.join(first)} {last} {end}" if first else end


def _values(schema: AnyValue, question: Question | None, last: str) -> str:
    return _list(schema.get("enum", [schema.get("const")]), question, last)


def _of_type(_value: AnyValue, question: Question | None) -> str:
    """Of files, that it has a type is all that a condition can say."""
    return "is answered" if question and question.kind in FILE_KINDS else ""


def _contains(schema: AnyValue, question: Question | None) -> str:
    if isinstance(schema, dict) and schema.keys() & {"const", "enum"}:
        return f"includes {_values(schema, question, 'or')}"
    if isinstance(schema, dict) and isinstance(schema.get("not"), dict):
        return f"includes something else than {_values(schema['not'], question, 'or')}"
    return "includes an answer that the rule describes"


def _negated(schema: AnyValue, question: Question | None) -> str:
    if isinstance(schema, dict) and schema.keys() & {"const", "enum"}:
        return f"is answered, and not {_values(schema, question, 'or')}"
    if isinstance(schema, dict) and "contains" in schema:
        return f"is answered, and not so that it {_contains(schema['contains'], question)}"
    return f"is answered, and not so that it {_phrase(schema, question)}"


def _joined(last: str) -> Callable[[AnyValue, Question | None], str]:
    return lambda parts, question: f" {last} ".join(_phrase(part, question) for part in parts)


_PHRASES: dict[str, Callable[[AnyValue, Question | None], str]] = {
    "const": lambda value, question: f"is {_value(value, question)}",
    "enum": lambda values, question: f"is {_list(values, question, 'or')}",
    "type": _of_type,
    "contains": _contains,
    "not": _negated,
    "allOf": _joined("and"),
    "anyOf": _joined("or"),
    "oneOf": _joined("or"),
    "minimum": lambda value, question: f"is {_value(value, question)} or more",
    "maximum": lambda value, question: f"is {_value(value, question)} or less",
    "exclusiveMinimum": lambda value, question: f"is more than {_value(value, question)}",
    "exclusiveMaximum": lambda value, question: f"is less than {_value(value, question)}",
    "multipleOf": lambda value, _question: f"is a multiple of {value}",
    "minItems": lambda value, _question: f"has {value} or more",
    "maxItems": lambda value, _question: f"has {value} or fewer",
    "minContains": lambda value, _question: f"at least {value} times",
    "minLength": lambda value, _question: f"has {value} characters or more",
    "maxLength": lambda value, _question: f"has {value} characters or fewer",
    "pattern": lambda value, _question: f"matches {value}",
}
