"""A decision about a case: one transaction, the case locked, access asked again, recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from intake import audit
from intake.access import LIVE, CasePart, CaseThing, User, may
from intake.app_state import clock
from intake.database import transaction
from intake.models import Case, Destination
from intake.services.case_notes import add_event
from intake.services.case_things import case_thing
from intake.services.leavers import release_leavers
from intake.services.passing_on import readers_of
from intake.services.pause_ends import end_pause
from intake.services.telling_sender import tell_sender
from intake.services.webhook_events import emit_kind

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

    def tell_sender(self, point: str) -> None:
        """Whoever sent the case's forms hears of a point, if the form tells it."""
        tell_sender(self.case, point)

    def settle(self, state: str) -> None:
        """Put the team's part into a state: who decided it, and when.

        Nobody waits any more then: whoever gets the case next has the time that is left of it.
        """
        if state in LIVE and self.part.state not in LIVE:
            release_leavers(self.case.id)  # what is over kept who had it, whatever became of them
        if state not in LIVE:
            end_pause(self.part, self.now)
        self.part.state = state
        self.part.decided_at = self.now
        self.part.decided_by = self.user.actor

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
            author=self.part.team_id,
        )
        emit_kind(kind, team_id=self.part.team_id, reference=self.case.reference, now=self.now)


@contextmanager
def deciding_on(
    user: User, action: str, part: CasePart, address: str, *, why: str = ""
) -> Iterator[Deciding]:
    """One transaction with the case locked, and access asked again on what is true now.

    Raises NotNow if it is no longer allowed. The audit entry is written last.
    """
    now = clock()
    with transaction() as session:
        case = session.get(Case, part.case.id, with_for_update=True, populate_existing=True)
        thing = case_thing(case) if case else CaseThing(part.case.id, "")
        if case is None or not may(user, action, CasePart(thing, part.team)):
            raise NotNow(CHANGED)
        own = next(each for each in case.destinations if each.team_id == part.team)
        yield Deciding(user, case, own, now)
        case.updated_at = now
        audit.record(user.actor, action, "case", case.id, team=part.team, address=address, why=why)
