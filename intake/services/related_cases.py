"""The cases that a case was split from or merged into, and those that were split from it."""

from dataclasses import dataclass

import sqlalchemy as sa

from intake.access import CasePair, CaseThing, User, may
from intake.database import db
from intake.models import Case
from intake.services.case_things import case_thing, followed


@dataclass(frozen=True, slots=True)
class RelatedCase:
    """Another case, and what it is to this one: split, split-from, merged or merged-into."""

    case_id: str
    reference: str
    state: str
    how: str
    can_undo: bool = False  # a merge


def related_cases(user: User, thing: CaseThing) -> tuple[RelatedCase, ...]:
    """Those that the user follows; of the others nobody learns that they exist."""
    own = sa.select(Case.split_from).where(Case.id == thing.id)
    query = sa.select(Case.id, Case.split_from).where(
        sa.or_(
            Case.id.in_(own),
            Case.id == thing.merged_into,
            Case.split_from == thing.id,
            Case.merged_into == thing.id,
        )
    )
    cases = followed(user, [case_id for case_id, _ in db.session.execute(query)])
    found = (
        RelatedCase(
            case.id,
            case.reference,
            case.state,
            _how(case, thing),
            can_undo=may(user, "case.unmerge", CasePair(thing, case_thing(case))),
        )
        for case in cases.values()
    )
    return tuple(sorted(found, key=lambda each: (each.how, each.reference)))


def _how(case: Case, thing: CaseThing) -> str:
    if case.id == thing.merged_into:
        return "merged-into"
    if case.merged_into == thing.id:
        return "merged"
    return "split" if case.split_from == thing.id else "split-from"
