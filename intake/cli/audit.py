"""`intake audit`: check that nobody has touched the audit chain."""

import json
import sys

import click
from flask.cli import with_appcontext

from intake import audit as chain
from intake.cli.failures import json_option

BROKEN = 1  # exit status


def read_head(text: str) -> chain.Head:
    """A head as `intake audit verify` prints it. Raises click.BadParameter."""
    position, _, digest = text.partition(":")
    if not position.isdecimal() or len(digest) != len(chain.START):
        raise click.BadParameter("give a head as it was printed: a number, a colon, 64 characters")
    return chain.Head(int(position), digest)


@click.group()
def audit() -> None:
    """Check the record of who did what.

    \b
    Example:
      intake audit verify
    """


@audit.command()
@click.option(
    "--since", "noted", type=read_head, metavar="HEAD", help="A head that was noted down earlier."
)
@json_option
@with_appcontext
def verify(noted: chain.Head | None, as_json: bool) -> None:
    """Find entries that were altered, removed or put in another order.

    It prints the newest entry's head. Note it down somewhere else: given back with --since, it
    shows that the end of the record was not cut off either. Exit status 1 if anything is wrong.

    \b
    Example:
      intake audit verify --since 1042:9c1f…e07a
    """
    problems, head = chain.verify(noted=noted), chain.head()
    if as_json:
        answer = {"is_whole": not problems, "problems": problems, "head": str(head)}
        click.echo(json.dumps(answer))
    else:
        for problem in problems:
            click.echo(problem, err=True)
        if not problems:
            click.echo(f"The record is whole: {head.position} entries. Note down this head:")
            click.echo(str(head))
    if problems:
        sys.exit(BROKEN)
