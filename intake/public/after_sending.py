"""The receipt, and what it offers: the same by email, and a page that shows what happens."""

from flask import render_template
from werkzeug.wrappers import Response

from intake.public.blueprint import public
from intake.public.drafting import case_address, go, onward, posted_to, visitors_draft
from intake.public.framing import is_framed
from intake.public.languages import switched
from intake.public.own_copy import copy_offer
from intake.public.status import keep_token
from intake.public.throttled import requester
from intake.request_language import gettext, go_on_in, ngettext
from intake.services.answering import Posted
from intake.services.following import (
    NotFollowed,
    answer_by,
    can_follow,
    send_receipt,
    status_token,
)
from intake.services.mail_limits import is_address
from intake.services.sealed_drafts import Draft
from intake.services.telling_sender import offers_news
from renderers import day_in_words


@public.get("/form/<draft_id>/done")
def done(draft_id: str) -> str | Response:
    """The reference, and what happens next."""
    draft = visitors_draft(draft_id)
    return receipt_page(draft) if draft.receipt else onward(draft)


@public.post("/form/<draft_id>/done")
def ask_after_sending(draft_id: str) -> str | Response:
    """Send the receipt by email, open the status page, or show the page in another language."""
    draft = visitors_draft(draft_id)
    posted = posted_to(draft)
    in_other_words = switched(draft, "done", posted)
    if in_other_words:
        return in_other_words
    if draft.receipt and can_follow(draft):
        try:
            if posted.get("action") == "follow":
                status = keep_token(status_token(draft))
                return go_on_in(status, draft.form.definition.language)
            if _asks_for_receipt(posted):
                with_news = posted.get("news") == "yes"
                return receipt_to(draft, posted.get("email", "").strip(), with_news=with_news)
        except NotFollowed:
            pass  # its case is gone by now: the receipt stays
    return go(draft, "done")


def _asks_for_receipt(posted: Posted) -> bool:
    """Whether the button was pressed, or Enter in the address: that presses an empty action."""
    action = posted.get("action", "")
    return action == "receipt" or (not action and "email" in posted)


def receipt_to(draft: Draft, email: str, *, with_news: bool = False) -> str:
    """The receipt's page, with what became of the wish for a message."""
    if draft.is_email_unsafe:
        return receipt_page(draft)
    if not is_address(email):
        problem = gettext("Enter an email address, like name@example.com")
        return receipt_page(draft, email=email, error=problem)
    wait = send_receipt(draft, email, requester=requester(), with_news=with_news)
    if wait:
        words = ngettext(
            "We have sent several messages. Ask again in {number} minute",
            "We have sent several messages. Ask again in {number} minutes",
            wait,
        )
        return receipt_page(draft, email=email, error=words.format(number=wait))
    return receipt_page(draft, is_sent=True)


def receipt_page(draft: Draft, *, email: str = "", error: str = "", is_sent: bool = False) -> str:
    """The receipt; who sent a referral of their own is offered to follow it."""
    if draft.receipt is None:
        raise NotFollowed
    return draft.form.renderer.confirmation(
        draft.receipt.reference,
        submitted_at=draft.receipt.submitted_at,
        case_url=case_address(draft),
        csrf=draft.csrf,
        asks_html=offer(draft, email, error, is_sent) if can_follow(draft) else "",
        error=error,
        copy_html=copy_offer(draft),
    )


def offer(draft: Draft, email: str, error: str, is_sent: bool) -> str:
    """By when somebody answers, the status page, and the receipt by email."""
    by = answer_by(draft)
    return render_template(
        "public/after_sending.html",
        email=email,
        error=error,
        is_sent=is_sent,
        no_email=draft.is_email_unsafe,
        is_framed=is_framed(),
        offers_news=offers_news(draft.form.definition),
        answer_by=day_in_words(by, draft.form.definition.language) if by else "",
    )
