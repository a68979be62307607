"""SMTP: one conversation a message; refusals that pass told apart from those that stay."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote

from intake import delivery
from intake.delivery import DeliveryFailed

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
# 530 and 535 answer our sign-in, not this message: someone will put the settings right
SIGN_IN_CODES = (530, 534, 535, 538)


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server, from INTAKE_MAIL_URL."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def server_of(url: SplitResult) -> Server:
    """The server that a mail URL names; the user and password may be percent-encoded."""
    return Server(
        scheme=url.scheme,
        host=url.hostname or "localhost",
        port=url.port or PORTS[url.scheme],
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
    )


def deliver(message: EmailMessage, server: Server) -> None:
    """Hand a message over. Raises DeliveryFailed; once the server said 250 it never does."""
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


def check(server: Server) -> None:
    """Connect and sign in, and send nothing. Raises DeliveryFailed."""
    with _connected(server):
        pass


@contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    """A conversation with the server, encrypted and signed in as its URL says.

    However it says goodbye, what was done stays done: a message that was accepted and is sent
    again because of a strange answer to QUIT would arrive twice.
    """
    try:
        connection = _open(server)
        try:
            if server.user:
                connection.login(server.user, server.password)
            yield connection
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
        finally:
            connection.close()
    except smtplib.SMTPResponseException as error:
        raise DeliveryFailed(f"the mail server answered {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryFailed(f"the mail server: {type(error).__name__}") from error


def _open(server: Server) -> smtplib.SMTP:
    timeout = delivery.TIMEOUT
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=timeout)
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
