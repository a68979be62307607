"""`intake worker`: send what waits in the outbox, until told to stop."""

import signal
from threading import Event
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from intake.app_state import settings
from intake.worker import run_forever, run_once


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@with_appcontext
def worker(once: bool) -> None:
    """Send messages and index submissions, as they become due.

    Start as many as you want: each piece of work is taken by one of them. It ends after the piece
    under way when it gets SIGTERM or Ctrl-C.

    \b
    Example:
      INTAKE_ROLE=worker intake worker
    """
    if not settings().can_open:
        raise click.ClickException(
            "INTAKE_ROLE=public cannot open what waits. Start the worker with INTAKE_ROLE=worker "
            "and INTAKE_MASTER_KEY."
        )
    if once:
        click.echo(f"{run_once()} pieces of work taken up", err=True)
        return
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    run_forever(current_app._get_current_object(), stop)  # type: ignore[attr-defined]
