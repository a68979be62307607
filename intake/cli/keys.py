"""`intake keys`: make, list and rotate keys, and open a submission with the recovery key."""

import json
import secrets as randomness
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from intake.cli.failures import BadInput, json_option, print_json
from intake.cli.secret_keys import retire
from intake.sealing import PrivateKey
from intake.sealing.keystore import RECOVERY, TEAM, WORKER
from intake.sealing.recovery_key import BadRecoveryKey, from_paper, to_paper
from intake.services import key_care, secret_keys
from intake.services.resealing import reseal_everything

PRINT_THIS = """\
Print these lines now and lock the paper away. They are shown once and stored nowhere.
Whoever has them and the database can read every submission; without them, answers whose team
keys are lost cannot be read by anybody.
"""


@click.group()
def keys() -> None:
    """Make, list and rotate keys; open a submission with the recovery key.

    \b
    Example:
      intake keys init
    """


@keys.command()
@json_option
def secrets(as_json: bool) -> None:
    """Print fresh values for INTAKE_SECRET_KEYS and INTAKE_MASTER_KEY.

    \b
    Example:
      intake keys secrets >> /etc/intake/settings.env
    """
    fresh = {
        "INTAKE_SECRET_KEYS": randomness.token_urlsafe(32),
        "INTAKE_MASTER_KEY": urlsafe_b64encode(randomness.token_bytes(32)).decode(),
    }
    if as_json:
        print_json(fresh)
        return
    for name, value in fresh.items():
        click.echo(f"{name}={value}")


@keys.command()
@json_option
@with_appcontext
def init(as_json: bool) -> None:
    """Make the worker's key, the recovery key, and one for each team that lacks it.

    The recovery key's private half is printed once. Run it again after teams were added.

    \b
    Example:
      intake keys init
    """
    made = key_care.init_keys()
    if as_json:
        print_json(made_json(made))
        return
    print_made(made)
    if not made.made:
        click.echo("Nothing to do: every team, the worker and recovery have a key.", err=True)


@keys.command("list")
@json_option
@with_appcontext
def list_command(as_json: bool) -> None:
    """List every key: whose it is, its age, and how many submissions are sealed to it.

    Then the secret keys that sign links, by their ids, and how many live links each one signed.

    \b
    Example:
      intake keys list
    """
    lines = key_care.list_keys()
    signing = secret_keys.list_secret_keys()
    if as_json:
        signed = [asdict(line) for line in signing]
        print_json({"keys": [key_json(line) for line in lines], "secret_keys": signed})
        return
    wide = max((len(line.team_id or "–") for line in lines), default=0)
    for line in lines:
        state = f"retired {day(line.retired_at)}" if line.retired_at else "current"
        click.echo(
            f"{line.id}  {line.owner_kind:<8}  {line.team_id or '–':<{wide}}  "
            f"{day(line.created_at)}  {line.copies:>7} sealed  {state}"
        )
    for each in signing:
        click.echo(f"{each.id}  secret key  {each.live_links:>7} live links  {each.place}")


keys.add_command(retire)


@keys.command()
@click.option("--team", "team_id", metavar="TEAM", help="The key of this team.")
@click.option("--worker", "kind", flag_value=WORKER, help="The key of the worker.")
@click.option("--recovery", "kind", flag_value=RECOVERY, help="The recovery key.")
@click.option("--resume", is_flag=True, help="Make no key: only finish a rotation, of any owner.")
@click.option("--no-reseal", is_flag=True, help="Make the key only: the earlier one is lost.")
@json_option
@with_appcontext
def rotate(
    team_id: str | None, kind: str | None, *, resume: bool, no_reseal: bool, as_json: bool
) -> None:
    """Make a new key and seal to it what was sealed to the earlier one.

    Only data keys are sealed anew, never answers. It may be stopped and finished later.

    \b
    Example:
      intake keys rotate --team belfast-pumps
    """
    if resume:
        made, owners = key_care.MadeKeys(()), owners_of_retired_keys()
    elif bool(team_id) == bool(kind):
        raise click.UsageError("Say whose key: --team TEAM, --worker or --recovery.")
    else:
        made, owners = new_key(kind or TEAM, team_id), {(kind or TEAM, team_id)}
    if not as_json:
        print_made(made)
    resealed = 0
    try:
        for batch in () if no_reseal else reseal(owners):
            resealed += batch
            if sys.stderr.isatty():
                click.echo(f"\r{resealed} sealed anew", nl=False, err=True)
    finally:  # a new recovery key is known only now: whatever happens, it is shown
        if as_json:
            print_json({**made_json(made), "resealed": resealed})
        else:
            click.echo(f"\r{resealed} sealed anew", err=True)


@keys.command()
@click.argument("reference")
@click.option(
    "--recovery-key-file",
    "key_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A text file with the eight lines of the recovery key.",
)
@click.option("--reseal-to", "team_id", metavar="TEAM", help="Seal it to this team instead.")
@with_appcontext
def recover(reference: str, key_file: Path, team_id: str | None) -> None:
    """Open one submission with the recovery key and print its answers as JSON.

    Works without INTAKE_MASTER_KEY. With --reseal-to nothing is printed: the team can open the
    submission again.

    \b
    Example:
      intake keys recover BPL-7K2M-9QXT --recovery-key-file recovery.txt
    """
    private_key = read_recovery_key(key_file)
    try:
        if team_id:
            key_care.reseal_recovered(reference, private_key, team_id)
            click.echo(f"{reference} is sealed to {team_id}.", err=True)
        else:
            answers = key_care.recover(reference, private_key).answers
            click.echo(json.dumps(answers, ensure_ascii=False, indent=2))
    except (key_care.SubmissionNotFound, key_care.NoSuchOwner) as error:
        raise BadInput(str(error)) from error


def read_recovery_key(path: Path) -> PrivateKey:
    """The key that was typed into a file. Raises BadInput naming the file and the line."""
    try:
        return from_paper(path.read_text("utf-8"))
    except (BadRecoveryKey, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: {error}") from error


def new_key(kind: str, team_id: str | None) -> key_care.MadeKeys:
    """A new key in the place of the current one. Raises BadInput for an unknown team."""
    try:
        return key_care.new_key(kind, team_id)
    except key_care.NoSuchOwner as error:
        raise BadInput(str(error)) from error


def reseal(owners: set[tuple[str, str | None]]) -> Iterator[int]:
    """Seal everything of these owners to their current keys; yields how many in each batch."""
    for kind, team_id in sorted(owners, key=str):
        yield from reseal_everything(kind, team_id)


def owners_of_retired_keys() -> set[tuple[str, str | None]]:
    """Whose keys were ever rotated."""
    return {(line.owner_kind, line.team_id) for line in key_care.list_keys() if line.retired_at}


def print_made(made: key_care.MadeKeys) -> None:
    """Say which keys were made, and print the recovery key's private half if it is among them."""
    for line in made.made:
        click.echo(f"made {line.id} for {line.team_id or line.owner_kind}", err=True)
    if made.recovery:
        click.echo(PRINT_THIS, err=True)
        click.echo(to_paper(made.recovery), nl=False)


def made_json(made: key_care.MadeKeys) -> dict[str, Any]:
    """The same as JSON."""
    shown: dict[str, Any] = {"keys": [key_json(line) for line in made.made]}
    if made.recovery:
        shown["recovery_key"] = to_paper(made.recovery)
    return shown


def key_json(line: key_care.KeyLine) -> dict[str, Any]:
    """One key as JSON."""
    return {
        "id": line.id,
        "owner": line.owner_kind,
        "team": line.team_id,
        "created_at": line.created_at.isoformat(),
        "retired_at": line.retired_at.isoformat() if line.retired_at else None,
        "copies": line.copies,
    }


def day(at: datetime) -> str:
    """A date for a list."""
    return at.date().isoformat()
