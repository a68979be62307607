"""Weblinks: see how far they have come, give one more time, send its message again, stop one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from intake.access import TeamThing, User
from intake.app_state import clock
from intake.services.case_links import read_details
from intake.services.directory import names_of, team_names
from intake.services.form_titles import form_titles
from intake.services.link_care import care_for, extend_link, resend_link
from intake.services.link_lists import STATES, LinkFilter, link_page
from intake.services.link_rules import MOST_SHARED_USES
from intake.services.link_terms import LinkKind
from intake.services.link_timeline import link_timeline
from intake.services.links import (
    LinkNotIssued,
    find_link,
    revoke_link,
    unlock_link,
)
from intake.staff.blueprint import bp
from intake.staff.guard import needs, the_link
from intake.staff.link_form import (
    ExtensionForm,
    check_days,
    end_of_day,
    refused,
    whole_number,
)
from intake.staff.posted_numbers import whole
from intake.staff.session import request_address


@bp.get("/links")
@needs("link.list")
def links(user: User) -> Any:
    """The links of the user's teams, newest first; the address says which."""
    wanted = wanted_links(user, request.args)
    page = link_page(user, wanted, page_number(request.args.get("page", "")))
    return render_template(
        "staff/links.html",
        page=page,
        wanted=wanted,
        asked=asked(wanted),
        states=STATES,
        titles=form_titles({*page.forms}),
        teams=names_of(sorted(user.teams)),
        own=user.actor,
    )


def wanted_links(user: User, asked_for: MultiDict[str, str]) -> LinkFilter:
    """The filter of an address; "mine" are the user's own."""
    who = asked_for.get("who", "")
    return LinkFilter(
        state=asked_for.get("state", ""),
        form_id=asked_for.get("form", ""),
        team_id=asked_for.get("team", ""),
        created_by=user.actor if who == "mine" else who,
        case=asked_for.get("case", ""),
        campaign_id=asked_for.get("campaign", ""),
        not_delivered=asked_for.get("delivery") == "failed",
    )


def asked(wanted: LinkFilter) -> dict[str, str]:
    """The filter as it stands in an address, without what is not asked for."""
    values = {
        "state": wanted.state,
        "form": wanted.form_id,
        "team": wanted.team_id,
        "who": wanted.created_by,
        "case": wanted.case,
        "campaign": wanted.campaign_id,
        "delivery": "failed" if wanted.not_delivered else "",
    }
    return {name: value for name, value in values.items() if value}


def page_number(typed: str) -> int:
    """The page that an address asks for; the first if it is none."""
    number = whole(typed)
    return 1 if number is None else number


@bp.get("/links/<link_id>")
@needs("link.see", the_link)
def link(user: User, thing: TeamThing, link_id: str) -> Any:
    """One link: who it went to (recorded before it is opened), and how far it has come."""
    return shown(user, thing, link_id, ExtensionForm())


def shown(user: User, thing: TeamThing, link_id: str, form: ExtensionForm) -> str:
    """The page of a link."""
    details = read_details(user, link_id, address=request_address())
    line = find_link(user, link_id)
    return render_template(
        "staff/link.html",
        link=line,
        details=details,
        team=team_names().get(thing.team, ""),
        titles=form_titles({line.form_id}),
        timeline=link_timeline(link_id),
        care=care_for(user, link_id),
        form=form,
    )


@bp.post("/links/<link_id>/extend")
@needs("link.extend", the_link)
def extend(user: User, thing: TeamThing, link_id: str) -> Any:
    """Give a link more time, and a shared one more uses."""
    form, uses = ExtensionForm(request.form), None
    check_days(form.expires)
    if find_link(user, link_id).kind is LinkKind.SHARED and form.uses.data:
        uses = whole_number(form.uses, MOST_SHARED_USES)
    if not form.errors:
        until = end_of_day(clock(), int(form.expires.data))
        try:
            extend_link(user, link_id, until, uses=uses, address=request_address())
        except LinkNotIssued as error:
            refused(form, error, otherwise="expires")
        else:
            flash("The link can be used for longer.")
            return redirect(url_for("staff.link", link_id=link_id), 303)
    return shown(user, thing, link_id, form), 422


@bp.post("/links/<link_id>/resend")
@needs("link.resend", the_link)
def resend(user: User, thing: TeamThing, link_id: str) -> Any:  # noqa: ARG001
    """Try the link's own message again that could not be delivered."""
    is_queued = resend_link(user, link_id, address=request_address())
    flash(
        "The same message will be sent again in a moment."
        if is_queued
        else "The message is not there any more. Send a new link in place of this one."
    )
    return redirect(url_for("staff.link", link_id=link_id), 303)


@bp.post("/links/<link_id>/revoke")
@needs("link.revoke", the_link)
def revoke(user: User, thing: TeamThing, link_id: str) -> Any:  # noqa: ARG001
    """Stop a link for good."""
    revoke_link(user, link_id, address=request_address())
    flash("The link is revoked. Whoever opens it is told how to ask for a new one.")
    return redirect(url_for("staff.link", link_id=link_id), 303)


@bp.post("/links/<link_id>/unlock")
@needs("link.unlock", the_link)
def unlock(user: User, thing: TeamThing, link_id: str) -> Any:  # noqa: ARG001
    """Let a link be opened again that was locked after too many wrong tries."""
    unlock_link(user, link_id, address=request_address())
    flash("The link is unlocked. Its holder can try again.")
    return redirect(url_for("staff.link", link_id=link_id), 303)
