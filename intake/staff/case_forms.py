"""Complete a form on a case: start it here, or send it to a named professional."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField

from form_definitions import FormDefinition
from intake.access import CaseForm, CasePart, User
from intake.app_state import clock
from intake.services.carried_answers import offers
from intake.services.case_answers import answers_to_choose, shown_of
from intake.services.case_links import issue_case_link, start_case_form
from intake.services.cases import case_forms, open_for_part
from intake.services.link_terms import Shown
from intake.services.links import LinkNotIssued
from intake.services.safe_contact import somebody_is_unsafe
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import form_on_case, needs, own_part
from intake.staff.link_form import VerificationForm, refused
from intake.staff.session import request_address
from intake.visitor_cookie import remember

ANSWERS = "answers-"  # and the form's id: the boxes that are ticked under it


class CaseLinkForm(VerificationForm):
    """Which form of the case goes to whom."""

    form_id = RadioField("Which form do you want to send?", choices=[])
    recipient = StringField("Email address of the professional")
    shown = TextAreaField("What do you want to tell them about the case?")
    show_answers = SelectMultipleField(choices=[], validate_choice=False)
    is_trained = BooleanField()
    is_someone_else = BooleanField()


@bp.post("/cases/<case_id>/forms/<form_id>")
@needs("case.fill-form", form_on_case)
def start_form(user: User, thing: CaseForm, case_id: str, form_id: str) -> Any:  # noqa: ARG001
    """Start the form, and go to its first page."""
    opened = start_case_form(user, thing.part, form_id, address=request_address())
    return remember(redirect(f"/form/{opened.draft_id}/start", 303), opened)


@bp.get("/cases/<case_id>/links/new")
@needs("case.work", own_part)
def new_case_link(user: User, thing: CasePart, case_id: str) -> Any:  # noqa: ARG001
    """Ask which form goes to whom, and with which answers of the case."""
    forms = case_forms(clock())
    wanted = request.args.get("form", "")
    return _page(user, thing, _form(forms, data={"form_id": wanted}), forms)


@bp.post("/cases/<case_id>/links/new")
@needs("case.work", own_part)
def new_case_link_submitted(user: User, thing: CasePart, case_id: str) -> Any:
    """Send the link. For a licensed form the issuer confirms the professional's training."""
    forms = case_forms(clock())
    form = _form(forms)
    chosen = next((each for each in forms if each.id == form.form_id.data), None)
    _check(form, chosen)
    if not form.is_someone_else.data and is_email_unsafe(user, thing):
        form.is_someone_else.errors = ["Confirm that this address is not theirs"]
    if chosen and not form.errors:
        try:
            shown = _shown(user, thing, form)
            issue_case_link(
                user,
                thing,
                chosen.id,
                form.recipient.data or "",
                training=chosen.requires_training,
                shown=shown,
                answers=request.form.getlist(f"{ANSWERS}{chosen.id}"),
                verify=form.wanted_verification,
                verify_answer=form.answer.data or "",
                address=request_address(),
            )
        except LinkNotIssued as error:
            refused(form, error)
        else:
            flash(f"The link to “{chosen.title}” is on its way.")
            return redirect(url_for("staff.case", case_id=case_id), 303)
    return _page(user, thing, form, forms), 422


def _form(forms: tuple[FormDefinition, ...], data: dict[str, str] | None = None) -> CaseLinkForm:
    form = CaseLinkForm(request.form, data=data)
    form.form_id.choices = choices({each.id: each.title for each in forms})
    form.check_verification()
    return form


def _check(form: CaseLinkForm, chosen: FormDefinition | None) -> None:
    if chosen is None:
        form.form_id.errors = ["Select which form you want to send"]
    if not (form.recipient.data or "").strip():
        form.recipient.errors = ["Enter the email address of the professional"]
    if chosen and chosen.requires_training and not form.is_trained.data:
        form.is_trained.errors = ["Confirm that this professional has completed the training"]


def is_email_unsafe(user: User, part: CasePart) -> bool:
    """Whether anybody said on this case that an email could put them in danger."""
    return somebody_is_unsafe(open_for_part(user, part, address=request_address()))


def _shown(user: User, part: CasePart, form: CaseLinkForm) -> Shown:
    """What the link shows, beside what it fills in. Raises LinkNotIssued."""
    words, chosen = (form.shown.data or "").strip(), form.show_answers.data
    if not chosen:
        return Shown(words)
    submitted = open_for_part(user, part, address=request_address())
    return shown_of(words, chosen, answers_to_choose(submitted))


def _page(user: User, part: CasePart, form: CaseLinkForm, forms: tuple[FormDefinition, ...]) -> str:
    submitted = open_for_part(user, part, address=request_address())
    return render_template(
        "staff/case_link.html",
        part=part,
        form=form,
        forms=forms,
        offered={each.id: offers(each, submitted) for each in forms},
        prefix=ANSWERS,
        ticked={each.id: request.form.getlist(f"{ANSWERS}{each.id}") for each in forms},
        to_show=answers_to_choose(submitted),
        is_unsafe=somebody_is_unsafe(submitted),
    )
