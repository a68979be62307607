"""Cases, the teams that they went to, and what happened to them."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship, validates

from intake.database import Base, UtcDateTime, new_id
from intake.models.directory import Team

FIXED = "fixed"  # the kind of a clock that no pause moves
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class Case(Base):
    """A case: new, open, review, closed, archived; reopened if needed."""

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(sa.String(24), unique=True)  # its first submission's
    form_id: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[str] = mapped_column(sa.String(20), default="new", index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the case that goes on in its place, never itself merged; then its own state is "closed"
    merged_into: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    split_from: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    # whom a rule excluded, because the referral is about them: no team of these is ever given it
    excluded_teams: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))

    destinations: Mapped[list["Destination"]] = relationship(back_populates="case")

    @validates("state")
    def _archive_parts(self, _name: str, state: str) -> str:
        """A case leaves the queues, and comes back into them, with all of its parts."""
        for part in self.destinations:
            part.is_archived = state == "archived"
        return state


# In which list of its team's queue a part is: always in exactly one. The database works it out, so
# that no statement can forget to; a state that nobody has thought of is where it is seen.
SHOWN_IN = """CASE
    WHEN is_archived THEN 'archived'
    WHEN state = 'accepted' THEN 'accepted'
    WHEN state = 'declined' THEN 'declined'
    WHEN state = 'done' THEN 'finished'
    ELSE 'waiting'
END"""
SETTLED_AT = "COALESCE(decided_at, delivered_at)"
# By when the team owes something: its answer, then its decision. What has no time comes last.
DUE_AT = """CASE
    WHEN state <> 'accepted' AND acknowledged_at IS NULL THEN acknowledge_by
    WHEN concluded_at IS NULL THEN COALESCE(decide_by, '9999-12-31 00:00:00.000000')
    ELSE '9999-12-31 00:00:00.000000'
END"""


def _queue_index(name: str, *columns: str, only: str = "") -> sa.Index:
    where = sa.text(only) if only else None
    return sa.Index(f"ix_destinations_{name}", *columns, postgresql_where=where, sqlite_where=where)


_ORDER = ("urgency", "due_at", "id")
_NOBODY, _SOMEBODY = "assigned_to IS NULL", "assigned_to IS NOT NULL"
_OVER = "shown_in IN ('finished', 'declined', 'archived')"


class Destination(Base):
    """A team's part in a case: delivered, seen, accepted, declined, more-information or done."""

    __tablename__ = "destinations"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "team_id"),
        sa.Index("ix_destinations_watch_at", "watch_at"),
        # each list of a queue, by each of its filters, is read in its order from one of these
        _queue_index("queue", "team_id", "shown_in", *_ORDER, only=_NOBODY),
        _queue_index("queue_assigned", "team_id", "shown_in", *_ORDER, only=_SOMEBODY),
        _queue_index("form", "team_id", "shown_in", "form_id", *_ORDER, only=_NOBODY),
        _queue_index("form_assigned", "team_id", "shown_in", "form_id", *_ORDER, only=_SOMEBODY),
        _queue_index("assignee", "team_id", "assigned_to", "shown_in", *_ORDER, only=_SOMEBODY),
        _queue_index("over", "team_id", "shown_in", "settled_at", "id", only=_OVER),
        _queue_index(
            "over_form", "team_id", "shown_in", "form_id", "urgency", "settled_at", "id", only=_OVER
        ),
        _queue_index("arrived", "team_id", "shown_in", "delivered_at"),
    )

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(sa.ForeignKey("cases.id"))
    team_id: Mapped[str] = mapped_column(sa.ForeignKey("teams.id"))
    state: Mapped[str] = mapped_column(sa.String(20), default="delivered")
    urgency: Mapped[int] = mapped_column()  # 1 routine … 4 immediate
    acknowledge_by: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(sa.String(80))
    decline_reason: Mapped[str | None] = mapped_column(sa.String(40))  # a code from a short list
    is_escalated: Mapped[bool] = mapped_column(default=False)
    # whether whoever sent it may see the organisation's name; None: as the form is sensitive or not
    is_named: Mapped[bool | None] = mapped_column()
    sent_from: Mapped[str | None] = mapped_column(sa.String(80))  # the team that sent it on
    first_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(sa.String(40))  # a code from a short list
    more_by: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it wants what it asked for
    # the clocks: docs/developers/clocks.md
    decide_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledge_kind: Mapped[str] = mapped_column(sa.String(10), default=FIXED)
    decide_kind: Mapped[str] = mapped_column(sa.String(10), default=FIXED)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its first answer
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its first decision
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pause_reason: Mapped[str | None] = mapped_column(sa.String(40))  # a code from a short list
    pause_count: Mapped[int] = mapped_column(default=0)
    unpaused_acknowledge_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unpaused_decide_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_for: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the due time
    escalation_step: Mapped[int] = mapped_column(default=0)  # how far it went up, for its due time
    # when the worker looks at it next; the beginning of time: at once; None: never again
    watch_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=AT_ONCE)
    assigned_to: Mapped[str | None] = mapped_column(sa.String(32))  # a member of the team: staff id
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the case's, kept here so that a queue is read from this table alone
    form_id: Mapped[str] = mapped_column(sa.String(80), server_default="")
    is_archived: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    shown_in: Mapped[str] = mapped_column(sa.String(20), sa.Computed(SHOWN_IN))
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime, sa.Computed(SETTLED_AT))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, sa.Computed(DUE_AT))

    case: Mapped[Case] = relationship(back_populates="destinations")
    team: Mapped[Team] = relationship()


@event.listens_for(Destination, "before_insert")
def _keep_form(_mapper: Mapper[Destination], connection: sa.Connection, part: Destination) -> None:
    """Keep the case's form with a part that is stored without it."""
    if not part.form_id:
        query = sa.select(Case.form_id).where(Case.id == part.case_id)
        part.form_id = connection.scalar(query) or ""


class CaseEvent(Base):
    """One line of a case's timeline; words that somebody wrote are sealed to the case's teams."""

    __tablename__ = "case_events"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(sa.ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(sa.String(40))
    actor: Mapped[str] = mapped_column(sa.String(80))
    team_id: Mapped[str | None] = mapped_column(sa.ForeignKey("teams.id"))
    submission_id: Mapped[str | None] = mapped_column(sa.ForeignKey("submissions.id"))
    sealed_note: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    # of a split or a merge: the other case. Only who may see that one sees the line
    about_case_id: Mapped[str | None] = mapped_column(sa.String(32))
