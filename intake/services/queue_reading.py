"""The statements that read a queue: each is written once for its shape, whatever is asked for.

A list is made of short readings of an index, one for each urgency, form and kind of assignment, so
that nothing is sorted, skipped or counted beyond what is shown. To build such a statement anew for
each page takes longer than to run it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import product
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.database import UtcDateTime
from intake.models import CaseEvent, Destination, FormVersion
from intake.services.queue_filters import (
    ANYBODY,
    LIVE_SHOWS,
    MOST_COUNTED,
    NOBODY,
    SOMEBODY,
    QueueFilter,
)
from intake.written_sql import Written

FROM_SENDER = ("more-sent", "withdrawal-asked", "more-answered")  # kinds of events
TAKEN, ASSIGNED = "taken", "assigned"  # kinds of events: by them nobody has answered the sender
ONE = "one"  # member of the team
SHAPES = 256  # statements of each kind that a process keeps

Conditions = Sequence[sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Shape:
    """All of a filter that a statement depends on; the rest are its parameters."""

    show: str
    forms: int  # how many
    urgencies: tuple[int, ...]  # 0: whatever it is
    whose: str = ANYBODY
    overdue_only: bool = False
    place: int | None = None  # the urgency of where the page begins or ends
    is_backwards: bool = False
    limit: int = 0

    @property
    def is_live(self) -> bool:
        """Whether it goes by urgency and due time."""
        return self.show in LIVE_SHOWS


@dataclass(frozen=True, slots=True)
class Reading:
    """One short reading of an index: rows that differ in time only, or also in urgency (0)."""

    urgency: int
    conditions: Conditions


def shape_of(wanted: QueueFilter, forms: Sequence[str], limit: int) -> Shape:
    """The shape of a page of so many rows; ``forms`` are those that it is to be read by."""
    urgencies = wanted.urgencies_in_order
    return Shape(
        show=wanted.show,
        forms=len(forms),
        urgencies=urgencies if wanted.is_live or forms else (0,),
        whose=_kind(wanted) if wanted.is_live else ANYBODY,
        overdue_only=wanted.overdue_only and wanted.is_live,
        place=wanted.place.urgency if wanted.place else None,
        is_backwards=wanted.is_backwards,
        limit=limit,
    )


def parameters(
    team_id: str, wanted: QueueFilter, forms: Sequence[str], now: datetime
) -> Mapping[str, Any]:
    """What a statement of that filter's shape is run with."""
    place = wanted.place
    return {
        "team": team_id,
        "who": wanted.assigned,
        "now": now,
        "at": place.at if place else now,
        "row": place.id if place else "",
        **{f"form_{number}": form for number, form in enumerate(forms)},
    }


@lru_cache(SHAPES)
def page_statement(shape: Shape) -> Written | None:
    """Ids of the rows of a page in the order of reading, and whether there is news of each.

    None if nothing can come after the place.
    """
    time = Destination.due_at if shape.is_live else Destination.settled_at
    row = sa.select(Destination.id, Destination.case_id, Destination.urgency, time.label("at"))
    short = [
        sa.select(
            row.where(*reading.conditions, *beyond)
            .order_by(*_order(Destination.urgency, time, Destination.id, shape))
            .limit(shape.limit)
            .subquery()
        )
        for reading in _readings(shape)
        if (beyond := _beyond(reading, time, shape)) is not None
    ]
    if not short:
        return None
    rows = sa.union_all(*short).subquery()
    order = _order(rows.c.urgency, rows.c.at, rows.c.id, shape)
    page = sa.select(rows).order_by(*order).limit(shape.limit).subquery()
    order = _order(page.c.urgency, page.c.at, page.c.id, shape)
    return Written(sa.select(page.c.id, _has_news(page.c.case_id)).order_by(*order))


def total_statement(shape: Shape) -> Written:
    """How many rows there are in all, counted no further than anybody reads."""
    return _total_statement(replace(shape, place=None, is_backwards=False, limit=0))


@lru_cache(SHAPES)
def _total_statement(shape: Shape) -> Written:
    most = MOST_COUNTED + 1
    one: Any = sa.select(sa.literal_column("1").label("one")).select_from(Destination)
    short = (
        sa.select(one.where(*reading.conditions).limit(most).subquery())
        for reading in _readings(shape)
    )
    rows = sa.select(sa.union_all(*short).subquery()).limit(most).subquery()
    return Written(sa.select(sa.func.count()).select_from(rows))


@lru_cache(SHAPES)
def forms_statement(show: str) -> Written:
    """The forms in a list: each that was ever published is looked up, and no row is counted."""
    published = sa.select(FormVersion.form_id).distinct().subquery()
    here = (_in_team(), Destination.form_id == published.c.form_id)
    is_here = (
        sa.exists().where(*here, _in_list(each), *whose).correlate(published)
        for each, whose in product(LIVE_SHOWS.get(show, (show,)), _WHOSE[ANYBODY])
    )
    return Written(sa.select(published.c.form_id).where(sa.or_(*is_here)))


def _readings(shape: Shape) -> Iterator[Reading]:
    """The short readings that make up a list."""
    shows = LIVE_SHOWS.get(shape.show, (shape.show,))
    forms: Sequence[Conditions] = [
        (Destination.form_id == sa.bindparam(f"form_{number}"),) for number in range(shape.forms)
    ]
    also: list[sa.ColumnElement[bool]] = []
    if shape.overdue_only:
        also.append(Destination.due_at < sa.bindparam("now", type_=UtcDateTime))
    if not shape.is_live:
        also.append(_OVER)
    whose = _WHOSE[shape.whose] if shape.is_live else ((),)
    for show, who, form, urgency in product(shows, whose, forms or [()], shape.urgencies):
        of_urgency = (Destination.urgency == urgency,) if urgency else ()
        yield Reading(urgency, (_in_team(), _in_list(show), *who, *form, *of_urgency, *also))


def _kind(wanted: QueueFilter) -> str:
    return wanted.assigned if wanted.assigned in _WHOSE else ONE


_WHOSE: Mapping[str, Sequence[Conditions]] = {
    ANYBODY: ((Destination.assigned_to.is_(None),), (Destination.assigned_to.is_not(None),)),
    NOBODY: ((Destination.assigned_to.is_(None),),),
    SOMEBODY: ((Destination.assigned_to.is_not(None),),),
    ONE: ((Destination.assigned_to == sa.bindparam("who"),),),
}
# said as the index says it, which SQLite needs to know that the index has all the rows
_OVER: Any = sa.text("destinations.shown_in IN ('finished', 'declined', 'archived')")


def _in_team() -> sa.ColumnElement[bool]:
    return Destination.team_id == sa.bindparam("team")


def _in_list(show: str) -> sa.ColumnElement[bool]:
    """One of our own words, written into the statement: some indexes are used only if they see
    which list it is."""
    return Destination.shown_in == sa.literal_column(f"'{show}'")


def _order(urgency: Any, at: Any, row_id: Any, shape: Shape) -> list[Any]:
    """What waits goes by urgency and due time; what is over, the newest first."""
    if shape.is_live:
        columns = [(urgency, True), (at, False), (row_id, False)]
    else:
        columns = [(at, True), (row_id, True)]
    return [
        column.desc() if falls != shape.is_backwards else column.asc() for column, falls in columns
    ]


def _beyond(reading: Reading, time: Any, shape: Shape) -> Conditions | None:
    """Which rows of a reading come after the place, or before it; None if none does."""
    if shape.place is None:
        return ()
    if shape.is_live and reading.urgency != shape.place:
        is_after = reading.urgency < shape.place
        return () if is_after != shape.is_backwards else None
    rows = sa.tuple_(time, Destination.id)
    here = sa.tuple_(sa.bindparam("at", type_=UtcDateTime), sa.bindparam("row", type_=sa.String))
    return (rows > here if shape.is_live != shape.is_backwards else rows < here,)


def _has_news(case_id: Any) -> sa.ColumnElement[bool]:
    """Whether the sender of a case was heard from since staff last did anything on it."""
    acted = aliased(CaseEvent)
    later = sa.exists().where(
        acted.case_id == CaseEvent.case_id,
        acted.at > CaseEvent.at,
        acted.actor.like(sa.literal_column("'staff:%'")),
        ~_one_of(acted.kind, (TAKEN, ASSIGNED)),
    )
    heard = (CaseEvent.case_id == case_id, _one_of(CaseEvent.kind, FROM_SENDER), ~later)
    return sa.exists().where(*heard)


def _one_of(column: Any, words: Sequence[str]) -> Any:
    return sa.or_(*(column == sa.literal_column(f"'{word}'") for word in words))
