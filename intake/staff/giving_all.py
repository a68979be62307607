"""Give a team that was sent only sections of a form all of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, RadioField, TextAreaField

from intake.access import CasePart, User
from intake.services.giving_all import give_all, teams_with_part
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import needs, own_part
from intake.staff.session import request_address
from intake.staff.words_field import has_words


class GiveAllForm(Form):  # type: ignore[misc]
    """Which team gets all of it, and why."""

    to_team = RadioField("Which team needs all of it?", validate_choice=False)
    words = TextAreaField("Why do they need it?")

    def is_complete(self) -> bool:
        """Whether both were answered."""
        if self.to_team.data not in {each.value for each in self.to_team.choices}:
            self.to_team.errors = ["Select which team needs all of it"]
        has_words(self.words, "Enter why they need it")
        return not self.errors


@bp.get("/cases/<case_id>/give-all")
@needs("case.give-all", own_part)
def give_all_of_it(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask which team needs all of it, and why."""
    return _page(thing, _form(thing))


@bp.post("/cases/<case_id>/give-all")
@needs("case.give-all", own_part)
def give_all_submitted(user: User, thing: CasePart, case_id: str) -> Any:
    """Let that team read all that one's own can read."""
    form = _form(thing)
    if not form.is_complete():
        return _page(thing, form), 422
    address = request_address()
    give_all(user, thing, form.to_team.data, form.words.data or "", address=address)
    flash("That team can now read everything on this case that your team can read.")
    return redirect(url_for("staff.case", case_id=case_id), 303)


def _form(part: CasePart) -> GiveAllForm:
    form = GiveAllForm(request.form)
    offered = {team.id: f"{team.name} ({team.organisation_name})" for team in teams_with_part(part)}
    form.to_team.choices = choices(offered)
    return form


def _page(part: CasePart, form: GiveAllForm) -> str:
    return render_template("staff/give_all.html", part=part, form=form)
