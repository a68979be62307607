"""Read a condition as a form or rule file writes it, or say where and why it cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import jsonschema_rs

from form_definitions.comparing import PATTERN_OPTIONS, is_scalar
from form_definitions.conditions import All, Any, Comparison, Condition, JsonSchema, Named, Not
from form_definitions.suggesting import did_you_mean

Where = tuple[str | int, ...]

MAX_DEPTH = 20  # no author nests further, and it keeps recursion away from Python's own limit

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
COMBINERS = ("all", "any", "not")
#: What other languages call them, where a list stands for their parts.
_COMBINERS_ELSEWHERE = {"and": "all", "allOf": "all", "or": "any", "anyOf": "any"}
_KEYWORDS_ELSEWHERE = {">=": "minimum", "<=": "maximum", ">": "exclusiveMinimum"}
_KEYWORDS_ELSEWHERE |= {"<": "exclusiveMaximum", "==": "const", "=": "const", "in": "enum"}
_KEYWORDS_ELSEWHERE |= {"min": "minimum", "max": "maximum", "equals": "const", "regex": "pattern"}

#: What may stand in a JSON Schema for one answer. ``format`` is left out: validators differ on it.
SCHEMA_KEYWORDS = frozenset(
    {
        "type",
        "const",
        "enum",
        "not",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "then",
        "else",
        "contains",
        "minContains",
        "maxContains",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "properties",
        "required",
        "minProperties",
        "maxProperties",
    }
)
_ONE_SCHEMA = frozenset({"not", "if", "then", "else", "contains", "items"})
_MANY_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})

_NAME = (
    r"[A-Za-z_][A-Za-z0-9_-]*"  # the dialect allows less; a plain JSON Schema writes as it likes
)
_PLACE = "0|[1-9][0-9]{0,2}"  # of a tuple
_PATH = re.compile(rf"{_NAME}(?:\.(?:{_NAME}|{_PLACE}))*")
_OPERATION = re.compile(rf"({_PATH.pattern})\s*(===|==|!=|>=|<=|=|>|<)\s*(\S.*)")
_LITERAL = re.compile(r"true|false|-?[0-9]+(?:\.[0-9]+)?")


class ConditionError(Exception):
    """Raised if a condition cannot be read. ``where`` holds the keys that lead to the place."""

    def __init__(self, where: Where, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.message = message
        self.fix = fix


class UnknownConditionError(ConditionError):
    """Raised if a condition is named that there is not; ``name`` is its name."""

    def __init__(self, where: Where, name: str, fix: str) -> None:
        super().__init__(where, f"there is no condition named ‘{name}’", fix)
        self.name = name


def parse_condition(raw: object, named: Mapping[str, Condition] | None = None) -> Condition:
    """Read a condition as a form or rule file writes it.

    ``named`` holds the form's named conditions. Raises ConditionError.
    """
    return _parse(raw, named or {}, ())


def _parse(raw: object, named: Mapping[str, Condition], where: Where) -> Condition:
    if len(where) > MAX_DEPTH:
        raise ConditionError(where, "this condition is nested too deeply", "Name a part of it")
    if isinstance(raw, str):
        return _parse_name(raw, named, where)
    if not isinstance(raw, dict):
        raise ConditionError(
            where, "a condition is an object or the name of one", 'Write {"question": "answer"}'
        )
    if not raw:
        raise ConditionError(where, "this condition is empty", "Say which answer it looks at")
    parts = tuple(_parse_member(key, value, named, (*where, key)) for key, value in raw.items())
    return parts[0] if len(parts) == 1 else All(parts)


def _parse_name(name: str, named: Mapping[str, Condition], where: Where) -> Condition:
    if name not in named:
        known = ", ".join(f"‘{known}’" for known in named) or "none"
        near = did_you_mean(name, named)
        fix = near or f"Add it to x-form.conditions (there now: {known})"
        raise UnknownConditionError(where, name, _as_comparison(name) or fix)
    return Named(name, named[name])


def _as_comparison(text: str) -> str:
    """What to write for a condition in the words of a programming language."""
    found = _OPERATION.fullmatch(text.strip())
    if not found:
        return ""
    path, operator, value = found.groups()
    value = value if _LITERAL.fullmatch(value) else json.dumps(value.strip("'\""))
    if operator == "!=":
        return f'Write {{"not": {{"{path}": {value}}}}}'
    keyword = _KEYWORDS_ELSEWHERE[operator.replace("===", "==")]
    expected = value if keyword == "const" else f'{{"{keyword}": {value}}}'
    return f'Write {{"{path}": {expected}}}'


def _parse_member(
    key: str, value: object, named: Mapping[str, Condition], where: Where
) -> Condition:
    if key == "not":
        return Not(_parse(value, named, where))
    if key in COMBINERS:
        if not isinstance(value, list) or not value:
            raise ConditionError(where, f"‘{key}’ needs a list of conditions", "Write [ … ]")
        parts = tuple(_parse(part, named, (*where, at)) for at, part in enumerate(value))
        return All(parts) if key == "all" else Any(parts)
    if not isinstance(key, str) or not _PATH.fullmatch(key):
        raise ConditionError(
            where, f"‘{key}’ is not the name of a question", "Write its property name"
        )
    if isinstance(value, list) and key in _COMBINERS_ELSEWHERE:
        meant = _COMBINERS_ELSEWHERE[key]
        text = f"‘{key}’ is not the name of a question"
        raise ConditionError(where, text, f"Did you mean ‘{meant}’?")
    return Comparison(tuple(key.split(".")), _expected(value, where))


def _expected(value: object, where: Where) -> JsonSchema:
    """The JSON Schema for one answer that a scalar, a list or an object stands for."""
    if isinstance(value, dict):
        _check_schema(value, where)
        return value
    if isinstance(value, list):
        if not value or not all(is_scalar(item) for item in value):
            raise ConditionError(
                where, "a list holds the answers that are allowed", 'Write ["one", "other"]'
            )
        return {"enum": value}
    if is_scalar(value):
        return {"const": value}
    raise ConditionError(where, "this is not an answer", "Write a text, a number, true or false")


def _check_schema(schema: JsonSchema, where: Where) -> None:
    _check_keywords(schema, where)
    try:
        if not jsonschema_rs.meta.is_valid({"$schema": _DRAFT, **schema}):
            raise ConditionError(where, "this is not a JSON Schema", "Check the type of each value")
        jsonschema_rs.Draft202012Validator(
            schema, offline=True, validate_formats=False, pattern_options=PATTERN_OPTIONS
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        raise ConditionError(
            where, "this is not a JSON Schema that can be used", "Check its patterns and numbers"
        ) from error


def _check_keywords(schema: object, where: Where) -> None:
    if len(where) > MAX_DEPTH:
        raise ConditionError(where, "this condition is nested too deeply", "Make it simpler")
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict) or not schema:
        raise ConditionError(where, "this is not a JSON Schema", f"Write {_schema_of(schema)}")
    for keyword, value in schema.items():
        at = (*where, keyword)
        if keyword not in SCHEMA_KEYWORDS:
            raise ConditionError(
                at, f"‘{keyword}’ cannot be used in a condition", _keyword_fix(keyword)
            )
        for key, part in _schemas_in(keyword, value):
            _check_keywords(part, (*at, *key))


def _schema_of(value: object) -> str:
    """The JSON Schema that an answer, or a list of answers, was written in place of."""
    if is_scalar(value):
        return json.dumps({"const": value}, ensure_ascii=False)
    if isinstance(value, list) and value and all(map(is_scalar, value)):
        return json.dumps({"enum": value}, ensure_ascii=False)
    return '{"minimum": 18}'


def _keyword_fix(keyword: str) -> str:
    if keyword in COMBINERS:
        return "Put it round the whole comparison, not inside the answer"
    if keyword in _KEYWORDS_ELSEWHERE:
        return f"Did you mean ‘{_KEYWORDS_ELSEWHERE[keyword]}’?"
    return "Use a JSON Schema keyword such as const, enum, minimum, maximum, contains or not"


def _schemas_in(keyword: str, value: object) -> Iterator[tuple[Where, object]]:
    if keyword in _ONE_SCHEMA:
        yield (), value
    elif keyword in _MANY_SCHEMAS and isinstance(value, list):
        yield from (((at,), part) for at, part in enumerate(value))
    elif keyword == "properties" and isinstance(value, dict):
        yield from (((name,), part) for name, part in value.items())
