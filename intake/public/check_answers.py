"""Check the answers, submit them, and the receipt."""

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from intake.app_state import clock
from intake.public.blueprint import public
from intake.public.drafting import (
    address,
    go,
    kept_until,
    posted_to,
    visitors_draft,
    visitors_draft_now,
    way_of,
)
from intake.public.languages import switched
from intake.public.own_copy import copy_offer
from intake.public.page_files import given_files
from intake.public.saving import COME_BACK
from intake.services.journeys import Journey
from intake.services.submitting import Incomplete, submit_referral
from renderers import SAVE_ACTION


@public.get("/form/<draft_id>/check-answers")
def check_answers(draft_id: str) -> str | Response:
    """All answers in one place, each with a way to change it; only once they are complete."""
    draft = visitors_draft_now(draft_id)
    if draft.receipt:
        return go(draft, "done")
    way = way_of(draft)
    problem = way.first_problem()
    if problem and way.tasks:
        return go(draft, "task-list")
    if problem:
        return go(draft, problem.id, changing=way.goes_on_after(problem.id))
    return draft.form.renderer.check_answers(
        way.seen.answers,
        csrf=draft.csrf,
        change_url=lambda page_id: address(draft, page_id, changing=True),
        back_url=address(draft, page_before(way)),
        files=given_files(draft),
        kept_until=kept_until(draft),
        copy_html=copy_offer(draft),
    )


def page_before(way: Journey) -> str:
    """Where the back link of checking the answers leads."""
    if way.tasks:
        return "task-list"
    return way.pages[-1].id if way.pages else "start"


@public.post("/form/<draft_id>/check-answers")
def submit(draft_id: str) -> Response:
    """Submit. However often it is pressed, there is one referral, and everyone sees its receipt."""
    draft = visitors_draft(draft_id)
    posted = posted_to(draft)
    in_other_words = switched(draft, "check-answers", posted)
    if in_other_words:
        return in_other_words
    if posted.get("action") == SAVE_ACTION and not draft.receipt:
        return go(draft, COME_BACK)
    if posted.get("action", "submit") != "submit":
        raise BadRequest
    result = submit_referral(
        draft.id, draft.key, now=clock(), address=request.remote_addr or "", loaded=draft
    )
    if isinstance(result, Incomplete):
        return go(draft, result.page_id, changing=True)
    return go(draft, "done")
