"""Stored matches with their two ends, as those who show or decide about them need them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from intake.access import MatchThing, User, may
from intake.database import db
from intake.models import Case, PersonMatch, SealedKeyCopy, Submission
from intake.services.case_things import case_thing
from intake.services.joined_cases import together

Node = tuple[str, bytes]  # a case, and somebody whom it names


@dataclass(frozen=True, slots=True)
class End:
    """One side of a match: who is named at which place of which submission of which case."""

    submission_id: str
    position: int
    digest: bytes
    case_id: str

    @property
    def node(self) -> Node:
        """Who that is, in whichever forms of the case they are named."""
        return self.case_id, self.digest


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A match with both ends; ``own`` is that of the case that it is looked at from."""

    match: PersonMatch
    own: End
    other: End


FIRST, SECOND = aliased(Submission), aliased(Submission)
FIRST_CASE, SECOND_CASE = aliased(Case), aliased(Case)
# of a case that was merged into another, the one that goes on
_CASES = (
    sa.func.coalesce(FIRST_CASE.merged_into, FIRST_CASE.id),
    sa.func.coalesce(SECOND_CASE.merged_into, SECOND_CASE.id),
)


def _ends() -> sa.Select[tuple[PersonMatch, str, str]]:
    first, second = _CASES
    return (
        sa.select(PersonMatch, first, second)
        .join(FIRST, FIRST.id == PersonMatch.first_submission_id)
        .join(FIRST_CASE, FIRST_CASE.id == FIRST.case_id)
        .join(SECOND, SECOND.id == PersonMatch.second_submission_id)
        .join(SECOND_CASE, SECOND_CASE.id == SECOND.case_id)
        .where(first != second, _is_kept(FIRST.id), _is_kept(SECOND.id))
    )


def _is_kept(submission_id: Any) -> sa.ColumnElement[bool]:
    """Whether a team still has a key: what was erased matches nobody, even before it is swept."""
    return sa.exists().where(
        SealedKeyCopy.submission_id == submission_id, SealedKeyCopy.team_id.is_not(None)
    )


def matches_of(submission_ids: Collection[str]) -> tuple[MatchRow, ...]:
    """The matches of these submissions with other cases, seen from them; the best first."""
    ends = (PersonMatch.first_submission_id, PersonMatch.second_submission_id)
    query = _ends().where(sa.or_(*(end.in_(submission_ids) for end in ends)))
    rows = db.session.execute(query.order_by(PersonMatch.score.desc(), PersonMatch.id)).all()
    return tuple(_seen_from(row, row[0].first_submission_id in submission_ids) for row in rows)


def match_of_case(match_id: str, case_id: str) -> MatchRow | None:
    """One match, seen from the case; None if it is not of the case."""
    row = db.session.execute(_ends().where(PersonMatch.id == match_id)).first()
    if row is None or case_id not in row[1:]:
        return None
    return _seen_from(row, row[1] == case_id)


def matches_between(own_case: str, other_case: str) -> tuple[MatchRow, ...]:
    """Every match between two cases, seen from the first."""
    own, other = together(own_case), together(other_case)
    query = _ends().where(
        sa.or_(
            sa.and_(FIRST.case_id.in_(own), SECOND.case_id.in_(other)),
            sa.and_(FIRST.case_id.in_(other), SECOND.case_id.in_(own)),
        )
    )
    rows = db.session.execute(query).all()
    return tuple(_seen_from(row, row[1] == own_case) for row in rows)


def _seen_from(row: sa.Row[tuple[PersonMatch, str, str]], own_is_first: bool) -> MatchRow:
    match, first_case, second_case = row
    first = End(match.first_submission_id, match.first_position, match.first_digest, first_case)
    second = End(
        match.second_submission_id, match.second_position, match.second_digest, second_case
    )
    return MatchRow(match, first, second) if own_is_first else MatchRow(match, second, first)


def cases_with_teams(case_ids: Collection[str]) -> dict[str, Case]:
    """These cases by their ids, each with its teams: two queries for all of them."""
    query = sa.select(Case).where(Case.id.in_(case_ids)).options(selectinload(Case.destinations))
    return {case.id: case for case in db.session.scalars(query)}


def followed_cases(user: User, case_ids: Collection[str]) -> dict[str, str]:
    """Those of the cases that the user follows, with their references."""
    return {
        case.id: case.reference
        for case in cases_with_teams(case_ids).values()
        if may(user, "case.follow", case_thing(case))
    }


def opened_by(user: User, submission_ids: Collection[str]) -> frozenset[str]:
    """Those of the submissions that are sealed to one of the user's teams."""
    query = sa.select(SealedKeyCopy.submission_id).where(
        SealedKeyCopy.submission_id.in_(submission_ids), SealedKeyCopy.team_id.in_(user.teams)
    )
    return frozenset(db.session.scalars(query))


def match_thing(user: User, row: MatchRow) -> MatchThing | None:
    """A match as access sees it; None if one end is not sealed to a team of the user's."""
    ends = {row.own.submission_id, row.other.submission_id}
    if opened_by(user, ends) != ends:
        return None
    own, other = row.own.case_id, row.other.case_id
    cases = cases_with_teams((own, other))
    return MatchThing((case_thing(cases[own]), case_thing(cases[other])))


def may_read(user: User, row: MatchRow, cases: dict[str, Case]) -> bool:
    """Whether the user may see both ends, apart from the seals."""
    own, other = (case_thing(cases[end.case_id]) for end in (row.own, row.other))
    return may(user, "match.read", MatchThing((own, other)))
