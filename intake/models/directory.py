"""Organisations, their teams, and which team gives which service in which area."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from intake.database import Base, new_id

ENGLAND_AND_WALES = "england-and-wales"


class Organisation(Base):
    """A council, trust, force, school or charity, within a partnership."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    partnership: Mapped[str] = mapped_column(sa.String(200), default="")


class Team(Base):
    """A team with a queue of its own.

    One that left the directory stays, because cases name it: `is_removed`, and nothing new comes.
    """

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[str] = mapped_column(sa.String(60), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    telephone: Mapped[str] = mapped_column(sa.String(40), default="")
    is_paused: Mapped[bool] = mapped_column(default=False)
    is_fallback: Mapped[bool] = mapped_column(default=False)
    is_removed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    paused_until: Mapped[date | None]  # the day from which it gets referrals again
    nation: Mapped[str] = mapped_column(
        sa.String(20), default=ENGLAND_AND_WALES, server_default=ENGLAND_AND_WALES
    )
    hours: Mapped[list[list[str] | None]] = mapped_column(
        sa.JSON, default=list, server_default="[]"
    )  # a weekday each, Monday first; [] is Monday to Friday, 9 to 5
    capacity: Mapped[int | None]  # live referrals that it can hold
    cover_team_id: Mapped[str | None] = mapped_column(sa.String(80))  # who takes over
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    organisation: Mapped[Organisation] = relationship()
    closures: Mapped[list["TeamClosure"]] = relationship(
        order_by="TeamClosure.first_day", cascade="all, delete-orphan", passive_deletes=True
    )


class TeamClosure(Base):
    """Days on which a team is shut, besides weekends and bank holidays: the first and the last."""

    __tablename__ = "team_closures"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    team_id: Mapped[str] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    why: Mapped[str] = mapped_column(sa.String(200), default="")


class Service(Base):
    """A kind of help, such as "exploitation" or "breast-pump-loan"."""

    __tablename__ = "services"

    id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))


class Area(Base):
    """A borough, trust area or city, by its official code where it has one."""

    __tablename__ = "areas"

    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))


class Provision(Base):
    """A team gives a service in an area; the area "*" is everywhere."""

    __tablename__ = "provisions"

    service_id: Mapped[str] = mapped_column(sa.ForeignKey("services.id"), primary_key=True)
    area_code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    team_id: Mapped[str] = mapped_column(sa.ForeignKey("teams.id"), primary_key=True)


class DirectoryRevision(Base):
    """One row that counts the directory's changes, so that processes know when to read it again."""

    __tablename__ = "directory_revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    revision: Mapped[int] = mapped_column(default=1)
