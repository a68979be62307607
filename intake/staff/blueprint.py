"""The staff blueprint: signed in or sent to sign in, CSRF on every change, an action named."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for

from intake.access import User, may
from intake.app_state import clock
from intake.files.receiving import accept_files
from intake.services.rule_versions import rules_thing
from intake.services.site import site
from intake.staff import link_words, words
from intake.staff.session import csrf, recall_user, signed_in_user
from intake.web import LARGEST_BODY

bp = Blueprint("staff", __name__, url_prefix="/staff")

OPEN_TO_ANYONE = "account.sign-in"  # the one action that needs nobody signed in

for said_in in (words, link_words):
    for name in said_in.FILTERS:
        bp.add_app_template_filter(getattr(said_in, name), name)


@bp.before_request
def check_request() -> Any:
    """Deny views that name no action; send strangers to sign in, whatever they ask for."""
    view = current_app.view_functions[request.endpoint or ""]
    action = getattr(view, "access_action", None)
    if action is None:
        abort(404)
    if recall_user() is None and action != OPEN_TO_ANYONE:
        return redirect(sign_in_url(), 303)
    if limits := getattr(view, "upload_limits", None):
        accept_files(limits, largest_body=limits.largest + LARGEST_BODY)
    csrf.protect()
    return None


@bp.context_processor
def layout_values() -> dict[str, Any]:
    """What every staff page's layout needs."""
    user = signed_in_user()
    return {
        "site": site(),
        "user": user,
        "leads_a_team": may(user, "message.list"),
        "keeps_rules": keeps_rules(user),
        "now": clock(),
    }


def keeps_rules(user: User | None) -> bool:
    """Whether they see routing rules; only administrators of some team are worth asking about."""
    if user is None or "administrator" not in user.roles.values():
        return False
    return may(user, "rules.list", rules_thing())


@bp.after_request
def keep_private(response: Response) -> Response:
    """No staff page is kept by a browser or proxy."""
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Cookie")
    return response


def sign_in_url() -> str:
    """The sign-in page, that comes back to a page which was asked for by GET."""
    address = url_for("staff.sign_in")
    if request.method != "GET" or request.endpoint == "staff.queue":
        return address
    return f"{address}?next={quote(request.full_path.rstrip('?'))}"
