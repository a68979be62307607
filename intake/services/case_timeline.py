"""What happened to a case, and who did it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
import structlog

from intake.access import User
from intake.database import db
from intake.models import Case, CaseEvent
from intake.sealing.errors import MasterKeyMissing, SealingError
from intake.services.actors import actor_names
from intake.services.case_notes import open_note
from intake.services.case_things import followed
from intake.services.directory import team_names
from intake.services.event_files import files_of_events
from intake.services.joined_cases import events_of
from intake.services.stored_files import StoredFile

log = structlog.get_logger("intake.case_timeline")

ONE_MOMENT = (  # in the order in which they follow from each other
    "submitted",
    "form-submitted",
    "more-answered",
    "delivered",
    "seen",
    "accepted",
    "shared",
    "declined",
    "sent-on",
    "came-back",
    "escalated",
    "part-done",
    "closed",
    "archived",
    "reopened",
    "split",
    "split-from",
    "merged",
    "merged-into",
    "unmerged",
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
    other_case_id: str = ""  # of a split or a merge
    other_reference: str = ""


class About(Protocol):
    """The submission that an event is about."""

    @property
    def reference(self) -> str:
        """Its reference."""

    @property
    def form_title(self) -> str:
        """The title of its form."""


def timeline(
    user: User,
    case_id: str,
    as_teams: Collection[str],
    submissions: Mapping[str, About],
    *,
    until: datetime | None = None,
    only_these: bool = False,
) -> tuple[Happening, ...]:
    """The case's events, newest first, with the words that these teams can open.

    With ``until``, none that came later; with ``only_these``, none of another submission. That it
    was split or merged is told only to those who follow the other case too.
    """
    query = sa.select(CaseEvent).where(events_of(case_id, until)).order_by(CaseEvent.id)
    if only_these:
        is_known = CaseEvent.submission_id.in_(submissions.keys())
        query = query.where(sa.or_(CaseEvent.submission_id.is_(None), is_known))
    events = sorted(db.session.scalars(query), key=_when)
    others, references = _other_cases(user, case_id, events)
    events = [each for each in events if _is_shown(each, case_id, references, as_teams)]
    names, teams = actor_names(event.actor for event in events), team_names()
    files = files_of_events(events, as_teams)
    happenings = []
    for event in events:
        about, about_id = submissions.get(event.submission_id or ""), event.about_case_id or ""
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
                other_case_id=about_id if about_id in others else "",
                other_reference=references.get(about_id, ""),
            )
        )
    return tuple(reversed(happenings))


def _other_cases(
    user: User, case_id: str, events: Collection[CaseEvent]
) -> tuple[Collection[str], Mapping[str, str]]:
    """The other cases of splits and merges that the user follows; and the references of those that
    they may know of, which are a part of this one now besides.
    """
    about = {event.about_case_id for event in events if event.about_case_id} - {case_id}
    if not about:
        return (), {}
    cases = followed(user, about)
    merged = sa.select(Case.id, Case.reference).where(
        Case.id.in_(about), Case.merged_into == case_id
    )
    references = {case.id: case.reference for case in cases.values()}
    return cases, references | dict(db.session.execute(merged).tuples().all())


def _is_shown(
    event: CaseEvent, case_id: str, known: Collection[str], as_teams: Collection[str]
) -> bool:
    """Whether those who do not know of the other case learn nothing by it.

    What a case that was merged into this one says of this one is left out: it says so itself.
    """
    if event.about_case_id is None:
        return True
    is_theirs = event.about_case_id in known or event.team_id in as_teams
    return is_theirs and event.about_case_id != case_id


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
