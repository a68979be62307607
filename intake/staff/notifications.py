"""How you hear: of each of your teams' news, and how the address of a team does."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from intake.access import User
from intake.services.choosing_notices import Choices, choices_of, choose
from intake.services.notice_choices import CHOICES
from intake.staff.blueprint import bp
from intake.staff.guard import needs
from intake.staff.posted_numbers import posted_number
from intake.staff.session import request_address

HOURS = range(6, 20)  # of a digest, in London


@bp.get("/notifications")
@needs("notification.list")
def notifications(user: User) -> Any:
    """What holds now."""
    return _page(choices_of(user))


@bp.post("/notifications")
@needs("notification.list")
def notifications_chosen(user: User) -> Any:
    """Keep what was chosen."""
    now = choices_of(user)
    own = _chosen("own", {each.team_id: each.own for each in now.teams})
    led = {each.team_id: each.address for each in now.teams if each.leads and each.email}
    addresses = _chosen("address", led)
    hour = posted_number("hour")
    if own is None or addresses is None or hour not in HOURS:
        return _page(now, "Select how you want to hear of each team"), 422
    changed = {team: choice for team, choice in addresses.items() if choice != led[team]}
    choose(user, own, changed, hour, address=request_address())
    flash("Saved. This is how you hear from now on.")
    return redirect(url_for("staff.notifications"), 303)


def _chosen(prefix: str, teams: Mapping[str, str]) -> dict[str, str] | None:
    """What was chosen for each team; None if one is no choice."""
    found = {team: request.form.get(f"{prefix}-{team}", teams[team]) for team in teams}
    return found if set(found.values()) <= CHOICES.keys() else None


def _page(found: Choices, problem: str = "") -> str:
    return render_template(
        "staff/notifications.html", found=found, choices=CHOICES, hours=HOURS, problem=problem
    )
