"""A team's queue."""

from typing import Any

from flask import abort, render_template, request

from intake.access import TeamThing, User, may
from intake.services.queue import ARCHIVED, SHOWS, QueueFilter, queue_page, team_counts
from intake.staff.blueprint import bp
from intake.staff.guard import needs
from intake.staff.words import URGENCIES

SHOW_LABELS = {
    "waiting": "Waiting for an answer",
    "accepted": "Accepted",
    "finished": "Finished",
    "declined": "Declined",
    "archived": "Archived",
}
LAST_PAGE = 1000


@bp.get("/queue")
@needs("queue.list")
def queue(user: User) -> Any:
    """One team's cases, most urgent first; the team, filter and page are in the address."""
    teams = team_counts(user)
    team_id = request.args.get("team", teams[0].team_id)
    team = next((each for each in teams if each.team_id == team_id), None)
    if team is None or not may(user, "queue.see", TeamThing(team_id)):
        abort(404)
    wanted = _filter()
    page = queue_page(team.team_id, wanted)
    return render_template(
        "staff/queue.html",
        teams=teams,
        team=team,
        wanted=wanted,
        page=page,
        shows=SHOW_LABELS,
        urgencies=URGENCIES,
    )


def _filter() -> QueueFilter:
    """The filter in the address; what makes no sense is left out."""
    args = request.args
    show = args.get("show", "")
    urgencies = {int(each) for each in args.getlist("urgency") if each.isdecimal()}
    return QueueFilter(
        show=show if show in SHOWS or show == ARCHIVED else "waiting",
        urgencies=frozenset(urgencies & URGENCIES.keys()),
        forms=frozenset(each for each in args.getlist("form") if each),
        overdue_only=args.get("overdue") == "yes",
        page=min(max(1, args.get("page", 1, type=int)), LAST_PAGE),
    )
