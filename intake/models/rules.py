"""Versions of a form's routing rules: drafts that people write, and what two of them published."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime, new_id


class RuleVersion(Base):
    """One version of the rules of a form, as a file of its own.

    It is a draft until a second person publishes it; what was published never changes again. A
    draft that waits for the second person has ``asked_at``. ``checked_with`` names the versions of
    the form that it was found to fit. ``trial`` holds the rounded figures of the last try on past
    referrals, with the hash of what was tried.
    """

    __tablename__ = "rule_versions"
    __table_args__ = (sa.UniqueConstraint("form_id", "version"),)

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    form_id: Mapped[str] = mapped_column(sa.String(80))
    version: Mapped[str] = mapped_column(sa.String(40))
    content: Mapped[str] = mapped_column(sa.Text)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(sa.String(20), default="draft")
    revision: Mapped[int] = mapped_column(default=1)  # counts every change, to notice another's
    base_version: Mapped[str] = mapped_column(sa.String(40))  # the rules that it began from
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: once it is published
    checked_with: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    trial: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(sa.String(80))
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_by: Mapped[str] = mapped_column(sa.String(80))
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_by: Mapped[str | None] = mapped_column(sa.String(80))
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_by: Mapped[str | None] = mapped_column(sa.String(80))
    returned_why: Mapped[str | None] = mapped_column(sa.Text)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by: Mapped[str | None] = mapped_column(sa.String(80))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(sa.String(80))
