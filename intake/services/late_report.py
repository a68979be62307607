"""What was late, and by how much: reckoned by the database, in two queries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake.access import LIVE, RUNNING, UNANSWERED
from intake.database import UtcDateTime, db
from intake.models import Case, Destination, Team

MOST_LISTED = 500
CLOCKS = ("acknowledge", "decide")


@dataclass(frozen=True, slots=True)
class LateFigures:
    """One team and one clock: of those that were due in the time asked about."""

    team_id: str
    team: str
    clock: str
    due: int
    late: int
    median: timedelta | None  # of those that were late; None if none was
    worst: timedelta | None

    @property
    def share_in_time(self) -> float:
        """How many of a hundred were in time."""
        return 100 * (self.due - self.late) / self.due


@dataclass(frozen=True, slots=True)
class LateReferral:
    """One part that was answered or decided late, or still is not."""

    case_id: str
    reference: str
    team_id: str
    clock: str
    due: datetime
    stopped_at: datetime | None
    late_by: timedelta


@dataclass(frozen=True, slots=True)
class LateReport:
    """The figures, and the referrals behind them, the latest first."""

    since: datetime
    until: datetime
    figures: tuple[LateFigures, ...]
    referrals: tuple[LateReferral, ...]

    @property
    def is_cut_short(self) -> bool:
        """Whether there are more referrals than are listed."""
        return sum(each.late for each in self.figures) > len(self.referrals)


def late_report(
    since: datetime, now: datetime, *, teams: Collection[str] | None = None
) -> LateReport:
    """What came to be due from ``since`` until now: of these teams, or of all.

    What was answered late counts by its answer, what is late still by now. What was answered
    before it was due counts as in time once its due time has come.
    """
    clocks = sa.union_all(*(_clock(name, since, now, teams) for name in CLOCKS)).cte("clocks")
    return LateReport(since, now, _figures(clocks), _referrals(clocks))


def _clock(
    name: str, since: datetime, now: datetime, teams: Collection[str] | None
) -> sa.Select[Any]:
    is_acknowledging = name == "acknowledge"
    due = Destination.acknowledge_by if is_acknowledging else Destination.decide_by
    stopped = Destination.acknowledged_at if is_acknowledging else Destination.concluded_at
    running = UNANSWERED if is_acknowledging else LIVE
    late_by = _seconds(sa.func.coalesce(stopped, sa.literal(now, UtcDateTime())), due)
    query = (
        sa.select(
            Destination.case_id,
            Case.reference,
            Destination.team_id,
            sa.literal(name).label("clock"),
            due.label("due"),
            stopped.label("stopped_at"),
            late_by.label("late_by"),
            sa.case((late_by > 0, 1), else_=0).label("is_late"),
        )
        .join(Case)
        .where(
            due >= since,
            due < now,
            sa.or_(
                stopped.is_not(None),
                sa.and_(Destination.state.in_(running), Case.state.in_(RUNNING)),
            ),
        )
    )
    return query if teams is None else query.where(Destination.team_id.in_(teams))


def _seconds(end: sa.ColumnElement[Any], start: Any) -> sa.ColumnElement[Any]:
    """How long it is from one time to another, on either database."""
    if db.engine.dialect.name == "sqlite":
        days = sa.func.julianday(end) - sa.func.julianday(start)
        return sa.func.round(days * 86400)
    return sa.cast(sa.extract("epoch", end - start), sa.Float)


def _figures(clocks: sa.CTE) -> tuple[LateFigures, ...]:
    alike = (clocks.c.team_id, clocks.c.clock, clocks.c.is_late)
    ranked = sa.select(
        clocks,
        sa.func.row_number().over(partition_by=alike, order_by=clocks.c.late_by).label("rank"),
        sa.func.count().over(partition_by=alike).label("alike"),
    ).cte("ranked")
    is_middle = sa.and_(
        ranked.c.is_late == 1, (2 * ranked.c.rank).between(ranked.c.alike, ranked.c.alike + 2)
    )
    late_by = sa.case((ranked.c.is_late == 1, ranked.c.late_by))
    query = (
        sa.select(
            ranked.c.team_id,
            Team.name,
            ranked.c.clock,
            sa.func.count(),
            sa.func.sum(ranked.c.is_late),
            sa.func.avg(sa.case((is_middle, ranked.c.late_by))),
            sa.func.max(late_by),
        )
        .join(Team, Team.id == ranked.c.team_id)
        .group_by(ranked.c.team_id, Team.name, ranked.c.clock)
        .order_by(Team.name, ranked.c.team_id, ranked.c.clock)
    )
    return tuple(
        LateFigures(team_id, team, clock, due, int(late), _span(median), _span(worst))
        for team_id, team, clock, due, late, median, worst in db.session.execute(query)
    )


def _referrals(clocks: sa.CTE) -> tuple[LateReferral, ...]:
    query = (
        sa.select(clocks)
        .where(clocks.c.is_late == 1)
        .order_by(clocks.c.late_by.desc(), clocks.c.reference, clocks.c.clock)
        .limit(MOST_LISTED)
    )
    return tuple(
        LateReferral(
            row.case_id,
            row.reference,
            row.team_id,
            row.clock,
            row.due,
            row.stopped_at,
            timedelta(seconds=row.late_by),
        )
        for row in db.session.execute(query)
    )


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=round(float(seconds)))
