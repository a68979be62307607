"""Cases that were split or merged: what each reads of another, and how a merge is undone."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime, new_id


class CaseSubmission(Base):
    """A submission that a case reads besides its own: of a split, or of a case merged into it."""

    __tablename__ = "case_submissions"

    case_id: Mapped[str] = mapped_column(sa.ForeignKey("cases.id"), primary_key=True)
    submission_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    merge_id: Mapped[str | None] = mapped_column(sa.ForeignKey("case_merges.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseMerge(Base):
    """Two cases made one, and what has to be known to undo it. Only identifiers and times."""

    __tablename__ = "case_merges"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    kept_id: Mapped[str] = mapped_column(sa.ForeignKey("cases.id"), index=True)
    merged_id: Mapped[str] = mapped_column(sa.ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(sa.String(80))
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # parts, states, keys given
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
