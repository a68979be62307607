"""`intake directory`: who there is to refer to."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from intake.services.directory_storing import load_directory_file
from intake.services.key_care import complete_team_keys
from referral_router import DirectoryError


class BadDirectory(click.ClickException):
    """The file cannot be used: exit status 2."""

    exit_code = 2


@click.group()
def directory() -> None:
    """Teams, services and areas, and which team gives which service where.

    \b
    Example:
      intake directory load directory.json
    """


@directory.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@with_appcontext
def load(file: Path, as_json: bool) -> None:
    """Store a directory file in place of the one before. New teams get a key of their own.

    \b
    Example:
      intake directory load directory.json
    """
    try:
        loaded = load_directory_file(file)
    except DirectoryError as error:
        raise BadDirectory(str(error)) from error
    complete_team_keys()
    counts = {name: len(getattr(loaded, name)) for name in ("teams", "services", "areas")}
    if as_json:
        click.echo(json.dumps(counts))
    else:
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
