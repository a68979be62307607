"""Ask somebody for more information: by email, or with a link to hand over."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import BooleanField, RadioField, StringField, TextAreaField

from intake.access import CasePart, User
from intake.app_state import clock
from intake.services.asking_more import LONGEST_WAIT, Asked, ask_for_more, forms_to_ask
from intake.services.deciding import NotNow
from intake.services.directory import current_directory
from intake.services.link_issuing import IssuedLink
from intake.services.link_terms import Verification
from intake.services.links import LinkNotIssued
from intake.services.part_clocks import INFORMATION
from intake.services.pausing import last_day_of_pause, pause
from intake.staff.blueprint import bp
from intake.staff.case_forms import is_email_unsafe
from intake.staff.choices import choices
from intake.staff.day_field import DayField
from intake.staff.guard import needs, own_part
from intake.staff.link_form import VerificationForm, refused
from intake.staff.session import request_address
from intake.staff.words import london_date
from intake.staff.words_field import has_words
from referral_router.calendars import LONDON
from renderers.qr_codes import qr_svg

GO_ON = "Your team’s times go on."
USUAL_WAIT = timedelta(days=7)
BY_EMAIL, IN_HAND = "email", "hand"
WAYS = {BY_EMAIL: "By email", IN_HAND: "I give them the link myself"}


class AskForm(VerificationForm):
    """Whom to ask, what, and by when."""

    words = TextAreaField("What do you want to know?")
    form_id = RadioField("Which form do they answer with?", choices=[])
    by = DayField()
    way = RadioField("How do they get it?", choices=choices(WAYS))
    recipient = StringField("Their email address")
    is_someone_else = BooleanField()
    pause = BooleanField()

    @property
    def is_in_hand(self) -> bool:
        """Whether the link is handed over."""
        return bool(self.way.data == IN_HAND)

    def asked(self, *, is_unsafe: bool) -> Asked | None:
        """What is asked; None, with errors, if something is missing."""
        has_words(self.words, "Enter what you want to know")
        if self.form_id.data not in {each.value for each in self.form_id.choices}:
            self.form_id.errors = ["Select a form"]
        self._check_day()
        self._check_way(is_unsafe)
        if self.errors or self.by.data is None:
            return None
        recipient = "" if self.is_in_hand else (self.recipient.data or "").strip()
        verify, answer = self.wanted_verification, self.answer.data or ""
        return Asked(self.form_id.data, self.words.data, self.by.data, recipient, verify, answer)

    def _check_day(self) -> None:
        today = clock().astimezone(LONDON).date()
        if self.by.data is None:
            self.by.errors = ["Enter the day, like 27 3 2026"]
        elif not today <= self.by.data <= today + LONGEST_WAIT:
            self.by.errors = [f"Enter a day from today to {LONGEST_WAIT.days} days from now"]

    def _check_way(self, is_unsafe: bool) -> None:
        if self.way.data not in WAYS:
            self.way.errors = ["Select how they get it"]
        elif self.way.data == BY_EMAIL and not (self.recipient.data or "").strip():
            self.recipient.errors = ["Enter their email address"]
        elif self.way.data == BY_EMAIL and is_unsafe and not self.is_someone_else.data:
            self.is_someone_else.errors = ["Confirm that this address is not theirs"]


@bp.get("/cases/<case_id>/ask")
@needs("case.ask", own_part)
def ask(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask what is wanted of whom."""
    by = (clock() + USUAL_WAIT).astimezone(LONDON).date()
    first = next(iter(forms_to_ask()), None)
    form = _form({"by": by, "form_id": first.id if first else "", "way": BY_EMAIL})
    return _page(thing, form, is_email_unsafe(user, thing))


@bp.post("/cases/<case_id>/ask")
@needs("case.ask", own_part)
def ask_submitted(user: User, thing: CasePart, case_id: str) -> Any:
    """Send the link; or show it, this once, to whoever hands it over."""
    form, is_unsafe = _form(), is_email_unsafe(user, thing)
    asked = form.asked(is_unsafe=is_unsafe)
    if asked is None:
        return _page(thing, form, is_unsafe), 422
    try:
        issued = ask_for_more(user, thing, asked, address=request_address())
    except LinkNotIssued as error:
        refused(form, error)
        return _page(thing, form, is_unsafe), 422
    times = _pause_until(user, thing, asked) if form.pause.data else GO_ON
    if form.is_in_hand:
        return _link_page(thing, issued, times)
    flash(f"We have asked them. The case waits for their answer. {times}")
    return redirect(url_for("staff.case", case_id=case_id), 303)


def _pause_until(user: User, part: CasePart, asked: Asked) -> str:
    """Pause the team's clocks until the answer comes or its day is over; what became of that."""
    until = min(asked.by + timedelta(days=1), last_day_of_pause(clock()))
    address = request_address()
    try:
        pause(user, part, INFORMATION, asked.words, until, address=address)
    except NotNow as problem:
        return f"{GO_ON} {problem}"
    return f"Your team’s times are paused until the answer comes, or {london_date(until)} begins."


def _form(data: dict[str, Any] | None = None) -> AskForm:
    form = AskForm(request.form, data=data)
    form.form_id.choices = choices({each.id: each.title for each in forms_to_ask()})
    form.check_verification()
    return form


def _page(part: CasePart, form: AskForm, is_unsafe: bool) -> str:
    return render_template(
        "staff/ask.html",
        part=part,
        form=form,
        is_unsafe=is_unsafe,
        by_email=BY_EMAIL,
        in_hand=IN_HAND,
        code=Verification.CODE.value,
    )


def _link_page(part: CasePart, issued: IssuedLink, times: str) -> str:
    return render_template(
        "staff/ask_in_hand.html",
        part=part,
        link=issued,
        times=times,
        team=current_directory().team_name(part.team),
        qr=qr_svg(issued.url, title="QR code of this link"),
    )
