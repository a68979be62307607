"""How whoever sent something follows it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime


class StatusLink(Base):
    """A submission that somebody asked to follow; what its link's secret is checked by."""

    __tablename__ = "status_links"

    submission_id: Mapped[str] = mapped_column(sa.ForeignKey("submissions.id"), primary_key=True)
    secret_check: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SenderMail(Base):
    """Where whoever sent something wants an email when there is news; sealed to the worker."""

    __tablename__ = "sender_mails"

    id: Mapped[str] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    sealed_address: Mapped[bytes] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
