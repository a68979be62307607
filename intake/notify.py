"""GOV.UK Notify: its HTTP interface, spoken with the standard library alone.

Source: the REST API documentation of GOV.UK Notify (authorisation, "send an email", "get the
status of multiple messages", error codes).
"""

import base64
import hashlib
import hmac
import http.client
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from intake import delivery
from intake.delivery import DeliveryFailed
from intake.notify_service import Service

LARGEST_ANSWER = 256 * 1024  # bytes; an answer repeats the message, which is a few kB
LARGEST_LIST = 8 * 1024 * 1024  # bytes; a list repeats 250 of them
CREATED = 201
ACCEPTED = frozenset({"created", "sending", "pending", "sent", "delivered"})
NO_SUCH_ADDRESS = "permanent-failure"
FAILED = frozenset({NO_SUCH_ADDRESS, "temporary-failure", "technical-failure"})  # none is retried
ERROR_NAME = re.compile(r"[A-Za-z]{1,40}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and what came with it; ``body`` is empty if it did not arrive whole."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def errors(self) -> list[Mapping[str, Any]]:
        """The errors that it names."""
        found = self.body.get("errors")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that Notify took, and could not deliver after all."""

    id: str
    reference: str
    status: str
    created_at: datetime


def deliver(message: EmailMessage, service: Service, now: datetime, *, is_retry: bool) -> None:
    """Hand a message over; its Message-ID is the reference. Raises DeliveryFailed.

    Before a second attempt Notify is asked whether it has that reference: the first answer may
    have been lost on its way.
    """
    reference = str(message["Message-ID"]).strip("<>")
    if is_retry and _is_known(service, reference, now):
        return
    answer = _ask(service, "POST", "/v2/notifications/email", now, _wanted(message, service))
    if answer.status != CREATED:
        raise _refused(answer)


def check(service: Service, now: datetime) -> None:
    """Sign in and send nothing. Raises DeliveryFailed."""
    answer = _ask(service, "GET", "/v2/notifications?reference=none", now)
    if answer.status != http.client.OK:
        raise _refused(answer)


def failures(service: Service, now: datetime, *, older_than: str = "") -> tuple[Failure, ...]:
    """One page of what it could not deliver, newest first, or those after one; empty at the end.

    Raises DeliveryFailed, also if the answer did not arrive whole.
    """
    path = "/v2/notifications?template_type=email&status=failed"
    if older_than:
        path += f"&older_than={quote(older_than, safe='')}"
    answer = _ask(service, "GET", path, now, largest=LARGEST_LIST)
    return tuple(found for one in _listed(answer) if (found := _failure(one)))


def last_status(service: Service, reference: str, now: datetime) -> str:
    """What became of the newest message of a reference; empty if there is none.

    Raises DeliveryFailed.
    """
    listed = _listed(_ask(service, "GET", _by_reference(reference), now))
    found = [(str(one.get("created_at")), str(one.get("status"))) for one in listed]
    return max(found, default=("", ""))[1]


def token(service: Service, now: datetime) -> str:
    """The JSON Web Token of one request: HS256, issued now by the service (RFC 7519)."""
    claims = {"iss": service.service_id, "iat": int(now.timestamp())}
    signed = f"{_part({'typ': 'JWT', 'alg': 'HS256'})}.{_part(claims)}"
    signature = hmac.new(service.secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def _wanted(message: EmailMessage, service: Service) -> dict[str, Any]:
    text = message.get_body(("plain",))
    wanted = {
        "email_address": str(message["To"]),
        "template_id": service.template,
        "personalisation": {
            "subject": str(message["Subject"]),
            "body": text.get_content() if text else "",
        },
        "reference": str(message["Message-ID"]).strip("<>"),
    }
    if service.reply_to:
        wanted["email_reply_to_id"] = service.reply_to
    if message["List-Unsubscribe-Post"]:
        wanted["one_click_unsubscribe_url"] = str(message["List-Unsubscribe"]).strip("<>")
    return wanted


def _is_known(service: Service, reference: str, now: datetime) -> bool:
    """Whether Notify took the message at an earlier attempt. Raises DeliveryFailed."""
    answer = _ask(service, "GET", _by_reference(reference), now)
    statuses = {one.get("status") for one in _listed(answer)}
    if statuses & ACCEPTED:
        return True
    if NO_SUCH_ADDRESS in statuses:
        raise DeliveryFailed("Notify could not deliver to the recipient", is_permanent=True)
    return False


def _by_reference(reference: str) -> str:
    return f"/v2/notifications?reference={quote(reference, safe='')}"


def _listed(answer: Answer) -> list[Mapping[str, Any]]:
    """The messages of a list. Raises DeliveryFailed if it is none, or was cut off."""
    if answer.status != http.client.OK:
        raise _refused(answer)
    found = answer.body.get("notifications")
    if not isinstance(found, list):
        raise DeliveryFailed("Notify's answer was cut off")
    return [one for one in found if isinstance(one, dict)]


def _failure(one: Mapping[str, Any]) -> Failure | None:
    """What could not be delivered; None for what is no message of ours or has not failed."""
    status, created = str(one.get("status")), str(one.get("created_at", ""))
    if status not in FAILED or not one.get("id") or not one.get("reference"):
        return None
    try:
        at = datetime.fromisoformat(created)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Failure(str(one["id"]), str(one["reference"]), status, at)


def _ask(
    service: Service,
    method: str,
    path: str,
    now: datetime,
    body: Mapping[str, Any] | None = None,
    *,
    largest: int = LARGEST_ANSWER,
) -> Answer:
    """One request. A redirect is never followed: the key goes to one host only."""
    connection = _connection(service)
    headers = {"Authorization": f"Bearer {token(service, now)}", "User-Agent": "intake"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, path, body=content, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, _body_of(response, largest))
    except (OSError, http.client.HTTPException) as error:
        raise DeliveryFailed(f"Notify: {type(error).__name__}") from error
    finally:
        connection.close()


def _connection(service: Service) -> http.client.HTTPConnection:
    if service.is_encrypted:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(
            service.host, service.port, timeout=delivery.TIMEOUT, context=context
        )
    return http.client.HTTPConnection(service.host, service.port, timeout=delivery.TIMEOUT)


def _body_of(response: http.client.HTTPResponse, largest: int) -> Mapping[str, Any]:
    """The answer's JSON object. A status that came without its whole body still counts."""
    try:
        body = json.loads(response.read(largest))
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def _refused(answer: Answer) -> DeliveryFailed:
    """Only a wrong address is final: settings, limits and outages are put right by others."""
    names = [str(one.get("error")) for one in answer.errors]
    known = next((name for name in names if ERROR_NAME.fullmatch(name)), "")
    is_permanent = answer.status == http.client.BAD_REQUEST and any(
        str(one.get("message", "")).startswith("email_address") for one in answer.errors
    )
    return DeliveryFailed(
        f"Notify answered {answer.status}{f' ({known})' if known else ''}",
        is_permanent=is_permanent,
    )


def _part(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
