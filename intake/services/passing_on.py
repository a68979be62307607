"""Give a case to another team: never to one that must not have it, and never to nobody."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from intake import outbox
from intake.access import LIVE
from intake.app_state import clock
from intake.database import db, new_id
from intake.models import Case, Destination, Submission
from intake.models.part_clocks import copy_clocks
from intake.services import team_news
from intake.services.case_notes import add_event
from intake.services.case_things import kept_out_of
from intake.services.directory import current_directory, removed_teams
from intake.services.forms import runnable
from intake.services.joined_cases import is_of
from intake.services.limited_teams import limited_teams
from intake.services.rules_in_force import rules_now
from intake.services.sharing import keepers_of, share_case
from referral_router import ToTeam

ESCALATED = "escalated"
DECLINED = "declined"
SENT_ON, CAME_BACK = "sent-on", "came-back"


def may_be_given(case: Case, team_id: str) -> bool:
    """Whether a team may be given the case: not if a rule excludes it, because it is about them.

    Every way in which a case gets a new team asks this.
    """
    return team_id not in kept_out_of(case)


def readers_of(case: Case) -> list[str]:
    """The teams that words on a case are sealed to: those that did not decline it and may have it.

    If only a team that should not have it is left to answer for it, then that one too.
    """
    parts = [each for each in case.destinations if each.state != DECLINED]
    allowed = [each for each in parts if may_be_given(case, each.team_id)]
    is_answered_for = any(each.state in LIVE for each in allowed)
    return [each.team_id for each in (allowed if is_answered_for else parts)]


def stand_in(case: Case) -> str:
    """The team that gets a case which no other team has.

    The directory's fallback team; if a rule excludes it, the first of the teams that the rules of
    the case's forms name in its stead. If all of these are excluded too, the fallback team gets it
    all the same: a case before nobody's eyes is worse than one that its subject may see
    (docs/administrators/routing-rules.md).
    """
    fallback = current_directory().fallback_team
    if may_be_given(case, fallback):
        return fallback
    return next((team for team in _named_instead(case) if may_be_given(case, team)), fallback)


def _named_instead(case: Case) -> Iterator[str]:
    """The teams that the fallbacks of the case's rules name, the newest form's first."""
    forms = sa.select(Submission.form_id, Submission.form_version)
    forms = forms.where(is_of(case.id)).order_by(Submission.submitted_at.desc())
    known = current_directory().teams.keys() - removed_teams()
    for form_id, version in db.session.execute(forms).tuples().all():
        for target in rules_now(runnable(form_id, version), clock()).fallback.to:
            if isinstance(target, ToTeam) and target.team in known:
                yield target.team


def give_to_fallback(case: Case, part: Destination, actor: str, now: datetime) -> str:
    """Make the fallback team, or whoever stands in for it, a part of the case; that team's id.

    As ``give_to_team`` does.
    """
    team = stand_in(case)
    give_to_team(case, part, team, actor, now).is_escalated = True
    return team


def sender_of(case: Case, part: Destination) -> str | None:
    """The team that sent a part on, if it is still there and may have the case."""
    sender = part.sent_from
    known = sender is not None and sender in current_directory().teams
    return sender if known and sender and may_be_given(case, sender) else None


def come_back(case: Case, part: Destination, sender: str, actor: str, now: datetime) -> str:
    """Give what a team declines back to the team that sent it on to it; that team's id."""
    part.sent_from = None  # once: what comes back cannot go round in rings
    give_to_team(case, part, sender, actor, now, CAME_BACK)
    return sender


def bring_back(case: Case, actor: str, now: datetime) -> None:
    """Where every team of a case was sent only sections of it, bring in the one that keeps the
    whole: what a sender adds is for somebody who may read anything of it.

    That team has had the keys since it was sent, so that a public process can do this.
    """
    readers = readers_of(case)
    if not readers or set(readers) - limited_teams(case.id):
        return
    parts = [each for each in case.destinations if each.team_id in readers]
    part = max(parts, key=lambda each: (each.state in LIVE, each.urgency, each.id))
    target = _part_of(case, stand_in(case), part.urgency)
    _renew(target, part, now)
    add_event(case.id, ESCALATED, actor, now, team_id=target.team_id)
    _tell_team(case, target)


def give_to_team(
    case: Case,
    part: Destination,
    team_id: str,
    actor: str,
    now: datetime,
    kind: str = ESCALATED,
    *,
    from_all: bool = True,
    acknowledge_by: datetime | None = None,
) -> Destination:
    """Make a team a part of the case, with a key to everything in it, and tell it; its part.

    From a team that was sent only sections of it another one gets no more than these.

    In the caller's transaction, with the case locked. It keeps the urgency and the due times of
    ``part``, which gives it: the family has waited already; but for an ``acknowledge_by`` of its
    own. If the team is at work on it already, only the urgency changes. ``kind`` is that of the
    line on the timeline, empty for none. Without ``from_all`` the team gets only what the giving
    one can read. Raises KeyNotFound.
    """
    target = _part_of(case, team_id, part.urgency)
    if target.state in LIVE:
        target.urgency = max(target.urgency, part.urgency)
    else:
        _renew(target, part, now)
        target.acknowledge_by = acknowledge_by or part.acknowledge_by
    if from_all:
        share_all(case, team_id, first=part)
    else:
        share_case(case.id, from_team=part.team_id, to_team=team_id)
    if kind:
        add_event(case.id, kind, actor, now, team_id=team_id)
    _tell_team(case, target)
    return target


def _part_of(case: Case, team_id: str, urgency: int) -> Destination:
    """A team's part in the case, a fresh one if it never had any."""
    target = next((each for each in case.destinations if each.team_id == team_id), None)
    if target is None:
        target = Destination(case_id=case.id, team_id=team_id, urgency=urgency)
        case.destinations.append(target)
    return target


def _renew(target: Destination, part: Destination, now: datetime) -> None:
    target.state, target.delivered_at = "delivered", now
    target.urgency = part.urgency
    copy_clocks(part, target)
    target.seen_at = target.decided_at = target.decided_by = target.decline_reason = None
    target.assigned_to = target.assigned_at = None


def share_all(case: Case, team_id: str, *, first: Destination) -> int:
    """Let a team open whatever any team of the case can open; how many forms and notes.

    A team that a later form excludes has no key to that form: so no single team may have them all.
    A team that was sent only sections of a form gives these and no more, unless the case goes to
    the team that answers for all of it.
    """
    givers = [first.team_id]
    if team_id == stand_in(case) or first.team_id not in limited_teams(case.id):
        others = {each.team_id for each in case.destinations} | {*keepers_of(case.id)}
        givers += sorted(others - {first.team_id})
    return sum(
        share_case(case.id, from_team=giver, to_team=team_id)
        for giver in givers
        if giver != team_id
    )


def _tell_team(case: Case, target: Destination) -> None:
    """Have the team told that the case was passed to it: a reference and a time."""
    told = team_news.news(
        case_id=case.id,
        reference=case.reference,
        key=f"escalated-{new_id()}",
        urgency=target.urgency,
        acknowledge_by=target.acknowledge_by,
        is_passed_on=True,
    )
    outbox.enqueue(team_news.KIND, told, team_id=target.team_id)
