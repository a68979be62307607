"""Pause the clocks of a team's part, and let them go on."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, RadioField, TextAreaField

from intake.access import CasePart, User
from intake.app_state import clock
from intake.services import pausing
from intake.services.part_clocks import PAUSE_REASONS
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.day_field import DayField
from intake.staff.guard import needs, own_part
from intake.staff.session import request_address
from intake.staff.words import london_date
from intake.staff.words_field import has_words
from referral_router.calendars import LONDON


class PauseForm(Form):  # type: ignore[misc]
    """Why the clocks stand still, and until which day."""

    reason = RadioField("Why can this wait?", choices=choices(PAUSE_REASONS))
    until = DayField("until")
    words = TextAreaField("What do you wait for, and who follows it up?")

    def is_complete(self, last: date, today: date) -> bool:
        """Whether everything was answered, with a day from tomorrow to the last one allowed."""
        if self.until.data is None:
            self.until.errors = ["Enter the day on which the clocks go on, like 27 3 2027"]
        elif not today < self.until.data <= last:
            first = london_date(today + timedelta(days=1))
            self.until.errors = [f"Enter a day from {first} to {london_date(last)}"]
        if self.reason.data not in PAUSE_REASONS:
            self.reason.errors = ["Select why this can wait"]
        has_words(self.words, "Enter what you wait for, and who follows it up")
        return not self.errors


@bp.get("/cases/<case_id>/pause")
@needs("case.pause", own_part)
def pause(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask why, and until when; or say why this cannot wait."""
    pausing.check_can_pause(thing)
    return _page(thing, PauseForm())


@bp.post("/cases/<case_id>/pause")
@needs("case.pause", own_part)
def pause_submitted(user: User, thing: CasePart, case_id: str) -> Any:
    """Let the clocks stand still."""
    form, now = PauseForm(request.form), clock()
    last, until = pausing.last_day_of_pause(now), form.until.data
    if not form.is_complete(last, now.astimezone(LONDON).date()) or until is None:
        return _page(thing, form), 422
    address = request_address()
    pausing.pause(user, thing, form.reason.data, form.words.data, until, address=address)
    flash(f"The clocks are paused. They go on when {london_date(until)} begins.")
    return redirect(url_for("staff.case", case_id=case_id), 303)


@bp.post("/cases/<case_id>/resume")
@needs("case.pause", own_part)
def resume(user: User, thing: CasePart, case_id: str) -> Any:
    """Let the clocks go on."""
    pausing.resume(user, thing, address=request_address())
    flash("The clocks go on.")
    return redirect(url_for("staff.case", case_id=case_id), 303)


def _page(part: CasePart, form: PauseForm) -> str:
    last = pausing.last_day_of_pause(clock())
    return render_template("staff/pause.html", part=part, form=form, last=last)
