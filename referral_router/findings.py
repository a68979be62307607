"""What is wrong in a file: collected with its place, and told with a fix."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from form_definitions import Problem
from form_definitions.file_reading import read_bytes
from form_definitions.json_reading import JsonError, decode, read_json
from form_definitions.positions import Document, Pointer
from form_definitions.suggesting import did_you_mean

Where = Pointer
MOST_SUGGESTED = 50  # in one file: to look for what is near takes long where much is known
MOST_LISTED = 50


class Findings:
    """Everything that is wrong in one file. Without a document there are no lines to name."""

    def __init__(self, source: str, document: Document | None = None) -> None:
        self._source = source
        self._document = document
        self._problems: dict[Problem, None] = {}
        self._suggested = 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found, in the order of the file."""
        return tuple(sorted(self._problems, key=lambda each: (each.line, each.column)))

    def position(self, where: Where, *, at_key: bool = False) -> tuple[int, int]:
        """Return the line and column of a value or of its key, both from 1."""
        if self._document is None:
            return 1, 1
        return self._document.line_and_column(self._document.offset(where, of_key=at_key))

    def add(self, where: Where, message: str, fix: str, *, at_key: bool = False) -> None:
        """Record one problem, once."""
        line, column = self.position(where, at_key=at_key)
        place = ".".join(map(str, where))
        self._problems[Problem(self._source, line, column, place, message, fix)] = None

    def add_at(self, line: int, column: int, message: str, fix: str) -> None:
        """Record a problem of the file's own text."""
        self._problems[Problem(self._source, line, column, "", message, fix)] = None

    def add_unknown(
        self,
        where: Where,
        word: object,
        known: Iterable[object],
        what: str,
        *,
        at_key: bool = False,
    ) -> None:
        """Record a word that is not one of those known, with the nearest of them."""
        words = list(known)
        self._suggested += 1
        near = suggestion(word, words) if self._suggested <= MOST_SUGGESTED else ""
        fix = near or f"Use one of {_listed(words)}"
        self.add(where, f"‘{word}’ {what}", fix, at_key=at_key)


def _listed(words: Sequence[object]) -> str:
    more = len(words) - MOST_LISTED
    listed = ", ".join(map(str, words[:MOST_LISTED]))
    return f"{listed} and {more:,} more" if more > 0 else listed


def read_file(path: Path) -> tuple[Document, Findings]:
    """Read a JSON file. If it cannot be opened or is no JSON, the findings say so."""
    try:
        raw = read_bytes(path)
    except OSError as error:
        findings = Findings(str(path))
        findings.add((), f"the file cannot be read: {error.strerror}", "Check its name")
        return Document(""), findings
    return read_document(raw, str(path))


def read_document(raw: str | bytes, source: str) -> tuple[Document, Findings]:
    """Read a file's JSON. If it is none, the findings say so and the document is empty."""
    text = ""
    try:
        text = decode(raw)
        document = read_json(text)
    except JsonError as error:
        findings = Findings(source)
        findings.add_at(*error.line_and_column(text), error.message, error.fix)
        return Document(text), findings
    findings = Findings(source, document)
    for where, _ in document.repeated:
        findings.add(where, f"‘{where[-1]}’ is written twice", "Keep one of them", at_key=True)
    return document, findings


def suggestion(word: object, known: Iterable[object]) -> str:
    """Return "Did you mean ‘…’?" with the nearest known word, or "" if none is near."""
    return did_you_mean(str(word), map(str, known))
