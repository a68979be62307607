"""What a team's queue holds, at a glance: counted no further than anybody reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from intake.access import User
from intake.app_state import clock
from intake.database import UtcDateTime, db
from intake.services.queue_filters import MOST_COUNTED, MOST_URGENT_FIRST, SHOWS, YOURS

TIME_TO_STORE = timedelta(minutes=2)  # longer than any transaction of ours
_OVERDUE = f"urgency IN {MOST_URGENT_FIRST} AND due_at < :now"
# each figure → the conditions that an index answers; together they are what it counts
_COUNTED: Mapping[str, Sequence[str]] = {
    **{show: (f"shown_in = '{show}'",) for show in SHOWS},
    "overdue": tuple(
        f"shown_in = '{show}' AND assigned_to {whose} AND {_OVERDUE}"
        for show in ("waiting", "accepted")
        for whose in ("IS NULL", "IS NOT NULL")
    ),
    "nobodys": ("shown_in = 'waiting' AND assigned_to IS NULL",),
    YOURS: tuple(
        f"shown_in = '{show}' AND assigned_to = :staff" for show in ("waiting", "accepted")
    ),
}


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """How much of each there is in one team's queue; MOST_COUNTED + 1 stands for more."""

    team_id: str
    team: str
    organisation: str
    counted: Mapping[str, int] = field(default_factory=dict)
    waiting_since: datetime | None = None  # when what waits longest came

    @property
    def waiting(self) -> int:
        """Cases that wait for the team's answer."""
        return self.counted.get("waiting", 0)

    @property
    def overdue(self) -> int:
        """What waits or is accepted, and whose time is over."""
        return self.counted.get("overdue", 0)


def team_counts(user: User) -> tuple[TeamCounts, ...]:
    """The user's teams with the counts of their queues, by name: one query for all."""
    rows = db.session.execute(_FIGURES, {"staff": user.staff_id, "now": clock()}).mappings()
    return tuple(
        TeamCounts(
            row["id"],
            row["name"],
            row["organisation"],
            {name: min(row[name], MOST_COUNTED + 1) for name in _COUNTED},
            row["waiting_since"],
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class News:
    """What came to a team since a moment, for a page that asks again and again."""

    since: datetime
    count: int


def news_of(team_id: str, since: datetime | None = None) -> News:
    """How many referrals came since then: some minutes ago, unless it is said.

    That is before the page was made: a referral is stored with the time at which it was sent, a
    moment before others can see it. The page keeps how many of them it shows.
    """
    since = since or clock() - TIME_TO_STORE
    count = db.session.scalar(_ARRIVED, {"team": team_id, "since": since}) or 0
    return News(since, count)


def _figures() -> sa.TextualSelect:
    counts = ",\n".join(
        f"{' + '.join(map(_count, conditions))} AS {name}" for name, conditions in _COUNTED.items()
    )
    query = f"""
        SELECT teams.id, teams.name, organisations.name AS organisation, {counts},
            (SELECT min(delivered_at) FROM destinations
                WHERE team_id = teams.id AND shown_in = 'waiting') AS waiting_since
        FROM memberships
        JOIN teams ON teams.id = memberships.team_id
        JOIN organisations ON organisations.id = teams.organisation_id
        WHERE memberships.staff_id = :staff
        ORDER BY teams.name, teams.id
    """  # noqa: S608 — put together from the texts above alone
    return (
        sa.text(query)
        .bindparams(sa.bindparam("now", type_=UtcDateTime))
        .columns(waiting_since=UtcDateTime)
    )


def _count(condition: str) -> str:
    return (
        f"(SELECT count(*) FROM (SELECT 1 FROM destinations WHERE team_id = teams.id"  # noqa: S608
        f" AND {condition} LIMIT {MOST_COUNTED + 1}) AS a_few)"
    )


def _arrived(show: str) -> str:
    return (
        "(SELECT count(*) FROM (SELECT 1 FROM destinations WHERE team_id = :team"  # noqa: S608
        f" AND shown_in = '{show}' AND delivered_at >= :since LIMIT {MOST_COUNTED + 1}) AS a_few)"
    )


_FIGURES = _figures()
_ARRIVED = sa.text("SELECT " + " + ".join(_arrived(show) for show in SHOWS)).bindparams(
    sa.bindparam("since", type_=UtcDateTime)
)
