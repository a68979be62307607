"""Weblinks and the drafts that they open."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime


class Link(Base):
    """A weblink. What it knows of its holder is sealed under a secret that only the token has."""

    __tablename__ = "links"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    form_id: Mapped[str] = mapped_column(sa.String(80), index=True)
    form_version: Mapped[str] = mapped_column(sa.String(40))
    team_id: Mapped[str] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    case_id: Mapped[str | None] = mapped_column(sa.ForeignKey("cases.id"), index=True)
    created_by: Mapped[str] = mapped_column(sa.String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uses_allowed: Mapped[int] = mapped_column()
    uses_count: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the first answers kept
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivery_failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_holder: Mapped[bytes] = mapped_column(sa.LargeBinary)  # under the link's secret
    sealed_recipient: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # to the issuing team
    kind: Mapped[str] = mapped_column(sa.String(16), default="personal", server_default="personal")
    version_policy: Mapped[str] = mapped_column(
        sa.String(16), default="pinned", server_default="pinned"
    )
    secret_key_id: Mapped[str | None] = mapped_column(sa.String(8), index=True)  # signed its token
    sealed_purpose: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # to the issuing team
    verify: Mapped[str] = mapped_column(sa.String(16), default="none", server_default="none")
    answer_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # keyed by the link's secret
    code_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # keyed by the link's secret
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wrong_tries: Mapped[int] = mapped_column(default=0, server_default="0")  # since the last right
    wrong_tries_in_all: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # one of two shares of a campaign link's secret, for reminders; gone once something is written
    reminder_share: Mapped[bytes | None] = mapped_column(sa.LargeBinary(16))
    language: Mapped[str | None] = mapped_column(sa.String(20))  # None: nobody said
    # whoever fills in its form said that an email could put them in danger
    email_unsafe: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    replaced_by: Mapped[str | None] = mapped_column(sa.String(32))  # the link in its place


class Resume(Base):
    """A way back to a draft from another device: its key, sealed under a mailed secret and a code.

    Without a sealed key it opens nothing any more.
    """

    __tablename__ = "resumes"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    draft_id: Mapped[str] = mapped_column(sa.ForeignKey("drafts.id"), index=True)
    sealed_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    wrong_tries: Mapped[int] = mapped_column(default=0)  # since the last right one
    wrong_tries_in_all: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Draft(Base):
    """Answers under way, sealed under a key that only the visitor has."""

    __tablename__ = "drafts"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    form_id: Mapped[str] = mapped_column(sa.String(80))
    form_version: Mapped[str] = mapped_column(sa.String(40))
    link_id: Mapped[str | None] = mapped_column(sa.ForeignKey("links.id"), index=True)
    case_id: Mapped[str | None] = mapped_column(sa.ForeignKey("cases.id"))
    staff_id: Mapped[str | None] = mapped_column(sa.ForeignKey("staff.id"))
    sealed_answers: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # what was sent, once more under the draft's key: for its sender, for an hour
    sealed_copy: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    copy_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
