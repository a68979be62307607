"""Campaigns: upload a file, look at it, send it, follow it, remind, stop."""

import csv
import io
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from intake.access import TeamThing, User, may
from intake.services.campaign_figures import CampaignLine, LinkFigure, link_figures, list_campaigns
from intake.services.campaign_pages import (
    confirm_campaign,
    prepared_page,
    remind_round,
    see_campaign,
    stop_campaign,
)
from intake.services.campaign_reminders import MOST_ROUNDS
from intake.services.directory import team_names
from intake.services.form_titles import form_titles
from intake.staff.blueprint import bp
from intake.staff.campaign_form import campaign_form, prepare_from
from intake.staff.guard import needs, takes_file, the_campaign
from intake.staff.session import request_address

LARGEST_UPLOAD = 10 * 1024 * 1024  # bytes; the command line takes more
STEPS = ("queued", "sent", "opened", "started", "finished")


@bp.get("/campaigns")
@needs("campaign.list")
def campaigns(user: User) -> Any:
    """The campaigns of the teams that the user leads, newest first."""
    listed = list_campaigns(user)
    titles = form_titles({each.form_id for each in listed})
    return render_template(
        "staff/campaigns.html", campaigns=listed, titles=titles, teams=team_names()
    )


@bp.get("/campaigns/new")
@needs("campaign.list")
def new_campaign(user: User) -> Any:
    """Ask for form, message and file."""
    return render_template("staff/campaign_new.html", form=campaign_form(user), problems=())


@bp.post("/campaigns/new")
@takes_file(LARGEST_UPLOAD)
@needs("campaign.list")
def new_campaign_submitted(user: User) -> Any:
    """Check every row. What is in order waits, sealed, to be looked at and confirmed."""
    form = campaign_form(user)
    allowed = may(user, "campaign.send", TeamThing(form.team.data or ""))
    prepared = prepare_from(form, user, is_allowed=allowed, address=request_address())
    if prepared.campaign_id:
        return redirect(url_for("staff.campaign", campaign_id=prepared.campaign_id), 303)
    page = render_template("staff/campaign_new.html", form=form, problems=prepared.problems)
    return page, 422


@bp.get("/campaigns/<campaign_id>")
@needs("campaign.see", the_campaign)
def campaign(user: User, thing: TeamThing, campaign_id: str) -> Any:
    """One campaign: before it is sent, the message of any row; afterwards, its figures."""
    line, next_round = see_campaign(user, campaign_id)
    if line.state == "prepared":
        return _prepared(user, line, thing)
    return render_template(
        "staff/campaign.html",
        line=line,
        next_round=next_round,
        steps=STEPS,
        team=team_names().get(thing.team, ""),
        titles=form_titles({line.form_id}),
    )


def _prepared(user: User, line: CampaignLine, thing: TeamThing) -> Any:
    row = request.args.get("row", type=int)
    page = prepared_page(user, line.id, row, address=request_address())
    return render_template(
        "staff/campaign_prepared.html",
        line=line,
        page=page,
        row=request.args.get("row", ""),
        team=team_names().get(thing.team, ""),
        titles=form_titles({line.form_id}),
    )


@bp.get("/campaigns/<campaign_id>/figures")
@needs("campaign.see", the_campaign)
def campaign_figures(user: User, thing: TeamThing, campaign_id: str) -> Any:  # noqa: ARG001
    """The figures alone, for the page's script."""
    line, _next_round = see_campaign(user, campaign_id)
    return render_template("staff/campaign_figures.html", line=line, steps=STEPS)


@bp.post("/campaigns/<campaign_id>/send")
@needs("campaign.send", the_campaign)
def send_campaign(user: User, thing: TeamThing, campaign_id: str) -> Any:  # noqa: ARG001
    """Let it go."""
    confirm_campaign(user, campaign_id, address=request_address())
    flash("The campaign is on its way. Here you see how far it has come.")
    return redirect(url_for("staff.campaign", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<campaign_id>/remind")
@needs("campaign.remind", the_campaign)
def remind_campaign(user: User, thing: TeamThing, campaign_id: str) -> Any:  # noqa: ARG001
    """Remind whoever has not finished."""
    round_number = request.form.get("round", default=1, type=int)
    if not 1 <= round_number <= MOST_ROUNDS:
        round_number = 1
    queued = remind_round(user, campaign_id, round_number, address=request_address())
    flash(f"{queued:,} reminders are on their way." if queued else "There is nobody to remind.")
    return redirect(url_for("staff.campaign", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<campaign_id>/stop")
@needs("campaign.stop", the_campaign)
def stop_one_campaign(user: User, thing: TeamThing, campaign_id: str) -> Any:  # noqa: ARG001
    """Send no more of it."""
    waiting = stop_campaign(user, campaign_id, address=request_address())
    if waiting is None:
        flash("The campaign is deleted. Nothing was sent.")
        return redirect(url_for("staff.campaigns"), 303)
    flash(f"The campaign is stopped. {waiting:,} messages were not sent.")
    return redirect(url_for("staff.campaign", campaign_id=campaign_id), 303)


@bp.get("/campaigns/<campaign_id>/links.csv")
@needs("campaign.see", the_campaign)
def campaign_links(user: User, thing: TeamThing, campaign_id: str) -> Any:  # noqa: ARG001
    """Every link as CSV: its row and how far it has come, no address and no key."""
    out = io.StringIO()
    writer = csv.DictWriter(out, LinkFigure.__slots__)
    writer.writeheader()
    for line in link_figures(campaign_id):
        writer.writerow({name: getattr(line, name) for name in LinkFigure.__slots__})
    headers = {"Content-Disposition": f"attachment; filename=campaign-{campaign_id}.csv"}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)
