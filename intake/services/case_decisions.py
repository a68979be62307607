"""What a team decides about its part in a case: accept, decline, close, archive, reopen."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.access import LIVE, CasePart, User
from intake.database import db
from intake.models import CaseEvent, Destination, Submission
from intake.services.deciding import CHANGED, Deciding, NotNow, deciding_on
from intake.services.limited_teams import limited_teams
from intake.services.passing_on import (
    DECLINED,
    come_back,
    give_to_fallback,
    sender_of,
    stand_in,
)
from intake.services.sharing import share_case
from intake.services.staffed_teams import staffed_teams
from intake.services.telling_sender import ACCEPTED, CLOSED, OUTCOME

DECLINE_REASONS: Mapping[str, str] = {
    "outside-area": "They live outside our area",
    "not-eligible": "They do not meet our criteria",
    "other-team": "Another team is better placed",
    "already-known": "We already work with them",
    "declined-help": "They do not want our help",
    "no-capacity": "We cannot help in time",
    "other": "Something else",
}
OUTCOMES: Mapping[str, str] = {
    "helped": "They got the help that was asked for",
    "helped-in-part": "They got some of it",
    "assessed-no-need": "We assessed it: no help is needed from us",
    "with-others": "Another service helps them now",
    "family-declined": "They did not want help",
    "not-reached": "We could not reach them",
    "moved-away": "They moved away",
    "sent-twice": "It was sent to us twice, or by mistake",
    "other": "Something else",
}
DECLINED_MEANWHILE = (
    "Somebody of your team has declined this case since you opened it. Look at why; your team can "
    "still accept it after all."
)
__all__ = ["CHANGED", "DECLINED", "DECLINE_REASONS", "OUTCOMES", "NotNow"]


def accept(user: User, part: CasePart, *, seen: str = "", address: str) -> None:
    """The team takes the case on; the first team to do so opens it.

    A team that declined it before gets the keys to what came while it was away. ``seen`` is the
    state of its part as the user saw it: who did not see that it was declined meanwhile is told,
    instead of undoing what a colleague decided. Raises NotNow.
    """
    with deciding_on(user, "case.accept", part, address) as deciding:
        if deciding.part.state == DECLINED != (seen or part.state):
            raise NotNow(DECLINED_MEANWHILE)
        givers = [team for team in deciding.working if team != part.team]
        away_since = _away_since(deciding)
        declined_at = deciding.part.decided_at if deciding.part.state == DECLINED else None
        deciding.settle("accepted")
        if declined_at and deciding.part.concluded_at == declined_at:
            deciding.part.concluded_at = None  # declining decided it: it is yet to be decided
        deciding.part.decline_reason = None
        if deciding.case.state == "new":
            deciding.case.state = "open"
        deciding.tell("accepted")
        deciding.tell_sender(ACCEPTED)
        if away_since and givers:
            _catch_up(deciding, givers, away_since, address)


def decline(user: User, part: CasePart, reason: str, words: str, *, address: str) -> str | None:
    """The team declines. Answers the team that the case was passed to, if it was.

    What another team sent on to it comes back to that team. If no other team has a live part, or
    only such as were sent sections of it while this one reads all, the fallback team, or whoever
    stands in for it, gets one, and a key to everything in it. Raises NotNow if the case has moved
    on, or if that team itself is the last.
    """
    with deciding_on(user, "case.decline", part, address, why=reason) as deciding:
        sender = sender_of(deciding.case, deciding.part)
        is_last = _is_last_with_all(deciding)
        if is_last and not sender and part.team == stand_in(deciding.case):
            raise NotNow(
                "No other team has all of this case, and yours is the one that every case comes "
                "back to. Accept it, so that somebody answers for it."
            )
        deciding.settle(DECLINED)
        deciding.part.decline_reason = reason
        deciding.tell(DECLINED, words)
        if sender:
            return come_back(deciding.case, deciding.part, sender, user.actor, deciding.now)
        if not is_last:
            return None
        return give_to_fallback(deciding.case, deciding.part, user.actor, deciding.now)


def close(user: User, part: CasePart, words: str, *, outcome: str = "", address: str) -> bool:
    """The team finishes its part; the last one closes the case. Answers whether it is closed.

    A team that was given the case because nobody works in the others any more finishes theirs too.
    ``outcome`` is a key of OUTCOMES. Needs a closure form since the case was last opened, or a
    reason in words. Raises NotNow.
    """
    with deciding_on(user, "case.close", part, address) as deciding:
        if not words.strip() and not closure_submitted(part.case.id):
            raise NotNow("Complete a closure form first, or write why the case needs none.")
        deciding.settle("done")
        deciding.part.outcome = outcome or None
        left = _left_by_all(deciding)
        for each in left:
            each.state, each.decided_at, each.decided_by = "done", deciding.now, user.actor
        is_closed = deciding.is_last
        if is_closed:
            deciding.case.state, deciding.case.closed_at = "closed", deciding.now
        deciding.tell("closed" if is_closed else "part-done", words)
        if outcome:
            deciding.tell_sender(OUTCOME)
        if is_closed:
            deciding.tell_sender(CLOSED)
        return is_closed


def archive(user: User, part: CasePart, *, address: str) -> None:
    """Put a closed case away: it leaves the queues. Raises NotNow."""
    with deciding_on(user, "case.archive", part, address) as deciding:
        deciding.case.state, deciding.case.archived_at = "archived", deciding.now
        deciding.tell("archived")


def reopen(user: User, part: CasePart, *, address: str) -> None:
    """The team takes its part up again, and the case with it. Raises NotNow."""
    with deciding_on(user, "case.reopen", part, address) as deciding:
        deciding.settle("accepted")
        deciding.part.outcome = None
        deciding.case.state = "open"
        deciding.case.closed_at = deciding.case.archived_at = None
        deciding.tell("reopened")


def closure_submitted(case_id: str) -> bool:
    """Whether a closure form was submitted on the case since it was last opened."""
    reopened = sa.select(sa.func.max(CaseEvent.at)).where(
        CaseEvent.case_id == case_id, CaseEvent.kind == "reopened"
    )
    since = db.session.scalar(reopened)
    query = sa.select(Submission.id).where(
        Submission.case_id == case_id, Submission.form_id == "closure"
    )
    if since is not None:
        query = query.where(Submission.submitted_at > since)
    return db.session.scalar(query.limit(1)) is not None


def name_organisation(
    user: User, part: CasePart, words: str, *, is_named: bool, address: str
) -> None:
    """Show the team's organisation to whoever sent the referral, or hide it, and why.

    The reason is sealed on the timeline. Raises NotNow.
    """
    kind = "named" if is_named else "not-named"
    with deciding_on(user, "case.name", part, address, why=kind) as deciding:
        deciding.part.is_named = is_named
        deciding.tell(kind, words)


def _left_by_all(deciding: Deciding) -> list[Destination]:
    """The live parts of a case's other teams, if nobody is left in any of them and this team was
    given the case in their place; else it would come back to it for ever.
    """
    if not deciding.part.is_escalated or deciding.part.team_id != stand_in(deciding.case):
        return []
    others = [each for each in deciding.case.destinations if each.state in LIVE]
    others = [each for each in others if each is not deciding.part]
    staffed = staffed_teams(each.team_id for each in others)
    return [] if staffed else others


def _is_last_with_all(deciding: Deciding) -> bool:
    """Whether nobody would be at work on all of the case: a school that was told what it has to
    know does not answer for the child.
    """
    live = {each.team_id for each in deciding.case.destinations if each.state in LIVE}
    others, limited = live - {deciding.part.team_id}, limited_teams(deciding.case.id)
    return others <= limited if deciding.part.team_id not in limited else not others


def _away_since(deciding: Deciding) -> datetime | None:
    """When the team declined the case, or sent it on; None if it never did.

    Not when the case was sent on to it: it was given then what it may read.
    """
    if deciding.part.state == DECLINED:
        return deciding.part.decided_at
    query = sa.select(sa.func.max(CaseEvent.at)).where(
        CaseEvent.case_id == deciding.case.id,
        CaseEvent.team_id == deciding.part.team_id,
        CaseEvent.kind == DECLINED,
    )
    return db.session.scalar(query)


def _catch_up(deciding: Deciding, givers: list[str], since: datetime, address: str) -> None:
    """Share what came since with the team that is back, by the keys of those who stayed."""
    case_id, team = deciding.case.id, deciding.part.team_id
    if team in limited_teams(case_id):
        return  # it was sent only sections, and gets no more by coming back
    shared = sum(
        share_case(case_id, from_team=giver, to_team=team, since=since) for giver in givers
    )
    if shared:
        deciding.tell("shared")
        who = deciding.user.actor
        why = f"{shared} that came while it had declined"
        audit.record(who, "case.share", "case", case_id, team=team, address=address, why=why)
