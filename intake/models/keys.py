"""Key pairs of teams, the worker and the offline recovery key."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime


class Key(Base):
    """A key pair. The private half lies under the master key; the recovery key has none here."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    owner_kind: Mapped[str] = mapped_column(sa.String(20))  # team, worker, recovery
    team_id: Mapped[str | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    suite: Mapped[str] = mapped_column(sa.String(60))
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    wrapped_private_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
