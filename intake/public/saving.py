"""Save and come back later: ask where to send the way back, show its code, and open it again."""

from flask import redirect, request
from werkzeug.wrappers import Response

from intake.app_state import clock
from intake.public.blueprint import page, public, refuse_other_sites
from intake.public.drafting import (
    address,
    case_address,
    go,
    kept_until,
    next_page,
    posted_to,
    visitors_draft,
)
from intake.public.throttled import requester
from intake.public.way_out import way_out, way_out_of
from intake.request_language import gettext, go_on_in, ngettext, request_language
from intake.sealing import BadToken
from intake.services.drafts import load_draft
from intake.services.mail_limits import is_address
from intake.services.places import TooBusy
from intake.services.resuming import (
    NoWayBack,
    can_come_back,
    come_back,
    form_of_way_back,
    reopens_by_its_link,
    send_way_back,
)
from intake.services.sealed_drafts import Draft, DraftNotFound
from intake.services.verifying import Tried, Verdict
from intake.visitor_cookie import remember
from renderers import day_in_words

COME_BACK = "come-back"
RETRY_AFTER = "5"  # seconds


@public.get(f"/form/<draft_id>/{COME_BACK}")
def ask_address(draft_id: str) -> tuple[str, int] | Response:
    """What is kept until when, and where the way back is to be sent."""
    draft = visitors_draft(draft_id)
    return go(draft, "done") if draft.receipt else saved_page(draft)


@public.post(f"/form/<draft_id>/{COME_BACK}")
def send_link(
    draft_id: str,
) -> tuple[str, int] | tuple[str, int, dict[str, str]] | Response:
    """Send the link, and show the code that goes with it: it is stored nowhere."""
    draft = visitors_draft(draft_id)
    email = posted_to(draft).get("email", "").strip()
    if draft.receipt:
        return go(draft, "done")
    if draft.staff_id or draft.is_email_unsafe:
        return saved_page(draft)
    if not is_address(email):
        problem = gettext("Enter an email address, like name@example.com")
        return saved_page(draft, email=email, error=problem)
    try:
        way = send_way_back(draft, email, requester=requester())
    except TooBusy:
        return *page("try_again", 503), {"Retry-After": RETRY_AFTER}
    if not way.code:
        words = ngettext(
            "We have sent several links. Use the newest, or ask again in {number} minute",
            "We have sent several links. Use the newest, or ask again in {number} minutes",
            way.minutes_to_wait,
        )
        return saved_page(draft, email=email, error=words.format(number=way.minutes_to_wait))
    return page(
        "come_back_sent",
        **way_out(draft.form.definition),
        code=f"{way.code[:3]} {way.code[3:]}",
        kept_until=kept_day(draft),
        go_on=address(draft, next_page(draft)),
    )


def saved_page(draft: Draft, *, email: str = "", error: str = "") -> tuple[str, int]:
    """The page that says that the answers are saved."""
    return page(
        "come_back",
        **way_out(draft.form.definition),
        csrf_token=draft.csrf,
        kept_until=kept_day(draft),
        go_on=address(draft, next_page(draft)),
        case_url=case_address(draft),
        no_email=draft.is_email_unsafe,
        has_own_link=reopens_by_its_link(draft),
        email=email,
        error=error,
    )


def kept_day(draft: Draft) -> str:
    """Until when the answers are kept, as the page says it."""
    return day_in_words(kept_until(draft), draft.form.definition.language)


@public.get("/r/<token>")
def show_way_back(token: str) -> tuple[str, int]:
    """Ask for the code. Looking at it changes nothing: mail scanners follow links."""
    try:
        return ask_code(token) if can_come_back(token) else no_way_back(token)
    except BadToken:
        return page("no_way_back", 404)


@public.post("/r/<token>")
def take_way_back(token: str) -> tuple[str, int] | tuple[str, int, dict[str, str]] | Response:
    """Exchange link and code for the draft's cookie, and go on where the person stopped."""
    refuse_other_sites()
    try:
        opened = come_back(token, request.form.get("answer", ""))
        if isinstance(opened, Tried):
            if opened.verdict is Verdict.LOCKED:
                return no_way_back(token)
            return ask_code(token, wrong_code(opened))
        draft = load_draft(opened.draft_id, opened.key, clock())
    except BadToken:
        return page("no_way_back", 404)
    except (NoWayBack, DraftNotFound):
        return no_way_back(token)
    except TooBusy:
        return *page("try_again", 503), {"Retry-After": RETRY_AFTER}
    onward = redirect(address(draft, next_page(draft)), 303)
    return remember(go_on_in(onward, draft.form.definition.language), opened)


def ask_code(token: str, error: str = "") -> tuple[str, int]:
    """The page that asks for the code."""
    leads_out = way_out_of(*form_of_way_back(token))
    return page("way_back", error=error, lang=request_language(), **leads_out)


def no_way_back(token: str) -> tuple[str, int]:
    """The same words whatever the reason."""
    return page("no_way_back", 410, **way_out_of(*form_of_way_back(token)))


def wrong_code(tried: Tried) -> str:
    """What is wrong with what was typed, and how many tries are left."""
    if tried.verdict is Verdict.EMPTY:
        return gettext("Enter the 6 digits of the code that we showed you")
    words = ngettext(
        "That is not the code. You can try {number} more time",
        "That is not the code. You can try {number} more times",
        tried.tries_left,
    )
    return words.format(number=tried.tries_left)
