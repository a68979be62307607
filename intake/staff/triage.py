"""Triage of one case: send it to another team, escalate it, record a contact."""

from datetime import datetime, time
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import BooleanField, Form, RadioField, StringField, TextAreaField

from intake.access import CasePart, User
from intake.app_state import clock
from intake.services.contacting import REACHED, WAYS, Contact, record_contact
from intake.services.deciding import NotNow
from intake.services.directory import current_directory
from intake.services.raising import escalate as escalate_case
from intake.services.raising import team_to_add, who_is_told
from intake.services.sending_on import (
    SEND_ON_REASONS,
    TeamToChoose,
    find_teams,
    reference_of,
    team_to_send_to,
)
from intake.services.sending_on import send_on as send_case_on
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.day_field import DayField
from intake.staff.guard import needs, own_part
from intake.staff.session import request_address
from intake.staff.words import london_time
from intake.staff.words_field import has_words, is_short
from referral_router.calendars import LONDON


class SearchForm(Form):  # type: ignore[misc]
    """Which team to look for."""

    words = StringField("Name, service or area")
    to = StringField()


class WhyForm(Form):  # type: ignore[misc]
    """Why a case goes to another team."""

    reason = RadioField("Main reason", choices=choices(SEND_ON_REASONS))
    words = TextAreaField("What does the next team need to know?")

    def is_complete(self) -> bool:
        """Whether a reason was chosen, and words where the reason says nothing."""
        if self.reason.data not in SEND_ON_REASONS:
            self.reason.errors = ["Select why you send it to another team"]
        elif self.reason.data == "sent-other" and not (self.words.data or "").strip():
            self.words.errors = ["Enter what the next team needs to know"]
        return is_short(self.words) and not self.errors


class EscalateForm(Form):  # type: ignore[misc]
    """Why somebody who leads has to look at it."""

    words = TextAreaField("Why does somebody have to look at it now?")
    to_fallback = BooleanField()

    def is_complete(self) -> bool:
        """Whether there is a reason."""
        return has_words(self.words, "Enter why somebody has to look at it now")


class ContactForm(Form):  # type: ignore[misc]
    """When, how, and whether somebody was reached."""

    reached = RadioField("What happened?", choices=choices(REACHED))
    way = RadioField("How?", choices=choices(WAYS))
    when = DayField()
    time = StringField("At what time? (optional)")
    words = TextAreaField("What do the teams need to know? (optional)")

    def contact(self) -> tuple[Contact, str] | None:
        """The contact and its time in words; None, with errors, if something is wrong."""
        if self.reached.data not in REACHED:
            self.reached.errors = ["Select what happened"]
        if self.way.data not in WAYS:
            self.way.errors = ["Select how"]
        at = self._moment()
        if at is None or not is_short(self.words) or self.errors:
            return None
        said = london_time(at) if self.time.data else london_time(at).rpartition(",")[0]
        return Contact(at, self.way.data, self.reached.data, self.words.data or ""), said

    def _moment(self) -> datetime | None:
        if self.when.data is None:
            self.when.errors = ["Enter the day, like 27 3 2026"]
            return None
        typed = (self.time.data or "").strip().replace(".", ":")
        try:
            at = datetime.strptime(typed, "%H:%M").time() if typed else time(0)  # noqa: DTZ007
        except ValueError:
            self.time.errors = ["Enter the time like 14:30"]
            return None
        moment = datetime.combine(self.when.data, at, LONDON)
        if moment > clock():
            self.when.errors = ["Enter a day and time that are not in the future"]
        return moment


@bp.get("/cases/<case_id>/send-on")
@needs("case.send-on", own_part)
def send_on(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Look for the team."""
    return _search_page(thing, SearchForm(request.args))


@bp.get("/cases/<case_id>/send-on/why")
@needs("case.send-on", own_part)
def send_on_why(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask why it goes to the team that was chosen."""
    form = SearchForm(request.args)
    target = team_to_send_to(thing, form.to.data or "")
    if target is None:
        form.to.errors = ["Select a team"]
        return _search_page(thing, form), 422
    return _why_page(thing, WhyForm(), _allowed(target))


@bp.post("/cases/<case_id>/send-on/check")
@needs("case.send-on", own_part)
def send_on_check(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Show what will happen, before it does."""
    form, target = WhyForm(request.form), _chosen(thing)
    if not form.is_complete():
        return _why_page(thing, form, target), 422
    return render_template(
        "staff/send_on_check.html",
        part=thing,
        form=form,
        target=target,
        reference=reference_of(thing),
        why=SEND_ON_REASONS[form.reason.data],
    )


@bp.post("/cases/<case_id>/send-on")
@needs("case.send-on", own_part)
def send_on_confirmed(user: User, thing: CasePart, case_id: str) -> Any:
    """Send the case to the other team."""
    form, target = WhyForm(request.form), _chosen(thing)
    if not form.is_complete():
        return _why_page(thing, form, target), 422
    send_case_on(
        user, thing, target.id, form.reason.data, form.words.data or "", address=request_address()
    )
    flash(f"You have sent this case to {target.name}.")
    return _back(case_id)


@bp.get("/cases/<case_id>/escalate")
@needs("case.escalate", own_part)
def escalate(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask why."""
    return _escalate_page(user, thing, EscalateForm())


@bp.post("/cases/<case_id>/escalate")
@needs("case.escalate", own_part)
def escalate_submitted(user: User, thing: CasePart, case_id: str) -> Any:
    """Put the case at the top and tell who leads the team."""
    form = EscalateForm(request.form)
    if not form.is_complete():
        return _escalate_page(user, thing, form), 422
    added = escalate_case(
        user,
        thing,
        form.words.data or "",
        to_fallback=form.to_fallback.data,
        address=request_address(),
    )
    told = "This case is escalated."
    if added:
        told += f" {current_directory().team_name(added)} has it now too."
    flash(told)
    return _back(case_id)


@bp.get("/cases/<case_id>/contact")
@needs("case.contact", own_part)
def contact(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask when, how, and whether somebody was reached."""
    form = ContactForm(data={"when": clock().astimezone(LONDON).date()})
    return render_template("staff/contact.html", part=thing, form=form)


@bp.post("/cases/<case_id>/contact")
@needs("case.contact", own_part)
def contact_submitted(user: User, thing: CasePart, case_id: str) -> Any:
    """Put the contact on the timeline."""
    form = ContactForm(request.form)
    found = form.contact()
    if found is None or form.errors:
        return render_template("staff/contact.html", part=thing, form=form), 422
    record_contact(user, thing, *found, address=request_address())
    flash("The contact is on the timeline.")
    return _back(case_id)


def _chosen(part: CasePart) -> TeamToChoose:
    """The team that the form names. Raises NotNow if it cannot have the case by now."""
    target = team_to_send_to(part, request.form.get("to", ""))
    if target is None:
        raise NotNow("There is no such team any more. Choose another.")
    return _allowed(target)


def _allowed(target: TeamToChoose) -> TeamToChoose:
    if target.why_not:
        raise NotNow(target.why_not)
    return target


def _search_page(part: CasePart, form: SearchForm) -> str:
    found = find_teams(part, form.words.data or "")
    return render_template("staff/send_on.html", part=part, form=form, found=found)


def _why_page(part: CasePart, form: WhyForm, target: TeamToChoose) -> str:
    return render_template("staff/send_on_why.html", part=part, form=form, target=target)


def _escalate_page(user: User, part: CasePart, form: EscalateForm) -> str:
    fallback = team_to_add(part)
    return render_template(
        "staff/escalate.html",
        part=part,
        form=form,
        leaders=who_is_told(user, part),
        fallback=current_directory().team_name(fallback) if fallback else "",
    )


def _back(case_id: str) -> Any:
    return redirect(url_for("staff.case", case_id=case_id), 303)
