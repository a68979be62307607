"""One signed call to a partner's system: to a public address only, and to no other place.

The signature is that of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over
"id.timestamp.body" with the webhook's own secret.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import secrets
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Timer
from urllib.parse import urlsplit

from intake.outbox import WorkFailed

TIMEOUT = 10  # seconds for each step of the call
MOST_TIME = 30  # seconds for all of it: far within a lease
PORTS = frozenset({443, 8443})
LONGEST_URL = 500
PREFIX = "whsec_"
SECRET_BYTES = 32
GONE = 410  # Standard Webhooks: the receiver wants no more


class BadAddress(ValueError):  # noqa: N818 — said to the user
    """Raised if a webhook's address cannot be used; the text says why, and what to write."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: the name to ask for, and the path."""

    host: str
    port: int
    path: str


def new_secret() -> str:
    """A fresh secret, as its owner copies it into their system."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature`` of one call."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def target_of(url: str) -> Target:
    """Read an address: https, a name, no user, port 443 or 8443. Raises BadAddress."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or 443
    except ValueError as error:
        raise BadAddress("Enter an address that starts with https://") from error
    if parts.scheme != "https" or not parts.hostname or len(url) > LONGEST_URL:
        raise BadAddress("Enter an address that starts with https://")
    if parts.username or parts.password:
        raise BadAddress("Enter the address without a user name or password")
    if port not in PORTS:
        raise BadAddress("Enter an address on port 443 or 8443")
    if not url.isascii() or any(character <= " " for character in url):
        raise BadAddress("Enter an address without spaces or special letters")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.hostname, port, path)


def public_addresses(host: str, port: int) -> tuple[str, ...]:
    """The network addresses of a host. Raises BadAddress if it has none, or one that is not open
    to the internet: a call from here must not reach what only this network can."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadAddress("There is no such host") from error
    addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
    if not addresses or not all(is_public(each) for each in addresses):
        raise BadAddress("Enter an address that is open to the internet")
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is of the internet: not private, local, shared or reserved, also if
    it is an IPv4 address inside an IPv6 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:  # no longer given out, and never of the internet
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Connect = Callable[[Target, str], http.client.HTTPConnection]


def connection(target: Target, address: str) -> http.client.HTTPConnection:
    """A connection to exactly this network address, whose certificate is of the target's name."""
    return _Pinned(target, address)


def post(
    url: str,
    body: bytes,
    *,
    secret: str,
    message_id: str,
    now: datetime,
    connect: Connect | None = None,
) -> None:
    """Deliver one message. Raises WorkFailed unless the answer is 2xx; redirects are not followed.

    The name is looked up here, and the address that was checked is the one that is called.
    """
    try:
        target = target_of(url)
        address = public_addresses(target.host, target.port)[0]
    except BadAddress as error:
        raise WorkFailed(f"its address cannot be used: {error}") from error
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "intake-webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }
    status = _call((connect or connection)(target, address), target, body, headers)
    if not http.client.OK <= status < http.client.MULTIPLE_CHOICES:
        raise WorkFailed(f"it answered {status}", is_permanent=status == GONE)


def _call(
    opened: http.client.HTTPConnection, target: Target, body: bytes, headers: Mapping[str, str]
) -> int:
    """The status of the answer; its body is not read. A drip of bytes ends with the whole time."""
    end = Timer(MOST_TIME, _cut_off, [opened])
    end.start()
    try:
        opened.request("POST", target.path, body=body, headers=dict(headers))
        return opened.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise WorkFailed(f"it did not answer: {type(error).__name__}") from error
    finally:
        end.cancel()
        opened.close()


def _cut_off(opened: http.client.HTTPConnection) -> None:
    if opened.sock is not None:
        with suppress(OSError):  # it has just been closed
            opened.sock.shutdown(socket.SHUT_RDWR)


class _Pinned(http.client.HTTPSConnection):
    """An HTTPS connection to a network address that was checked before."""

    def __init__(self, target: Target, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(target.host, target.port, timeout=TIMEOUT, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
