"""`intake demo`: a complete installation in a folder, running."""

import contextlib
import json
import os
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask

from intake import create_app
from intake.database import db
from intake.demo.folder import DemoFolder
from intake.demo.install import SignIn, install, published, ready_links, users_of
from intake.demo.serving import DemoServer, listening_socket


@dataclass(frozen=True, slots=True)
class Ready:
    """What somebody needs to use the demonstration."""

    base_url: str
    links: dict[str, str]
    titles: dict[str, str]
    staff: list[dict[str, str]]
    folder: Path

    def line(self) -> str:
        """The one line of --json."""
        return json.dumps(
            {
                "base_url": self.base_url,
                "links": self.links,
                "staff": self.staff,
                "mail_url": self.mail_url,
                "dir": str(self.folder),
                "pid": os.getpid(),
            }
        )

    @property
    def mail_url(self) -> str:
        """Where delivered mail is shown."""
        return f"{self.base_url}/demo/mail"

    def page(self) -> str:
        """The same for a person at a terminal."""
        width = max(map(len, self.titles.values()))
        wide = max(len(each["email"]) for each in self.staff)
        lines = [
            "",
            f"Intake is running at {self.base_url}",
            "",
            "Follow a link as the person who was sent it:",
            *(f"  {self.titles[form]:{width}}  {url}" for form, url in self.links.items()),
            "",
            f"Sign in as staff at {self.base_url}/staff/sign-in:",
            *(
                f"  {each['email']:{wide}}  {each['password']:36}  {each['team']}, {each['role']}"
                for each in self.staff
            ),
            "",
            f"Read the mail that was delivered:  {self.mail_url}",
            f"Everything lies in:                {self.folder}",
            f"Use other commands on it:          set -a; . {self.folder}/settings.env; set +a",
            "",
            "Stop it with Ctrl+C. Everybody in it is made up.",
        ]
        return "\n".join(lines)


@click.command("demo")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to make it in, or to use again. Left out: a temporary one, deleted at the end.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when it is ready.")
def demo(folder: Path | None, port: int, no_browser: bool, as_json: bool) -> None:
    """Run a demonstration with made-up cases, mail in a folder, and links ready to click.

    \b
    Example:
      intake demo --dir intake-demo --port 8000 --no-browser
    """
    with _folder(folder) as path:
        try:
            listener = listening_socket(port)
        except OSError as error:
            raise click.ClickException(
                f"Port {port} cannot be used ({error.strerror}). Choose another, or --port 0."
            ) from error
        where = DemoFolder(path)
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        tell = (lambda _text: None) if as_json else (lambda text: click.echo(f"{text} …"))
        with _log_to(where):
            app = create_app(where.prepare(base_url))
            ready = make_ready(app, where, base_url, tell)
            server = DemoServer(app, listener)
            server.start()
            click.echo(ready.line() if as_json else ready.page())
            sys.stdout.flush()
            if not (no_browser or as_json):
                webbrowser.open(base_url)
            server.wait()


def make_ready(app: Flask, where: DemoFolder, base_url: str, tell: Callable[[str], None]) -> Ready:
    """Set up what is missing, and issue links in place of those that were used."""
    with app.app_context():
        state: dict[str, Any] = where.remembered() if where.is_complete else _install(where, tell)
        sign_ins = [SignIn(**each) for each in state["staff"]]
        links = ready_links(state["links"], users_of(sign_ins))
        where.remember({**state, "links": links})
        titles = {form_id: form.title for form_id, form in published().items()}
    return Ready(
        base_url=base_url,
        links={form_id: base_url + link["path"] for form_id, link in links.items()},
        titles=titles,
        staff=[
            {"email": each.email, "password": each.password, "team": each.team, "role": each.role}
            for each in sign_ins
        ],
        folder=where.path,
    )


def _install(where: DemoFolder, tell: Callable[[str], None]) -> dict[str, Any]:
    """Install into a folder that an interrupted run may have left half-made."""
    for leftover in where.path.glob("intake.sqlite3*"):
        leftover.unlink()
    for message in where.mail.glob("*.eml"):
        message.unlink()
    with lasting_only_at_the_end():
        return install(tell)


@contextlib.contextmanager
def lasting_only_at_the_end() -> Iterator[None]:
    """Spare a thousand waits for the disk: a demonstration that is half made is made again."""
    sa.event.listen(db.engine, "connect", no_waiting)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "connect", no_waiting)
        db.session.remove()
        db.engine.dispose()  # connections that are made from now on wait for the disk again


def no_waiting(connection: Any, _record: Any) -> None:
    """Let a connection return before the disk has everything."""
    connection.execute("PRAGMA synchronous=OFF")


@contextlib.contextmanager
def _folder(chosen: Path | None) -> Iterator[Path]:
    """The folder that was chosen, or a temporary one."""
    if chosen is not None:
        yield chosen.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="intake-demo-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@contextlib.contextmanager
def _log_to(where: DemoFolder) -> Iterator[None]:
    """Send the log into the folder, so that the terminal keeps the links; faults come out here."""
    where.path.mkdir(parents=True, exist_ok=True)
    with (
        where.log.open("a", encoding="utf-8", buffering=1) as log,
        contextlib.redirect_stderr(log),
    ):
        yield
