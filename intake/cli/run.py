"""`intake run`: the development server."""

import click
from flask import current_app
from flask.cli import with_appcontext
from werkzeug.serving import WSGIRequestHandler, run_simple

from intake.app_state import settings


class QuietRequestHandler(WSGIRequestHandler):
    """Logs no address: the application's own log has the request without its secrets."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(0, 65535))
@with_appcontext
def run(host: str, port: int) -> None:
    """Serve on this machine while developing.

    In production, use a real server: gunicorn wsgi:app

    \b
    Example:
      INTAKE_ENVIRONMENT=development intake run --port 8000
    """
    if settings().environment == "production":
        raise click.ClickException(
            "`intake run` is for development. Set INTAKE_ENVIRONMENT=development, "
            "or serve with: gunicorn wsgi:app"
        )
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    click.echo(f"Serving on http://{host}:{port}", err=True)
    run_simple(host, port, app, threaded=True, request_handler=QuietRequestHandler)
