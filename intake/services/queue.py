"""A team's queue: what waits for it, in order of urgency and then of due time.

However long it is, a page of it is read from the index that has its order: one short reading for
each urgency, form and kind of assignment that is asked for, put together. Nothing is sorted,
skipped or counted beyond what is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.app_state import clock
from intake.database import UtcDateTime, db
from intake.models import Case, CaseEvent, Destination, FormVersion
from intake.services.form_titles import form_titles
from intake.services.part_clocks import PartClocks, clocks_of
from intake.services.queue_filters import (
    ANYBODY,
    LIVE_SHOWS,
    MOST_COUNTED,
    NOBODY,
    SOMEBODY,
    Place,
    QueueFilter,
)

PAGE_SIZE = 50
NO_TIME = 9999  # the year of what has no due time

FROM_SENDER = ("more-sent", "withdrawal-asked", "more-answered")  # kinds of events
TAKEN, ASSIGNED = "taken", "assigned"  # kinds of events: by them nobody has answered the sender

Conditions = Sequence[sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case in a queue. It names nobody."""

    case_id: str
    reference: str
    form_title: str
    urgency: int
    due_at: datetime | None  # None: there is no time for it
    delivered_at: datetime
    state: str
    case_state: str
    is_escalated: bool
    team_id: str
    clocks: PartClocks
    assigned_to: str = ""  # staff id
    has_news: bool = False  # the sender sent more or wants to withdraw, and nobody acted since


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a queue."""

    rows: tuple[QueueRow, ...]
    total: int  # MOST_COUNTED + 1 stands for all that are more
    forms: Mapping[str, str]  # form id → title, of all the cases in the list
    first: Place | None = None  # the page before this one ends there; None: this is the first
    last: Place | None = None  # the next page begins after it; None: this is the last


@dataclass(frozen=True, slots=True)
class Reading:
    """One short reading of an index: rows that differ in time only, or also in urgency (0)."""

    urgency: int
    conditions: Conditions


def queue_page(team_id: str, wanted: QueueFilter) -> QueuePage:
    """One page of a team's queue: most urgent first, and of these the first due.

    What is over comes in the order in which it ended, the newest first.
    """
    in_list = forms_in(team_id, wanted.show)
    readings = list(_readings(team_id, wanted, in_list))
    found = _read(readings, wanted) if readings else []
    has_more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if wanted.is_backwards:
        found.reverse()
    titles = form_titles({*in_list, *wanted.forms})
    is_first = not has_more if wanted.is_backwards else wanted.place is None
    is_last = not (has_more or wanted.is_backwards)
    return QueuePage(
        rows=tuple(
            replace(queue_row(part, case, titles), has_news=bool(has_news))
            for part, case, has_news in found
        ),
        total=_total(readings) if readings else 0,
        forms=titles,
        first=None if is_first or not found else _place(found[0][0], wanted),
        last=None if is_last or not found else _place(found[-1][0], wanted),
    )


def queue_row(part: Destination, case: Case, titles: Mapping[str, str]) -> QueueRow:
    """A stored part of a case as a list shows it."""
    return QueueRow(
        case_id=case.id,
        reference=case.reference,
        form_title=titles.get(case.form_id, case.form_id),
        urgency=part.urgency,
        due_at=part.due_at if part.due_at.year < NO_TIME else None,
        delivered_at=part.delivered_at,
        state=part.state,
        case_state=case.state,
        is_escalated=part.is_escalated,
        team_id=part.team_id,
        clocks=clocks_of(part),
        assigned_to=part.assigned_to or "",
    )


def forms_in(team_id: str, show: str) -> tuple[str, ...]:
    """The ids of the forms in a list: each that was ever published is looked up, no row counted."""
    published = sa.select(FormVersion.form_id).distinct().subquery()
    here = sa.and_(Destination.team_id == team_id, Destination.form_id == published.c.form_id)
    is_here = (
        sa.exists().where(here, Destination.shown_in == _literal(each), *whose).correlate(published)
        for each, whose in product(LIVE_SHOWS.get(show, (show,)), _WHOSE[ANYBODY])
    )
    query = sa.select(published.c.form_id).where(sa.or_(*is_here))
    return tuple(sorted(db.session.scalars(query)))


def _readings(team_id: str, wanted: QueueFilter, in_list: Sequence[str]) -> Iterator[Reading]:
    """The short readings that make up what is wanted."""
    forms, urgencies = sorted(wanted.forms), wanted.urgencies_in_order
    if not wanted.is_live:  # it is read in one, unless something is filtered
        forms = forms or (list(in_list) if wanted.urgencies else [])
        urgencies = urgencies if forms else (0,)
    shows = LIVE_SHOWS.get(wanted.show, (wanted.show,))
    for show, whose, form, urgency in product(shows, _whose(wanted), forms or [""], urgencies):
        conditions = [Destination.team_id == team_id, Destination.shown_in == _literal(show)]
        if not wanted.is_live:
            conditions.append(_OVER)
        if form:
            conditions.append(Destination.form_id == form)
        if urgency:
            conditions.append(Destination.urgency == urgency)
        if wanted.overdue_only and wanted.is_live:
            conditions.append(Destination.due_at < clock())
        yield Reading(urgency, (*conditions, *whose))


# said as the index says it, which SQLite needs to know that the index has all the rows
_OVER = sa.text("destinations.shown_in IN ('finished', 'declined', 'archived')")


def _literal(show: str) -> Any:
    """Written into the statement: some indexes are used only if they see which list it is."""
    return sa.bindparam(None, show, type_=sa.String(), literal_execute=True)


_WHOSE: Mapping[str, Sequence[Conditions]] = {
    ANYBODY: ((Destination.assigned_to.is_(None),), (Destination.assigned_to.is_not(None),)),
    NOBODY: ((Destination.assigned_to.is_(None),),),
    SOMEBODY: ((Destination.assigned_to.is_not(None),),),
}


def _whose(wanted: QueueFilter) -> Sequence[Conditions]:
    if not wanted.is_live:
        return ((),)
    return _WHOSE.get(wanted.assigned) or ((Destination.assigned_to == wanted.assigned,),)


def _read(readings: Sequence[Reading], wanted: QueueFilter) -> list[Any]:
    """The parts of one page in the order of reading, one more than fit, with case and news."""
    time = Destination.due_at if wanted.is_live else Destination.settled_at
    row = sa.select(Destination.id, Destination.urgency, time.label("at"))
    short = (
        row.where(*reading.conditions, *beyond)
        .order_by(*_order(Destination.urgency, time, Destination.id, wanted))
        .limit(PAGE_SIZE + 1)
        .subquery()
        for reading in readings
        if (beyond := _beyond(reading, time, wanted)) is not None
    )
    together = [sa.select(each) for each in short]
    if not together:
        return []
    all_of_them = sa.union_all(*together).subquery()
    ordered = _order(all_of_them.c.urgency, all_of_them.c.at, all_of_them.c.id, wanted)
    page = sa.select(all_of_them).order_by(*ordered).limit(PAGE_SIZE + 1).subquery()
    query = (
        sa.select(Destination, Case, _has_news())
        .select_from(page)
        .join(Destination, Destination.id == page.c.id)
        .join(Case, Case.id == Destination.case_id)
        .order_by(*_order(page.c.urgency, page.c.at, page.c.id, wanted))
    )
    return list(db.session.execute(query).all())


def _order(urgency: Any, at: Any, row_id: Any, wanted: QueueFilter) -> list[Any]:
    """What waits goes by urgency and due time; what is over, the newest first."""
    if wanted.is_live:
        columns = [(urgency, True), (at, False), (row_id, False)]
    else:
        columns = [(at, True), (row_id, True)]
    return [
        column.desc() if falls != wanted.is_backwards else column.asc() for column, falls in columns
    ]


def _beyond(reading: Reading, time: Any, wanted: QueueFilter) -> Conditions | None:
    """Which rows of a reading come after the place, or before it; None if none does."""
    place = wanted.place
    if place is None:
        return ()
    if wanted.is_live and reading.urgency != place.urgency:
        is_after = reading.urgency < place.urgency
        return () if is_after != wanted.is_backwards else None
    here = sa.tuple_(sa.literal(place.at, UtcDateTime), sa.literal(place.id))
    rows = sa.tuple_(time, Destination.id)
    return (rows > here if wanted.is_live != wanted.is_backwards else rows < here,)


def _place(part: Destination, wanted: QueueFilter) -> Place:
    at = part.due_at if wanted.is_live else part.settled_at
    return Place(part.urgency, at, part.id)


def _total(readings: Sequence[Reading]) -> int:
    """How many rows there are in all, counted no further than anybody reads."""
    rows = (
        sa.select(
            sa.select(sa.literal(1).label("one"))
            .select_from(Destination)
            .where(*reading.conditions)
            .limit(MOST_COUNTED + 1)
            .subquery()
        )
        for reading in readings
    )
    counted = sa.union_all(*rows).subquery()
    some = sa.select(counted).limit(MOST_COUNTED + 1).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def _has_news() -> sa.ColumnElement[bool]:
    """Whether the sender of a case was heard from since staff last did anything on it."""
    acted = aliased(CaseEvent)
    later = sa.exists().where(
        acted.case_id == CaseEvent.case_id,
        acted.at > CaseEvent.at,
        acted.actor.like("staff:%"),
        acted.kind.not_in((TAKEN, ASSIGNED)),
    )
    return (
        sa.exists()
        .where(CaseEvent.case_id == Case.id, CaseEvent.kind.in_(FROM_SENDER), ~later)
        .correlate(Case)
    )
