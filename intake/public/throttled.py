"""How often one address, link or form may do what costs us: beyond, a page says what to do.

The limits are far above what a ward, a school or a whole council behind one address does. They are
for machines; whoever meets one all the same loses nothing, and is told how long to wait.
"""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from flask import request

from intake.app_state import clock, settings, state
from intake.public.blueprint import page, public
from intake.public.form_here import contact_here
from intake.rates import IN_MEMORY, OFF, Counters, counted
from intake.throttling import Limit

TEN_MINUTES, DAY = timedelta(minutes=10), timedelta(days=1)
BY_ADDRESS = {  # endpoint of a POST → how often one address may do it
    "public.use_link": Limit("links", 300, TEN_MINUTES),
    "public.confirm": Limit("confirm", 200, TEN_MINUTES),
    "public.start_form": Limit("starts", 120, TEN_MINUTES),
    "public.submit": Limit("submissions", 300, TEN_MINUTES),
    "public.ask": Limit("asking", 30, TEN_MINUTES),
    "public.send_link": Limit("come-back-mails", 30, TEN_MINUTES),
    "public.take_way_back": Limit("come-back-codes", 100, TEN_MINUTES),
}
UPLOADS = Limit("uploads", 200, TEN_MINUTES)  # by address: pages with files that are sent
# by address: MiB with their pages, whatever becomes of them
UPLOADED = Limit("uploaded", 2048, DAY)
UPLOADS_OF_DRAFT = Limit("draft-uploads", 100, TEN_MINUTES)
STARTS_A_DAY = Limit("starts-a-day", 2000, DAY)  # drafts by address
OPENINGS_OF_LINK = Limit("openings", 300, TEN_MINUTES)
STARTS_OF_FORM = Limit("form-starts", 6000, TEN_MINUTES)  # a form that is in the news has 600


@dataclass
class TooMany(Exception):  # noqa: N818
    """Raised if something is done too often; ``wait`` is in seconds."""

    wait: int


@public.before_request
def count_address() -> None:
    """Count what is posted by its address. Raises TooMany."""
    limit = BY_ADDRESS.get(request.endpoint or "") if request.method == "POST" else None
    if limit:
        refuse_too_many_from_here(limit)


def requester() -> str:
    """The network that the request comes from; empty if nobody knows it.

    Behind a proxy that the settings do not know, all visitors have one address: it says nothing.
    """
    if not request.remote_addr or is_behind_unknown_proxy():
        return ""
    return network_of(request.remote_addr)


def refuse_too_many_from_here(limit: Limit, amount: int = 1) -> None:
    """Count one attempt, or an amount, of the request's address. Raises TooMany."""
    if who := requester():
        refuse_too_many(limit, who, amount)


def refuse_too_many(limit: Limit, who: str, amount: int = 1) -> None:
    """Count one attempt, or an amount. Raises TooMany."""
    here = state()
    if here.settings.throttle == OFF:
        return
    counters = None
    if here.settings.throttle == IN_MEMORY:
        if here.counters is None:
            here.counters = Counters()
        counters = here.counters
    found = counted(limit, who, clock(), counters, amount)
    if not found.is_allowed:
        raise TooMany(found.retry_after)


def is_behind_unknown_proxy() -> bool:
    """Whether the request was passed on by somebody whom the settings do not know.

    Anybody can send the header, so it is believed only of who is near, as a proxy in front is: a
    stranger who adds it is counted all the same.
    """
    is_passed_on = "X-Forwarded-For" in request.headers and not settings().trusted_proxies
    return is_passed_on and is_near(request.remote_addr or "")


def is_near(address: str) -> bool:
    """Whether an address is of the same machine or network, and not of the internet."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return True  # a socket of this machine
    return not known.is_global


def network_of(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return known.packed[:8].hex()


@public.errorhandler(TooMany)
def too_many(error: TooMany) -> tuple[str, int, dict[str, str]]:
    """Say how long to wait, and that nothing is lost."""
    from intake.public.page_files import read_away

    read_away()
    minutes, contact = -(-error.wait // 60), contact_here()
    answer = page("too_many", 429, minutes=minutes, contact=contact)
    return *answer, {"Retry-After": str(error.wait)}
