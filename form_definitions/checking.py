"""Check a form file for its author: everything that keeps it from loading, then what is unwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from form_definitions.advising import advice
from form_definitions.dialect import Finding, Severity
from form_definitions.expanding import expand
from form_definitions.idle_linting import idle_definitions
from form_definitions.loading import (
    FormFileError,
    Problem,
    compile_document,
    located,
    read_document,
    read_file,
)
from form_definitions.pattern_syntax import unread_patterns
from form_definitions.positions import Pointer
from form_definitions.recognising import is_plain

_HERE = re.compile(r"/?\$defs/")


def check_form(text: str | bytes, source: str = "<form>") -> tuple[Problem, ...]:
    """What an author should know of a form file: errors, or if there are none, warnings.

    Never raises, whatever the text is.
    """
    try:
        document = read_document(text, source)
    except FormFileError as error:
        return error.problems
    try:
        definition = compile_document(document, source)
    except FormFileError as error:
        leaving = located(list(_leaving_references(document.value)), document, source)
        places = {(problem.line, problem.column) for problem in leaving}
        others = (each for each in error.problems if (each.line, each.column) not in places)
        return tuple(sorted((*leaving, *others), key=lambda each: (each.line, each.column)))
    if is_plain(document.value):  # it says nothing of pages, conditions and words
        return ()
    expanded = expand(document.value)
    found = [*map(expanded.written, advice(definition, expanded.form))]
    found += [*idle_definitions(document.value), *unread_patterns(document.value)]
    return located(found, document, source)


def _leaving_references(value: object, pointer: Pointer = ()) -> Iterator[Finding]:
    """Each ``$ref`` that leads out of the file: nothing is ever fetched."""
    steps: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        target = value.get("$ref")
        if isinstance(target, str) and not target.startswith("#"):
            text = f"‘{target}’ is outside this file, and nothing is fetched"
            fix = 'Copy it into "$defs", and write "#/$defs/its-name"'
            if _HERE.match(target):
                text = f"‘{target}’ does not begin with #, as a place in this file does"
                fix = f"Write ‘#/{target.lstrip('/')}’"
            yield Finding((*pointer, "$ref"), text, fix)
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, part in steps:
        yield from _leaving_references(part, (*pointer, step))


def check_file(path: Path) -> tuple[Problem, ...]:
    """The same of the file at ``path``; a file that cannot be read has one problem."""
    try:
        raw = read_file(path)
    except FormFileError as error:
        return error.problems
    return check_form(raw, str(path))


def has_errors(problems: tuple[Problem, ...]) -> bool:
    """Whether the form cannot be used; warnings alone do not keep it from being published."""
    return any(problem.severity is Severity.ERROR for problem in problems)
