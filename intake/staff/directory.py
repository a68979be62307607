"""The whole directory, for those who answer for what nobody else takes."""

from typing import Any

from flask import render_template

from intake.access import RulesThing, User
from intake.app_state import clock
from intake.services.directory_pages import directory_page
from intake.staff.blueprint import bp
from intake.staff.guard import needs, rules_as_such


@bp.get("/directory")
@needs("directory.see", rules_as_such)
def directory(user: User, thing: RulesThing) -> Any:  # noqa: ARG001
    """Every team and service, and the gaps between them."""
    return render_template("staff/directory.html", page=directory_page(clock()))
