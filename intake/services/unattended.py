"""Referrals that nobody would look at: found, and given to the fallback team."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import aliased

from intake import audit
from intake.access import LIVE
from intake.database import db, transaction
from intake.models import (
    Case,
    CaseSubmission,
    Destination,
    ExtractKeyCopy,
    SealedKeyCopy,
    Submission,
    SubmissionExtract,
)
from intake.services.directory import NoDirectory, current_directory
from intake.services.joined_cases import is_read_by
from intake.services.passing_on import give_to_fallback, stand_in
from intake.services.staffed_teams import is_staffed

MOST_NAMED = 10
MOST_AT_ONCE = 100  # cases given to the fallback team in one round
ENDED = ("closed", "archived")

log = structlog.get_logger("intake.unattended")


@dataclass(frozen=True, slots=True)
class Unattended:
    """Cases of one kind that nobody would look at: how many, and some references."""

    kind: str  # nowhere, unstaffed, unreadable, kept-in-part, merged-away, half-closed
    count: int
    references: tuple[str, ...]


def find_unattended() -> tuple[Unattended, ...]:
    """Every way in which a referral could be in the database and before nobody's eyes.

    Each submission belongs to a case (a foreign key), so it is enough to look at cases: one that
    has not ended has a live part, of a team that has staff and a key to something in it; one that
    has ended has none. One query for each.
    """
    found = (_found(kind, condition) for kind, condition in _conditions().items())
    return tuple(each for each in found if each.count)


def give_unattended(now: datetime) -> int:
    """Give what no team with staff has to the fallback team; how many cases that were.

    If the fallback team has no staff either, nothing is moved: `intake doctor` says so.
    """
    try:
        fallback = current_directory().fallback_team
    except NoDirectory:  # a new installation: nothing can have been sent
        return 0
    if not db.session.scalar(sa.select(is_staffed(sa.literal(fallback)))):
        return 0
    query = sa.select(Case.id).where(_nobody_has_it())
    # what a rule keeps from the fallback team may have to stay where it is: so it comes last
    query = query.order_by(Case.excluded_teams.is_not(None), Case.id).limit(MOST_AT_ONCE)
    case_ids = db.session.scalars(query).all()
    return sum(_give_alone(case_id, now) for case_id in case_ids)


def _give_alone(case_id: str, now: datetime) -> bool:
    """As ``_give``; a case that cannot be given keeps no other from being given."""
    try:
        return _give(case_id, now)
    except OperationalError:
        raise  # the database itself
    except Exception as error:  # noqa: BLE001 — logged, and tried again in the next round
        log.error("a case cannot be given", case=case_id, problem=type(error).__name__)
        return False


def _give(case_id: str, now: datetime) -> bool:
    """Whether it was given: not if somebody took it up meanwhile, or no part is left to give it."""
    with transaction() as session:
        case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
        still = sa.select(Case.id).where(Case.id == case_id, _nobody_has_it())
        if case is None or db.session.scalar(still) is None:
            return False
        part = min(case.destinations, key=_most_pressing, default=None)
        if part is None:
            return False
        if _is_with(case, stand_in(case)):  # and nobody works there: see `find_unattended`
            return False
        team = give_to_fallback(case, part, "worker", now)
        case.updated_at = now
        audit.record("worker", "case.rescue", "case", case_id, team=team, why="nobody had it")
        return True


def _is_with(case: Case, team_id: str) -> bool:
    return any(each.team_id == team_id and each.state in LIVE for each in case.destinations)


def _most_pressing(part: Destination) -> tuple[bool, int, datetime]:
    return part.state not in LIVE, -part.urgency, part.acknowledge_by


def _found(kind: str, condition: sa.ColumnElement[bool]) -> Unattended:
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Case).where(condition)) or 0
    if not count:
        return Unattended(kind, 0, ())
    references = sa.select(Case.reference).where(condition).order_by(Case.created_at)
    return Unattended(kind, count, tuple(db.session.scalars(references.limit(MOST_NAMED))))


def _nobody_has_it() -> sa.ColumnElement[bool]:
    conditions = _conditions()
    return sa.or_(conditions["nowhere"], conditions["unstaffed"])


def _conditions() -> dict[str, sa.ColumnElement[bool]]:
    has_not_ended = Case.state.not_in(ENDED)
    readable = sa.exists().where(
        is_read_by(Case.id),
        SealedKeyCopy.submission_id == Submission.id,
        SealedKeyCopy.team_id == Destination.team_id,
    )
    readable_in_part = sa.exists().where(
        is_read_by(Case.id),
        SubmissionExtract.submission_id == Submission.id,
        ExtractKeyCopy.extract_id == SubmissionExtract.id,
        ExtractKeyCopy.team_id == Destination.team_id,
    )
    is_readable = sa.or_(
        readable.correlate(Case, Destination), readable_in_part.correlate(Case, Destination)
    )
    return {
        "nowhere": sa.and_(has_not_ended, ~_has_live_part()),
        "unstaffed": sa.and_(
            has_not_ended, _has_live_part(), ~_has_live_part(is_staffed(Destination.team_id))
        ),
        "unreadable": sa.and_(
            has_not_ended,
            _has_live_part(),
            ~_has_live_part(is_readable),
        ),
        "merged-away": sa.and_(Case.merged_into.is_not(None), ~_goes_on()),
        "kept-in-part": sa.and_(has_not_ended, _has_no_whole()),
        "half-closed": sa.and_(Case.state.in_(ENDED), _has_live_part()),
    }


def _goes_on() -> sa.ColumnElement[bool]:
    """Whether a case that was merged has ended, and another reads all that was sent to it."""
    into, joined = aliased(Case), aliased(CaseSubmission)
    unread = sa.exists().where(
        Submission.case_id == Case.id,
        ~sa.exists().where(
            joined.case_id == Case.merged_into, joined.submission_id == Submission.id
        ),
    )
    stands = sa.exists().where(into.id == Case.merged_into, into.merged_into.is_(None))
    return sa.and_(Case.state == "closed", stands.correlate(Case), ~unread.correlate(Case))


def _has_no_whole() -> sa.ColumnElement[bool]:
    """Whether a part of a submission is kept, and no team has a key to the whole any more."""
    whole = sa.exists().where(
        SealedKeyCopy.submission_id == Submission.id, SealedKeyCopy.team_id.is_not(None)
    )
    kept_in_part = sa.exists().where(
        is_read_by(Case.id),
        SubmissionExtract.submission_id == Submission.id,
        ~whole.correlate(Submission),
    )
    return kept_in_part.correlate(Case)


def _has_live_part(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    parts = sa.exists().where(
        Destination.case_id == Case.id, Destination.state.in_(LIVE), *conditions
    )
    return parts.correlate(Case)
