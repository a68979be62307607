"""*Exit this page* on pages of ours: to the form's website, by an address that names no form.

Whoever finds somebody's message may look at these pages, and is not to learn which form it is.
"""

from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from form_definitions import FormDefinition
from intake.app_state import settings
from intake.services.forms import FormNotFound, runnable


def way_out(definition: FormDefinition | None) -> dict[str, Any]:
    """What a page of ours needs for a form's way out; nothing, if the form has none."""
    if definition is None or not definition.exit_this_page:
        return {}
    url = definition.exit_this_page
    return {"exit_url": url, "exit_path": f"/exit/{_signer().dumps(url)}"}


def way_out_of(form_id: str, version: str) -> dict[str, Any]:
    """The same for a form version; nothing, if it is not there."""
    try:
        return way_out(runnable(form_id, version).definition)
    except FormNotFound:
        return {}


def website_of(signed: str) -> str:
    """The website that ``way_out`` signed; the front page, if we did not."""
    try:
        url: str = _signer().loads(signed)
    except BadSignature:
        return "/"
    return url


def _signer() -> URLSafeSerializer:
    oldest_first = list(reversed(settings().secret_keys))
    return URLSafeSerializer(oldest_first, salt="intake/exit")
