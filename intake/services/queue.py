"""A team's queue: what waits for it, in order of urgency and then of due time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.access import UNANSWERED, User
from intake.app_state import clock
from intake.database import db
from intake.models import Case, CaseEvent, Destination, Team
from intake.services.form_titles import form_titles

PAGE_SIZE = 100

# What a queue can show → the states of the team's part.
SHOWS: dict[str, frozenset[str]] = {
    "waiting": UNANSWERED,
    "accepted": frozenset({"accepted"}),
    "finished": frozenset({"done"}),
    "declined": frozenset({"declined"}),
}
ARCHIVED = "archived"
FROM_SENDER = ("more-sent", "withdrawal-asked")  # kinds of events


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of a team's queue to show; nothing chosen means all."""

    show: str = "waiting"  # a key of SHOWS, or "archived"
    urgencies: frozenset[int] = frozenset()
    forms: frozenset[str] = frozenset()
    overdue_only: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case in a queue. It names nobody."""

    case_id: str
    reference: str
    form_title: str
    urgency: int
    acknowledge_by: datetime
    delivered_at: datetime
    state: str
    case_state: str
    is_escalated: bool
    team_id: str
    has_news: bool = False  # the sender sent more or wants to withdraw, and nobody acted since


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """How much of each there is in one team's queue."""

    team_id: str
    team: str
    organisation: str
    shown: dict[str, int] = field(default_factory=dict)  # a key of SHOWS or "archived" → cases
    overdue: int = 0

    @property
    def waiting(self) -> int:
        """Cases that wait for the team's answer."""
        return self.shown.get("waiting", 0)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a queue."""

    rows: tuple[QueueRow, ...]
    total: int
    page: int
    forms: dict[str, str]  # form id → title, of all the cases in the queue

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def team_counts(user: User) -> tuple[TeamCounts, ...]:
    """The user's teams with the counts of their queues, by name."""
    teams = db.session.execute(
        sa.select(Team).where(Team.id.in_(user.teams)).order_by(Team.name, Team.id)
    ).scalars()
    counted = _counted(user)
    return tuple(_team_counts(team, counted) for team in teams)


def _counted(user: User) -> Sequence[Any]:
    is_archived = Case.state == ARCHIVED
    is_late = sa.case((Destination.acknowledge_by < clock(), 1), else_=0)
    query = (
        sa.select(
            Destination.team_id,
            Destination.state,
            is_archived.label("is_archived"),
            sa.func.count().label("cases"),
            sa.func.sum(is_late).label("late"),
        )
        .join(Case)
        .where(Destination.team_id.in_(user.teams))
        .group_by(Destination.team_id, Destination.state, is_archived)
    )
    return db.session.execute(query).all()


def _team_counts(team: Team, counted: Sequence[Any]) -> TeamCounts:
    shown = dict.fromkeys((*SHOWS, ARCHIVED), 0)
    overdue = 0
    for row in (each for each in counted if each.team_id == team.id):
        shown[_show_of(row.state, row.is_archived)] += row.cases
        if row.state in UNANSWERED and not row.is_archived:
            overdue += row.late
    return TeamCounts(team.id, team.name, team.organisation.name, shown, overdue)


def _show_of(state: str, is_archived: bool) -> str:
    if is_archived:
        return ARCHIVED
    return next(show for show, states in SHOWS.items() if state in states)


def queue_page(team_id: str, wanted: QueueFilter) -> QueuePage:
    """One page of a team's queue: most urgent first, and of these the first due."""
    base = sa.select(Destination, Case).join(Case).where(*_conditions(team_id, wanted))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(base.subquery()))
    rows = db.session.execute(
        base.add_columns(_has_news())
        .order_by(*_order(wanted))
        .limit(PAGE_SIZE)
        .offset((wanted.page - 1) * PAGE_SIZE)
    ).all()
    forms = form_titles(_forms_of(team_id))
    return QueuePage(
        rows=tuple(
            replace(queue_row(part, case, forms), has_news=bool(has_news))
            for part, case, has_news in rows
        ),
        total=total or 0,
        page=wanted.page,
        forms=forms,
    )


def _has_news() -> sa.ColumnElement[bool]:
    """Whether the sender of a case was heard from since staff last did anything on it."""
    acted = aliased(CaseEvent)
    later = sa.exists().where(
        acted.case_id == CaseEvent.case_id, acted.at > CaseEvent.at, acted.actor.like("staff:%")
    )
    return (
        sa.exists()
        .where(CaseEvent.case_id == Case.id, CaseEvent.kind.in_(FROM_SENDER), ~later)
        .correlate(Case)
    )


def queue_row(part: Destination, case: Case, titles: dict[str, str]) -> QueueRow:
    """A stored part of a case as a list shows it."""
    return QueueRow(
        case_id=case.id,
        reference=case.reference,
        form_title=titles.get(case.form_id, case.form_id),
        urgency=part.urgency,
        acknowledge_by=part.acknowledge_by,
        delivered_at=part.delivered_at,
        state=part.state,
        case_state=case.state,
        is_escalated=part.is_escalated,
        team_id=part.team_id,
    )


def _conditions(team_id: str, wanted: QueueFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [Destination.team_id == team_id]
    if wanted.show == ARCHIVED:
        conditions.append(Case.state == ARCHIVED)
    else:
        conditions += [Destination.state.in_(SHOWS[wanted.show]), Case.state != ARCHIVED]
    if wanted.urgencies:
        conditions.append(Destination.urgency.in_(wanted.urgencies))
    if wanted.forms:
        conditions.append(Case.form_id.in_(wanted.forms))
    if wanted.overdue_only:
        conditions.append(Destination.acknowledge_by < clock())
    return conditions


def _order(wanted: QueueFilter) -> tuple[sa.ColumnElement[Any], ...]:
    """What waits goes by urgency and due time; what is over, the newest first."""
    if wanted.show in ("waiting", "accepted"):
        return (
            Destination.urgency.desc(),
            Destination.acknowledge_by.asc(),
            Destination.id.asc(),
        )
    return (Case.updated_at.desc(), Destination.id.asc())


def _forms_of(team_id: str) -> list[str]:
    query = sa.select(Case.form_id).join(Destination).where(Destination.team_id == team_id)
    return list(db.session.scalars(query.distinct()))
