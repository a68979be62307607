"""What was late, for those who lead a team."""

from datetime import timedelta
from typing import Any

from flask import abort, render_template, request

from intake.access import TeamThing, User, may
from intake.app_state import clock
from intake.services.directory import names_of
from intake.services.late_report import late_report
from intake.staff.blueprint import bp
from intake.staff.guard import needs

PERIODS = {7: "the last 7 days", 28: "the last 4 weeks", 91: "the last 13 weeks", 365: "a year"}
CLOCK_WORDS = {"acknowledge": "Answered", "decide": "Decided"}


@bp.get("/late")
@needs("report.late")
def late(user: User) -> Any:
    """The teams that the user leads, or the one that the address names."""
    led = names_of(user.led)
    team_id = request.args.get("team", "")
    if team_id and not may(user, "report.late-of", TeamThing(team_id)):
        abort(404)
    days = request.args.get("days", 28, type=int)
    days, now = days if days in PERIODS else 28, clock()
    return render_template(
        "staff/late.html",
        report=late_report(now - timedelta(days=days), now, teams=[team_id] if team_id else led),
        teams=led,
        team_id=team_id,
        days=days,
        periods=PERIODS,
        clocks=CLOCK_WORDS,
    )
