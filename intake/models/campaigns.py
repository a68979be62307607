"""Campaigns: one message and one personal link for each of many recipients."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from intake.database import Base, UtcDateTime


class Campaign(Base):
    """A form sent to many. Its message and its file are sealed; a recipient's row is found again
    by a keyed hash."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    form_id: Mapped[str] = mapped_column(sa.String(80))
    form_version: Mapped[str] = mapped_column(sa.String(40))
    team_id: Mapped[str] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    language: Mapped[str | None] = mapped_column(sa.String(20))  # None: nobody said
    created_by: Mapped[str] = mapped_column(sa.String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of its links
    per_minute: Mapped[int] = mapped_column()  # 0: as fast as the workers are
    household: Mapped[str] = mapped_column(sa.String(120), default="")  # the column, if any
    total: Mapped[int] = mapped_column()  # recipients of the file, without duplicates
    never_queued: Mapped[int] = mapped_column(default=0, server_default="0")  # had opted out
    paced_until: Mapped[datetime] = mapped_column(UtcDateTime)  # when the last one queued is due
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the last row was
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message_digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))  # keyed
    sealed_message: Mapped[bytes] = mapped_column(sa.LargeBinary)  # to the worker
    sealed_file: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # to the team, until queued


class CampaignRecipient(Base):
    """One row of a campaign. Who it is stands sealed in its link and its delivery."""

    __tablename__ = "campaign_recipients"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "row_key"),)

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    campaign_id: Mapped[str] = mapped_column(sa.ForeignKey("campaigns.id"))
    row_key: Mapped[bytes] = mapped_column(sa.LargeBinary(32))  # keyed hash: address or household
    row: Mapped[int] = mapped_column()  # in the file; the header is row 1
    link_id: Mapped[str] = mapped_column(sa.ForeignKey("links.id"), unique=True)
    address_digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32))  # keyed, by organisation
    message_id: Mapped[str] = mapped_column(sa.String(32))  # the outbox message that came first
    sealed_delivery: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # its payload, once sent
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OptOut(Base):
    """An address that wants no campaigns of an organisation, as a keyed hash."""

    __tablename__ = "opt_outs"

    organisation_id: Mapped[str] = mapped_column(
        sa.ForeignKey("organisations.id"), primary_key=True
    )
    address_digest: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
