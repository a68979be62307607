"""Share the sections of a form that a team was sent with another team: the same extracts."""

from datetime import datetime

import sqlalchemy as sa
import structlog

from intake.app_state import keys
from intake.database import db
from intake.models import ExtractKeyCopy, SealedKeyCopy, Submission, SubmissionExtract
from intake.sealing.envelopes import seal_key
from intake.sealing.errors import CannotOpen, UnknownSuite
from intake.sealing.extracts import extract_key, extract_key_context, extract_key_copies
from intake.sealing.keypairs import PublicKey
from intake.services.joined_cases import is_of, joined_since

log = structlog.get_logger("intake.sharing")


def share_extracts(case_id: str, from_team: str, to: PublicKey, since: datetime | None) -> int:
    """Seal a team's extracts of a case to another team's key too; how many.

    Not those of submissions that the other can open already, all of it or the same extract.
    """
    shared = 0
    found = db.session.execute(_without(case_id, from_team, to.team_id or "", since)).tuples()
    for extract, submission, copy in found.all():
        try:
            opened = extract_key(extract, submission, [copy], keys(), as_teams=[from_team])
        except (CannotOpen, UnknownSuite) as error:
            log.error("this cannot be shared", problem=type(error).__name__, extract=extract.id)
            continue
        sealed = seal_key(opened, to, extract_key_context(extract, submission))
        for fresh in extract_key_copies(extract.id, [sealed]):
            db.session.merge(fresh)
        shared += 1
    return shared


def _without(
    case_id: str, from_team: str, to_team: str, since: datetime | None
) -> sa.Select[tuple[SubmissionExtract, Submission, ExtractKeyCopy]]:
    has_all = sa.exists().where(
        SealedKeyCopy.submission_id == Submission.id, SealedKeyCopy.team_id == to_team
    )
    other = sa.orm.aliased(ExtractKeyCopy)
    has_same = sa.exists().where(other.extract_id == SubmissionExtract.id, other.team_id == to_team)
    query = (
        sa.select(SubmissionExtract, Submission, ExtractKeyCopy)
        .join(Submission, Submission.id == SubmissionExtract.submission_id)
        .join(ExtractKeyCopy, ExtractKeyCopy.extract_id == SubmissionExtract.id)
        .where(
            is_of(case_id),
            ExtractKeyCopy.team_id == from_team,
            ~has_all,
            ~has_same,
        )
    )
    if since is None:
        return query
    return query.where(sa.or_(Submission.submitted_at >= since, joined_since(case_id, since)))
