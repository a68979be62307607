"""What a team decides about its part in a case: accept, decline, close, archive, reopen."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.access import LIVE, CasePart, CaseThing, User, may
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import Case, CaseEvent, Destination, Submission
from intake.models.part_clocks import stop_clocks
from intake.services.case_notes import add_event
from intake.services.case_things import case_thing
from intake.services.passing_on import DECLINED, give_to_fallback, readers_of, stand_in
from intake.services.sharing import share_case

DECLINE_REASONS: Mapping[str, str] = {
    "outside-area": "They live outside our area",
    "not-eligible": "They do not meet our criteria",
    "other-team": "Another team is better placed",
    "already-known": "We already work with them",
    "declined-help": "They do not want our help",
    "no-capacity": "We cannot help in time",
    "other": "Something else",
}


CHANGED = "Somebody has changed this case since you opened it."


class NotNow(Exception):  # noqa: N818 — an expected state, said to the user
    """Raised if the case has moved on, so that the action no longer fits; the text says why."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """One decision under way: the locked case, the team's part, who and when."""

    user: User
    case: Case
    part: Destination
    now: datetime

    @property
    def is_last(self) -> bool:
        """Whether no other team has a live part."""
        others = (each for each in self.case.destinations if each is not self.part)
        return not any(each.state in LIVE for each in others)

    @property
    def working(self) -> list[str]:
        """The teams that did not decline the case and may have it."""
        return readers_of(self.case)

    def tell(self, kind: str, words: str = "", team_id: str | None = None) -> None:
        """Put the decision on the timeline; words are sealed to the team and those still in it."""
        readers = {self.part.team_id, *self.working}
        team = team_id or self.part.team_id
        add_event(
            self.case.id,
            kind,
            self.user.actor,
            self.now,
            team_id=team,
            words=words.strip(),
            readers=readers,
        )


def accept(user: User, part: CasePart, *, address: str) -> None:
    """The team takes the case on; the first team to do so opens it. Raises NotNow.

    A team that declined it before gets the keys to what came while it was away.
    """
    with _deciding(user, "case.accept", part, address) as deciding:
        givers = [team for team in deciding.working if team != part.team]
        _settle(deciding, "accepted")
        deciding.part.decline_reason = None
        if deciding.case.state == "new":
            deciding.case.state = "open"
        deciding.tell("accepted")
        away_since = _last_declined(part)
        if away_since and givers:
            _catch_up(deciding, givers, away_since, address)


def decline(user: User, part: CasePart, reason: str, words: str, *, address: str) -> str | None:
    """The team declines. Answers the team that the case was passed to, if nobody else had it.

    A case is never nowhere: if no other team has a live part, the fallback team, or whoever stands
    in for it, gets one, and a key to everything in it. Raises NotNow if the case has moved on, or
    if that team itself is the last.
    """
    with _deciding(user, "case.decline", part, address, why=reason) as deciding:
        if deciding.is_last and part.team == stand_in(deciding.case):
            raise NotNow(
                "No other team has this case, and yours is the one that every case comes back to. "
                "Accept it, so that somebody answers for it."
            )
        _settle(deciding, DECLINED)
        deciding.part.decline_reason = reason
        deciding.tell(DECLINED, words)
        if not deciding.is_last:
            return None
        return give_to_fallback(deciding.case, deciding.part, user.actor, deciding.now)


def close(user: User, part: CasePart, words: str, *, address: str) -> bool:
    """The team finishes its part; the last one closes the case. Answers whether it is closed.

    Needs a closure form since the case was last opened, or a reason in words. Raises NotNow.
    """
    with _deciding(user, "case.close", part, address) as deciding:
        if not words.strip() and not closure_submitted(part.case.id):
            raise NotNow("Complete a closure form first, or write why the case needs none.")
        _settle(deciding, "done")
        is_closed = deciding.is_last
        if is_closed:
            deciding.case.state, deciding.case.closed_at = "closed", deciding.now
        deciding.tell("closed" if is_closed else "part-done", words)
        return is_closed


def archive(user: User, part: CasePart, *, address: str) -> None:
    """Put a closed case away: it leaves the queues. Raises NotNow."""
    with _deciding(user, "case.archive", part, address) as deciding:
        deciding.case.state, deciding.case.archived_at = "archived", deciding.now
        deciding.tell("archived")


def reopen(user: User, part: CasePart, *, address: str) -> None:
    """The team takes its part up again, and the case with it. Raises NotNow."""
    with _deciding(user, "case.reopen", part, address) as deciding:
        _settle(deciding, "accepted")
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
    with _deciding(user, "case.name", part, address, why=kind) as deciding:
        deciding.part.is_named = is_named
        deciding.tell(kind, words)


@contextmanager
def _deciding(
    user: User, action: str, part: CasePart, address: str, *, why: str = ""
) -> Iterator[Deciding]:
    """One transaction with the case locked, and access asked again on what is true now."""
    now = clock()
    with transaction() as session:
        case = session.get(Case, part.case.id, with_for_update=True, populate_existing=True)
        thing = case_thing(case) if case else CaseThing(part.case.id, "")
        if case is None or not may(user, action, CasePart(thing, part.team)):
            raise NotNow(CHANGED)
        own = next(each for each in case.destinations if each.team_id == part.team)
        yield Deciding(user, case, own, now)
        stop_clocks(own, now)
        case.updated_at = now
        audit.record(user.actor, action, "case", case.id, team=part.team, address=address, why=why)


def _settle(deciding: Deciding, state: str) -> None:
    deciding.part.state = state
    deciding.part.decided_at = deciding.now
    deciding.part.decided_by = deciding.user.actor


def _last_declined(part: CasePart) -> datetime | None:
    query = sa.select(sa.func.max(CaseEvent.at)).where(
        CaseEvent.case_id == part.case.id,
        CaseEvent.team_id == part.team,
        CaseEvent.kind == DECLINED,
    )
    return db.session.scalar(query)


def _catch_up(deciding: Deciding, givers: list[str], since: datetime, address: str) -> None:
    """Share what came since with the team that is back, by the keys of those who stayed."""
    case_id, team = deciding.case.id, deciding.part.team_id
    shared = sum(
        share_case(case_id, from_team=giver, to_team=team, since=since) for giver in givers
    )
    if shared:
        deciding.tell("shared")
        who = deciding.user.actor
        why = f"{shared} that came while it had declined"
        audit.record(who, "case.share", "case", case_id, team=team, address=address, why=why)
