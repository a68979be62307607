"""Files that people sent: where their sealed bytes lie, and the keys that open them, sealed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime


class DraftFile(Base):
    """A file of a draft. Its key lies under the draft's key, which only the visitor has."""

    __tablename__ = "draft_files"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    draft_id: Mapped[str] = mapped_column(sa.ForeignKey("drafts.id"), index=True)
    sealed_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_about: Mapped[bytes] = mapped_column(sa.LargeBinary)  # name, type, size: under its key
    stored_size: Mapped[int] = mapped_column()  # bytes of the sealed pieces, padded
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EventFile(Base):
    """A file that came with a line of a case's timeline. Its key lies under the line's data key."""

    __tablename__ = "event_files"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    event_id: Mapped[str] = mapped_column(sa.ForeignKey("case_events.id"), index=True)
    sealed_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_about: Mapped[bytes] = mapped_column(sa.LargeBinary)
    stored_size: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SubmittedFile(Base):
    """A file of a submission. Its key lies under the submission's data key.

    It is a table of its own because a public process may delete from the other one.
    """

    __tablename__ = "submitted_files"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    submission_id: Mapped[str] = mapped_column(sa.ForeignKey("submissions.id"), index=True)
    sealed_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_about: Mapped[bytes] = mapped_column(sa.LargeBinary)
    stored_size: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
