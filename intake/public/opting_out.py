"""The way out of campaigns: a page with a button, and what the button does."""

from collections.abc import Callable

from flask import request

from intake.public.blueprint import page, public, refuse_other_sites
from intake.request_language import gettext
from intake.sealing import BadToken
from intake.services.opting_out import WayOut, find_way_out, opt_in, opt_out

WANTED = "1"  # the box is selected


@public.get("/o/<token>")
def ask_way_out(token: str) -> tuple[str, int]:
    """Ask before anything changes: mail scanners follow links."""
    way = _way(token, find_way_out)
    return _answer("opted_out" if way and way.is_taken else "opt_out", way)


@public.post("/o/<token>")
def take_way_out(token: str) -> tuple[str, int]:
    """Stop the messages. A mail program presses this button too, without a page (RFC 8058).

    It needs no protection against other sites: the address is the capability, and what it does is
    what its holder may do anyway.
    """
    return _answer("opted_out", _way(token, opt_out))


@public.post("/o/<token>/again")
def want_them_again(token: str) -> tuple[str, int]:
    """Let the messages come again. The box keeps mail scanners from it that press every button."""
    refuse_other_sites()
    if request.form.get("again") != WANTED:
        error = gettext("Select the box if you want these messages again")
        return _answer("opted_out", _way(token, find_way_out), 422, error)
    return _answer("opted_in", _way(token, opt_in))


def _way(token: str, take: Callable[[str], WayOut | None]) -> WayOut | None:
    """An address that was not made here is answered like one whose campaign is gone."""
    try:
        return take(token)
    except BadToken:
        return None


def _answer(
    template: str, way: WayOut | None, status: int = 200, error: str = ""
) -> tuple[str, int]:
    if way is None:
        return page("no_way_out", 404)
    token = request.view_args["token"] if request.view_args else ""
    return page(template, status, organisation=way.organisation_name, token=token, error=error)
