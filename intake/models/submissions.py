"""Submissions: sealed bodies, sealed copies of their data keys, and blind-index entries."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime


class Submission(Base):
    """One sealed answer set with its sealed routing decision."""

    __tablename__ = "submissions"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(24), unique=True)
    draft_id: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    case_id: Mapped[str] = mapped_column(sa.ForeignKey("cases.id"), index=True)
    link_id: Mapped[str | None] = mapped_column(sa.ForeignKey("links.id"), index=True)
    form_id: Mapped[str] = mapped_column(sa.String(80), index=True)
    form_version: Mapped[str] = mapped_column(sa.String(40))
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    rules_version: Mapped[str] = mapped_column(sa.String(40))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(sa.String(80))  # "visitor", "link:<id>", "staff:<id>"
    facets: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    sealed_answers: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_decision: Mapped[bytes] = mapped_column(sa.LargeBinary)


class SealedKeyCopy(Base):
    """A submission's data key, sealed to one public key. To erase is to delete every copy."""

    __tablename__ = "sealed_key_copies"

    submission_id: Mapped[str] = mapped_column(sa.ForeignKey("submissions.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(sa.ForeignKey("keys.id"), primary_key=True)
    team_id: Mapped[str | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    suite: Mapped[str] = mapped_column(sa.String(60))
    sealed_key: Mapped[bytes] = mapped_column(sa.LargeBinary)


class BlindIndexEntry(Base):
    """A keyed hash of an exact identifier, so that staff can find what they may see."""

    __tablename__ = "blind_index_entries"

    submission_id: Mapped[str] = mapped_column(sa.ForeignKey("submissions.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True, index=True)
