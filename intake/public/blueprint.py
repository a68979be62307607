"""The blueprint that the public pages share, and how one of them is made."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.exceptions import Forbidden

from intake.services.site import site

public = Blueprint("public", __name__)


def page(template: str, status: int = 200, **words: Any) -> tuple[str, int]:
    """A page of ours (not of a form) with its status."""
    return render_template(f"public/{template}.html", site=site(), **words), status


def refuse_other_sites() -> None:
    """Refuse a button that was pressed on another website's page.

    Before there is a draft there is no key to make a CSRF token with. What is to be stopped here
    is another site, a neighbour under the same domain included, putting its visitor into a draft
    that the site itself can read.
    """
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise Forbidden
