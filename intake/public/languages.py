"""The language switch of a form's pages: it keeps what was typed, and the draft remembers it."""

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from intake.app_state import clock
from intake.public.drafting import go
from intake.request_language import keep_choice
from intake.services.answering import Posted
from intake.services.drafts import speak
from intake.services.forms import languages_of
from intake.services.sealed_drafts import Draft
from renderers import LANGUAGE_ACTION


def asked_language(draft: Draft, posted: Posted) -> str:
    """The language whose button was pressed, else "". Raises BadRequest if the form lacks it."""
    action = posted.get("action", "")
    if not action.startswith(LANGUAGE_ACTION):
        return ""
    language = action.removeprefix(LANGUAGE_ACTION)
    if language not in languages_of(draft.form):
        raise BadRequest
    return language


def switched(draft: Draft, page_id: str, posted: Posted) -> Response | None:
    """The same page in the language that was asked for; None if none was. Raises DraftChanged."""
    language = asked_language(draft, posted)
    if not language:
        return None
    return keep_choice(go(speak(draft, language, clock()), page_id), language)
