"""The way through a form: its start page, its pages, and what a posted page leads to."""

from dataclasses import replace

from flask import render_template, request
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response

from form_definitions import Page, PageNotFound, PageType
from intake.app_state import clock
from intake.errors import show_http_error
from intake.public.blueprint import public
from intake.public.drafting import (
    case_address,
    go,
    is_changing,
    kept_until,
    onward,
    posted_to,
    visitors_draft,
    visitors_draft_now,
    way_of,
)
from intake.public.languages import asked_language, switched
from intake.public.page_files import brought_to, expect_files, too_large
from intake.public.saving import COME_BACK
from intake.public.showing import page_html
from intake.request_language import gettext, keep_choice
from intake.services.answering import (
    ITEM,
    Answered,
    Posted,
    answer_page,
    is_known_action,
)
from intake.services.drafts import DraftChanged, save_answers
from intake.services.giving_files import (
    Brought,
    WithFiles,
    files_asked,
    lose,
    merged_errors,
    with_files,
)
from intake.services.moving import was_a_page
from intake.services.sealed_drafts import Draft
from renderers import SAVE_ACTION, day_in_words

MOST_ATTEMPTS = 5  # each failed one means that another tab saved in between


@public.get("/form/<draft_id>/start")
def start_page(draft_id: str) -> str | Response:
    """What the form is for, how long it takes, who sees the answers."""
    draft = visitors_draft_now(draft_id)
    if draft.receipt:
        return go(draft, "done")
    return draft.form.renderer.start(
        csrf=draft.csrf,
        back_url=case_address(draft),
        shown_html=render_template("public/shown.html", shown=draft.shown) if draft.shown else "",
    )


@public.post("/form/<draft_id>/start")
def leave_start_page(draft_id: str) -> Response:
    """To the first page; to where they were, if they come back."""
    draft = visitors_draft(draft_id)
    return switched(draft, "start", posted_to(draft)) or onward(draft)


@public.get("/form/<draft_id>/<page_id>")
def show_page(draft_id: str, page_id: str) -> bytes | Response:
    """One page of the form, if the answers lead to it."""
    draft = visitors_draft_now(draft_id)
    if draft.receipt:
        return go(draft, "done")
    way = way_of(draft)
    if not way.is_reachable(page_id):
        return elsewhere(draft, page_id)
    return page_html(draft, way, page_id, item=asked_item(), changing=is_changing())


@public.post("/form/<draft_id>/<page_id>")
def answer(draft_id: str, page_id: str) -> bytes | Response:
    """Take the answers of one page and go on; or show what is wrong with them."""
    brought: Brought | None = None
    for _ in range(MOST_ATTEMPTS):
        draft = visitors_draft(draft_id)
        page = page_to_answer(draft, page_id)
        if page:
            expect_files(draft, page)
        posted = posted_to(draft)
        if draft.receipt:
            return go(draft, "done")
        if page is None:
            return elsewhere(draft, page_id)
        if not is_known_action(posted.get("action", "")) and not asked_language(draft, posted):
            raise BadRequest
        brought = brought or brought_to(draft, page)  # once, however often somebody else saves
        try:
            return take(draft, page, posted, brought)
        except DraftChanged:
            continue
    raise DraftChanged


@public.post("/form/<draft_id>/stay")
def stay(draft_id: str) -> dict[str, int | str]:
    """Keep the answers for as long again; until when, as a timestamp. For the page's script."""
    for _ in range(MOST_ATTEMPTS):
        draft = visitors_draft(draft_id)
        posted_to(draft)
        if draft.receipt:
            return time_left(draft)
        try:
            saved = save_answers(draft, draft.answers, done=draft.done, now=clock())
        except DraftChanged:
            continue
        return time_left(saved)
    raise DraftChanged


def time_left(draft: Draft) -> dict[str, int | str]:
    """Until when the answers are kept, for a script and for people."""
    day = day_in_words(kept_until(draft), draft.form.definition.language)
    words = gettext("We keep your answers until {day}.").format(day=day)
    return {"until": int(draft.until), "words": words}


def page_to_answer(draft: Draft, page_id: str) -> Page | None:
    """The page, if the answers lead to it and are not sent yet."""
    if draft.receipt or not way_of(draft).is_reachable(page_id):
        return None
    return draft.form.definition.page(page_id)


@public.errorhandler(RequestEntityTooLarge)
def too_large_to_read(error: RequestEntityTooLarge) -> tuple[bytes, int] | Response | HTTPException:
    """The page again, where it may have been a file that was too large; nothing of it was read."""
    values = request.view_args or {}
    if request.endpoint != "public.answer":
        return show_http_error(error)
    draft = visitors_draft(values["draft_id"])
    page = page_to_answer(draft, values["page_id"])
    if page is None or not files_asked(page):
        return show_http_error(error)
    html = page_html(draft, way_of(draft), page.id, too_large(page), changing=is_changing())
    return html, 413


def take(draft: Draft, page: Page, posted: Posted, brought: Brought) -> bytes | Response:
    """Save what was posted, right or wrong, and answer. Raises DraftChanged.

    Wrong answers are kept too, so that nobody types anything twice; they cannot be submitted.
    """
    if page.type is PageType.END:
        return switched(draft, page.id, posted) or go(draft, page.id)
    files = with_files(draft, page, brought, posted.get("action", ""))
    if asked_language(draft, posted):
        return take_and_switch(draft, page, posted, files)
    if posted.get("action") == SAVE_ACTION:
        return go(kept_as_typed(draft, page, posted, files), COME_BACK)
    answered = answer_page(draft.form, page, files.answers, posted)
    if files.errors:
        errors = merged_errors(page, answered.errors, files.errors)
        answered = replace(answered, errors=errors, goes_on=False)
    done = draft.done | {page.id} if answered.goes_on else draft.done - {page.id}
    saved = draft
    if answered.answers != draft.answers or done != draft.done:
        saved = save_answers(draft, answered.answers, done=done, now=clock())
    lose(saved, files.lost, clock())
    return respond(saved, page.id, answered)


def take_and_switch(draft: Draft, page: Page, posted: Posted, files: WithFiles) -> Response:
    """Keep what was typed so far, right or wrong, and show the page in another language."""
    language = asked_language(draft, posted)
    saved = kept_as_typed(draft, page, posted, files, language)
    item = posted.get(ITEM, type=int)
    return keep_choice(go(saved, page.id, changing=is_changing(), item=item), language)


def kept_as_typed(
    draft: Draft, page: Page, posted: Posted, files: WithFiles, language: str = ""
) -> Draft:
    """The draft with what was typed, right or wrong. Raises DraftChanged."""
    answers = answer_page(draft.form, page, files.answers, posted).answers
    done = draft.done if answers == draft.answers else draft.done - {page.id}
    saved = save_answers(draft, answers, done=done, language=language, now=clock())
    lose(saved, files.lost, clock())
    return saved


def respond(draft: Draft, page_id: str, answered: Answered) -> bytes | Response:
    """The page again with its errors or with what it asks now; else the next one."""
    if answered.errors:
        way = way_of(draft)
        return page_html(
            draft, way, page_id, answered.errors, answered.item, changing=is_changing()
        )
    if not answered.goes_on:
        return go(draft, page_id, changing=is_changing(), item=answered.item)
    way = way_of(draft)
    if is_changing():
        page = way.first_open()
        return go(draft, page.id, changing=True) if page else go(draft, "check-answers")
    page = way.after(page_id)
    return go(draft, page.id if page else "task-list" if way.tasks else "check-answers")


def asked_item() -> int | None:
    """The item of a list that the address asks for."""
    return request.args.get("item", type=int) if "item" in request.args else None


def elsewhere(draft: Draft, page_id: str) -> Response:
    """A page that the answers do not lead to (yet). Raises NotFound if there never was such a one.

    A page of another version may still be in an address: the draft has moved since.
    """
    try:
        draft.form.definition.page(page_id)
    except PageNotFound as error:
        if not was_a_page(draft.form.definition.id, page_id):
            raise NotFound from error
    return onward(draft)
