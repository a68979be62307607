"""The pages of what cannot be done: one helpful page for each."""

from intake.public.blueprint import page, public
from intake.public.drafting import NotFromOurPage
from intake.public.form_here import contact_here
from intake.public.framing import is_framed, let_frame
from intake.request_language import request_language
from intake.services.contacts import form_of_draft
from intake.services.drafts import DraftChanged
from intake.services.forms import FormWithdrawn, in_language, runnable
from intake.services.link_opening import LinkNotUsable, LinkState
from intake.services.sealed_drafts import DraftNotFound
from intake.services.submitting import NotYours, SubmissionContended

RETRY_AFTER = "5"  # seconds


@public.errorhandler(DraftNotFound)
def answers_not_here(error: DraftNotFound) -> tuple[str, int]:
    """No cookie, another's draft, one whose time is over, or none: nobody learns which.

    In a frame it was most likely the browser that kept the cookie back: a tab of its own helps.
    """
    definition = form_of_draft(error.draft_id)
    if definition is None or not definition.embed:
        return page("answers_not_here", 404)
    let_frame(definition)
    if is_framed() and definition.is_open:
        return page("not_in_a_frame", 404, form_id=definition.id)
    return page("answers_not_here", 404)


@public.errorhandler(NotFromOurPage)
def not_from_our_page(_error: NotFromOurPage) -> tuple[str, int]:
    """A form without its CSRF token: sent from elsewhere, or cut off on the way."""
    return page("not_from_our_page", 400)


@public.errorhandler(LinkNotUsable)
def link_has_ended(error: LinkNotUsable) -> tuple[str, int]:
    """The link was revoked, used up or locked while somebody was at work with it."""
    if error.state is LinkState.LOCKED:
        return page("link_locked", 410)
    contact = contact_here()
    return page("link_has_ended", 410, contact=contact)


@public.errorhandler(NotYours)
def no_longer_yours(_error: NotYours) -> tuple[str, int]:
    """Staff who left the team, or whose case is closed, while they filled in a form on it."""
    return page("no_longer_yours", 409)


@public.errorhandler(FormWithdrawn)
def form_is_withdrawn(error: FormWithdrawn) -> tuple[str, int]:
    """Nobody starts this form any more; whoever has begun may finish."""
    form = in_language(runnable(error.form_id, error.version or ""), request_language())
    let_frame(form.definition)
    return page("form_withdrawn", 410, form=form.definition)


@public.errorhandler(DraftChanged)
@public.errorhandler(SubmissionContended)
def try_again(_error: Exception) -> tuple[str, int, dict[str, str]]:
    """Others kept changing the same answers."""
    contact = contact_here()
    return *page("try_again", 503, contact=contact), {"Retry-After": RETRY_AFTER}
