"""A plain JSON Schema, brought as it is, judges the answers itself: its verdict is ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from form_definitions.comparing import PATTERN_OPTIONS
from form_definitions.dialect import Finding
from form_definitions.judging_cost import cost_findings
from form_definitions.positions import Pointer

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_STANDARD_DRAFT = re.compile(
    r"https?://json-schema\.org/(draft-0[467]|draft/(2019-09|2020-12))/schema#?$"
)
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
_COPY = 'Copy it into "$defs", and write "#/$defs/its-name"'
_VALIDATE = "Compare it with https://json-schema.org/understanding-json-schema"

#: Keywords that refuse keys, which the failure names.
_KEYS_BELOW = frozenset({"additionalProperties", "unevaluatedProperties"})

Failure = tuple[tuple[str, ...], str]


class Judge:
    """The verdict of a JSON Schema in its own draft; it fetches nothing.

    Raises ValueError if the schema is none, ReferencingError if a ``$ref`` leads nowhere.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._validator: Any = jsonschema_rs.validator_for(
            dict(schema), offline=True, validate_formats=False, pattern_options=PATTERN_OPTIONS
        )

    def accepts(self, answers: object) -> bool:
        """Whether the schema holds; what JSON cannot say (NaN, a cycle) satisfies nothing."""
        try:
            return bool(self._validator.is_valid(answers))
        except (ValueError, TypeError, OverflowError, RecursionError):
            return False

    def failures(self, answers: object) -> Iterator[Failure]:
        """Where the answers fail, and by which keyword."""
        try:
            for error in self._validator.iter_errors(answers):
                yield from _failures(error)
        except (ValueError, TypeError, OverflowError, RecursionError):
            yield (), "type"


def schema_findings(schema: Mapping[str, Any]) -> list[Finding]:
    """Why a schema cannot judge: it is none, refers to what is not in the file, or would take
    too long.
    """
    found = [] if _is_known_draft(schema) else [_unknown_draft(schema)]
    found += [] if found else _not_a_schema(schema)
    found += [] if found else cost_findings(schema)
    if found:
        return found
    try:
        Judge(schema)
    except (ValueError, jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError) as error:
        strange = list(_strange_references(schema, ()))
        if strange:
            return strange
        reason = str(error).splitlines()[0]
        return [Finding((), f"the file is no JSON Schema that can be used: {reason}", _VALIDATE)]
    return []


def _is_known_draft(schema: Mapping[str, Any]) -> bool:
    draft = schema.get("$schema", DRAFT)
    return isinstance(draft, str) and _STANDARD_DRAFT.match(draft) is not None


def _unknown_draft(schema: Mapping[str, Any]) -> Finding:
    text = f"‘{schema['$schema']}’ is no version of JSON Schema that is known here"
    return Finding(("$schema",), text, f'Write "$schema": "{DRAFT}"')


def _not_a_schema(schema: Mapping[str, Any]) -> list[Finding]:
    try:
        jsonschema_rs.meta.validate(dict(schema))
    except jsonschema_rs.ValidationError as error:
        place = tuple(error.instance_path)
        where = f"‘{place[-1]}’" if place else "the file"
        return [Finding(place, f"{where} is not JSON Schema: {error.message}", _VALIDATE)]
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return [Finding((), f"the file is no JSON Schema: {error}", _VALIDATE)]
    return []


def _strange_references(value: Any, pointer: Pointer) -> Iterator[Finding]:
    """Each ``$ref`` that does not begin in this file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _REFERENCES and isinstance(inner, str) and not inner.startswith("#"):
                text = f"‘{inner}’ leads out of the file"
                yield Finding((*pointer, key), text, _COPY)
            else:
                yield from _strange_references(inner, (*pointer, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _strange_references(inner, (*pointer, at))


def _failures(error: Any) -> Iterator[Failure]:
    path = tuple(str(step) for step in error.instance_path)
    keyword = error.kind.name
    if keyword == "required":
        yield (*path, str(error.kind.value)), "required"
    elif keyword in _KEYS_BELOW:
        yield from (((*path, str(name)), "unknown") for name in error.kind.value)
    else:
        yield path, keyword
