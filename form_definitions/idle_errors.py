"""Warn about an author's own error message that nobody can ever see."""

from __future__ import annotations

from collections.abc import Iterator

from form_definitions.definition import FILE_KINDS, NESTED_KINDS, ONE_OF_KINDS, Kind, Question
from form_definitions.dialect import Finding, warning
from form_definitions.file_errors import FILE_CODES
from form_definitions.positions import Pointer
from form_definitions.suggesting import did_you_mean

_BY_KEYWORD = {
    "minLength": ("minLength",),
    "maxLength": ("maxLength",),
    "pattern": ("pattern",),
    "minimum": ("minimum", "exclusiveMinimum"),
    "maximum": ("maximum", "exclusiveMaximum"),
    "multipleOf": ("multipleOf",),
    "minItems": ("minItems",),
    "maxItems": ("maxItems",),
}
_FORMATTED = frozenset(
    {Kind.EMAIL, Kind.TELEPHONE, Kind.POSTCODE, Kind.NHS_NUMBER, Kind.DATE, Kind.MONEY}
)
_PLAIN = frozenset({Kind.TEXT, Kind.LONG_TEXT})
#: Codes that belong to some kinds only; kinds that are not told apart here keep the benefit of
#: the doubt.
_NEVER: dict[str, frozenset[Kind]] = {
    "format": _PLAIN | ONE_OF_KINDS | {Kind.CHECKBOXES, Kind.INTEGER},
    "incomplete": _PLAIN | ONE_OF_KINDS | _FORMATTED - {Kind.DATE} | {Kind.CHECKBOXES},
    "option": _PLAIN | _FORMATTED | NESTED_KINDS | {Kind.INTEGER},
    "exclusive": frozenset(Kind) - {Kind.CHECKBOXES},
    "uniqueItems": frozenset(Kind) - {Kind.CHECKBOXES, Kind.FILES},
    "past": frozenset(Kind),  # kept for later use: nothing asks for it yet
    "future": frozenset(Kind),
    **dict.fromkeys(FILE_CODES, frozenset(Kind) - FILE_KINDS),
}


def idle_errors(question: Question, pointer: Pointer) -> Iterator[Finding]:
    """The messages of one question that no answer to it is ever told."""
    for code in question.errors:
        fix = _why_never(question, code)
        if fix:
            text = f"the error ‘{code}’ of ‘{question.name}’ cannot occur"
            place = (*pointer, "x-ui", "errors", code)
            yield warning(place, text, fix, on_key=True)


def _why_never(question: Question, code: str) -> str:
    """What to do about a message that nobody can ever see, or "" if somebody may."""
    if question.kind is Kind.TUPLE and code in {"minItems", "maxItems"}:
        return "Remove it: each place says itself that it is missing"
    if code in _BY_KEYWORD:
        keywords = _BY_KEYWORD[code]
        if any(keyword in question.schema for keyword in keywords):
            return ""
        set_here = {k for key in _BY_KEYWORD.values() for k in key if k in question.schema}
        near = did_you_mean(code, sorted(set_here & _BY_KEYWORD.keys()))
        return near or f'Remove it, or add "{keywords[0]}" to the question'
    if code == "required" and not _may_be_missing(question):
        return "Remove it, or make the question required"
    if code == "exclusive" and question.exclusive is None:
        return 'Remove it, or say which option is "exclusive"'
    if question.kind in _NEVER.get(code, frozenset()):
        return f"Remove it: an answer of the kind {question.kind} has no such error"
    return ""


def _may_be_missing(question: Question) -> bool:
    if question.required or "const" in question.schema:
        return True
    return any(inner.required for inner in question.questions)
