"""Staff pages for what cannot be done: one page each, that says what to do."""

from typing import Any

from flask import render_template, request, url_for
from flask_wtf.csrf import CSRFError

from intake.services.case_decisions import NotNow
from intake.services.cases import CaseNotFound
from intake.services.places import TooBusy
from intake.staff.blueprint import bp
from intake.staff.guard import TrainingNeeded

WAYS_BACK = {  # what an address names → the page to look at now
    "team_id": ("staff.team", "team_id", "Look at the settings as they are now"),
    "case_id": ("staff.case", "case_id", "Go back to the case"),
    "rules_id": ("staff.rule_version", "rules_id", "Look at the rules as they are now"),
    "rules_form": ("staff.form_rules", "rules_form", "Look at the rules as they are now"),
}


@bp.errorhandler(404)
@bp.errorhandler(CaseNotFound)
def not_found(_error: Exception) -> Any:
    """The same for what does not exist and for what the user may not see."""
    return render_template("staff/not_found.html"), 404


@bp.errorhandler(NotNow)
def not_now(error: NotNow) -> Any:
    """The case or the rules have moved on; the user may read them, else the answer were 404."""
    named = request.view_args or {}
    back = next((way for name, way in WAYS_BACK.items() if name in named), None)
    address = url_for(back[0], **{back[1]: named[back[1]]}) if back else ""
    words = back[2] if back else ""
    page = render_template("staff/not_now.html", why=str(error), back=address, words=words)
    return page, 409


@bp.errorhandler(TrainingNeeded)
def training_needed(error: TrainingNeeded) -> Any:
    """A licensed tool, and no training on record."""
    return render_template("staff/training_needed.html", needed=error), 403


@bp.errorhandler(CSRFError)
def page_out_of_date(_error: CSRFError) -> Any:
    """The page was open for too long, or came from elsewhere."""
    return render_template("staff/out_of_date.html"), 400


@bp.errorhandler(TooBusy)
def too_busy(_error: TooBusy) -> Any:
    """Too many people are signing in at once."""
    return render_template("staff/too_busy.html"), 503, {"Retry-After": "10"}
