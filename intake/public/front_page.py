"""The plain pages around the forms: front page, help, privacy, accessibility."""

from flask import current_app

from intake.app_state import clock
from intake.public.blueprint import page, public
from intake.request_language import request_language
from intake.services.forms import open_forms


@public.get("/")
def front_page() -> tuple[str, int]:
    """What this is, and the forms that are open to all."""
    return page(
        "front_page",
        forms=open_forms(clock(), request_language()),
        has_staff="staff" in current_app.blueprints,
    )


@public.get("/help")
def help_page() -> tuple[str, int]:
    """What to do when a link or a form does not work."""
    return page("help")


@public.get("/privacy")
def privacy() -> tuple[str, int]:
    """Who can read what is written."""
    return page("privacy")


@public.get("/accessibility")
def accessibility() -> tuple[str, int]:
    """How far everyone can use this, and whom to tell where they cannot."""
    return page("accessibility")
