"""The draft that a visitor's request is about: found, opened, and the request really theirs."""

from datetime import UTC, datetime
from hmac import compare_digest

from flask import current_app, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from intake.access import User
from intake.app_state import clock
from intake.public.framing import let_frame
from intake.request_language import answer_in
from intake.services.drafts import DraftChanged, load_draft
from intake.services.journeys import Journey, journey
from intake.services.link_opening import LinkNotUsable, LinkState
from intake.services.moving import brought_up_to_date
from intake.services.sealed_drafts import Draft, DraftNotFound
from intake.visitor_cookie import key_of
from intake.web import MOST_FORM_PARTS


class NotFromOurPage(Exception):  # noqa: N818
    """Raised if a form was not sent from a page of this draft (its CSRF token is missing)."""


def visitors_draft(draft_id: str) -> Draft:
    """The draft, opened with the key in the visitor's cookie. Raises DraftNotFound.

    One that staff began on a case opens only while the same person is signed in. Raises
    LinkNotUsable if its link was revoked before it was sent: a link is revoked because the wrong
    person holds it, and then they are not to read on.
    """
    key = key_of(draft_id)
    if key is None:
        raise DraftNotFound(draft_id)
    draft = load_draft(draft_id, key, clock())
    if draft.staff_id and draft.staff_id != signed_in_staff_id():
        raise DraftNotFound(draft_id)
    if draft.is_stopped and not draft.receipt:
        raise LinkNotUsable(LinkState.REVOKED)
    answer_in(draft.form.definition.language)
    if draft.form.definition.embed and not draft.staff_id:
        let_frame(draft.form.definition)
    return draft


def visitors_draft_now(draft_id: str) -> Draft:
    """The same for looking at a page: on the version in force, if no answer is lost by that.

    What is posted is always read by the version whose page it was posted from.
    """
    draft = visitors_draft(draft_id)
    try:
        return brought_up_to_date(draft, clock())
    except DraftChanged:  # another tab was faster
        return visitors_draft(draft_id)


def signed_in_user() -> User | None:
    """Who is signed in, in a process that has a staff side."""
    if not hasattr(current_app, "login_manager"):
        return None
    from intake.staff import session  # a public process never loads the staff side

    return session.signed_in_user()


def signed_in_staff_id() -> str | None:
    """The same person's id."""
    user = signed_in_user()
    return user.staff_id if user else None


def posted_to(draft: Draft) -> MultiDict[str, str]:
    """What was posted, without NUL characters (no keyboard types one, and PostgreSQL keeps none).

    Raises NotFromOurPage, or RequestEntityTooLarge for more fields than any page of ours has.
    """
    form = request.form
    if sum(map(len, form.listvalues())) > MOST_FORM_PARTS:
        raise RequestEntityTooLarge  # Flask counts only the parts of multipart bodies
    token = form.get("csrf_token", "")
    if not compare_digest(token.encode("utf-8", "replace"), draft.csrf.encode()):
        raise NotFromOurPage
    cleaned = [(name, value.replace("\x00", "")) for name, value in form.items(multi=True)]
    return MultiDict(cleaned)


def way_of(draft: Draft) -> Journey:
    """The way that the draft's answers lead through its form."""
    return journey(draft.form.definition, draft.answers, draft.done)


def go(draft: Draft, page_id: str, *, changing: bool = False, item: int | None = None) -> Response:
    """Send the browser to a page of the form."""
    return redirect(address(draft, page_id, changing=changing, item=item), 303)


def address(draft: Draft, page_id: str, *, changing: bool = False, item: int | None = None) -> str:
    """The address of a page, or of one item of its list.

    With ``changing``, it leads back to checking the answers.
    """
    words = ["change=1"] * changing + ([] if item is None else [f"item={item}"])
    return f"/form/{draft.id}/{page_id}{'?' if words else ''}{'&'.join(words)}"


def case_address(draft: Draft) -> str:
    """The case that staff complete this form on; empty for everyone else, who may not see it."""
    return f"/staff/cases/{draft.case_id}" if draft.staff_id and draft.case_id else ""


def is_changing() -> bool:
    """Whether the visitor came from checking the answers, and goes back there."""
    args = request.args  # asked whether it is there: `get` raises and catches an error if not
    return "change" in args and args["change"] == "1"


def onward(draft: Draft) -> Response:
    """To the page where somebody goes on who comes back."""
    return go(draft, next_page(draft))


def next_page(draft: Draft) -> str:
    """The first page that is not complete; else checking the answers, or the receipt.

    In a form with a task list, that.
    """
    if draft.receipt:
        return "done"
    if draft.form.definition.has_tasks:
        return "task-list"
    page = way_of(draft).first_open()
    return page.id if page else "check-answers"


def kept_until(draft: Draft) -> datetime:
    """Until when a draft's answers are kept, if nobody saves anything more."""
    return datetime.fromtimestamp(draft.until, UTC)
