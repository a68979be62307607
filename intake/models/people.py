"""Staff accounts, their teams, their recorded training, and throttled attempts."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.database import Base, UtcDateTime, new_id
from intake.models.directory import Organisation, Team


class Staff(Base):
    """Someone who signs in. Their name and work address are the only readable personal data."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(sa.String(200))
    organisation_id: Mapped[str] = mapped_column(sa.ForeignKey("organisations.id"))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()
    memberships: Mapped[list["Membership"]] = relationship(back_populates="staff")
    training: Mapped[list["TrainingRecord"]] = relationship(back_populates="staff")


class Membership(Base):
    """A person's role in a team: "practitioner", "lead" or "administrator"."""

    __tablename__ = "memberships"

    staff_id: Mapped[str] = mapped_column(sa.ForeignKey("staff.id"), primary_key=True)
    team_id: Mapped[str] = mapped_column(sa.ForeignKey("teams.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(sa.String(20), default="practitioner")

    staff: Mapped[Staff] = relationship(back_populates="memberships")
    team: Mapped[Team] = relationship()


class TrainingRecord(Base):
    """Training that a licensed tool asks for, such as "gcp2"."""

    __tablename__ = "training_records"

    staff_id: Mapped[str] = mapped_column(sa.ForeignKey("staff.id"), primary_key=True)
    course: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    completed_on: Mapped[date] = mapped_column()
    recorded_by: Mapped[str] = mapped_column(sa.String(80))

    staff: Mapped[Staff] = relationship(back_populates="training")


class Throttle(Base):
    """Attempts in a window; the key is a keyed hash, so it names nobody."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column(default=0)
