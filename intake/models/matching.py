"""People who may be the same: what the worker suggests, and what somebody decided, step by step."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime, new_id


class PersonMatch(Base):
    """Two people named in two submissions. It holds no value of theirs, only codes of evidence.

    The two are in the order of their submissions' ids. A digest says who somebody is among those
    whom one case names, so that the same person of two forms is shown once.
    """

    __tablename__ = "person_matches"
    __table_args__ = (
        sa.UniqueConstraint(
            "first_submission_id", "first_position", "second_submission_id", "second_position"
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    first_submission_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="CASCADE")
    )
    first_position: Mapped[int] = mapped_column()  # among the people named, from 0
    first_digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    second_submission_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    second_position: Mapped[int] = mapped_column()
    second_digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    score: Mapped[float] = mapped_column()  # bits, by these weights
    evidence: Mapped[list[str]] = mapped_column(sa.JSON)
    weights_version: Mapped[str] = mapped_column(sa.String(40))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(20), default="suggested")
    revision: Mapped[int] = mapped_column(default=0)  # how often somebody decided


class PersonMatchDecision(Base):
    """One decision about a match; none is ever changed or taken away while both forms exist."""

    __tablename__ = "person_match_decisions"
    __table_args__ = (sa.UniqueConstraint("match_id", "revision"),)

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    match_id: Mapped[str] = mapped_column(sa.ForeignKey("person_matches.id", ondelete="CASCADE"))
    revision: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[str] = mapped_column(sa.String(20))  # same, not-same, not-sure, suggested
    sealed_words: Mapped[bytes | None] = mapped_column(sa.LargeBinary)


class MatchingRun(Base):
    """How far the people of a submission were compared, when it was last done."""

    __tablename__ = "matching_runs"

    submission_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    weights_version: Mapped[str] = mapped_column(sa.String(40))
    compared: Mapped[int] = mapped_column()  # submissions
    left_out: Mapped[int] = mapped_column()  # submissions that share something too common
