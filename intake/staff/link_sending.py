"""Issue a weblink: by email, or on paper; and a new one in the place of another."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from form_definitions.languages import ENGLISH, LANGUAGES
from intake.access import TeamThing, User
from intake.app_state import clock, settings
from intake.sealing import BadToken
from intake.services.case_links import read_details
from intake.services.form_titles import form_titles
from intake.services.forms import FormWithdrawn
from intake.services.link_care import Replacement, care_for, check_recipient, replace_link
from intake.services.link_papers import (
    MEDIA_TYPES,
    link_paper,
    paper_languages,
    papers_to_choose,
)
from intake.services.link_terms import LinkKind, Shown
from intake.services.links import IssuedLink, LinkNotIssued, find_link, issue_link
from intake.staff.blueprint import bp
from intake.staff.guard import needs, the_link
from intake.staff.link_form import (
    ReplacementForm,
    check,
    check_days,
    end_of_day,
    link_form,
    refused,
)
from intake.staff.session import request_address
from renderers import PrintingNotInstalled
from renderers.qr_codes import qr_svg


@bp.get("/links/new")
@needs("link.list")
def new_link(user: User) -> Any:
    """Ask which form goes to whom."""
    return render_template("staff/link_new.html", form=link_form(user, request.form))


@bp.post("/links/new")
@needs("link.list")
def new_link_submitted(user: User) -> Any:
    """Send the link, and show where it can be followed; show a shared one, this once."""
    form = link_form(user, request.form)
    uses = check(form, user)
    if uses and not form.errors:
        try:
            issued = issue_link(
                form.form_id.data,
                kind=form.kind.data,
                recipient="" if form.is_shared else form.recipient.data or "",
                expires_at=end_of_day(clock(), int(form.expires.data)),
                uses=uses,
                team_id=form.team.data,
                actor=user.actor,
                language="" if form.language.data == ENGLISH else form.language.data,
                verify=form.wanted_verification,
                verify_answer=form.answer.data or "",
                purpose=form.purpose.data or "",
                address=request_address(),
            )
        except LinkNotIssued as error:
            refused(form, error)
        else:
            return issued_page(issued, user)
    return render_template("staff/link_new.html", form=form), 422


def issued_page(issued: IssuedLink, user: User) -> Any:
    """Where a link can be followed that was sent; of a shared one its address, this once."""
    line = find_link(user, issued.id)
    if line.kind is not LinkKind.SHARED:
        flash("The link is on its way. Here you see when it was sent, opened and used.")
        return redirect(url_for("staff.link", link_id=issued.id), 303)
    return render_template(
        "staff/link_issued.html",
        link=line,
        url=issued.url,
        token=issued.url.rpartition("/")[2],
        qr=qr_svg(issued.url, title="QR code of this link"),
        titles=form_titles({line.form_id}),
        papers=papers_to_choose(),
        languages={each: LANGUAGES[each] for each in paper_languages(issued.id)},
    )


@bp.post("/links/<link_id>/paper")
@needs("link.see", the_link)
def paper(user: User, thing: TeamThing, link_id: str) -> Response:  # noqa: ARG001
    """The link's QR code, poster or letter, for whoever has its address in hand."""
    kind = request.form.get("paper", "")
    if kind not in MEDIA_TYPES:
        raise BadRequest
    try:
        made = link_paper(
            link_id, request.form.get("token", ""), kind, request.form.get("language", ENGLISH)
        )
    except BadToken as error:
        raise BadRequest from error
    except PrintingNotInstalled as error:
        raise ServiceUnavailable from error
    response = Response(made.content, mimetype=made.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=made.name)
    return response


@bp.get("/links/<link_id>/replace")
@needs("link.replace", the_link)
def replacement(user: User, thing: TeamThing, link_id: str) -> Any:  # noqa: ARG001
    """Ask what the new link is given; say what ends with the old one."""
    details = read_details(user, link_id, address=request_address())
    data = {"recipient": details.recipient, "purpose": details.purpose}
    return replacement_page(user, link_id, ReplacementForm(data=data))


@bp.post("/links/<link_id>/replace")
@needs("link.replace", the_link)
def replace(user: User, thing: TeamThing, link_id: str) -> Any:  # noqa: ARG001
    """End the link and send a new one in its place."""
    form, address = ReplacementForm(request.form), request_address()
    is_shared = find_link(user, link_id).kind is LinkKind.SHARED
    if not is_shared and not (form.recipient.data or "").strip():
        form.recipient.errors = ["Enter the email address of the person who fills it in"]
    check_days(form.expires)
    if not form.errors:
        details = read_details(user, link_id, address=address)
        wanted = Replacement(
            recipient="" if is_shared else form.recipient.data or "",
            expires_at=end_of_day(clock(), int(form.expires.data)),
            purpose=form.purpose.data or "",
            shown=Shown((form.shown.data or "").strip()),
            verify_answer=form.answer.data or "",
        )
        try:
            check_recipient(link_id, details, wanted.recipient)
            issued = replace_link(user, link_id, wanted, address=address)
        except LinkNotIssued as error:
            refused(form, error)
        except FormWithdrawn:
            form.expires.errors = ["This form was withdrawn, so nobody can start it"]
        else:
            return issued_page(issued, user)
    return replacement_page(user, link_id, form), 422


def replacement_page(user: User, link_id: str, form: ReplacementForm) -> str:
    """The page that asks for what a new link is given."""
    line = find_link(user, link_id)
    return render_template(
        "staff/link_replace.html",
        link=line,
        form=form,
        care=care_for(user, link_id),
        titles=form_titles({line.form_id}),
        base_url=settings().base_url,
    )
