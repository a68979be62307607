"""Read and write gettext catalogues (.po) of forms, without losing anything that is in them.

Stricter than babel's reader, which goes on where a quotation mark is missing and takes the texts
that an entry had before for a comment: whatever a translator's slip would lose is an error here,
with its line. The tests hold both readers against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from form_definitions.file_reading import read_bytes
from form_definitions.json_reading import JsonError, decode
from form_definitions.loading import FormFileError, Problem
from form_definitions.translating import Translation

FUZZY = "fuzzy"  # gettext's own word for a translation that has to be looked at again
MAX_WIDTH = 79  # of a line, as the tools of translators write it

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_KEYWORD = re.compile(rf"(msgctxt|msgid|msgstr)[ \t]+{_QUOTED}")
_MORE = re.compile(_QUOTED)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_NO_CHARACTER = re.compile("[\x00-\x08\ue000-\uf8ff]")
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One message. ``words`` is "" if it has no translation; ``line`` is that of its ``msgid``.

    ``comments`` are the translator's, ``notes`` (what it is) and ``places`` come from the form.
    ``previous`` is the text that the words translate, where that has changed since.
    """

    text: str
    words: str = ""
    context: str = ""
    line: int = 1
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    previous: str = ""
    is_obsolete: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the others: its context and its text."""
        return self.context, self.text

    @property
    def is_fuzzy(self) -> bool:
        """Whether its words are not to be shown until somebody has looked at them again."""
        return FUZZY in self.flags


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The messages of one form in one language, in the order of the file; the header apart."""

    language: str
    entries: tuple[Entry, ...] = ()
    header: Entry | None = None
    ending: tuple[str, ...] = ()  # comments after the last entry

    @property
    def translation(self) -> Translation:
        """The words that are to be shown."""
        shown = (each for each in self.entries if each.words and not each.is_fuzzy)
        messages = {each.key: each.words for each in shown if not each.is_obsolete}
        return Translation(self.language, messages)


class CatalogueError(FormFileError):
    """Raised if a catalogue cannot be read; ``problems`` says where and why."""


def catalogue_paths(form_file: Path, form_id: str) -> dict[str, Path]:
    """The catalogues beside a form file: language → ``locale/<language>/<form-id>.po``."""
    folders = sorted(form_file.parent.glob("locale/*"))
    found = (catalogue_path(form_file, form_id, folder.name) for folder in folders)
    return {path.parent.name: path for path in found if path.is_file()}


def catalogue_path(form_file: Path, form_id: str, language: str) -> Path:
    """Where the catalogue of a form in a language belongs."""
    return form_file.parent / "locale" / language / f"{form_id}.po"


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file, in the language of its folder. Raises CatalogueError."""
    try:
        raw = read_bytes(path)
    except OSError as error:
        text = f"the file cannot be read: {error.strerror}"
        raise CatalogueError((Problem(str(path), 1, 1, "the file", text, ""),)) from error
    return read_catalogue(raw, str(path), path.parent.name)


def read_catalogue(raw: str | bytes, source: str, language: str) -> Catalogue:
    """The catalogue that ``raw`` (UTF-8) holds. Raises CatalogueError, whatever it is."""
    try:
        text = decode(raw)
    except JsonError as error:
        line, column = error.line_and_column("")
        problem = Problem(source, line, column, "the file", error.message, error.fix)
        raise CatalogueError((problem,)) from error
    reader = _Reader(text, source)
    entries = list(reader.entries())
    header = next((each for each in entries if not each.text), None)
    messages = tuple(each for each in entries if each.text)
    return Catalogue(language, messages, header, tuple(reader.about.get("", ())))


class _Reader:
    """One pass over the lines; what belongs to the entry under way is gathered."""

    def __init__(self, text: str, source: str) -> None:
        self.lines = text.split("\n")
        self.source = source
        self.number = 0
        self.known: dict[tuple[str, str, bool], int] = {}
        self._reset()

    def _reset(self) -> None:
        self.said: dict[str, list[str]] = {}
        self.about: dict[str, list[str]] = {}
        self.field = ""
        self.line = 1
        self.is_obsolete = False

    def entries(self) -> Iterator[Entry]:
        """Every entry of the file, the header among them."""
        for number, line in enumerate(self.lines, start=1):
            self.number = number
            stripped = line.strip(" \t\r")
            if "msgstr" in self.said and _begins_entry(stripped):
                yield self._entry()
            if stripped:
                self._read(stripped)
        if self.said:
            yield self._entry()

    def _read(self, line: str) -> None:
        if line.startswith("#~"):
            self.is_obsolete = True
            line = line[2:].lstrip()
            if line.startswith("|"):
                line = f"#{line}"
        if line.startswith("#"):
            self._comment(line)
        elif line:
            self._keyword(line)

    def _comment(self, line: str) -> None:
        mark, rest = line[1:2], line[2:].strip()
        if mark == "|":
            self._previous(rest)
        elif mark in {".", ":", ","}:
            self.about.setdefault(mark, []).append(rest)
        else:
            self.about.setdefault("", []).append(line[1:])

    def _previous(self, line: str) -> None:
        """A line of the text that the entry had before: ``msgid "…"`` or more of it."""
        match = _KEYWORD.fullmatch(line)
        self.field = f"| {match[1]}" if match else self.field
        quoted = match[2] if match else self._quoted(line)
        self.said.setdefault(self.field, []).append(self._unescaped(quoted))

    def _keyword(self, line: str) -> None:
        match = _KEYWORD.fullmatch(line)
        if match is None:
            if line.startswith(("msgid_plural", "msgstr[")):
                raise self._error("texts of a form have no plural", "Remove this entry")
            if self.field not in {"msgctxt", "msgid", "msgstr"}:
                raise self._error(f"‘{line[:20]}’ is not understood", 'Write msgid "…" before it')
            self.said[self.field].append(self._unescaped(self._quoted(line)))
            return
        self.field = match[1]
        if self.field in self.said:
            raise self._error(f"‘{self.field}’ is there twice", "Put an empty line between entries")
        if self.field == "msgid":
            self.line = self.number
        if self.field == "msgstr" and "msgid" not in self.said:
            raise self._error("‘msgstr’ has no ‘msgid’ before it", 'Write msgid "…" before it')
        self.said[self.field] = [self._unescaped(match[2])]

    def _quoted(self, line: str) -> str:
        match = _MORE.fullmatch(line)
        if match is None:
            fix = 'Put the text between " and ", and write \\" for a quotation mark inside it'
            raise self._error(f"‘{line[:20]}’ is not a text in quotation marks", fix)
        return match[1]

    def _unescaped(self, quoted: str) -> str:
        if _NO_CHARACTER.search(quoted):  # the renderer marks with them what varies on a page
            raise self._error("a character here has no meaning", "Type the text anew")
        wrong = next((each for each in _ESCAPE.findall(quoted) if each not in _ESCAPES), None)
        if wrong is not None:
            raise self._error(f"‘\\{wrong}’ means nothing", "Write \\\\ for a backslash")
        return _ESCAPE.sub(lambda match: _ESCAPES[match[1]], quoted)

    def _entry(self) -> Entry:
        said = {field: "".join(parts) for field, parts in self.said.items()}
        if "msgstr" not in said:
            raise self._error("an entry has no ‘msgstr’", 'Write msgstr "" after its msgid')
        flags = [flag.strip() for line in self.about.get(",", ()) for flag in line.split(",")]
        entry = Entry(
            said["msgid"],
            said["msgstr"],
            said.get("msgctxt", ""),
            self.line,
            tuple(self.about.get("", ())),
            tuple(self.about.get(".", ())),
            tuple(place for line in self.about.get(":", ()) for place in line.split()),
            tuple(flag for flag in flags if flag),
            said.get("| msgid", ""),
            self.is_obsolete,
        )
        before = self.known.setdefault((*entry.key, entry.is_obsolete), entry.line)
        if before != entry.line and not entry.is_obsolete:
            fix = f"Leave one of them: the other is on line {before}"
            raise self._error("this text is there twice", fix, entry.line)
        self._reset()
        return entry

    def _error(self, message: str, fix: str, line: int = 0) -> CatalogueError:
        problem = Problem(self.source, line or self.number, 1, "the catalogue", message, fix)
        return CatalogueError((problem,))


def _begins_entry(line: str) -> bool:
    """Whether the entry before a line is at its end."""
    if line.startswith("#~"):
        return line[2:].lstrip().startswith(("msgctxt", "msgid", "|"))
    return not line or line.startswith(("#", "msgctxt", "msgid"))


# -- writing ---------------------------------------------------------------------------------------


def write_catalogue(catalogue: Catalogue) -> str:
    """The text of a catalogue's file: the same for the same catalogue."""
    header = catalogue.header or _new_header(catalogue.language)
    parts = ["".join(_lines(entry)) for entry in (header, *catalogue.entries)]
    ending = "".join(f"#{comment}\n" for comment in catalogue.ending)
    return "\n".join([*parts, ending] if ending else parts)


def _new_header(language: str) -> Entry:
    """A header without dates and names: the history of the file has them."""
    fields = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return Entry("", "".join(f"{name}: {value}\n" for name, value in fields.items()))


def _lines(entry: Entry) -> Iterator[str]:
    yield from (f"#{comment}\n" for comment in entry.comments)
    yield from (f"#. {note}\n" for note in entry.notes)
    yield from (f"#: {place}\n" for place in entry.places)
    if entry.flags:
        yield f"#, {', '.join(entry.flags)}\n"
    mark = "#~ " if entry.is_obsolete else ""
    if entry.previous:
        before = "#~| " if entry.is_obsolete else "#| "
        yield f"{before}msgid {_quote(entry.previous, before)}\n"
    if entry.context:
        yield f"{mark}msgctxt {_quote(entry.context, mark)}\n"
    yield f"{mark}msgid {_quote(entry.text, mark)}\n"
    yield f"{mark}msgstr {_quote(entry.words, mark)}\n"


def _quote(text: str, prefix: str) -> str:
    # only whoever writes a catalogue needs babel, which takes a tenth of a second to start
    from babel.messages.pofile import normalize

    return normalize(text, prefix, MAX_WIDTH)


def obsolete(entry: Entry) -> Entry:
    """The entry as it is kept once its text is gone: for whoever needs the words again."""
    return replace(entry, is_obsolete=True, notes=(), places=(), flags=())
