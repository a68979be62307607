"""Published form versions: frozen content, by hash."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime


class FormVersion(Base):
    """One version of a form with its routing rules, as it was published.

    In force is the version with the latest ``current_from`` that is not in the future; one
    without it is not in line. What is withdrawn takes no new starts. ``translations`` names the
    languages that it has besides English, each with the hash of its words: ``cy:1a2b…``.
    ``rules`` came with the form; ``rules_line`` names the versions of its rules that two people
    published since and that hold in their place, each from a moment on.
    """

    __tablename__ = "form_versions"

    form_id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    version: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[str] = mapped_column(sa.Text)
    rules: Mapped[str] = mapped_column(sa.Text)
    rules_hash: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    current_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    translations: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    rules_line: Mapped[str] = mapped_column(sa.Text, default="", server_default="")


class FormTranslation(Base):
    """The words of a form version in another language: a gettext catalogue, as it was published.

    It may be published again with better words; the questions of the version never change.
    """

    __tablename__ = "form_translations"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["form_id", "version"], ["form_versions.form_id", "form_versions.version"]
        ),
    )

    form_id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    version: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    catalogue: Mapped[str] = mapped_column(sa.Text)
    hash: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
