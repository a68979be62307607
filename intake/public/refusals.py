"""The pages of what cannot be done: one helpful page for each."""

from intake.public.blueprint import page, public
from intake.public.drafting import NotFromOurPage
from intake.request_language import request_language
from intake.services.drafts import DraftChanged, DraftNotFound
from intake.services.forms import FormWithdrawn, in_language, runnable
from intake.services.link_opening import LinkNotUsable, LinkState
from intake.services.submitting import NotYours, SubmissionContended

RETRY_AFTER = "5"  # seconds


@public.errorhandler(DraftNotFound)
def answers_not_here(_error: DraftNotFound) -> tuple[str, int]:
    """No cookie, another's draft, one whose time is over, or none: nobody learns which."""
    return page("answers_not_here", 404)


@public.errorhandler(NotFromOurPage)
def not_from_our_page(_error: NotFromOurPage) -> tuple[str, int]:
    """A form without its CSRF token: sent from elsewhere, or cut off on the way."""
    return page("not_from_our_page", 400)


@public.errorhandler(LinkNotUsable)
def link_has_ended(error: LinkNotUsable) -> tuple[str, int]:
    """The link was revoked, used up or locked while somebody was at work with it."""
    return page("link_locked" if error.state is LinkState.LOCKED else "link_has_ended", 410)


@public.errorhandler(NotYours)
def no_longer_yours(_error: NotYours) -> tuple[str, int]:
    """Staff who left the team, or whose case is closed, while they filled in a form on it."""
    return page("no_longer_yours", 409)


@public.errorhandler(FormWithdrawn)
def form_is_withdrawn(error: FormWithdrawn) -> tuple[str, int]:
    """Nobody starts this form any more; whoever has begun may finish."""
    form = in_language(runnable(error.form_id, error.version or ""), request_language())
    return page("form_withdrawn", 410, form=form.definition)


@public.errorhandler(DraftChanged)
@public.errorhandler(SubmissionContended)
def try_again(_error: Exception) -> tuple[str, int, dict[str, str]]:
    """Others kept changing the same answers."""
    return *page("try_again", 503), {"Retry-After": RETRY_AFTER}
