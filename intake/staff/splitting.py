"""Split a case: one form about two children becomes two cases."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, SelectMultipleField, TextAreaField

from intake.access import CasePart, User
from intake.services.directory import names_of
from intake.services.splitting import split, teams_to_choose
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import needs, own_part
from intake.staff.session import request_address
from intake.staff.words_field import has_words


class SplitForm(Form):  # type: ignore[misc]
    """Whom the new case is about, and which teams get it."""

    words = TextAreaField("Who is the new case about?")
    teams = SelectMultipleField("Which teams work on the new case?", validate_choice=False)

    def is_complete(self) -> bool:
        """Whether both were answered."""
        has_words(self.words, "Enter who the new case is about")
        offered = {each.value for each in self.teams.choices}
        if not self.teams.data or not offered.issuperset(self.teams.data):
            self.teams.errors = ["Select at least one team"]
        return not self.errors


@bp.get("/cases/<case_id>/split")
@needs("case.split", own_part)
def split_case(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask whom the new case is about."""
    form = _form(thing)
    form.teams.data = [each.value for each in form.teams.choices]
    return _page(thing, form)


@bp.post("/cases/<case_id>/split")
@needs("case.split", own_part)
def split_case_submitted(user: User, thing: CasePart, case_id: str) -> Any:
    """Make the second case."""
    form = _form(thing)
    if not form.is_complete():
        return _page(thing, form), 422
    address = request_address()
    new = split(user, thing, form.teams.data, form.words.data, address=address)
    flash("There are two cases now. Check that each says whom it is about.")
    shown = new if user.teams.intersection(form.teams.data) else case_id
    return redirect(url_for("staff.case", case_id=shown), 303)


def _form(part: CasePart) -> SplitForm:
    form = SplitForm(request.form)
    form.teams.choices = choices(names_of(teams_to_choose(part)))
    return form


def _page(part: CasePart, form: SplitForm) -> str:
    return render_template("staff/split.html", part=part, form=form)
