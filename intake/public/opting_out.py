"""The way out of campaigns: a page with a button, and what the button does."""

from intake.public.blueprint import page, public
from intake.sealing import BadToken
from intake.services.opting_out import WayOut, find_way_out, opt_out


@public.get("/o/<token>")
def ask_way_out(token: str) -> tuple[str, int]:
    """Ask before anything changes: mail scanners follow links."""
    try:
        return _answer("opt_out", find_way_out(token))
    except BadToken:
        return _answer("opt_out", None)


@public.post("/o/<token>")
def take_way_out(token: str) -> tuple[str, int]:
    """Stop the messages. A mail program presses this button too, without a page (RFC 8058).

    It needs no protection against other sites: the address is the capability, and what it does is
    what its holder may do anyway.
    """
    try:
        return _answer("opted_out", opt_out(token))
    except BadToken:
        return _answer("opted_out", None)


def _answer(template: str, way: WayOut | None) -> tuple[str, int]:
    """An address that was not made here is answered like one whose campaign is gone."""
    if way is None:
        return page("no_way_out", 404)
    return page(template, organisation=way.organisation_name)
