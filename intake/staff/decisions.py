"""Decide about a case: accept, decline, close, archive, reopen."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, RadioField, TextAreaField

from intake.access import CasePart, User
from intake.services import case_decisions
from intake.services.case_decisions import DECLINE_REASONS, OUTCOMES, closure_submitted
from intake.services.directory import team_names
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import needs, own_part
from intake.staff.session import request_address
from intake.staff.words_field import has_words, is_short


class DeclineForm(Form):  # type: ignore[misc]
    """Why a team declines."""

    reason = RadioField("Why can your team not take this case?", choices=choices(DECLINE_REASONS))
    words = TextAreaField("Tell the next team what it needs to know")

    def is_complete(self) -> bool:
        """Whether a reason was chosen, and words where the reason says nothing."""
        if self.reason.data not in DECLINE_REASONS:
            self.reason.errors = ["Select why your team cannot take this case"]
        elif self.reason.data == "other" and not (self.words.data or "").strip():
            self.words.errors = ["Enter what the next team needs to know"]
        return is_short(self.words) and not self.errors


class CloseForm(Form):  # type: ignore[misc]
    """What came of it, and why a case can be closed."""

    outcome = RadioField("What came of it?", choices=choices(OUTCOMES))
    words = TextAreaField("Why does this case need no closure form?")

    def is_complete(self, has_closure: bool) -> bool:
        """Whether there is an outcome, and a reason, unless a closure form gives it."""
        if self.outcome.data not in OUTCOMES:
            self.outcome.errors = ["Select what came of it"]
        if not has_closure and not (self.words.data or "").strip():
            self.words.errors = ["Enter why this case needs no closure form"]
        return is_short(self.words) and not self.errors


class NamingForm(Form):  # type: ignore[misc]
    """Whether the sender may see the organisation's name, and why."""

    named = RadioField(
        "Can whoever sent this referral see that your organisation has it?",
        choices=choices({"yes": "Yes, it is safe", "no": "No, it could put somebody at risk"}),
    )
    words = TextAreaField("Why?")

    def is_complete(self) -> bool:
        """Whether both were answered."""
        if self.named.data not in ("yes", "no"):
            self.named.errors = ["Select whether it is safe"]
        has_words(self.words, "Enter why")
        return not self.errors


@bp.post("/cases/<case_id>/accept")
@needs("case.accept", own_part)
def accept(user: User, thing: CasePart, case_id: str) -> Any:
    """The team takes the case on."""
    seen = request.form.get("seen", "")
    case_decisions.accept(user, thing, seen=seen, address=request_address())
    flash("Your team has accepted this case.")
    return _back(case_id)


@bp.get("/cases/<case_id>/decline")
@needs("case.decline", own_part)
def decline(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask for the reason."""
    return _decline_page(thing, DeclineForm())


@bp.post("/cases/<case_id>/decline")
@needs("case.decline", own_part)
def decline_submitted(user: User, thing: CasePart, case_id: str) -> Any:
    """The team declines; a case that nobody else has goes to the fallback team."""
    form = DeclineForm(request.form)
    if not form.is_complete():
        return _decline_page(thing, form), 422
    passed_to = case_decisions.decline(
        user, thing, form.reason.data, form.words.data or "", address=request_address()
    )
    told = "Your team has declined this case."
    if passed_to:
        told += f" It was passed to {team_names().get(passed_to, passed_to)}."
    flash(told)
    return _back(case_id)


@bp.get("/cases/<case_id>/close")
@needs("case.close", own_part)
def close(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask for the closure form, or the reason why there is none."""
    return _close_page(thing, CloseForm(), closure_submitted(case_id))


@bp.post("/cases/<case_id>/close")
@needs("case.close", own_part)
def close_submitted(user: User, thing: CasePart, case_id: str) -> Any:
    """The team finishes its part; the last one closes the case."""
    form, has_closure = CloseForm(request.form), closure_submitted(case_id)
    if not form.is_complete(has_closure):
        return _close_page(thing, form, has_closure), 422
    is_closed = case_decisions.close(
        user, thing, form.words.data or "", outcome=form.outcome.data, address=request_address()
    )
    flash(
        "This case is closed."
        if is_closed
        else "Your team has finished its part. The case stays open for the other teams."
    )
    return _back(case_id)


@bp.get("/cases/<case_id>/naming")
@needs("case.name", own_part)
def naming(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask whether the sender may see the organisation's name."""
    return _naming_page(thing, NamingForm())


@bp.post("/cases/<case_id>/naming")
@needs("case.name", own_part)
def naming_decided(user: User, thing: CasePart, case_id: str) -> Any:
    """Show the organisation's name to the sender, or hide it."""
    form = NamingForm(request.form)
    if not form.is_complete():
        return _naming_page(thing, form), 422
    is_named = form.named.data == "yes"
    words = form.words.data or ""
    case_decisions.name_organisation(
        user, thing, words, is_named=is_named, address=request_address()
    )
    shown = "can see" if is_named else "cannot see"
    flash(f"Whoever sent this referral {shown} that your organisation has it.")
    return _back(case_id)


@bp.post("/cases/<case_id>/archive")
@needs("case.archive", own_part)
def archive(user: User, thing: CasePart, case_id: str) -> Any:
    """Put a closed case away."""
    case_decisions.archive(user, thing, address=request_address())
    flash("This case is archived.")
    return _back(case_id)


@bp.post("/cases/<case_id>/reopen")
@needs("case.reopen", own_part)
def reopen(user: User, thing: CasePart, case_id: str) -> Any:
    """Take a finished case up again."""
    case_decisions.reopen(user, thing, address=request_address())
    flash("This case is open again.")
    return _back(case_id)


def _decline_page(part: CasePart, form: DeclineForm) -> str:
    return render_template("staff/decline.html", part=part, form=form)


def _naming_page(part: CasePart, form: NamingForm) -> str:
    return render_template("staff/naming.html", part=part, form=form)


def _close_page(part: CasePart, form: CloseForm, has_closure: bool) -> str:
    return render_template("staff/close.html", part=part, form=form, has_closure=has_closure)


def _back(case_id: str) -> Any:
    return redirect(url_for("staff.case", case_id=case_id), 303)
