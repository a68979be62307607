"""The status page: how far it is what somebody sent, and withdraw."""

from hmac import compare_digest

from flask import redirect, request
from werkzeug.wrappers import Response

from intake.app_state import settings
from intake.public.blueprint import page, public, refuse_other_sites
from intake.public.drafting import NotFromOurPage
from intake.public.team_kinds import kind_in
from intake.public.way_out import way_out_of
from intake.request_language import gettext, request_language
from intake.sealing import BadToken, LinkCapability, derive, read
from intake.sealing.weblinks import STATUS
from intake.services.following import Following, NotFollowed, follow
from intake.services.hearing import ask_to_withdraw
from intake.services.telling_sender import stop_news
from renderers import day_in_words, in_words

ADDED = "added"  # in the address to which *send us more* leads


@public.get("/s/<token>")
def show_status_link(token: str) -> tuple[str, int]:
    """A page without detail and one button. It changes nothing."""
    try:
        following = follow(token)
    except (BadToken, NotFollowed):
        return page("no_status", 404)
    return page("status_link", **way_out_of(*following.form))


@public.post("/s/<token>")
def use_status_link(token: str) -> Response | tuple[str, int]:
    """Exchange the token for a cookie, and go on at an address without it."""
    refuse_other_sites()
    try:
        follow(token)
    except (BadToken, NotFollowed):
        return page("no_status", 404)
    return keep_token(token)


def keep_token(token: str) -> Response:
    """To the status page, with the token in a cookie until the browser is closed."""
    name = handle(read(settings().secret_keys, token, STATUS))
    response = redirect(f"/status/{name}", 303)
    response.set_cookie(
        cookie_name(name),
        token,
        path="/",
        secure=settings().is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


@public.get("/status/<name>")
def status(name: str) -> tuple[str, int]:
    """How far it is, in words that put nobody in danger."""
    was_added = ADDED in request.args
    return status_page(
        followed(name), gettext("We have added it to what you sent.") if was_added else ""
    )


@public.post("/status/<name>/stop-emails")
def stop_emails(name: str) -> tuple[str, int]:
    """Send no more emails, and forget the address."""
    following = posted_by_holder(name)
    stop_news(following.capability.link_id)
    return status_page(followed(name), gettext("We send you no more emails."))


@public.get("/status/<name>/withdraw")
def ask_withdraw(name: str) -> tuple[str, int]:
    """What withdrawing does, and a button."""
    following = followed(name)
    return page(
        "withdraw",
        **way_out_of(*following.form),
        csrf_token=csrf(following.capability),
        back=f"/status/{name}",
    )


@public.post("/status/<name>/withdraw")
def take_withdraw(name: str) -> tuple[str, int]:
    """Tell the teams that the sender wants it back."""
    following = posted_by_holder(name)
    ask_to_withdraw(following)
    return status_page(followed(name), gettext("We have told the teams."))


def status_page(following: Following, notice: str = "") -> tuple[str, int]:
    """The status page."""
    language = request_language()
    by = max((step.answer_by for step in following.steps if step.answer_by), default=None)
    gone = following.withdrawn_at
    return page(
        "status",
        **way_out_of(*following.form),
        following=following,
        kinds=[kind_in(language, step.kind) for step in following.steps],
        sent_at=in_words(following.submitted_at, language),
        answer_by=day_in_words(by, language) if by else "",
        withdrawn=day_in_words(gone, language) if gone else "",
        days=[day_in_words(at, language) for _, _, at in following.points or ()],
        csrf_token=csrf(following.capability),
        here=f"/status/{handle(following.capability)}",
        notice=notice,
    )


def followed(name: str) -> Following:
    """What this browser follows. Raises NotFollowed."""
    token = request.cookies.get(cookie_name(name), "")
    try:
        following = follow(token)
    except BadToken as error:
        raise NotFollowed from error
    if not compare_digest(handle(following.capability).encode(), name.encode()):
        raise NotFollowed
    return following


def posted_by_holder(name: str) -> Following:
    """The same for what was posted from our own page. Raises NotFollowed, NotFromOurPage."""
    refuse_other_sites()
    following = followed(name)
    token = request.form.get("csrf_token", "")
    if not compare_digest(token.encode("utf-8", "replace"), csrf(following.capability).encode()):
        raise NotFromOurPage
    return following


@public.errorhandler(NotFollowed)
def not_followed(_error: NotFollowed) -> tuple[str, int]:
    """No cookie, another's, or a case that is gone: nobody learns which."""
    return page("no_status", 404)


def handle(capability: LinkCapability) -> str:
    """What a status page is called in addresses: it tells nothing."""
    return derive(capability.secret, "status-handle", capability.link_id)[:8].hex()


def csrf(capability: LinkCapability) -> str:
    """The CSRF token of its pages."""
    return derive(capability.secret, "status-csrf", capability.link_id).hex()


def cookie_name(name: str) -> str:
    """The cookie that a status link's token is kept in."""
    prefix = "__Host-" if settings().is_https else ""
    return f"{prefix}intake-status-{name}"
