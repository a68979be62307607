"""A team's queue, and what is new in it."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import abort, jsonify, render_template, request

from intake.access import TeamThing, User, may
from intake.services.assignments import members_of
from intake.services.queue import queue_page
from intake.services.queue_figures import TeamCounts, news_of, team_counts
from intake.services.queue_filters import (
    ANYBODY,
    MOST_FORMS,
    NOBODY,
    OPEN,
    SHOWS,
    SOMEBODY,
    YOURS,
    QueueFilter,
    read_place,
)
from intake.staff.blueprint import bp
from intake.staff.guard import needs, the_team
from intake.staff.words import URGENCIES, count_of, counted

SHOW_LABELS = {
    "waiting": "Waiting for an answer",
    OPEN: "Waiting and accepted",
    YOURS: "Yours",
    "accepted": "Accepted",
    "finished": "Finished",
    "declined": "Declined",
    "archived": "Archived",
}
FORM_ID = re.compile("[a-z0-9-]{1,80}")
ME = "me"  # in an address that two people may share


@bp.get("/queue")
@needs("queue.list")
def queue(user: User) -> Any:
    """One team's cases, most urgent first; the team, filter and place are in the address."""
    teams = team_counts(user)
    team = _chosen(user, teams, request.args.get("team"))
    members = members_of(team.team_id)
    wanted = _filter(user, members)
    colleagues = {each: name for each, name in members.items() if each != user.staff_id}
    return render_template(
        "staff/queue.html",
        teams=teams,
        team=team,
        wanted=wanted,
        assigned=_in_address(user, wanted),
        whose={ME: "You", NOBODY: "Nobody", SOMEBODY: "Somebody", **colleagues},
        page=queue_page(team.team_id, wanted),
        members=members,
        leads=user.leads(team.team_id),
        news=news_of(team.team_id),
        shows=SHOW_LABELS,
        urgencies=URGENCIES,
    )


@bp.get("/queue/news")
@needs("queue.see", the_team)
def queue_news(user: User, thing: TeamThing) -> Any:
    """What a page of the queue that is left open asks: the figures, and how many are new."""
    team = _chosen(user, team_counts(user), thing.team)
    try:
        since = datetime.fromtimestamp(int(request.args["since"]), UTC)
        seen = int(request.args["seen"])
    except (KeyError, ValueError, OverflowError, OSError):
        abort(404)
    new = max(0, news_of(team.team_id, since).count - seen)
    answer = jsonify(
        new=new,
        words=count_of(new, "new referral") if new else "",
        figures={name: counted(number) for name, number in team.counted.items()},
    )
    answer.add_etag()
    return answer.make_conditional(request)


def _chosen(user: User, teams: tuple[TeamCounts, ...], team_id: str | None) -> TeamCounts:
    team = next((each for each in teams if team_id in (None, each.team_id)), None)
    if team is None or not may(user, "queue.see", TeamThing(team.team_id)):
        abort(404)
    return team


def _filter(user: User, members: dict[str, str]) -> QueueFilter:
    """The filter in the address; what makes no sense is left out."""
    args = request.args
    show = args.get("show", "")
    forms = [each for each in args.getlist("form") if FORM_ID.fullmatch(each)]
    urgencies = frozenset(each for each in URGENCIES if str(each) in args.getlist("urgency"))
    before = read_place(args.get("before", ""))
    return QueueFilter(
        show=show if show in SHOW_LABELS else SHOWS[0],
        urgencies=urgencies,
        forms=frozenset(forms[:MOST_FORMS]),
        overdue_only=args.get("overdue") == "yes",
        assigned=_assigned(user, members, show),
        place=before or read_place(args.get("after", "")),
        is_backwards=before is not None,
    )


def _assigned(user: User, members: dict[str, str], show: str) -> str:
    wanted = request.args.get("assigned", "")
    if show == YOURS or wanted == ME:
        return user.staff_id
    return wanted if wanted in {NOBODY, SOMEBODY, *members} else ANYBODY


def _in_address(user: User, wanted: QueueFilter) -> str:
    """The other way round: what an address says of whose cases are shown."""
    if wanted.show == YOURS:
        return ""
    return ME if wanted.assigned == user.staff_id else wanted.assigned
