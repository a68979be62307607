"""Extracts: what a team gets of a submission that is sent only sections of it.

A team that has an extract has no key to the submission itself.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base


class SubmissionExtract(Base):
    """Some sections of a submission, under a data key of their own."""

    __tablename__ = "submission_extracts"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    submission_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    sections: Mapped[list[str]] = mapped_column(sa.JSON)  # ids of the form's pages, in its order
    sealed_answers: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_decision: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ExtractKeyCopy(Base):
    """An extract's data key, sealed to one public key."""

    __tablename__ = "extract_key_copies"

    extract_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submission_extracts.id", ondelete="CASCADE"), primary_key=True
    )
    key_id: Mapped[str] = mapped_column(sa.ForeignKey("keys.id"), primary_key=True)
    team_id: Mapped[str | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    suite: Mapped[str] = mapped_column(sa.String(60))
    sealed_key: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ExtractFile(Base):
    """The key of a submission's file under an extract's data key: only of files in its sections."""

    __tablename__ = "extract_files"

    extract_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submission_extracts.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submitted_files.id", ondelete="CASCADE"), primary_key=True
    )
    sealed_key: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ExtractIndexEntry(Base):
    """A keyed hash of an exact identifier that is in an extract."""

    __tablename__ = "extract_index_entries"

    extract_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submission_extracts.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True, index=True)
