"""Delivered mail of a demonstration, at /demo/mail: a folder of .eml files, shown as pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from flask import Blueprint, Flask, Response, abort, render_template

from intake.app_state import settings
from intake.config import Settings
from intake.mail import mail_folder
from intake.services.site import site

MOST_SHOWN = 200  # messages on the list: the newest, which is what somebody looks for
ADDRESS = re.compile(r"https?://[^\s<>\"]+")

bp = Blueprint("demo_mail", __name__, url_prefix="/demo/mail")


@dataclass(frozen=True)
class Delivered:
    """A message as the list shows it."""

    name: str
    to: str
    subject: str
    sent_at: datetime


def init_app(app: Flask) -> None:
    """Show the mailbox, in a demonstration only: elsewhere mail is nobody's to read."""
    made_with: Settings = app.extensions["intake"].settings
    if made_with.environment == "demo" and made_with.mail_url.startswith("file:"):
        app.register_blueprint(bp)


@bp.get("")
def list_messages() -> str:
    """The delivered messages, newest first."""
    newest = sorted(delivered(), key=lambda message: message.sent_at, reverse=True)
    return render_template("demo/mailbox.html", site=site(), messages=newest[:MOST_SHOWN])


@bp.get("/<name>")
def show_message(name: str) -> str:
    """One message: its plain text, with the addresses as links."""
    message = read_message(name)
    return render_template(
        "demo/message.html",
        site=site(),
        name=name,
        message=message,
        sent_at=sent_at(message),
        paragraphs=paragraphs(part_of(message, "plain")),
    )


@bp.get("/<name>/html")
def show_html(name: str) -> Response:
    """The message's HTML part as a mail program shows it: no scripts, nothing from elsewhere."""
    response = Response(part_of(read_message(name), "html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def delivered() -> Iterator[Delivered]:
    """Every message in the folder."""
    for path in mail_folder(settings()).glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        yield Delivered(path.stem, str(message["To"]), str(message["Subject"]), sent_at(message))


def read_message(name: str) -> EmailMessage:
    """The message of that file name; an unknown one is not found."""
    paths = {path.stem: path for path in mail_folder(settings()).glob("*.eml")}
    if name not in paths:
        abort(404)
    return message_from_bytes(paths[name].read_bytes(), policy=policy.default)


def sent_at(message: EmailMessage) -> datetime:
    """When the message was sent, by its own header."""
    return parsedate_to_datetime(str(message["Date"]))


def part_of(message: EmailMessage, subtype: str) -> str:
    """The text of the message's plain or html part; not found if it has none."""
    body = message.get_body((subtype,))
    if body is None:
        abort(404)
    content: str = body.get_content()
    return content


def paragraphs(text: str) -> list[list[tuple[str, bool]]]:
    """The text's paragraphs, each as pieces: (words, whether they are an address)."""
    return [list(pieces(part)) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """A paragraph cut at its addresses."""
    position = 0
    for found in ADDRESS.finditer(text):
        yield text[position : found.start()], False
        yield found.group(), True
        position = found.end()
    yield text[position:], False
