"""What happened to a case, and who did it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
import structlog

from intake.database import db
from intake.models import CaseEvent
from intake.sealing.errors import MasterKeyMissing, SealingError
from intake.services.actors import actor_names
from intake.services.case_notes import open_note
from intake.services.directory import team_names
from intake.services.event_files import files_of_events
from intake.services.stored_files import StoredFile

log = structlog.get_logger("intake.case_timeline")

ONE_MOMENT = (  # in the order in which they follow from each other
    "submitted",
    "form-submitted",
    "delivered",
    "seen",
    "accepted",
    "shared",
    "declined",
    "escalated",
    "part-done",
    "closed",
    "archived",
    "reopened",
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    at: datetime
    kind: str
    actor: str
    team: str
    words: str | None = field(default="", repr=False)  # None: sealed to others
    is_damaged: bool = False  # there are words, and nobody here can open them
    reference: str = ""
    form_title: str = ""
    event_id: str = ""
    files: tuple[StoredFile, ...] = field(default=(), repr=False)  # that came with it


class About(Protocol):
    """The submission that an event is about."""

    @property
    def reference(self) -> str:
        """Its reference."""

    @property
    def form_title(self) -> str:
        """The title of its form."""


def timeline(
    case_id: str,
    as_teams: Collection[str],
    submissions: Mapping[str, About],
    *,
    until: datetime | None = None,
) -> tuple[Happening, ...]:
    """The case's events, newest first, with the words that these teams can open.

    With ``until``, none that came later.
    """
    query = sa.select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
    if until:
        query = query.where(CaseEvent.at <= until)
    events = sorted(db.session.scalars(query), key=_when)
    names, teams = actor_names(event.actor for event in events), team_names()
    files = files_of_events(events, as_teams)
    happenings = []
    for event in events:
        about = submissions.get(event.submission_id or "")
        words, is_damaged = _words(event, as_teams)
        happenings.append(
            Happening(
                at=event.at,
                kind=event.kind,
                actor=names.get(event.actor, ""),
                team=teams.get(event.team_id or "", ""),
                words=words,
                is_damaged=is_damaged,
                reference=about.reference if about else "",
                form_title=about.form_title if about else "",
                event_id=event.id,
                files=files.get(event.id, ()),
            )
        )
    return tuple(reversed(happenings))


def _words(event: CaseEvent, as_teams: Collection[str]) -> tuple[str | None, bool]:
    """What was written, and whether it is damaged: one bad note is not to hide a case."""
    try:
        return open_note(event, as_teams=as_teams), False
    except MasterKeyMissing:
        raise
    except SealingError as error:
        log.error("a note cannot be opened", event_id=event.id, problem=type(error).__name__)
        return "", True


def _when(event: CaseEvent) -> tuple[datetime, int]:
    """Its time; of things that one request did, the order in which they follow from each other."""
    rank = ONE_MOMENT.index(event.kind) if event.kind in ONE_MOMENT else len(ONE_MOMENT)
    return event.at, rank
