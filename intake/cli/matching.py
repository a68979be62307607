"""`intake matching`: finding the same person again."""

import sys

import click
from flask.cli import with_appcontext

from intake.cli.failures import json_option, print_json
from intake.services.matching_again import count_outdated, queue_outdated


@click.group()
def matching() -> None:
    """Suggest who may be the same person.

    \b
    Example:
      intake matching again
    """


@matching.command()
@json_option
@with_appcontext
def again(as_json: bool) -> None:
    """Have the worker compare what was never compared, or by other weights.

    After an upgrade that brought matching, and after a change of INTAKE_MATCHING_WEIGHTS. What
    somebody decided stays.

    \b
    Example:
      intake matching again
    """
    total, queued = count_outdated(), 0
    with click.progressbar(length=total, label="Queueing", file=sys.stderr) as bar:
        for done in queue_outdated():
            queued += done
            bar.update(done)
    if as_json:
        print_json({"queued": queued})
    else:
        click.echo(f"Queued for the worker: {queued} of {total}.")
