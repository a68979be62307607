"""Save a copy of one's own answers, as a PDF, before and after they are sent."""

from datetime import timedelta

from flask import Response as FlaskResponse
from flask import render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from intake.app_state import clock
from intake.downloads import SANDBOX
from intake.public.blueprint import page, public
from intake.public.drafting import go, visitors_draft, way_of
from intake.public.throttled import refuse_too_many
from intake.public.way_out import way_out
from intake.services.own_copies import NoCopy, has_copy, may_have_copy, own_copy
from intake.services.places import TooBusy
from intake.services.sealed_drafts import Draft
from intake.throttling import Limit

COPIES_OF_DRAFT = Limit("copies", 30, timedelta(minutes=10))
FILE_NAME = "copy.pdf"  # others see it among the downloads
RETRY_AFTER = "5"  # seconds


@public.get(f"/form/<draft_id>/{FILE_NAME}")
def save_copy(
    draft_id: str,
) -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """The answers as a PDF, to be saved: those that are complete, or were just sent."""
    draft = visitors_draft(draft_id)
    if not draft.receipt and way_of(draft).first_problem():
        return go(draft, "check-answers")
    refuse_too_many(COPIES_OF_DRAFT, draft.id)
    try:
        content = own_copy(draft, clock())
    except NoCopy as error:
        if draft.receipt and may_have_copy(draft):
            leads_out = way_out(draft.form.definition)
            return page("no_copy", 404, back=f"/form/{draft.id}/done", **leads_out)
        raise NotFound from error
    except TooBusy:
        return *page("try_again", 503), {"Retry-After": RETRY_AFTER}
    answer = FlaskResponse(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=FILE_NAME)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def copy_offer(draft: Draft) -> str:
    """The link to the copy with what to think of first, as HTML; empty where there is none."""
    is_there = has_copy(draft, clock()) if draft.receipt else may_have_copy(draft)
    if not is_there:
        return ""
    return render_template(
        "public/own_copy.html",
        url=f"/form/{draft.id}/{FILE_NAME}",
        is_sent=draft.receipt is not None,
        can_exit=bool(draft.form.definition.exit_this_page),
    )
