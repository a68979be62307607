"""Which service at GOV.UK Notify sends our messages, as the settings name it."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
API_KEY = re.compile(rf"(?:.+-)?(?P<service>{UUID})-(?P<secret>{UUID})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Service:
    """A service at GOV.UK Notify, from INTAKE_MAIL_URL and INTAKE_NOTIFY_API_KEY."""

    is_encrypted: bool
    host: str
    port: int | None
    template: str
    reply_to: str
    service_id: str
    secret: str = field(repr=False)


def service_of(mail_url: str, api_key: str) -> Service:
    """The service of ``notify+https://host?template=…``. Raises ValueError that says what is wrong.

    The key is as Notify shows it: name, service id and secret, joined by hyphens.
    """
    url = urlsplit(mail_url)
    asked = parse_qs(url.query)
    template, reply_to = asked.get("template", [""])[0], asked.get("reply_to", [""])[0]
    key = API_KEY.fullmatch(api_key)
    if key is None:
        raise ValueError("INTAKE_NOTIFY_API_KEY is not an API key of Notify: name-service-secret.")
    if not re.fullmatch(UUID, template, re.IGNORECASE):
        raise ValueError("INTAKE_MAIL_URL names no template: notify+https://host?template=<id>.")
    return Service(
        is_encrypted=url.scheme == "notify+https",
        host=url.hostname or "",
        port=url.port,
        template=template,
        reply_to=reply_to,
        service_id=key["service"],
        secret=key["secret"],
    )
