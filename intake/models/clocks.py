"""Who is told when time runs out, and how everybody wants to hear."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base


class EscalationStep(Base):
    """Whom of a team to tell when a referral is late, so many minutes after its due time."""

    __tablename__ = "escalation_steps"

    team_id: Mapped[str] = mapped_column(sa.ForeignKey("teams.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    staff_id: Mapped[str] = mapped_column(sa.ForeignKey("staff.id"))
    after_minutes: Mapped[int] = mapped_column()


class NotificationChoice(Base):
    """How a team's address, or a member for one of their teams, hears of news: "at-once",
    "digest" or "none". What nobody chose: the address at once, members not at all."""

    __tablename__ = "notification_choices"

    team_id: Mapped[str] = mapped_column(sa.ForeignKey("teams.id"), primary_key=True)
    # an account's id; empty for the team's address, so no reference
    recipient: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    choice: Mapped[str] = mapped_column(sa.String(10))
    digest_hour: Mapped[int] = mapped_column(default=8)  # in London
    digest_on: Mapped[date | None] = mapped_column()  # the day of the last digest, in London
