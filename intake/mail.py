"""Mail: a message with a plain and an HTML part, into a folder, by SMTP or by GOV.UK Notify."""

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from intake import notify, smtp
from intake.app_state import clock
from intake.config import Settings
from intake.delivery import DeliveryFailed
from intake.notify_service import Service, service_of

# letters outside ASCII as base64 or quoted-printable: a relay may not take 8-bit lines
POLICY = SMTP.clone(cte_type="7bit")


def make_message(
    payload: Mapping[str, Any], *, sender: str, message_id: str, sent_at: datetime
) -> EmailMessage:
    """A multipart message of ``to``, ``subject``, ``text`` and ``html``.

    With ``unsubscribe_url`` it names the address that one can refuse more messages at (RFC 2369;
    by one press where it is https, RFC 8058). ``message_id`` stays the same over retries, so that
    a duplicate can be recognised. Raises DeliveryFailed if a header would hold a line break, or if
    ``to`` is not the one address that mail servers would read in it.
    """
    message = EmailMessage(policy=POLICY)
    try:
        message["From"] = sender
        message["To"] = str(payload["to"])
        message["Subject"] = str(payload["subject"])
    except (ValueError, IndexError) as error:
        raise DeliveryFailed("the address or subject is malformed", is_permanent=True) from error
    if not _is_one_address(message, str(payload["to"])):
        # "=?utf-8?q?a=40example=2Eorg=2C?=b@example.org" is written as one, and read as two
        raise DeliveryFailed("the address is read as another one", is_permanent=True)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    if url := payload.get("unsubscribe_url"):
        message["List-Unsubscribe"] = f"<{url}>"
        if str(url).startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(str(payload["text"]))
    if payload.get("html"):
        message.add_alternative(str(payload["html"]), subtype="html")
    return message


def _is_one_address(message: EmailMessage, given: str) -> bool:
    """Whether the message goes to one address, which stands in what was given as it is."""
    read = [one.addr_spec for one in message["To"].addresses]
    return len(read) == 1 and read[0] in given


def send(message: EmailMessage, settings: Settings, *, is_retry: bool = False) -> None:
    """Hand a message over. Raises DeliveryFailed, which says whether trying again can help.

    ``is_retry``: an earlier attempt may have succeeded without our learning of it.
    """
    url = urlsplit(settings.mail_url)
    if url.scheme == "file":
        _write(message, mail_folder(settings))
    elif uses_notify(settings):
        notify.deliver(message, notify_service(settings), clock(), is_retry=is_retry)
    else:
        smtp.deliver(message, smtp.server_of(url))


def mail_folder(settings: Settings) -> Path:
    """The folder of ``file:/path`` or ``file:///path``."""
    return Path(settings.mail_url.removeprefix("file:").removeprefix("//"))


def check_connection(settings: Settings) -> str:
    """What is wrong with the mail server right now; empty if nothing is. Sends no message."""
    url = urlsplit(settings.mail_url)
    try:
        if uses_notify(settings):
            notify.check(notify_service(settings), clock())
        elif url.scheme != "file":
            smtp.check(smtp.server_of(url))
    except DeliveryFailed as problem:
        return problem.problem
    return ""


def uses_notify(settings: Settings) -> bool:
    """Whether messages go through GOV.UK Notify."""
    return urlsplit(settings.mail_url).scheme.startswith("notify+")


def notify_service(settings: Settings) -> Service:
    """The service that sends our messages.

    Raises DeliveryFailed in a process that was given no key, such as a staff one.
    """
    try:
        return service_of(settings.mail_url, settings.notify_api_key)
    except ValueError as error:
        raise DeliveryFailed(str(error)) from error


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
