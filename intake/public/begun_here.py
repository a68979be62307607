"""What this browser has begun: who closed the page comes back to it by the link that they used."""

from hmac import compare_digest

from intake.app_state import clock
from intake.public.drafting import address, next_page
from intake.services.drafts import find_begun, load_draft
from intake.services.link_opening import OpenedLink, shared_draft
from intake.services.sealed_drafts import DraftNotFound
from intake.visitor_cookie import kept_keys, key_of


def is_open_here(link: OpenedLink) -> bool:
    """Whether this browser has the link's one draft, whatever became of the link since.

    The answer to *Submit* may have been lost on the way: by the link they find their receipt.
    """
    if not has_key_of(link):
        return False
    opened = shared_draft(link.capability)
    try:
        draft = load_draft(opened.draft_id, opened.key, clock())
    except DraftNotFound:
        return False
    return draft.receipt is not None or not draft.is_stopped


def has_key_of(link: OpenedLink) -> bool:
    """Whether this browser has the key of the link's one draft: it was verified then, if asked."""
    if not link.has_one_draft:
        return False
    draft = shared_draft(link.capability)
    key = key_of(draft.draft_id)
    return key is not None and compare_digest(key, draft.key)


def begun_here(form_id: str, link_id: str | None = None) -> str:
    """Where a form goes on that was begun in this browser, by a link for many or an open form.

    Empty if there is none, and for a sensitive form: the browser may be somebody else's by now.
    """
    draft = find_begun(kept_keys(), form_id, link_id, clock())
    if draft is None or draft.form.definition.sensitive:
        return ""
    return address(draft, next_page(draft))
