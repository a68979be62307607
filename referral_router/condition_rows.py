"""Conditions as rows to choose from: question, comparison, answers; and back to the language.

Rows stand in groups. In a group all or any of the rows have to hold, and all or any of the groups.
What is nested further, or compares in a way that has no row, has no such form: it is written as
JSON, as the language has it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any as AnyValue

from form_definitions import (
    All,
    Any,
    Comparison,
    Condition,
    FormDefinition,
    Kind,
    Named,
    Not,
    Question,
    describe_condition,
)
from form_definitions.definition import NUMBER_KINDS, ONE_OF_KINDS

ALL, ANY = "all", "any"
LONGEST_WORDS = 120  # of what a named condition means, in a list to choose from
ONE_KINDS = frozenset({Kind.GROUP, Kind.ADDRESS, Kind.BIRTH_DATE})  # groups with one answer each
NAMED = "@"  # before the name of one of the form's own conditions
WRITTEN_KINDS = frozenset(
    {
        Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.TELEPHONE, Kind.POSTCODE, Kind.HEALTH_POSTCODE,
        Kind.NHS_NUMBER, Kind.HEALTH_AND_CARE_NUMBER, Kind.UPN, Kind.ULN, Kind.NATIONAL_INSURANCE,
        Kind.POLICE_REFERENCE, Kind.DATE, Kind.MONTH, Kind.TIME,
    }
)  # fmt: skip

# what can be said of each kind of question, in the order in which it is offered
IS, IS_NOT = "is", "is-not"
INCLUDES, INCLUDES_NONE = "includes", "includes-none"
AT_LEAST, AT_MOST, EQUALS = "at-least", "at-most", "equals"
HOLDS, HOLDS_NOT = "holds", "holds-not"
ANSWERED, NOT_ANSWERED = "answered", "not-answered"
WITHOUT_VALUES = frozenset({HOLDS, HOLDS_NOT, ANSWERED, NOT_ANSWERED})
WORDS = {
    IS: "is",
    IS_NOT: "is not",
    INCLUDES: "includes any of",
    INCLUDES_NONE: "includes none of",
    AT_LEAST: "is at least",
    AT_MOST: "is at most",
    EQUALS: "is exactly",
    HOLDS: "holds",
    HOLDS_NOT: "does not hold",
    ANSWERED: "is answered",
    NOT_ANSWERED: "is not answered",
}
_OPPOSITES = {IS: IS_NOT, INCLUDES: INCLUDES_NONE, HOLDS: HOLDS_NOT, ANSWERED: NOT_ANSWERED}
_OPPOSITES |= {after: before for before, after in _OPPOSITES.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: a question's path or @name of a condition, how, and with which answers."""

    subject: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of which all, or any, have to hold."""

    joint: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Groups of which all, or any, have to hold; none: always."""

    joint: str = ALL
    groups: tuple[Group, ...] = ()


def operators_for(subject: str, definition: FormDefinition) -> tuple[str, ...]:
    """The comparisons that a row about a question, or a named condition, may make."""
    if subject.startswith(NAMED):
        known = subject.removeprefix(NAMED) in definition.conditions
        return (HOLDS, HOLDS_NOT) if known else ()
    question = definition.question_at(subject)
    return _operators(question) if question and is_asked_once(subject, definition) else ()


def _operators(question: Question) -> tuple[str, ...]:
    if question.kind is Kind.CHECKBOXES:
        return INCLUDES, INCLUDES_NONE
    if question.kind in NUMBER_KINDS or question.kind is Kind.SCALE:
        return AT_LEAST, AT_MOST, EQUALS
    if question.kind in WRITTEN_KINDS:
        return IS, IS_NOT, ANSWERED, NOT_ANSWERED
    if question.kind in ONE_OF_KINDS:
        return IS, IS_NOT
    return ()


def is_asked_once(path: str, definition: FormDefinition) -> bool:
    """Whether a question has one answer: it is in no repeating group."""
    steps = path.split(".")
    above = (definition.question_at(".".join(steps[:n])) for n in range(1, len(steps)))
    return all(each is not None and each.kind in ONE_KINDS for each in above)


def subjects(definition: FormDefinition) -> Iterator[tuple[str, str]]:
    """Everything that a row can be about, with its words: named conditions, then questions."""
    for name, condition in definition.conditions.items():
        words = describe_condition(condition, definition)
        yield f"{NAMED}{name}", f"“{name.replace('_', ' ').capitalize()}”: {_shortened(words)}"
    for question in definition.questions.values():
        for leaf in question.leaves():
            if operators_for(leaf.path, definition):
                yield leaf.path, leaf.title


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else f"{words[:LONGEST_WORDS].rstrip()} …"


def options_of(subject: str, definition: FormDefinition) -> tuple[tuple[str, str], ...]:
    """The answers to choose from, stored value and words; none where the answer is typed."""
    question = None if subject.startswith(NAMED) else definition.question_at(subject)
    if question is None or AT_LEAST in _operators(question):
        return ()
    if question.kind is Kind.YES_NO and not question.options:
        return (("true", "Yes"), ("false", "No"))
    return tuple((_text(option.value), option.title) for option in question.options)


# -- from the language to rows ---------------------------------------------------------------------


def rows_of(condition: Condition | None, definition: FormDefinition) -> Rows | None:
    """A condition as rows; None if it cannot be shown so."""
    if condition is None:
        return Rows()
    if (row := _row(condition, definition)) is not None:
        return Rows(ALL, (Group(ALL, (row,)),))
    if not isinstance(condition, All | Any):
        return None
    joint = ALL if isinstance(condition, All) else ANY
    rows = [_row(part, definition) for part in condition.parts]
    if all(rows):
        return Rows(ALL, (Group(joint, tuple(row for row in rows if row)),))
    groups = [_group(part, definition) for part in condition.parts]
    return Rows(joint, tuple(each for each in groups if each)) if all(groups) else None


def _group(condition: Condition, definition: FormDefinition) -> Group | None:
    if (row := _row(condition, definition)) is not None:
        return Group(ALL, (row,))
    if not isinstance(condition, All | Any):
        return None
    rows = [_row(part, definition) for part in condition.parts]
    joint = ALL if isinstance(condition, All) else ANY
    return Group(joint, tuple(row for row in rows if row)) if all(rows) else None


def _row(condition: Condition, definition: FormDefinition) -> Row | None:
    if isinstance(condition, Named):
        return Row(f"{NAMED}{condition.name}", HOLDS)
    if isinstance(condition, Not):
        inner = _row(condition.part, definition)
        opposite = _OPPOSITES.get(inner.operator) if inner else None
        is_plain = inner is not None and inner.operator in (IS, INCLUDES, HOLDS, ANSWERED)
        return (
            Row(inner.subject, opposite, inner.values) if inner and opposite and is_plain else None
        )
    if isinstance(condition, Comparison):
        return _comparison(condition, definition)
    return None


def _comparison(condition: Comparison, definition: FormDefinition) -> Row | None:
    path, expected = ".".join(condition.path), condition.expected
    operators = operators_for(path, definition)
    if IS in operators and (values := _choice(expected)):
        return Row(path, IS, values)
    if ANSWERED in operators and expected == {"minLength": 1}:
        return Row(path, ANSWERED)
    if INCLUDES in operators and expected.keys() == {"contains"}:
        values = _choice(expected["contains"]) if isinstance(expected["contains"], dict) else ()
        return Row(path, INCLUDES, values) if values else None
    if AT_LEAST in operators and len(expected) == 1:
        names = {"minimum": AT_LEAST, "maximum": AT_MOST, "const": EQUALS}
        ((key, value),) = expected.items()
        return Row(path, names[key], (_text(value),)) if key in names else None
    return None


def _choice(expected: Mapping[str, AnyValue]) -> tuple[str, ...]:
    if expected.keys() == {"const"}:
        return (_text(expected["const"]),)
    if expected.keys() == {"enum"}:
        return tuple(_text(each) for each in expected["enum"])
    return ()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- from rows to the language ---------------------------------------------------------------------


def raw_condition(rows: Rows, definition: FormDefinition) -> AnyValue:
    """Rows as a rule file writes them; None for always. What is unknown is left to the checks."""
    groups = [_raw_group(group, definition) for group in rows.groups if group.rows]
    if not groups:
        return None
    return groups[0] if len(groups) == 1 else {rows.joint: groups}


def _raw_group(group: Group, definition: FormDefinition) -> AnyValue:
    parts = [_raw_row(row, definition) for row in group.rows]
    return parts[0] if len(parts) == 1 else {group.joint: parts}


def _raw_row(row: Row, definition: FormDefinition) -> AnyValue:
    if row.operator in (IS_NOT, INCLUDES_NONE, HOLDS_NOT, NOT_ANSWERED):
        return {"not": _raw_row(Row(row.subject, _OPPOSITES[row.operator], row.values), definition)}
    if row.subject.startswith(NAMED):
        return row.subject.removeprefix(NAMED)
    if row.operator == ANSWERED:
        return {row.subject: {"minLength": 1}}
    question = definition.question_at(row.subject)
    values = [answer_value(each, question) for each in row.values]
    one = values[0] if len(values) == 1 else values
    if row.operator == INCLUDES:
        return {row.subject: {"contains": {"const": one} if len(values) == 1 else {"enum": values}}}
    if row.operator in (AT_LEAST, AT_MOST):
        return {row.subject: {"minimum" if row.operator == AT_LEAST else "maximum": one}}
    return {row.subject: one}


def answer_value(text: str, question: Question | None) -> AnyValue:
    """A chosen or typed answer as it is stored."""
    for option in question.options if question else ():
        if _text(option.value) == text:
            return option.value
    if question and question.kind is Kind.YES_NO:
        return {"true": True, "false": False}.get(text, text)
    if question and (question.kind in NUMBER_KINDS or question.kind is Kind.SCALE):
        return _number(text)
    return text


def _number(text: str) -> AnyValue:
    try:
        number = float(text)
    except ValueError:
        return text  # the checks say that it is no number
    if not isfinite(number):  # “nan”, or more digits than there are: JSON has no such number
        return text
    return int(number) if number.is_integer() and "." not in text else number
