"""Start a form that is open to all."""

from flask import redirect
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from form_definitions import FormDefinition
from intake.app_state import clock
from intake.public.begun_here import begun_here
from intake.public.blueprint import page, public, refuse_other_sites
from intake.public.challenged import asked, is_challenged, still_asked
from intake.public.drafting import signed_in_user
from intake.public.framing import is_framed, let_frame
from intake.public.throttled import (
    STARTS_A_DAY,
    STARTS_OF_FORM,
    refuse_too_many,
    refuse_too_many_from_here,
)
from intake.public.traps import is_machine, marks
from intake.request_language import request_language
from intake.services.drafts import start_draft
from intake.services.forms import FormNotFound, FormWithdrawn, runnable, startable
from intake.services.known_answers import answers_of_worker
from intake.visitor_cookie import remember


@public.get("/forms/<form_id>")
def show_form(form_id: str) -> tuple[str, int]:
    """The page of an open form: one button, as for a weblink."""
    definition = open_definition(form_id)
    return page(
        "weblink",
        definition=definition,
        marks=marks(form_id),
        begun=begun_here(form_id),
        challenge=asked(f"form:{form_id}") if is_challenged(definition) else None,
    )


@public.post("/forms/<form_id>")
def start_form(form_id: str) -> Response | tuple[str, int]:
    """Begin a draft for this visitor; ask once more where a machine seems to be at work."""
    refuse_other_sites()
    definition = open_definition(form_id)
    tripped = is_machine(form_id)
    challenge = still_asked(f"form:{form_id}") if is_challenged(definition) else None
    if tripped or challenge:
        if tripped and is_challenged(definition) and challenge is None:
            challenge = asked(f"form:{form_id}")  # the one that was solved is used up
        hidden = marks(form_id, is_sure=tripped)
        return page(
            "weblink",
            definition=definition,
            marks=hidden,
            challenge=challenge,
            is_again=tripped,
        )
    refuse_too_many_from_here(STARTS_A_DAY)
    refuse_too_many(STARTS_OF_FORM, form_id)
    user = signed_in_user()
    answers = answers_of_worker(definition, user) if user else {}
    opened = start_draft(
        definition.id,
        definition.version,
        now=clock(),
        answers=answers,
        language=request_language(),
    )
    is_inside = bool(definition.embed) and is_framed()
    onward = redirect(f"/form/{opened.draft_id}/start", 303)
    return remember(onward, opened, is_framed=is_inside)


def open_definition(form_id: str) -> FormDefinition:
    """An open form; one that is not open answers like one that does not exist.

    Raises FormWithdrawn if an open form was withdrawn.
    """
    try:
        definition = startable(form_id, None, clock()).definition
    except FormWithdrawn as error:
        if not runnable(form_id, error.version or "").definition.is_open:
            raise NotFound from error
        raise
    except FormNotFound as error:
        raise NotFound from error
    if not definition.is_open:
        raise NotFound
    let_frame(definition)
    return definition
