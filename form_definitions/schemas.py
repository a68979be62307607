"""The JSON Schemas that a form compiles to: the effective one, and one for settled answers.

Answers are *settled* if they are what would be stored: tidy, complete, and nothing of what is not
shown. One compiled schema can say so for a whole set at once, many times faster than a pass over
the pages; only sets that it refuses need that pass. The property tests keep the two in step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs

from form_definitions.comparing import PATTERN_OPTIONS
from form_definitions.conditions import All, Condition
from form_definitions.definition import NESTED_KINDS, Kind, Page, PageType, Question
from form_definitions.formats import EMAIL_PATTERN, MAX_EMAIL_LENGTH, UK_TELEPHONE_PATTERN
from form_definitions.identifiers import (
    HEALTH_POSTCODE_PATTERN,
    NATIONAL_INSURANCE_PATTERN,
    POLICE_PATTERN,
    POSTCODE_PATTERN,
    UPN_PATTERN,
)
from form_definitions.periods import GESTATION_PATTERN, MONTH_PATTERN, TIME_PATTERN

Schema = dict[str, Any]
SchemaOf = Callable[[Question], Mapping[str, Any]]

DRAFT = "https://json-schema.org/draft/2020-12/schema"

#: Characters that tidying never changes: ASCII, letters of Latin scripts, and usual punctuation.
#: A text with any other is not refused, only looked at by the slower pass.
_PLAIN = "!-~¡-¬®-ɏ–—‘’“”…"
_TIDY_LINE = f"^[{_PLAIN}](?:[{_PLAIN} ]*[{_PLAIN}])?$"
_TIDY_LINES = f"^[{_PLAIN}](?:[{_PLAIN} \\n]*[{_PLAIN}])?$"


def _whole(pattern: str) -> Schema:
    return {"pattern": f"^(?:{pattern})$"}


_TEN_DIGITS = _whole("[0-9]{10}")

_SETTLED: dict[Kind, Schema] = {
    Kind.TEXT: {"pattern": _TIDY_LINE},
    Kind.LONG_TEXT: {"pattern": _TIDY_LINES},
    Kind.EMAIL: _whole(EMAIL_PATTERN) | {"maxLength": MAX_EMAIL_LENGTH},
    Kind.TELEPHONE: _whole(UK_TELEPHONE_PATTERN),
    Kind.POSTCODE: _whole(POSTCODE_PATTERN),
    Kind.HEALTH_POSTCODE: _whole(HEALTH_POSTCODE_PATTERN),
    Kind.NHS_NUMBER: _TEN_DIGITS,
    Kind.HEALTH_AND_CARE_NUMBER: _TEN_DIGITS,
    Kind.UPN: _whole(UPN_PATTERN),
    Kind.ULN: _TEN_DIGITS,
    Kind.NATIONAL_INSURANCE: _whole(NATIONAL_INSURANCE_PATTERN),
    Kind.POLICE_REFERENCE: _whole(POLICE_PATTERN),
    Kind.MONTH: _whole(MONTH_PATTERN),
    Kind.TIME: _whole(TIME_PATTERN),
    Kind.GESTATION: _whole(GESTATION_PATTERN),
    Kind.DATE: {"format": "date", "not": {"pattern": "^0000"}},
    Kind.CHECKBOXES: {"minItems": 1},
    Kind.FILES: {"minItems": 1},
    Kind.REPEATING: {"minItems": 1},
    Kind.TUPLE: {"minItems": 1},
    Kind.GROUP: {"minProperties": 1},
    Kind.ADDRESS: {"minProperties": 1},
    Kind.BIRTH_DATE: {"minProperties": 1},
}


def compiled(schema: Mapping[str, Any], *, formats: bool = False) -> jsonschema_rs.Validator:
    """A validator that fetches nothing. Raises ValueError if a pattern cannot be read."""
    return jsonschema_rs.Draft202012Validator(
        dict(schema), offline=True, validate_formats=formats, pattern_options=PATTERN_OPTIONS
    )


def is_valid(validator: jsonschema_rs.Validator, value: object) -> bool:
    """The validator's verdict; what JSON cannot hold (a set, a cycle) is not valid."""
    try:
        return validator.is_valid(value)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return False


def form_schema(title: str, pages: tuple[Page, ...]) -> Schema:
    """The effective schema, which every stored set of answers satisfies."""
    schema = _root_schema(pages, lambda question: question.schema)
    return {"$schema": DRAFT, "title": title, **schema}


def settled_schema(pages: tuple[Page, ...]) -> Schema:
    """A schema that only settled answers satisfy."""
    return _root_schema(pages, _settled, is_closed=True)


def _settled(question: Question) -> Schema:
    schema = {key: value for key, value in question.schema.items() if key != "format"}
    if question.kind is Kind.TUPLE:
        schema["prefixItems"] = [_settled(child) for child in question.questions]
    elif question.kind in NESTED_KINDS:
        inside = object_schema(question.questions, _settled, is_closed=True)
        if question.kind is Kind.REPEATING:
            schema["items"] = inside | {"minProperties": 1}
        else:
            schema |= inside
    if question.kind in _SETTLED:
        schema["allOf"] = [*schema.get("allOf", []), _SETTLED[question.kind]]
    return schema


def object_schema(
    questions: Iterable[Question],
    schema_of: SchemaOf,
    page_conditions: Mapping[str, Condition] | None = None,
    *,
    is_closed: bool = False,
) -> Schema:
    """The schema of an object of answers: what is not shown is not there.

    ``page_conditions`` holds, by a question's name, when its page is shown.
    """
    properties: Schema = {}
    required: list[str] = []
    rules: list[Schema] = []
    for question in questions:
        properties[question.name] = schema_of(question)
        conditions = _conditions(question, page_conditions or {})
        if conditions:
            rules.append(_rule(question, conditions))
        elif question.required:
            required.append(question.name)
        rules += _own_rules(question, conditions)
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    if rules:
        schema["allOf"] = rules
    return schema | ({"additionalProperties": False} if is_closed else {})


def _own_rules(question: Question, conditions: tuple[Condition, ...]) -> Iterator[Schema]:
    """What the question's own rules ask of its answer while they hold and it is shown."""
    for rule in question.rules:
        then: Schema = {}
        if rule.required:
            then["required"] = [question.name]
        if rule.schema:
            then["properties"] = {question.name: dict(rule.schema)}
        yield {"if": All((*conditions, rule.when)).schema, "then": then}


def rules_schema(pages: tuple[Page, ...]) -> list[Schema]:
    """What the rules of the root questions ask of the answers that are shown, pages apart."""
    conditions = page_conditions(pages)
    return [
        rule
        for page in pages
        for question in page.questions
        for rule in _own_rules(question, _conditions(question, conditions))
    ]


def page_conditions(pages: tuple[Page, ...]) -> dict[str, Condition]:
    """When a question's page is shown, by the question's name."""
    return {question.name: page.when for page in pages if page.when for question in page.questions}


def _conditions(
    question: Question, page_conditions: Mapping[str, Condition]
) -> tuple[Condition, ...]:
    both = (page_conditions.get(question.name), question.when)
    return tuple(part for part in both if part)


def _rule(question: Question, conditions: tuple[Condition, ...]) -> Schema:
    condition = conditions[0] if len(conditions) == 1 else All(conditions)
    rule: Schema = {"if": condition.schema}
    if question.required:
        rule["then"] = {"required": [question.name]}
    return rule | {"else": {"properties": {question.name: False}}}


def _root_schema(
    pages: tuple[Page, ...], schema_of: SchemaOf, *, is_closed: bool = False
) -> Schema:
    asked = [question for page in pages for question in page.questions]
    schema = object_schema(asked, schema_of, page_conditions(pages), is_closed=is_closed)
    ends = [page.when for page in pages if page.type is PageType.END and page.when]
    if ends:  # nothing is sent where the journey ends
        schema["allOf"] = [*schema.get("allOf", []), *({"not": end.schema} for end in ends)]
    return schema
