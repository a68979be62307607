"""Read a form file for a command, in the language that is asked for, or fail with its problems."""

from pathlib import Path

import click

from form_definitions import FormDefinition, FormFileError, load_form
from form_definitions.catalogue_checking import form_id_in
from form_definitions.catalogues import catalogue_paths, load_catalogue
from form_definitions.languages import ENGLISH
from intake.cli.failures import BadInput, problems_failure

in_language = click.option(
    "--language", default=ENGLISH, help="In the words of its catalogue in this language, like cy."
)


def read_form(path: Path, language: str = ENGLISH) -> FormDefinition:
    """Load a form file, or fail with its problems, or for want of a catalogue: exit status 2."""
    try:
        definition = load_form(path)
        if language == ENGLISH:
            return definition
        catalogues = catalogue_paths(path, definition.id)
        if language not in catalogues:
            raise _no_catalogue(path, language, [ENGLISH, *catalogues])
        return load_form(path, translation=load_catalogue(catalogues[language]).translation)
    except FormFileError as error:
        raise problems_failure(error.problems) from error


def catalogue_hashes(path: Path) -> dict[str, str]:
    """The languages of a form file's catalogues, with the hashes of their words."""
    try:
        found = catalogue_paths(path, form_id_in(path))
        return {name: load_catalogue(each).translation.hash for name, each in found.items()}
    except FormFileError as error:
        raise problems_failure(error.problems) from error


def _no_catalogue(path: Path, language: str, known: list[str]) -> BadInput:
    text = f"{path}: has no catalogue in “{language}”, only {', '.join(known)}."
    return BadInput(f"{text} Make one: intake forms extract {path} --language {language}")
