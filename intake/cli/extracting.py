"""`intake forms extract`: the texts of forms as gettext catalogues, for translators."""

import re
from pathlib import Path
from typing import Any

import click

from form_definitions import FormFileError, shipped_forms
from form_definitions.catalogues import (
    Catalogue,
    catalogue_path,
    catalogue_paths,
    load_catalogue,
    write_catalogue,
)
from form_definitions.extracting import Extraction, extracted
from form_definitions.loading import compile_document, read_document, read_file, texts_in
from intake.cli.checking import FORM_FILE
from intake.cli.failures import BadInput, Failure, json_option, print_json, problems_failure

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@click.command("extract")
@click.argument("files", nargs=-1, type=FORM_FILE)
@click.option("--language", help="Only this language; its catalogue is made if there is none.")
@json_option
def extract(files: tuple[Path, ...], language: str | None, as_json: bool) -> None:
    """Bring the catalogues of form files up to date; without FILES, those that are shipped.

    The catalogue of a form is locale/LANGUAGE/FORM.po beside its file. New texts are added to it,
    the words of a text that has changed are marked fuzzy, and those of a text that is gone are
    kept as obsolete: nothing that a translator wrote is lost. Where a form that is named has no
    catalogue yet, and no --language is given, it writes the template locale/FORM.pot.

    \b
    Example: intake forms extract my-forms/food-parcel.json --language cy
    """
    if language is not None and not LANGUAGE.fullmatch(language):
        raise BadInput(f"--language: “{language}” is no language. Write cy for Welsh.")
    paths = files or _with_catalogues(language)
    reports = [report for path in paths for report in _extract(path, language)]
    if as_json:
        print_json(reports)
        return
    for report in reports:
        click.echo(_line(report))


def _with_catalogues(language: str | None) -> tuple[Path, ...]:
    """The shipped forms; without a language, those that have a catalogue."""
    shipped = shipped_forms().items()
    return tuple(path for form_id, path in shipped if language or catalogue_paths(path, form_id))


def _extract(path: Path, language: str | None) -> list[dict[str, Any]]:
    try:
        document = read_document(read_file(path), str(path))
        form_id = compile_document(document, str(path)).id
        texts = texts_in(document, str(path))
        written = []
        for target, before in _catalogues(path, form_id, language):
            result = extracted(texts, path.name, before)
            _write(target, result)
            about = {"form": form_id, "file": str(target), "language": before.language or None}
            written.append({**about, **result.counts})
    except FormFileError as error:
        raise problems_failure(error.problems) from error
    return written


def _catalogues(path: Path, form_id: str, language: str | None) -> list[tuple[Path, Catalogue]]:
    """The files to write, each with what is in it now."""
    there = catalogue_paths(path, form_id)
    if language is not None:
        new = catalogue_path(path, form_id, language)
        return [(new, load_catalogue(new) if language in there else Catalogue(language))]
    if there:
        return [(each, load_catalogue(each)) for each in there.values()]
    return [(path.parent / "locale" / f"{form_id}.pot", Catalogue(""))]


def _write(path: Path, result: Extraction) -> None:
    text = write_catalogue(result.catalogue)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    except OSError as error:
        raise Failure(f"{error.filename or path}: cannot be written ({error.strerror})") from error


def _line(report: dict[str, Any]) -> str:
    states = {"missing": "without a translation", "fuzzy": "out of date", "obsolete": "gone"}
    said = [f"{report[key]} {words}" for key, words in states.items() if report[key]]
    total = f"{report['texts']} texts"
    return f"{report['file']}: {', '.join([total, *said])}"
