"""Who did what, when and why: a chain of entries, each holding the hash of the one before."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime


class AuditEntry(Base):
    """One entry. It never holds content, only which thing was touched."""

    __tablename__ = "audit_entries"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(sa.String(80))  # "staff:<id>", "link:<id>", "cli", "worker"
    team_id: Mapped[str | None] = mapped_column(sa.String(80))
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    action: Mapped[str] = mapped_column(sa.String(60))
    thing_type: Mapped[str] = mapped_column(sa.String(40))
    thing_id: Mapped[str] = mapped_column(sa.String(80), index=True)
    why: Mapped[str] = mapped_column(sa.String(200), default="")
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
