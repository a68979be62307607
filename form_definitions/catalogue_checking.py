"""Check the catalogues of a form: what is missing, out of date, or says something else."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from form_definitions.catalogues import (
    Catalogue,
    CatalogueError,
    catalogue_paths,
    load_catalogue,
)
from form_definitions.dialect import Severity
from form_definitions.file_reading import read_bytes
from form_definitions.inferring import form_id
from form_definitions.languages import ENGLISH, LANGUAGES
from form_definitions.loading import Problem, read_document, read_file, texts_in
from form_definitions.suggesting import did_you_mean
from form_definitions.translating import Text

Located = tuple[Text, int]

MAX_OF_A_SORT = 20  # of a catalogue: whoever has more to do works through the file, not the list

#: What a translation has to keep as it is: where links lead, what is filled in, phone numbers.
_KEPT = {
    "link": re.compile(r"\]\(([^)\s]+)\)|<((?:https?|mailto|tel):[^>\s]+)>"),
    "placeholder": re.compile(r"(\{[A-Za-z_]*\}|%\([a-z_]+\)s)"),
    "phone number": re.compile(r"(\+?[0-9](?: ?[0-9]){6,})"),
    "email address": re.compile(r"([\w.+-]+@[\w-]+(?:\.[\w-]+)+)"),
}
_HEADER_LANGUAGE = re.compile(r"^Language:\s*([\w-]+)", re.MULTILINE)


def check_catalogues(path: Path) -> tuple[Problem, ...]:
    """What is wrong with the catalogues beside a form file that loads.

    A catalogue that cannot be read is an error; all else are warnings. Raises FormFileError where
    the form itself does not load.
    """
    catalogues = catalogue_paths(path, form_id_in(path))
    if not catalogues:
        return ()
    texts = texts_in(read_document(read_file(path), str(path)), str(path), is_sound=True)
    found = (_problems_of(each, texts, path) for each in catalogues.values())
    return tuple(problem for problems in found for problem in problems)


def _problems_of(path: Path, texts: tuple[Located, ...], form: Path) -> Iterator[Problem]:
    try:
        catalogue = load_catalogue(path)
    except CatalogueError as error:
        yield from error.problems
        return
    yield from _at_most(_language_problems(path, catalogue))
    yield from _at_most(_missing(path, catalogue, texts, form))
    yield from _at_most(_out_of_date(path, catalogue))
    yield from _at_most(_left_over(path, catalogue, texts))
    yield from _at_most(_changed(path, catalogue))


def _at_most(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The first of a sort; the last one says how many more there are."""
    found = list(problems)
    yield from found[:MAX_OF_A_SORT]
    more = found[MAX_OF_A_SORT:]
    if more:
        text = f"{len(more)} more texts like the one before"
        yield _warning(Path(more[0].file), more[0].line, text, more[0].fix)


def _warning(path: Path, line: int, message: str, fix: str) -> Problem:
    return Problem(str(path), line, 1, path.parent.name, message, fix, Severity.WARNING)


def _language_problems(path: Path, catalogue: Catalogue) -> Iterator[Problem]:
    language = catalogue.language
    if language == ENGLISH:
        fix = "Change the form file, and remove this catalogue"
        yield _warning(path, 1, "the texts of a form are English in the form file", fix)
    elif language not in LANGUAGES:
        known = [each for each in LANGUAGES if each != ENGLISH]
        fix = did_you_mean(language, known) or f"It has words in: {', '.join(known)}"
        text = f"Intake has no words of its own in ‘{language}’, so the catalogue is not used"
        yield _warning(path, 1, text, fix)
    said = _HEADER_LANGUAGE.search(catalogue.header.words if catalogue.header else "")
    if said and said[1].replace("_", "-").split("-")[0] != language.split("-")[0]:
        fix = f"Write “Language: {language}”, or move the file"
        text = f"the header says that this is ‘{said[1]}’, and the folder that it is ‘{language}’"
        yield _warning(path, catalogue.header.line if catalogue.header else 1, text, fix)


def _missing(
    path: Path, catalogue: Catalogue, texts: tuple[Located, ...], form: Path
) -> Iterator[Problem]:
    """Texts without a translation, at their entry, or in the form where they have none yet."""
    entries = {each.key: each for each in catalogue.entries if not each.is_obsolete}
    translation = catalogue.translation
    seen = set()
    for text, line in texts:
        key = text.context, text.text
        entry = entries.get(key) or entries.get((text.place, text.text))
        if key in seen or translation.of(text) or (entry and entry.words):
            continue
        seen.add(key)
        message = f"‘{_short(text.text)}’ has no translation into ‘{catalogue.language}’"
        if entry:
            yield _warning(path, entry.line, message, "Write it after msgstr")
        else:
            fix = f"Run intake forms extract {form}, and translate it in {path}"
            found = _warning(path, 1, message, fix)
            yield Problem(str(form), line, 1, found.where, message, fix, Severity.WARNING)


def _out_of_date(path: Path, catalogue: Catalogue) -> Iterator[Problem]:
    for entry in catalogue.entries:
        if entry.is_fuzzy and entry.words and not entry.is_obsolete:
            text = f"the translation of ‘{_short(entry.text)}’ is out of date, and is not shown"
            yield _warning(path, entry.line, text, "Put it right, and remove the word fuzzy")


def _left_over(path: Path, catalogue: Catalogue, texts: tuple[Located, ...]) -> Iterator[Problem]:
    wanted = {
        key for text, _ in texts for key in ((text.context, text.text), (text.place, text.text))
    }
    for entry in catalogue.entries:
        if entry.key not in wanted and not entry.is_obsolete:
            place = f" at ‘{entry.context}’" if entry.context else ""
            text = f"the form says ‘{_short(entry.text)}’ nowhere any more{place}"
            yield _warning(path, entry.line, text, "Run intake forms extract, or remove the entry")


def _changed(path: Path, catalogue: Catalogue) -> Iterator[Problem]:
    """Translations that lead or fill in something else than the English does."""
    for entry in catalogue.entries:
        if not entry.words or entry.is_obsolete or entry.is_fuzzy:
            continue
        for sort, pattern in _KEPT.items():
            english, words = _found(pattern, entry.text), _found(pattern, entry.words)
            if sorted(english) != sorted(words):
                lost, new = Counter(english) - Counter(words), Counter(words) - Counter(english)
                yield _warning(path, entry.line, _difference(sort, lost, new), _AS_IT_IS)
                break


_AS_IT_IS = "Write it as the English has it"


def _difference(sort: str, lost: Counter[str], new: Counter[str]) -> str:
    if lost and new:
        return f"the {sort} ‘{next(iter(lost))}’ has become ‘{next(iter(new))}’"
    if lost:
        return f"the {sort} ‘{next(iter(lost))}’ is not in the translation"
    return f"the {sort} ‘{next(iter(new))}’ is in the translation, and not in the English"


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    matches = (next(filter(None, match.groups()), "") for match in pattern.finditer(text))
    return [match.replace(" ", "") for match in matches]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60]}…"


def stray_catalogues(folder: Path) -> tuple[Problem, ...]:
    """Catalogues beside the form files of a folder that belong to none of them."""
    catalogues = sorted(folder.glob("locale/*/*.po"))
    forms = {form_id_in(path) for path in folder.glob("*.json")} if catalogues else set()
    problems = []
    for path in catalogues:
        if path.stem not in forms:
            fix = did_you_mean(path.stem, sorted(forms)) or "Rename or remove it"
            text = f"there is no form ‘{path.stem}’ in {folder}"
            problems.append(_warning(path, 1, text, fix))
    return tuple(problems)


def form_id_in(path: Path) -> str:
    """The id of the form in a file, without loading it; whatever is wrong is said elsewhere."""
    try:
        identity = json.loads(read_bytes(path))["$id"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        identity = None
    return form_id(identity, str(path))
