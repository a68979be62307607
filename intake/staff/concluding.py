"""Record what a team has decided about a referral that it accepted."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, TextAreaField

from intake.access import CasePart, User
from intake.services.concluding import record_decision
from intake.staff.blueprint import bp
from intake.staff.guard import needs, own_part
from intake.staff.session import request_address
from intake.staff.words_field import has_words


class DecisionForm(Form):  # type: ignore[misc]
    """What was decided."""

    words = TextAreaField("What has your team decided, and why?")

    def is_complete(self) -> bool:
        """Whether it was said, in a length that is read."""
        return has_words(self.words, "Enter what your team has decided, and why")


@bp.get("/cases/<case_id>/conclude")
@needs("case.conclude", own_part)
def conclude(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask what was decided."""
    return render_template("staff/conclude.html", part=thing, form=DecisionForm())


@bp.post("/cases/<case_id>/conclude")
@needs("case.conclude", own_part)
def concluded(user: User, thing: CasePart, case_id: str) -> Any:
    """Keep it; the clock for deciding stops."""
    form = DecisionForm(request.form)
    if not form.is_complete():
        return render_template("staff/conclude.html", part=thing, form=form), 422
    record_decision(user, thing, form.words.data, address=request_address())
    flash("Your team’s decision is recorded.")
    return redirect(url_for("staff.case", case_id=case_id), 303)
