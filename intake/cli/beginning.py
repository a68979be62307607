"""`intake forms new`: a small form that works, and an editor that knows the form language."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from form_definitions import SCHEMA_PATH
from intake.cli.failures import BadInput, Failure, json_option, print_json

EDITOR = Path(__file__).parent / "editor"
SCHEMA_NAME = SCHEMA_PATH.name
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@click.command("new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--title", help="The heading of the form; made from the file's name unless given.")
@click.option("--no-editor", is_flag=True, help="Write no settings for Visual Studio Code.")
@json_option
def new(file: Path, title: str | None, no_editor: bool, as_json: bool) -> None:
    """Write a small form that works, to change into your own. A file is never replaced.

    The first time in a folder, a folder .vscode is written beside the form, with which Visual
    Studio Code completes keys, marks mistakes and checks the form.

    \b
    Example: intake forms new quiet-room.json --title "Ask for a quiet room"
    """
    form_id = _form_id(file)
    text = (EDITOR / "new-form.json").read_text("utf-8")
    words = {
        "SCHEMA": _schema_beside(file),
        "FORM_ID": form_id,
        "TITLE": title or form_id.replace("-", " ").capitalize(),
    }
    for word, value in words.items():
        text = text.replace(f'"{word}"', json.dumps(value, ensure_ascii=False))
    try:
        written = [_write(file, text)]
        written += [] if no_editor else _write_editor_settings(file.parent)
    except FileExistsError as error:
        raise BadInput(f"{file}: it exists already. Choose another name.") from error
    except (OSError, ValueError) as error:
        raise Failure(f"{file}: cannot be written ({error})") from error
    if as_json:
        print_json({"form": form_id, "written": [str(path) for path in written]})
        return
    for path in written:
        click.echo(str(path))
    click.echo(f"Look at it while you change it: intake forms preview {file}", err=True)


def _form_id(file: Path) -> str:
    if file.suffix != ".json" or not _ID.fullmatch(file.stem):
        raise BadInput(
            f"{file}: a form file is named after its form, in lower case with hyphens, "
            "like quiet-room.json"
        )
    return file.stem


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path


# -- the editor -----------------------------------------------------------------------------------


def _schema_beside(file: Path) -> str:
    """How the form names its schema: one that is near already, else the editor's copy."""
    return f"../{SCHEMA_NAME}" if _has_schema_above(file.parent) else f".vscode/{SCHEMA_NAME}"


def _has_schema_above(folder: Path) -> bool:
    return (folder.absolute().parent / SCHEMA_NAME).is_file()


def _write_editor_settings(folder: Path) -> list[Path]:
    """The settings that are not there yet; the schema is always that of this release."""
    if _has_schema_above(folder):
        return []
    settings = folder / ".vscode"
    settings.mkdir(exist_ok=True)
    copied = settings / SCHEMA_NAME
    shutil.copyfile(SCHEMA_PATH, copied)
    copied.chmod(0o644)  # an installation may keep its own files for nobody to write
    return [copied, *_copied_once(settings)]


def _copied_once(settings: Path) -> Iterator[Path]:
    for name in ("settings.json", "tasks.json"):
        path = settings / name
        if not path.exists():
            yield _write(path, (EDITOR / name).read_text("utf-8"))
