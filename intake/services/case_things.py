"""A stored case as access sees it."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.access import CaseThing, User, may
from intake.database import db
from intake.models import Case
from intake.services.directory import current_directory
from referral_router import teams_meant


def find_case(case_id: str) -> CaseThing | None:
    """What access needs to know about a case; None if there is none."""
    case = db.session.get(Case, case_id, options=[joinedload(Case.destinations)])
    return case_thing(case) if case else None


def case_thing(case: Case) -> CaseThing:
    """A stored case as access sees it."""
    parts = {part.team_id: part.state for part in case.destinations}
    assigned = {part.team_id: part.assigned_to for part in case.destinations if part.assigned_to}
    return CaseThing(
        case.id, case.state, parts, kept_out_of(case), case.merged_into or "", assigned
    )


def kept_out_of(case: Case) -> frozenset[str]:
    """The teams that a rule excludes from a case: also those that an excluded organisation has now
    and had not when the rule was followed."""
    stored = case.excluded_teams
    return teams_meant(stored, current_directory()) if stored else frozenset()


def followed(user: User, case_ids: Iterable[str]) -> dict[str, Case]:
    """Those of these cases that the user follows: two queries for all of them."""
    wanted = set(case_ids)
    if not wanted:
        return {}
    query = sa.select(Case).where(Case.id.in_(wanted)).options(selectinload(Case.destinations))
    return {
        case.id: case
        for case in db.session.scalars(query)
        if may(user, "case.follow", case_thing(case))
    }
