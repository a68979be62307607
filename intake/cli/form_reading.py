"""Read a form file for a command, or fail with its problems."""

from pathlib import Path

from form_definitions import FormDefinition, FormFileError, load_form
from intake.cli.failures import problems_failure


def read_form(path: Path) -> FormDefinition:
    """Load a form file, or fail with its problems: exit status 2."""
    try:
        return load_form(path)
    except FormFileError as error:
        raise problems_failure(error.problems) from error
