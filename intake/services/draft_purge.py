"""Delete drafts whose time is over, and the files that are lost with them."""

from datetime import datetime

import sqlalchemy as sa

from intake.database import transaction
from intake.models import Draft, DraftFile, Resume
from intake.services.files import lose_files

BATCH = 100  # drafts in one transaction: a fraction of a second


def purge_drafts(now: datetime) -> None:
    """Delete every expired draft with its files, some at a time."""
    while _purge_some(now):
        pass


def _purge_some(now: datetime) -> int:
    """They are locked, so that no file can be added to one meanwhile."""
    expired = sa.select(Draft.id).where(Draft.expires_at <= now).limit(BATCH)
    with transaction() as session:
        ids = session.scalars(expired.with_for_update()).all()
        lose_files(session, DraftFile.draft_id.in_(ids), now)
        session.execute(sa.delete(Resume).where(Resume.draft_id.in_(ids)))
        session.execute(sa.delete(Draft).where(Draft.id.in_(ids)))
        return len(ids)
