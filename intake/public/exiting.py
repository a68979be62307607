"""Exit this page: the browser forgets what it had of the public pages, and goes elsewhere."""

from flask import Response as FlaskResponse
from flask import redirect, request
from werkzeug.wrappers import Response

from intake.public.blueprint import public, refuse_other_sites
from intake.public.way_out import website_of
from intake.services.forms import FormNotFound, runnable
from intake.visitor_cookie import forget_all

EXIT, EXIT_OURS = "/exit/<form_id>/<version>", "/exit/<signed>"


@public.get(EXIT)
def leave(form_id: str, version: str) -> Response:
    """Forget, and go to the form's safe website: how to leave without scripts.

    Looking at an address changes nothing elsewhere. Here the browser only forgets, at the wish of
    our own page: a mail scanner has nothing to forget, and another site's link is not followed.
    """
    return forgotten(safe_address(form_id, version))


@public.get(EXIT_OURS)
def leave_our_page(signed: str) -> Response:
    """The same from a page of ours, whose address names no form."""
    return forgotten(website_of(signed))


@public.post(EXIT)
@public.post(EXIT_OURS)
def forget(**_address: str) -> Response:
    """Forget: what the page's script sends while it goes to the safe website itself."""
    refuse_other_sites()
    return forget_all(FlaskResponse(status=204))


def forgotten(url: str) -> Response:
    """To a website, and the browser forgets, if it was one of our pages that asked."""
    safe = redirect(url, 303)
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    return forget_all(safe) if is_ours else safe


def safe_address(form_id: str, version: str) -> str:
    """The website that a form leads to; the front page, if it leads to none."""
    try:
        return runnable(form_id, version).definition.exit_this_page or "/"
    except FormNotFound:
        return "/"
