"""Work to be done after a transaction: written in it, done at least once by a worker."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime


class OutboxMessage(Base):
    """One piece of work; its payload is sealed to the worker's key."""

    __tablename__ = "outbox"
    __table_args__ = (sa.Index("ix_outbox_due", "state", "available_at"),)

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[str] = mapped_column(sa.String(10), default="waiting")  # waiting, done, dead
    sealed_payload: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # gone once done
    dedupe_key: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    team_id: Mapped[str | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    link_id: Mapped[str | None] = mapped_column(sa.ForeignKey("links.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(sa.String(40))
    last_problem: Mapped[str] = mapped_column(sa.String(200), default="")  # never content
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
