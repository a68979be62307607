"""`intake forms preview`: a server on this machine that shows a form file as it is saved."""

from pathlib import Path

import click
from werkzeug.serving import make_server

from form_definitions import has_errors
from intake.cli.checking import FORM_FILE, problems_of, rules_beside
from intake.cli.failures import Failure, problems_failure
from intake.cli.form_reading import read_form
from intake.cli.previewing import FormOnDisk, preview_app
from intake.demo.serving import QuietHandler, listening_socket

DEFAULT_PORT = 8010


@click.command("preview")
@click.argument("file", type=FORM_FILE)
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True)
@click.option("--rules", type=FORM_FILE, help="The rule file that says where answers would go.")
@click.option("--directory", type=FORM_FILE, help="The teams that rules send to.")
def preview(file: Path, port: int, rules: Path | None, directory: Path | None) -> None:
    """Show every page of a form in a browser, and again whenever its file is saved.

    Each page is there empty, with sample answers and with its errors, as wide as a phone and as a
    desktop. Nothing is stored or sent. Stop it with Ctrl-C.

    \b
    Example: intake forms preview quiet-room.json
    """
    problems = problems_of(file, rules)
    if has_errors(problems):
        raise problems_failure(problems)
    rules = rules or rules_beside(file, read_form(file).id)
    app = preview_app(FormOnDisk(file, rules, directory))
    try:
        listener = listening_socket(port)
    except OSError as error:
        raise Failure(f"Port {port} is taken ({error.strerror}): choose another --port") from error
    number = listener.getsockname()[1]
    server = make_server(
        "127.0.0.1",
        number,
        app,
        threaded=True,
        request_handler=QuietHandler,
        fd=listener.fileno(),
    )
    click.echo(f"http://127.0.0.1:{number}/ shows {file}. Stop it with Ctrl-C.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
