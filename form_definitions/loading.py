"""Read a form file: check it, compile it, and say what is wrong by file, line and fix."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from form_definitions.compiling import compile_form
from form_definitions.definition import FormDefinition
from form_definitions.dialect import Finding, Severity, dialect_findings
from form_definitions.expanding import Expanded, expand
from form_definitions.file_reading import read_bytes
from form_definitions.inferring import inferred_form
from form_definitions.json_reading import JsonError, decode, read_json
from form_definitions.judging import Judge, schema_findings
from form_definitions.linting import meaning_findings
from form_definitions.positions import Document, Pointer
from form_definitions.recognising import is_plain
from form_definitions.translating import Text, Translation, texts_of

FORMS_DIR = Path(__file__).with_name("forms")

MAX_PROBLEMS = 50  # more than an author puts right before loading the file again


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file. ``where`` is the place in the form's own words."""

    file: str
    line: int
    column: int
    where: str
    message: str
    fix: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.message}."
        return f"{text} {self.fix}" if self.fix else text


class FormFileError(Exception):
    """Raised if a form file cannot be used; ``problems`` holds everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load_form(path: Path, *, translation: Translation | None = None) -> FormDefinition:
    """The form in the file at ``path``. Raises FormFileError."""
    return parse_form(read_file(path), str(path), translation=translation)


def read_file(path: Path) -> bytes:
    """The bytes of a form file. Raises FormFileError."""
    try:
        return read_bytes(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        problem = Problem(
            str(path), 1, 1, "the file", f"the file cannot be read: {reason}", "Check its name"
        )
        raise FormFileError((problem,)) from error


def parse_form(
    text: str | bytes, source: str = "<form>", *, translation: Translation | None = None
) -> FormDefinition:
    """The form that ``text`` (UTF-8 JSON) describes. ``source`` names it in messages.

    With a ``translation`` it is the same form in other words; what is missing stays English.
    Raises FormFileError, whatever the text is, and nothing else.
    """
    document = read_document(text, source)
    return compile_document(document, source, translation)


def compile_document(
    document: Document, source: str, translation: Translation | None = None
) -> FormDefinition:
    """The form that a document describes. Raises FormFileError."""
    if is_plain(document.value):
        form = _inferred(document, source)
        return compile_form(form, document.value, Judge(document.value), translation)
    expanded = _expanded(document, source)
    return compile_form(expanded.form, document.value, translation=translation)


def texts_in(
    document: Document, source: str, *, is_sound: bool = False
) -> tuple[tuple[Text, int], ...]:
    """Every text for people in a form file, with the line where it stands.

    ``is_sound``: it was found to be in order before. Raises FormFileError where it is not.
    """
    if is_plain(document.value):
        expanded = Expanded(_inferred(document, source))
    elif is_sound:
        expanded = expand(document.value)
    else:
        expanded = _expanded(document, source)
    return tuple((text, _line(text, expanded, document)) for text in texts_of(expanded.form))


def _line(text: Text, expanded: Expanded, document: Document) -> int:
    written = expanded.written(Finding(text.pointer, ""))
    return document.line_and_column(document.offset(written.pointer))[0]


def _expanded(document: Document, source: str) -> Expanded:
    """A form file that is in order, written out in the plain dialect. Raises FormFileError."""
    findings = _repeated_keys(document)
    findings += dialect_findings(document.value)
    if findings:
        raise FormFileError(located(findings, document, source))
    expanded = expand(document.value)
    findings += expanded.findings
    if not findings:
        findings += map(expanded.written, meaning_findings(expanded.form))
    if findings:
        raise FormFileError(located(findings, document, source))
    return expanded


def shipped_forms() -> dict[str, Path]:
    """The forms that come with the package: form id → file."""
    return {path.stem: path for path in sorted(FORMS_DIR.glob("*.json"))}


def _inferred(document: Document, source: str) -> dict[str, Any]:
    """The form that a JSON Schema without any key of ours describes. Raises FormFileError."""
    findings = [*_repeated_keys(document), *schema_findings(document.value)]
    if findings:
        raise FormFileError(located(findings, document, source))
    return inferred_form(document.value, source)


def read_document(text: str | bytes, source: str) -> Document:
    """The JSON of a form file with the place of everything in it. Raises FormFileError."""
    decoded = ""
    try:
        decoded = decode(text)
        return read_json(decoded)
    except JsonError as error:
        line, column = error.line_and_column(decoded)
        problem = Problem(source, line, column, "the file", error.message, error.fix)
        raise FormFileError((problem,)) from error


def _repeated_keys(document: Document) -> list[Finding]:
    return [
        Finding(pointer, f"the key ‘{pointer[-1]}’ is written twice", "Remove one", on_key=True)
        for pointer in dict.fromkeys(pointer for pointer, _offset in document.repeated)
    ]


def located(findings: list[Finding], document: Document, source: str) -> tuple[Problem, ...]:
    """The findings with their lines, in the order of the file; no more than anybody reads."""
    problems = []
    for finding in dict.fromkeys(findings):  # one mistake may be met in several ways
        offset = document.offset(finding.pointer, of_key=finding.on_key)
        line, column = document.line_and_column(offset)
        where = _where(finding.pointer, document.value)
        problems.append(
            Problem(source, line, column, where, finding.message, finding.fix, finding.severity)
        )
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))[
        :MAX_PROBLEMS
    ]


def _where(pointer: Pointer, form: object) -> str:
    """The place in the form's own words: question ‘ward’, page ‘about-you’."""
    if pointer[:1] == ("properties",) and len(pointer) > 1:
        return f"question ‘{_dotted(pointer)}’"
    if pointer[:2] == ("x-form", "pages") and len(pointer) > 2 and isinstance(form, dict):
        page = form["x-form"]["pages"][pointer[2]]
        page_id = page.get("id") if isinstance(page, dict) else None
        return f"page ‘{page_id}’" if page_id else f"page {int(pointer[2]) + 1}"
    return ".".join(map(str, pointer)) or "the file"


def _dotted(pointer: Pointer) -> str:
    """The names of the questions that a pointer leads through."""
    names = [str(step) for before, step in pairwise(pointer) if before == "properties"]
    return ".".join(names)
