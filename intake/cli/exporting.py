"""`intake forms export`: a form as plain JSON Schema, or as a text that a board can review."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from form_definitions import FormDefinition
from intake.cli.checking import FORM_FILE
from intake.cli.failures import Failure
from intake.cli.form_reading import read_form
from intake.cli.reviewing import review


@click.command("export")
@click.argument("file", type=FORM_FILE)
@click.option(
    "--as",
    "kind",
    required=True,
    type=click.Choice(["schema", "markdown"]),
    help="Plain JSON Schema 2020-12, or every question as Markdown for review.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it here.")
def export(file: Path, kind: str, out: Path | None) -> None:
    """Export a form: its JSON Schema for other programs, or all that it asks for review.

    The schema accepts the answer sets that would be stored, in any validator of JSON Schema.

    \b
    Example: intake forms export breast-pump-loan.json --as markdown --out review.md
    """
    text = _EXPORTS[kind](read_form(file))
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise Failure(f"{out}: cannot be written ({error.strerror})") from error
    click.echo(str(out))


def _schema(definition: FormDefinition) -> str:
    return json.dumps(dict(definition.schema), ensure_ascii=False, indent=2) + "\n"


_EXPORTS: dict[str, Callable[[FormDefinition], str]] = {"schema": _schema, "markdown": review}
