"""Merge two cases about the same incident, with what each team may read of it said before."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from intake import audit
from intake.access import CasePair, User, may, merging_teams
from intake.app_state import clock
from intake.database import db, new_id, transaction
from intake.models import Case, CaseEvent, CaseMerge, CaseSubmission, Submission
from intake.services.case_decisions import NotNow
from intake.services.case_notes import add_event
from intake.services.case_things import case_thing, followed
from intake.services.joined_cases import going_on, ids_read_by, lock_cases, together
from intake.services.merge_readers import NewReader, give, held, kept_out, new_readers
from intake.services.merged_parts import merge_parts, state_of
from intake.services.passing_on import DECLINED, readers_of

MERGED, MERGED_INTO = "merged", "merged-into"
CHANGED = "Somebody has changed one of these two cases since you opened the page."
KEPT_OUT = (
    "These cases cannot be merged: a rule keeps one of them from a team that has the other, "
    "because it is about them."
)


class Unconfirmed(Exception):  # noqa: N818 — an expected state, said to the user
    """Raised if a team would newly read something that nobody has confirmed, or something else."""


@dataclass(frozen=True, slots=True)
class CaseToMerge:
    """One of two cases, as the page shows it."""

    id: str
    reference: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MergePage:
    """What would happen: the case that goes on, the one that ends, and who would read more."""

    kept: CaseToMerge
    other: CaseToMerge
    readers: tuple[NewReader, ...]
    is_refused: bool


def case_to_merge(user: User, reference: str) -> str | None:
    """The id of a case that the user follows, by its reference, or that of any form of it."""
    wanted = reference.strip().upper()
    by_form = sa.select(Submission.case_id).where(Submission.reference == wanted)
    query = sa.select(Case.id).where(sa.or_(Case.reference == wanted, Case.id.in_(by_form)))
    ids = {going_on(case_id) for case_id in db.session.scalars(query).all()}
    return next(iter(followed(user, ids)), None)


def older_first(one: str, two: str) -> tuple[str, str]:
    """Two cases' ids, that of the older one first: it is the one to keep, unless somebody asks."""
    query = sa.select(Case.id).where(Case.id.in_({one, two})).order_by(Case.created_at, Case.id)
    first, second = db.session.scalars(query)
    return first, second


def look_at_merge(user: User, pair: CasePair) -> MergePage:
    """What merging would do. Nothing sealed is opened for it."""
    kept, other = (db.session.get_one(Case, thing.id) for thing in (pair.one, pair.two))
    return MergePage(
        _shown(kept),
        _shown(other),
        new_readers(kept, other, merging_teams(user, pair)),
        is_refused=bool(kept_out(kept, other)),
    )


def merge(
    user: User, pair: CasePair, words: str, confirmed: Collection[str], *, address: str
) -> None:
    """Make the second case a part of the first, which goes on.

    ``confirmed`` holds the token of every team that newly reads something. Raises Unconfirmed if
    one is missing, or what it stands for has changed; NotNow if one of the cases has moved on, or
    a team that one case must be kept from has the other.
    """
    now = clock()
    with transaction() as session:
        kept, other = locked_pair(session, user, "case.merge", pair)
        teams = merging_teams(user, CasePair(case_thing(kept), case_thing(other)))
        if kept_out(kept, other):
            raise NotNow(KEPT_OUT)
        needed = new_readers(kept, other, teams)
        if not {reader.token for reader in needed} <= set(confirmed):
            raise Unconfirmed
        row = CaseMerge(
            id=new_id(), kept_id=kept.id, merged_id=other.id, at=now, actor=user.actor, before={}
        )
        before, could_open = _before(kept, other), _openers(kept, other)
        give(kept, other, teams)
        given = _openers(kept, other) - could_open
        merge_parts(kept, other, user.actor, now)
        session.add(row)
        session.flush()
        _join(session, kept, other, row.id, now)
        _tell(user, kept, other, teams[0], words.strip(), now)
        session.flush()
        row.before = before | {"given": sorted(given), "events": events_on(kept.id)}
        _record(user, kept, other, needed, teams[0], address)


def locked_pair(session: Session, user: User, action: str, pair: CasePair) -> tuple[Case, Case]:
    """Both cases, locked in the order of their ids; access is asked again on what is true now.

    Raises NotNow.
    """
    cases = lock_cases(session, [pair.one.id, pair.two.id])
    one, two = cases.get(pair.one.id), cases.get(pair.two.id)
    if one is None or two is None:
        raise NotNow(CHANGED)
    if not may(user, action, CasePair(case_thing(one), case_thing(two))):
        raise NotNow(CHANGED)
    return one, two


def events_on(case_id: str) -> int:
    """How often anything happened on a case and those merged into it, but that it was seen."""
    query = sa.select(sa.func.count()).where(
        CaseEvent.case_id.in_(together(case_id)), CaseEvent.kind != "seen"
    )
    return db.session.scalar(query) or 0


def _shown(case: Case) -> CaseToMerge:
    return CaseToMerge(case.id, case.reference, case.state, case.created_at)


def _before(kept: Case, other: Case) -> dict[str, Any]:
    """What is needed to undo it."""
    _, *merged = together(other.id)
    return {"kept": state_of(kept), "other": state_of(other), "merged": merged}


def _openers(kept: Case, other: Case) -> frozenset[tuple[str, str]]:
    """Which submission or note either case has, and which team can open it."""
    return frozenset().union(*(each for case in (kept, other) for each in held(case.id)))


def _join(session: Session, kept: Case, other: Case, merge_id: str, now: datetime) -> None:
    """Let the case that goes on read what the other reads, and stand for it."""
    own = sa.select(Submission.id).where(Submission.id.in_(ids_read_by(kept.id)))
    theirs = sa.select(Submission.id).where(
        Submission.id.in_(ids_read_by(other.id)), Submission.id.not_in(own)
    )
    session.add_all(
        CaseSubmission(case_id=kept.id, submission_id=each, merge_id=merge_id, at=now)
        for each in session.scalars(theirs).all()
    )
    excluded = {*(kept.excluded_teams or ()), *(other.excluded_teams or ())}
    kept.excluded_teams = sorted(excluded) or None
    other.state, other.closed_at = "closed", now
    kept.updated_at = other.updated_at = now
    session.execute(
        sa.update(Case)
        .where(sa.or_(Case.id == other.id, Case.merged_into == other.id))
        .values(merged_into=kept.id)
    )


def _tell(user: User, kept: Case, other: Case, team: str, words: str, now: datetime) -> None:
    """Both timelines tell it, to those who may see both cases."""
    readers = readers_of(kept)
    had = {part.team_id for part in other.destinations if part.state != DECLINED}
    for here, kind, there, told in (
        (kept, MERGED, other, readers),
        (other, MERGED_INTO, kept, had.intersection(readers)),
    ):
        event = add_event(here.id, kind, user.actor, now, team_id=team, words=words, readers=told)
        event.about_case_id = there.id


def _record(
    user: User, kept: Case, other: Case, readers: Iterable[NewReader], team: str, address: str
) -> None:
    """Both cases' audit, and for each team what it reads from now on."""

    def record(action: str, case_id: str, of_team: str, why: str) -> None:
        audit.record(user.actor, action, "case", case_id, team=of_team, address=address, why=why)

    record("case.merge", kept.id, team, f"with {other.reference}")
    record("case.merge", other.id, team, f"into {kept.reference}")
    for reader in readers:
        what = f"{len(reader.forms)} forms and {reader.notes} notes, by merging"
        record("case.share", reader.case_id, reader.team_id, what)
