"""Cases, the teams that they went to, and what happened to them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.database import Base, UtcDateTime, new_id
from intake.models.directory import Team


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


class Destination(Base):
    """A team's part in a case: delivered, seen, accepted, declined, more-information or done."""

    __tablename__ = "destinations"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "team_id"),
        sa.Index("ix_destinations_queue", "team_id", "state", "urgency", "acknowledge_by"),
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
    asked_link_id: Mapped[str | None] = mapped_column(sa.String(32))  # with which it asked for more
    more_by: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it wants to have it

    case: Mapped[Case] = relationship(back_populates="destinations")
    team: Mapped[Team] = relationship()


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
