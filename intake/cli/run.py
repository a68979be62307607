"""`intake run`: the development server, with the worker beside it."""

from threading import Event, Thread

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from werkzeug.serving import WSGIRequestHandler, run_simple

from form_definitions import FormFileError
from intake.app_state import settings
from intake.cli.failures import Failure, problems_failure
from intake.services.publishing import publish_files
from intake.worker import run_forever
from referral_router import RuleFileError


class QuietRequestHandler(WSGIRequestHandler):
    """Logs no address: the application's own log has the request without its secrets."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(0, 65535))
@with_appcontext
def run(host: str, port: int) -> None:
    """Serve on this machine while developing: publishes the forms on disk, and sends the mail.

    In production, use a real server: gunicorn wsgi:app

    \b
    Example:
      INTAKE_ENVIRONMENT=development intake run --port 8000
    """
    if settings().environment == "production":
        raise Failure(
            "`intake run` is for development. Set INTAKE_ENVIRONMENT=development, "
            "or serve with: gunicorn wsgi:app"
        )
    publish()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    click.echo(f"Serving on http://{host}:{port}", err=True)
    serve(app, host, port)


def publish() -> None:
    """Publish what is on disk, in place of what was published. Raises BadInput for a bad file."""
    try:
        publish_files(replace=True)
    except (FormFileError, RuleFileError) as error:
        raise problems_failure(error.problems) from error


def serve(app: Flask, host: str, port: int) -> None:
    """Serve until Ctrl-C, with a worker in a thread of its own."""
    stop = Event()
    worker = Thread(target=run_forever, args=(app, stop), daemon=True)
    if app.extensions["intake"].settings.can_open:
        worker.start()
    try:
        run_simple(host, port, app, threaded=True, request_handler=QuietRequestHandler)
    finally:
        stop.set()
