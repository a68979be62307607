"""A team's queue: what waits for it, in order of urgency and then of due time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake.app_state import clock
from intake.database import db
from intake.models import Case, Destination
from intake.services.form_titles import form_titles
from intake.services.part_clocks import PartClocks, clocks_of
from intake.services.queue_filters import Place, QueueFilter
from intake.services.queue_reading import (
    Shape,
    forms_statement,
    page_statement,
    parameters,
    shape_of,
    total_statement,
)

PAGE_SIZE = 50
NO_TIME = 9999  # the year of what has no due time


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


def queue_page(team_id: str, wanted: QueueFilter) -> QueuePage:
    """One page of a team's queue: most urgent first, and of these the first due.

    What is over comes in the order in which it ended, the newest first.
    """
    connection = db.session.connection()
    here = forms_statement(wanted.show).run(connection, {"team": team_id}).scalars().all()
    forms = sorted(wanted.forms)
    if wanted.urgencies and not wanted.is_live:  # an index has them by form and urgency
        forms = forms or sorted(here)
    shape = shape_of(wanted, forms, PAGE_SIZE + 1)
    given = parameters(team_id, wanted, forms, clock())
    found = _read(wanted, shape, given)
    has_more = len(found) > PAGE_SIZE
    found = found[-PAGE_SIZE:] if wanted.is_backwards else found[:PAGE_SIZE]
    titles = form_titles({*here, *wanted.forms})
    is_first = not has_more if wanted.is_backwards else wanted.place is None
    is_last = not (has_more or wanted.is_backwards)
    return QueuePage(
        rows=tuple(
            replace(queue_row(part, case, titles), has_news=has_news)
            for part, case, has_news in found
        ),
        total=total_statement(shape).run(connection, given).scalar_one(),
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


def _read(
    wanted: QueueFilter, shape: Shape, given: Mapping[str, Any]
) -> list[tuple[Destination, Case, bool]]:
    """The parts of one page in the order of reading, one more than fit, with case and news."""
    statement = page_statement(shape)
    if statement is None:
        return []
    news = dict(statement.run(db.session.connection(), given).tuples().all())
    query = (
        sa.select(Destination, Case)
        .join(Case, Case.id == Destination.case_id)
        .where(Destination.id.in_(news))
    )
    rows = {part.id: (part, case) for part, case in db.session.execute(query).tuples()}
    found = [(*rows[row_id], bool(has_news)) for row_id, has_news in news.items()]
    return found[::-1] if wanted.is_backwards else found


def _place(part: Destination, wanted: QueueFilter) -> Place:
    at = part.due_at if wanted.is_live else part.settled_at
    return Place(part.urgency, at, part.id)
