"""Open a weblink: a page with one button, and what the button does."""

from flask import redirect
from werkzeug.wrappers import Response

from intake.app_state import clock
from intake.public.begun_here import begun_here, is_open_here
from intake.public.blueprint import page, public, refuse_other_sites
from intake.public.challenged import asked, is_challenged, still_asked
from intake.public.confirming import ask_holder, form_of, is_verified_here
from intake.public.throttled import OPENINGS_OF_LINK, refuse_too_many
from intake.request_language import go_on_in, prefer, request_language
from intake.sealing import BadToken
from intake.services.forms import FormWithdrawn, startable
from intake.services.link_opening import (
    LinkNotUsable,
    LinkState,
    OpenedLink,
    can_go_on,
    exchange,
    open_link,
)
from intake.visitor_cookie import remember


@public.get("/l/<token>")
def show_link(token: str) -> tuple[str, int]:
    """The page of a link. It changes and consumes nothing: mail scanners follow links."""
    try:
        link = open_link(token)
    except BadToken:
        return unusable(token, LinkState.UNKNOWN)
    prefer(link.language)
    if not link.state.is_usable:
        return page("weblink") if is_open_here(link) else unusable(token, link.state)
    if not can_go_on(link):
        return withdrawn()
    begun = "" if link.has_one_draft else begun_here(link.form_id, link.id)
    challenge = asked(f"link:{link.id}") if asks_for_sum(link) else None
    return page("weblink", begun=begun, challenge=challenge)


def asks_for_sum(link: OpenedLink) -> bool:
    """Whether the link is one for everybody, and its form asks browsers for a sum."""
    if link.kind.has_recipient:
        return False
    try:
        return is_challenged(startable(link.form_id, link.version, clock()).definition)
    except FormWithdrawn:
        return False


@public.post("/l/<token>")
def use_link(token: str) -> Response | tuple[str, int]:
    """Exchange the token for a cookie, and go on at an address without it.

    Where the holder is verified first, the token alone gets no more than the page that asks.
    """
    refuse_other_sites()
    try:
        link = open_link(token)
        refuse_too_many(OPENINGS_OF_LINK, link.id)
        prefer(link.language)
        if not link.state.is_usable and is_open_here(link):
            return form_of(link)
        is_verified = is_verified_here(link)
        if link.state.is_usable and not is_verified:
            return ask_holder(token, link) if can_go_on(link) else withdrawn()
        if link.state.is_usable and asks_for_sum(link):
            challenge = still_asked(f"link:{link.id}")
            if challenge:
                return page("weblink", challenge=challenge)
        opened = exchange(token, is_verified=is_verified, language=request_language())
    except BadToken:
        return unusable(token, LinkState.UNKNOWN)
    except LinkNotUsable as refused:
        return unusable(token, refused.state)
    except FormWithdrawn:
        return withdrawn()
    onward = redirect(f"/form/{opened.draft_id}/start", 303)
    return remember(go_on_in(onward, request_language()), opened)


def withdrawn() -> tuple[str, int]:
    """The page of a link whose form was withdrawn: it does not say which form that is."""
    return page("form_withdrawn", 410)


def unusable(token: str, state: LinkState) -> tuple[str, int]:
    """The page of a link that does not work: the same words whatever the reason.

    Only the status differs: 404 for what was never ours, 410 for what has come to its end.
    """
    return page("unusable_link", 404 if state is LinkState.UNKNOWN else 410, token=token)
