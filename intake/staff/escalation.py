"""Whom to tell when a referral is late: the chain of each team that one leads."""

from collections.abc import Iterator
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from intake.access import TeamThing, User, may
from intake.services.directory import names_of
from intake.services.escalation_chains import MOST_STEPS, ChainStep, chain_of, set_chain
from intake.staff.blueprint import bp
from intake.staff.guard import needs
from intake.staff.posted_numbers import whole
from intake.staff.session import request_address

AFTER = {
    15: "15 minutes",
    30: "30 minutes",
    60: "1 hour",
    120: "2 hours",
    240: "4 hours",
    480: "8 hours",
    1440: "1 day",
    2880: "2 days",
}


@bp.get("/escalation")
@needs("escalation.list")
def escalation(user: User) -> Any:
    """The chain of one team."""
    return _page(user, request.args.get("team", ""))


@bp.post("/escalation")
@needs("escalation.list")
def escalation_set(user: User) -> Any:
    """Put another chain in its place."""
    team_id = request.form.get("team", "")
    if not may(user, "escalation.set", TeamThing(team_id)):
        abort(404)
    steps = tuple(_steps())
    if problem := _problem(steps):
        return _page(user, team_id, steps, problem), 422
    seen = request.form.get("seen", "")
    set_chain(user, team_id, steps, seen=seen, address=request_address())
    flash("Saved. It holds from now on, also for referrals that wait already.")
    return redirect(url_for("staff.escalation", team=team_id), 303)


def _steps() -> Iterator[ChainStep]:
    for number in range(1, MOST_STEPS + 1):
        person = request.form.get(f"person-{number}", "")
        after = request.form.get(f"after-{number}", "")
        if person:
            yield ChainStep(person, whole(after) or 0)


def _problem(steps: tuple[ChainStep, ...]) -> str:
    times = [step.after_minutes for step in steps]
    if any(time not in AFTER for time in times):
        return "Select after how long each person is told"
    if len({step.staff_id for step in steps}) < len(steps) or len(set(times)) < len(times):
        return "Select another person and another time for each"
    return ""


def _page(
    user: User, team_id: str, steps: tuple[ChainStep, ...] | None = None, problem: str = ""
) -> str:
    led = names_of(user.led)
    team_id = team_id or next(iter(led))
    if team_id not in led:
        abort(404)
    chain = chain_of(team_id)
    return render_template(
        "staff/escalation.html",
        chain=chain,
        steps=chain.steps if steps is None else steps,
        teams=led,
        after=AFTER,
        most=MOST_STEPS,
        problem=problem,
    )
