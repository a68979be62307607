"""Verify the holder of a link before it opens: the page that asks, and what is typed into it.

The token waits in a cookie of its own, so that it is not in the address, and every link has its
own page: two of them may be open side by side.
"""

from hmac import compare_digest

from flask import redirect, request
from werkzeug.wrappers import Response

from intake.app_state import settings
from intake.public.begun_here import has_key_of
from intake.public.blueprint import page, public, refuse_other_sites
from intake.public.drafting import NotFromOurPage
from intake.public.way_out import way_out_of
from intake.request_language import gettext, go_on_in, ngettext, prefer, request_language
from intake.sealing import BadToken, LinkCapability, derive
from intake.services.forms import FormWithdrawn
from intake.services.link_opening import (
    LinkNotUsable,
    OpenedLink,
    exchange,
    open_link,
    read_token,
    shared_draft,
)
from intake.services.link_terms import Verification
from intake.services.mail_limits import EmailUnsafe
from intake.services.places import TooBusy
from intake.services.verifying import Tried, Verdict, send_code, try_answer
from intake.visitor_cookie import remember

WAITS_FOR = 3600  # seconds; longer than any code, so that another one can be asked for
RETRY_AFTER = "5"  # seconds


def is_verified_here(link: OpenedLink) -> bool:
    """Whether this browser may open the link as it is: it asks nothing, or was shown it here.

    Only after that does a browser have the key of the link's one draft.
    """
    return link.verify is Verification.NONE or has_key_of(link)


def ask_holder(token: str, link: OpenedLink) -> Response | tuple[str, int]:
    """Go to the page that asks; a code is sent, if that is what it asks for."""
    if link.verify is Verification.CODE:
        try:
            send_code(link, language=request_language())
        except EmailUnsafe:
            return no_code(link)
    name = handle(link.capability)
    response = redirect(f"/confirm/{name}", 303)
    response.set_cookie(
        cookie_name(name),
        token,
        max_age=WAITS_FOR,
        path="/",
        secure=settings().is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


@public.get("/confirm/<name>")
def ask_again(name: str) -> Response | tuple[str, int]:
    """The page that asks. Looking at it changes nothing; who was verified here goes on."""
    _token, link = waiting_link(name)
    return form_of(link) if is_verified_here(link) else question(usable(link))


@public.post("/confirm/<name>")
def confirm(name: str) -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Open the link for whoever gives the right answer; or send another code."""
    refuse_other_sites()
    token, link = waiting_link(name)
    if is_verified_here(link):
        return form_of(link)
    usable(link)
    if not compare_digest(request.form.get("csrf_token", "").encode(), csrf(link).encode()):
        raise NotFromOurPage
    if request.form.get("action") == "resend" and link.verify is Verification.CODE:
        return another_code(link)
    try:
        tried = try_answer(link, typed())
    except TooBusy:
        return *page("try_again", 503), {"Retry-After": RETRY_AFTER}
    if tried.verdict is Verdict.LOCKED:
        return page("link_locked", 410, **way_out_of(link.form_id, link.form_version))
    if tried.verdict is not Verdict.RIGHT:
        return question(link, error=problem(link, tried))
    return opened(token)


def form_of(link: OpenedLink) -> Response:
    """Where somebody goes who was verified in this browser, and came back to the page that asks."""
    return redirect(f"/form/{shared_draft(link.capability).draft_id}/start", 303)


def opened(token: str) -> Response | tuple[str, int]:
    """The form, whose key goes into the visitor's cookie only now.

    The cookie that waited stays for its hour: the back button leads to the page that asks.
    """
    try:
        draft = exchange(token, is_verified=True, language=request_language())
    except FormWithdrawn:
        return page("form_withdrawn", 410)
    onward = redirect(f"/form/{draft.draft_id}/start", 303)
    return remember(go_on_in(onward, request_language()), draft)


def another_code(link: OpenedLink) -> tuple[str, int]:
    """The page again, with what became of the wish for another code."""
    try:
        sent = send_code(link, anew=True, language=request_language())
    except EmailUnsafe:
        return no_code(link)
    if sent.is_sent:
        return question(link, notice=gettext("We have sent you a new code."))
    words = ngettext(
        "We have sent several codes. Use the newest, or ask again in {number} minute.",
        "We have sent several codes. Use the newest, or ask again in {number} minutes.",
        sent.minutes_to_wait,
    )
    return question(link, notice=words.format(number=sent.minutes_to_wait))


def no_code(link: OpenedLink) -> tuple[str, int]:
    """The page of a link to whose address no code may go. It does not say why: others may look."""
    return page("no_code", 403, **way_out_of(link.form_id, link.form_version))


def question(link: OpenedLink, *, error: str = "", notice: str = "") -> tuple[str, int]:
    """The page that asks what the link wants to be shown."""
    return page(
        "confirm_holder",
        **way_out_of(link.form_id, link.form_version),
        verify=link.verify.value,
        csrf_token=csrf(link),
        error=error,
        notice=notice,
        answer=request.form if error else {},
    )


def typed() -> str:
    """What was typed: a code, a passphrase, or the parts of a date."""
    parts = [request.form.get(f"answer-{part}", "").strip() for part in ("day", "month", "year")]
    return " ".join(parts) if any(parts) else request.form.get("answer", "")


def problem(link: OpenedLink, tried: Tried) -> str:
    """What is wrong with what was typed, and how many tries are left."""
    if tried.verdict is Verdict.TOO_OLD:
        return gettext("That code is too old. Ask for a new one")
    if tried.verdict is Verdict.EMPTY:
        return EMPTY[link.verify]()
    words = ngettext(
        "That is not right. You can try {number} more time",
        "That is not right. You can try {number} more times",
        tried.tries_left,
    )
    return words.format(number=tried.tries_left)


EMPTY = {
    Verification.CODE: lambda: gettext("Enter the 6 digits of your security code"),
    Verification.DATE_OF_BIRTH: lambda: gettext(
        "Enter your date of birth with a day, a month and a year, like 27 3 1990"
    ),
    Verification.PASSPHRASE: lambda: gettext("Enter the passphrase that you agreed"),
}


def waiting_link(name: str) -> tuple[str, OpenedLink]:
    """The link that waits in this browser for its holder, usable or not. Raises NothingWaits."""
    token = request.cookies.get(cookie_name(name), "")
    try:
        capability = read_token(token)
        if handle(capability) != name:
            raise NothingWaits
        link = open_link(token)
    except BadToken as error:
        raise NothingWaits from error
    prefer(link.language)
    return token, link


def usable(link: OpenedLink) -> OpenedLink:
    """The link, if it opens. Raises LinkNotUsable."""
    if not link.state.is_usable:
        raise LinkNotUsable(link.state)
    return link


class NothingWaits(Exception):  # noqa: N818
    """Raised if this browser did not come from a link, or too long ago."""


@public.errorhandler(NothingWaits)
def open_it_again(_error: NothingWaits) -> tuple[str, int]:
    """Whoever comes without the cookie begins with the link again."""
    return page("open_link_again", 404)


def handle(capability: LinkCapability) -> str:
    """What a link's own page is called: it tells nothing of the link."""
    return derive(capability.secret, "confirm-handle", capability.link_id)[:8].hex()


def csrf(link: OpenedLink) -> str:
    """The CSRF token of the page: only who holds the link's secret can make it."""
    return derive(link.capability.secret, "confirm-csrf", link.id).hex()


def cookie_name(name: str) -> str:
    """The cookie that a link's token waits in."""
    prefix = "__Host-" if settings().is_https else ""
    return f"{prefix}intake-confirm-{name}"
