"""`intake forms export`: a form as plain JSON Schema, as a text to review, or on paper."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from form_definitions import FormDefinition
from intake.cli.checking import FORM_FILE
from intake.cli.failures import BadInput, Failure
from intake.cli.form_reading import in_language, read_form
from intake.cli.reviewing import review
from renderers import PrintingNotInstalled, blank_form_pdf


@click.command("export")
@click.argument("file", type=FORM_FILE)
@click.option(
    "--as",
    "kind",
    required=True,
    type=click.Choice(["schema", "markdown", "pdf"]),
    help="Plain JSON Schema 2020-12, Markdown for review, or an empty PDF to write on.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it here.")
@in_language
def export(file: Path, kind: str, out: Path | None, language: str) -> None:
    """Export a form: its JSON Schema for other programs, all that it asks for review, or paper.

    The schema accepts the answer sets that would be stored, in any validator of JSON Schema. The
    PDF is tagged, so that a screen reader can read it; it needs the extra "pdf".

    \b
    Example: intake forms export breast-pump-loan.json --as markdown --out review.md
    """
    if kind == "pdf" and out is None:
        raise BadInput("A PDF is not text: name a file for it with --out")
    content = _exported(read_form(file, language), kind)
    if out is None:
        click.echo(content, nl=False)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Failure(f"{out}: cannot be written ({error.strerror})") from error
    click.echo(str(out))


def _schema(definition: FormDefinition) -> str:
    return json.dumps(dict(definition.schema), ensure_ascii=False, indent=2) + "\n"


def _exported(definition: FormDefinition, kind: str) -> bytes:
    if kind == "pdf":
        try:
            return blank_form_pdf(definition)
        except PrintingNotInstalled as error:
            raise Failure(str(error)) from error
    return _TEXTS[kind](definition).encode()


_TEXTS: dict[str, Callable[[FormDefinition], str]] = {"schema": _schema, "markdown": review}
