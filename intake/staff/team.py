"""A team's own settings, for its leads: pause, hours, closing days, capacity, cover, address."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from intake.access import TeamThing, User
from intake.app_state import clock
from intake.services.case_decisions import NotNow
from intake.services.directory import london_day
from intake.services.directory_pages import led_teams
from intake.services.team_settings import (
    TeamPage,
    add_closing,
    change_team,
    covers_in_a_circle,
    remove_closing,
    team_page,
)
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import needs, team_of_directory
from intake.staff.posted_numbers import posted_number
from intake.staff.session import request_address
from intake.staff.team_form import (
    CapacityForm,
    ClosingForm,
    ContactForm,
    HoursForm,
    PauseForm,
    errors_of,
)
from intake.staff.words import london_date
from referral_router.calendars import working_calendar
from referral_router.time_words import hours_words

CIRCLE = "That team is covered by yours. Select another"
NOBODY = "Nobody: new referrals wait for the team"


@bp.get("/teams")
@needs("team.list")
def teams(user: User) -> Any:
    """The teams that one leads, and how each stands with new referrals."""
    return render_template("staff/teams.html", lines=led_teams(user, clock()))


@bp.get("/teams/<team_id>")
@needs("team.see", team_of_directory)
def team(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Everything that is set for one team, and what it does to new referrals."""
    page = team_page(thing.team, clock())
    hours = hours_words(working_calendar(hours=page.team.hours))
    return render_template("staff/team.html", page=page, hours=hours)


@bp.get("/teams/<team_id>/pause")
@needs("team.change", team_of_directory)
def team_pause(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Ask whether new referrals come."""
    page = team_page(thing.team, clock())
    chosen = ("until" if page.paused_until else "open") if page.team.is_paused else "no"
    form = PauseForm(data={"paused": chosen, "until": page.paused_until})
    return _show("pause", page, form)


@bp.post("/teams/<team_id>/pause")
@needs("team.change", team_of_directory)
def team_pause_submitted(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Pause the team, or end the pause."""
    form = PauseForm(request.form)
    if not form.is_complete(london_day(clock())):
        return _show("pause", team_page(thing.team, clock()), form), 422
    is_paused = form.paused.data != "no"
    until: date | None = form.until.data if form.paused.data == "until" else None

    def change(row: Any) -> str:
        row.is_paused, row.paused_until = is_paused, until
        return f"paused until {until or 'further notice'}" if is_paused else "not paused"

    told = "The team gets new referrals."
    if is_paused:
        told = "The team is paused" + (f" until {london_date(until)}." if until else ".")
    return _save(user, thing, change, told)


@bp.get("/teams/<team_id>/hours")
@needs("team.change", team_of_directory)
def team_hours(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Ask when the team works."""
    page = team_page(thing.team, clock())
    week = "own" if page.team.hours else "usual"
    form = HoursForm(data={"week": week, "nation": page.team.nation})
    form.show(page.team.hours)
    return _show("hours", page, form)


@bp.post("/teams/<team_id>/hours")
@needs("team.change", team_of_directory)
def team_hours_submitted(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Set when the team works."""
    form = HoursForm(request.form)
    form.read_week(request.form)
    if not form.is_complete():
        return _show("hours", team_page(thing.team, clock()), form), 422

    def change(row: Any) -> str:
        row.hours, row.nation = form.hours, form.nation.data
        return "hours"

    return _save(user, thing, change, "The opening hours are saved.")


@bp.get("/teams/<team_id>/closing-days")
@needs("team.change", team_of_directory)
def team_closing_days(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """The days on which the team is shut, and a form for more."""
    return _show("closing_days", team_page(thing.team, clock()), ClosingForm())


@bp.post("/teams/<team_id>/closing-days")
@needs("team.change", team_of_directory)
def team_closing_days_added(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Shut the team for some days."""
    form = ClosingForm(request.form)
    if not form.is_complete(london_day(clock())):
        return _show("closing_days", team_page(thing.team, clock()), form), 422
    (first, last), why = form.days, (form.why.data or "").strip()
    told = f"The team is shut on {london_date(first)}."
    if last > first:
        told = f"The team is shut from {london_date(first)} to {london_date(last)}."
    return _save(
        user, thing, lambda row: add_closing(row, first, last, why), told, "team_closing_days"
    )


@bp.post("/teams/<team_id>/closing-days/remove")
@needs("team.change", team_of_directory)
def team_closing_days_removed(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Take closing days out again."""
    closing = request.form.get("closing", "")
    told = "The team is not shut on those days."
    return _save(user, thing, lambda row: remove_closing(row, closing), told, "team_closing_days")


@bp.get("/teams/<team_id>/capacity")
@needs("team.change", team_of_directory)
def team_capacity(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Ask how much the team can hold, and who takes over."""
    page = team_page(thing.team, clock())
    most = page.team.capacity
    form = CapacityForm(data={"capacity": "" if most is None else most, "cover": page.team.cover})
    return _show("capacity", page, _with_covers(form, page))


@bp.post("/teams/<team_id>/capacity")
@needs("team.change", team_of_directory)
def team_capacity_submitted(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Set how much the team can hold, and who takes over."""
    page = team_page(thing.team, clock())
    form = _with_covers(CapacityForm(request.form), page)
    if form.is_complete() and covers_in_a_circle(thing.team, form.cover.data):
        form.cover.errors = [CIRCLE]
    if form.errors:
        return _show("capacity", page, form), 422

    def change(row: Any) -> str:
        if covers_in_a_circle(thing.team, form.cover.data):  # another lead was faster
            raise NotNow(CIRCLE)
        row.capacity, row.cover_team_id = form.most, form.cover.data or None
        return f"capacity {form.most or 'any'}, cover {form.cover.data or 'none'}"

    return _save(user, thing, change, "Capacity and cover are saved.")


@bp.get("/teams/<team_id>/contact")
@needs("team.change", team_of_directory)
def team_contact(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Ask how the team is told, and called."""
    page = team_page(thing.team, clock())
    data = {"email": page.team.email, "telephone": page.team.telephone}
    return _show("contact", page, ContactForm(data=data))


@bp.post("/teams/<team_id>/contact")
@needs("team.change", team_of_directory)
def team_contact_submitted(user: User, thing: TeamThing, team_id: str) -> Any:  # noqa: ARG001
    """Set how the team is told, and called."""
    form = ContactForm(request.form)
    if not form.is_complete():
        return _show("contact", team_page(thing.team, clock()), form), 422
    email, telephone = form.email.data.strip(), (form.telephone.data or "").strip()

    def change(row: Any) -> str:
        row.email, row.telephone = email, telephone
        return "contact"

    return _save(user, thing, change, "Email address and telephone number are saved.")


def _with_covers(form: CapacityForm, page: TeamPage) -> CapacityForm:
    form.cover.choices = choices({"": NOBODY, **page.covers})
    return form


def _show(name: str, page: TeamPage, form: Any) -> str:
    return render_template(
        f"staff/team_{name}.html", page=page, form=form, problems=errors_of(form)
    )


def _save(
    user: User,
    thing: TeamThing,
    change: Callable[[Any], str],
    told: str,
    then: str = "team",
) -> Any:
    seen = posted_number("revision")
    if seen < 0:
        abort(400)
    change_team(user, thing.team, seen, change, address=request_address())
    flash(told)
    return redirect(url_for(f"staff.{then}", team_id=thing.team), 303)
