"""Mail: a message with a plain and an HTML part, into a folder or to an SMTP server."""

import hashlib
import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from intake.config import Settings
from intake.outbox import WorkFailed

TIMEOUT = 30  # seconds for each step of the conversation
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
# 530 and 535 answer our sign-in, not this message: someone will put the settings right
SIGN_IN_CODES = (530, 534, 535, 538)


class DeliveryFailed(WorkFailed):
    """Raised if a message could not be handed over; it never holds an address or a word of it."""


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server, from INTAKE_MAIL_URL."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def make_message(
    payload: Mapping[str, Any], *, sender: str, message_id: str, sent_at: datetime
) -> EmailMessage:
    """A multipart message of ``to``, ``subject``, ``text`` and ``html``.

    ``message_id`` stays the same over retries, so that a duplicate can be recognised. Raises
    DeliveryFailed if a header would hold a line break.
    """
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = str(payload["to"])
        message["Subject"] = str(payload["subject"])
    except (ValueError, IndexError) as error:
        raise DeliveryFailed("the address or subject is malformed", is_permanent=True) from error
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    message.set_content(str(payload["text"]))
    if payload.get("html"):
        message.add_alternative(str(payload["html"]), subtype="html")
    return message


def send(message: EmailMessage, settings: Settings) -> None:
    """Hand a message over. Raises DeliveryFailed, which says whether trying again can help."""
    url = urlsplit(settings.mail_url)
    if url.scheme == "file":
        _write(message, mail_folder(settings))
    else:
        _deliver(message, server_of(url))


def mail_folder(settings: Settings) -> Path:
    """The folder of ``file:/path`` or ``file:///path``."""
    return Path(settings.mail_url.removeprefix("file:").removeprefix("//"))


def server_of(url: SplitResult) -> Server:
    """The server that a mail URL names; the user and password may be percent-encoded."""
    return Server(
        scheme=url.scheme,
        host=url.hostname or "localhost",
        port=url.port or PORTS[url.scheme],
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
    )


def check_connection(settings: Settings) -> str:
    """What is wrong with the mail server right now; empty if nothing is. Sends no message."""
    url = urlsplit(settings.mail_url)
    if url.scheme == "file":
        return ""
    try:
        with _connected(server_of(url)):
            return ""
    except DeliveryFailed as problem:
        return problem.problem


def _write(message: EmailMessage, folder: Path) -> None:
    """One file a message, named by its Message-ID: a retry writes the same file again."""
    name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:32]
    target = folder / f"{name}.eml"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = target.with_suffix(".part")
        with open(unfinished, "wb", opener=_private) as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError as error:
        raise DeliveryFailed(f"the mail folder: {error.strerror}") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _deliver(message: EmailMessage, server: Server) -> None:
    with _connected(server) as connection:
        try:
            connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _ in error.recipients.values()), default=0)
            raise _refused("the recipient", code) from error
        except smtplib.SMTPSenderRefused as error:
            raise _refused("the sender", error.smtp_code) from error
        except smtplib.SMTPDataError as error:
            raise _refused("the message", error.smtp_code) from error
        except smtplib.SMTPNotSupportedError as error:
            reason = "the mail server cannot take this kind of address"
            raise DeliveryFailed(reason, is_permanent=True) from error


@contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    """A conversation with the server, encrypted and signed in as its URL says."""
    try:
        with _open(server) as connection:
            if server.user:
                connection.login(server.user, server.password)
            yield connection
    except smtplib.SMTPResponseException as error:
        raise DeliveryFailed(f"the mail server answered {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryFailed(f"the mail server: {type(error).__name__}") from error


def _open(server: Server) -> smtplib.SMTP:
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    if server.scheme == "smtp+starttls":
        try:
            connection.starttls(context=ssl.create_default_context())
        except BaseException:
            connection.close()
            raise
    return connection


def _refused(what: str, code: int) -> DeliveryFailed:
    """5xx refuses for good, unless it is about our sign-in (RFC 5321 section 4.2.1)."""
    is_permanent = code >= 500 and code not in SIGN_IN_CODES
    return DeliveryFailed(f"the mail server refused {what} ({code})", is_permanent=is_permanent)
