"""Weblinks: send one, see how far they have come, stop one."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, RadioField, SelectField, StringField

from form_definitions.languages import ENGLISH, LANGUAGES
from intake.access import TeamThing, User, may
from intake.app_state import clock
from intake.services.case_links import read_details
from intake.services.directory import team_names
from intake.services.form_titles import form_titles
from intake.services.forms import open_forms, open_languages
from intake.services.links import (
    MOST_USES,
    LinkNotIssued,
    find_link,
    issue_link,
    list_links,
    revoke_link,
    unlock_link,
)
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import needs, the_link
from intake.staff.words import LONDON

DAYS = {"7": "7 days", "14": "14 days", "30": "30 days", "90": "90 days"}


class LinkForm(Form):  # type: ignore[misc]
    """Which form goes to whom, for how long and how often."""

    team = SelectField("Which team sends it?", choices=[])
    form_id = RadioField("Which form?", choices=[])
    recipient = StringField("Email address")
    language = RadioField("In which language?", choices=choices(LANGUAGES), default=ENGLISH)
    expires = RadioField("How long can it be used?", choices=choices(DAYS), default="14")
    uses = StringField("How many times can the form be sent with it?", default="1")

    def uses_count(self) -> int | None:
        """The number of uses; None, with an error, if it is not one."""
        typed = (self.uses.data or "").strip()
        # the length first: Python refuses to read a number of thousands of digits
        is_short = len(typed) <= len(str(MOST_USES))
        if is_short and typed.isdecimal() and 1 <= int(typed) <= MOST_USES:
            return int(typed)
        self.uses.errors = [f"Enter a whole number from 1 to {MOST_USES}"]
        return None


@bp.get("/links")
@needs("link.list")
def links(user: User) -> Any:
    """The links of the user's teams, newest first."""
    listed = list_links(user)
    return render_template(
        "staff/links.html",
        links=listed,
        titles=form_titles({each.form_id for each in listed}),
        teams=team_names(),
    )


@bp.get("/links/new")
@needs("link.list")
def new_link(user: User) -> Any:
    """Ask which form goes to whom."""
    return render_template("staff/link_new.html", form=_form(user))


@bp.post("/links/new")
@needs("link.list")
def new_link_submitted(user: User) -> Any:
    """Send the link, and show where it can be followed."""
    form = _form(user)
    uses = _check(form, user)
    if uses and not form.errors:
        try:
            issued = issue_link(
                form.form_id.data,
                recipient=form.recipient.data or "",
                expires_at=_end_of_day(clock(), int(form.expires.data)),
                uses=uses,
                team_id=form.team.data,
                actor=user.actor,
                language="" if form.language.data == ENGLISH else form.language.data,
                address=request.remote_addr or "",
            )
        except LinkNotIssued as error:
            asked = form.language if error.field == "language" else form.recipient
            asked.errors = [error.message]
        else:
            flash("The link is on its way. Here you see when it was sent, opened and used.")
            return redirect(url_for("staff.link", link_id=issued.id), 303)
    return render_template("staff/link_new.html", form=form), 422


@bp.get("/links/<link_id>")
@needs("link.see", the_link)
def link(user: User, thing: TeamThing, link_id: str) -> Any:
    """One link: who it went to (recorded before it is opened), and how far it has come."""
    details = read_details(user, link_id, address=request.remote_addr or "")
    line = find_link(user, link_id)
    return render_template(
        "staff/link.html",
        link=line,
        details=details,
        team=team_names().get(thing.team, ""),
        titles=form_titles({line.form_id}),
    )


@bp.post("/links/<link_id>/revoke")
@needs("link.revoke", the_link)
def revoke(user: User, thing: TeamThing, link_id: str) -> Any:  # noqa: ARG001
    """Stop a link for good."""
    revoke_link(user, link_id, address=request.remote_addr or "")
    flash("The link is revoked. Whoever opens it is told how to ask for a new one.")
    return redirect(url_for("staff.link", link_id=link_id), 303)


@bp.post("/links/<link_id>/unlock")
@needs("link.unlock", the_link)
def unlock(user: User, thing: TeamThing, link_id: str) -> Any:  # noqa: ARG001
    """Let a link be opened again that was locked after too many wrong tries."""
    unlock_link(user, link_id, address=request.remote_addr or "")
    flash("The link is unlocked. Its holder can try again.")
    return redirect(url_for("staff.link", link_id=link_id), 303)


def _form(user: User) -> LinkForm:
    names = team_names()
    form = LinkForm(request.form)
    form.team.choices = choices({team: names.get(team, team) for team in sorted(user.teams)})
    form.language.choices = choices({each: LANGUAGES[each] for each in open_languages(clock())})
    form.form_id.choices = choices({each.id: each.title for each in open_forms(clock())})
    return form


def _check(form: LinkForm, user: User) -> int | None:
    """Mark what is wrong; the number of uses."""
    if not may(user, "link.issue", TeamThing(form.team.data or "")):
        form.team.errors = ["Select which team sends it"]
    if form.form_id.data not in {each.value for each in form.form_id.choices}:
        form.form_id.errors = ["Select which form to send"]
    if not (form.recipient.data or "").strip():
        form.recipient.errors = ["Enter the email address of the person who fills it in"]
    if form.language.data not in {each.value for each in form.language.choices}:
        form.language.errors = ["Select in which language it is"]
    if form.expires.data not in DAYS:
        form.expires.errors = ["Select how long the link can be used"]
    return form.uses_count()


def _end_of_day(now: datetime, days: int) -> datetime:
    """Midnight in London at the end of the last day, so that nobody has to think of the hour."""
    last = (now.astimezone(LONDON) + timedelta(days=days)).date()
    return datetime.combine(last, time(23, 59), LONDON)
