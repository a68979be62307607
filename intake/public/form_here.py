"""The form that a request is about, for the pages of errors: whom they name, who may frame them."""

from flask import request

from form_definitions import Contact
from intake.app_state import clock
from intake.public.framing import let_frame
from intake.request_language import answer_in, request_language
from intake.services.contacts import contact_of, draft_if_there, open_form_if_there
from intake.visitor_cookie import key_of

OPEN_FORMS = ("public.show_form", "public.start_form")


def contact_here() -> Contact | None:
    """Whom to ask about the form of this request; None where nobody is to learn which that is.

    The page is then in the language of the draft, and may be framed as the form's own pages.
    """
    values = request.view_args or {}
    if request.endpoint in OPEN_FORMS:
        definition = open_form_if_there(values["form_id"], request_language(), clock())
        if definition is None:
            return None
        let_frame(definition)
        return contact_of(definition)
    key = key_of(values["draft_id"]) if "draft_id" in values else None
    draft = draft_if_there(values["draft_id"], key, clock()) if key else None
    if draft is None or draft.staff_id:
        return None
    answer_in(draft.form.definition.language)
    let_frame(draft.form.definition)
    return contact_of(draft.form.definition, draft.link_id)
