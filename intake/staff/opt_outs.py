"""Who wants no campaigns: asked about by address, stopped and allowed again with a reason."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, HiddenField, RadioField, SelectField, StringField

from intake.access import TeamThing, User, may
from intake.services.directory import names_of
from intake.services.opt_outs import (
    WHYS,
    NoAddress,
    Standing,
    allow_campaigns_to,
    look_up,
    opt_out_lists,
    stop_campaigns_to,
)
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import needs
from intake.staff.session import request_address

STOP, ALLOW = "stop", "allow"
CHANGES = {STOP: stop_campaigns_to, ALLOW: allow_campaigns_to}
TOLD = {
    STOP: "This address gets no more campaigns.",
    ALLOW: "This address can get campaigns again.",
}


class OptOutForm(Form):  # type: ignore[misc]
    """An address, and what is to become of it. What is typed is never in an address of ours."""

    team = SelectField("For which team do you ask?", choices=[])
    email = StringField("Email address")
    change = HiddenField()
    why = RadioField("Why?", choices=choices(WHYS))


@bp.get("/campaigns/opt-outs")
@needs("campaign.list")
def opt_outs(user: User) -> Any:
    """How many have opted out, and a box to ask about one address."""
    return _page(user, _form(user))


@bp.post("/campaigns/opt-outs")
@needs("campaign.list")
def opt_outs_submitted(user: User) -> Any:
    """Say whether an address is on the list; or change that, once somebody has said why."""
    form = _form(user)
    team, change = form.team.data or "", form.change.data or ""
    if not may(user, "campaign.opt-outs", TeamThing(team)):
        form.team.errors = ["Select for which team you ask"]
        return _page(user, form), 422
    try:
        standing = look_up(team, form.email.data or "")
    except NoAddress:
        form.email.errors = ["Enter an email address, like name@example.org"]
        return _page(user, form), 422
    if change not in CHANGES:
        return _page(user, form, standing)
    if form.why.data not in WHYS:
        form.why.errors = ["Select why"]
        return _page(user, form, standing), 422
    address = request_address()
    CHANGES[change](user, team, form.email.data, form.why.data, address=address)
    flash(TOLD[change])
    return redirect(url_for("staff.opt_outs"), 303)


def _form(user: User) -> OptOutForm:
    form = OptOutForm(request.form)
    form.team.choices = choices(names_of(user.led))
    return form


def _page(user: User, form: OptOutForm, standing: Standing | None = None) -> str:
    return render_template(
        "staff/opt_outs.html",
        form=form,
        standing=standing,
        lists=opt_out_lists(user),
        change=ALLOW if standing and standing.since else STOP,
    )
