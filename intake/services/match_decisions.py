"""Decide whether two people are the same: by a person, with a reason, and never for good."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.access import CaseThing, MatchThing, User, may
from intake.app_state import clock, keys
from intake.database import db, new_id, transaction
from intake.matching.explaining import in_words, is_against
from intake.models import Case, PersonMatch, PersonMatchDecision
from intake.sealing.envelopes import Context, open_sealed, seal_for
from intake.sealing.errors import SealingError
from intake.sealing.team_keys import keys_of
from intake.services.actors import actor_names
from intake.services.case_decisions import NotNow
from intake.services.cases import CaseNotFound, Submitted, opened_for
from intake.services.limited_teams import limited_teams
from intake.services.match_rows import (
    MatchRow,
    cases_with_teams,
    match_of_case,
    match_thing,
    matches_between,
)
from intake.services.people_named import PersonNamed
from intake.services.profiles import NOT_SAME, SAME, are_held_apart, profile_of

STATES: Mapping[str, str] = {
    SAME: "They are the same person",
    NOT_SAME: "They are not the same person",
    "not-sure": "Not sure",
}
DECISIONS_LOCK = 0x1A7A4F  # PostgreSQL's advisory lock: a profile is judged by one at a time
CHANGED = "Somebody has decided about these two people since you opened the page. Look again."
APART = (
    "They cannot be the same: somebody has decided that one of them is not the same person as "
    "somebody who is held to be the same as the other. Take one of the two decisions back first."
)
TOGETHER = (
    "They cannot be different: both are held to be the same person as somebody else. Take one of "
    "those decisions back first."
)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, as its history shows it."""

    state: str
    at: datetime
    actor: str
    words: str | None = field(default="", repr=False)  # None: sealed to other teams


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two people, with the form that names them."""

    submitted: Submitted
    case_reference: str
    person: PersonNamed = field(repr=False)


@dataclass(frozen=True, slots=True)
class MatchPage:
    """Two people side by side."""

    id: str
    case_id: str
    state: str
    revision: int
    sides: tuple[Side, Side]
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    history: tuple[Decision, ...]


def words_context(decision_id: str) -> Context:
    """Where the words of a decision belong."""
    return Context("person-match", subject=decision_id)


def read_match(user: User, match_id: str, case_id: str, *, address: str) -> MatchPage:
    """Both people, opened. That they are read is recorded first, for both cases.

    Raises CaseNotFound if the user may not read both.
    """
    row, thing = _allowed(user, "match.read", match_id, case_id)
    with transaction():
        for case, end in zip(thing.cases, (row.own, row.other), strict=True):
            for team in _teams(user, case):
                audit.record(
                    user.actor,
                    "match.read",
                    "submission",
                    end.submission_id,
                    team=team,
                    address=address,
                    why=f"match {match_id}",
                )
    ends = (row.own, row.other)
    shown = [
        _side(opened_for(end.submission_id, _teams(user, case)), end.position, end.case_id)
        for case, end in zip(thing.cases, ends, strict=True)
    ]
    codes = row.match.evidence
    return MatchPage(
        id=match_id,
        case_id=case_id,
        state=row.match.state,
        revision=row.match.revision,
        sides=(shown[0], shown[1]),
        speaks_for=in_words(code for code in codes if not is_against(code)),
        speaks_against=in_words(code for code in codes if is_against(code)),
        history=_history(user, match_id),
    )


def decide(
    user: User, match_id: str, case_id: str, state: str, words: str, *, seen: int, address: str
) -> None:
    """Say that two people are the same, are not, or that nobody can tell; or take it back.

    ``state`` is one of STATES, or "suggested" to take back; ``seen`` is the revision that the
    user saw. It holds for the two people in whichever forms of the two cases they are named.
    Raises NotNow if somebody was quicker, or if it contradicts what was decided about others;
    CaseNotFound.
    """
    with transaction() as session:
        _one_at_a_time()
        row, _thing = _allowed(user, "match.decide", match_id, case_id)
        match = session.get_one(PersonMatch, match_id, with_for_update=True, populate_existing=True)
        if match.revision != seen:
            raise NotNow(CHANGED)
        for each in _same_pair(row):
            each.state = state
        match.revision += 1
        session.flush()
        _check(row, state)
        session.add(_decision(user, row, match, words))
        for end in (row.own, row.other):
            why = f"{state}, match {match_id}"
            audit.record(user.actor, "match.decide", "case", end.case_id, address=address, why=why)


def _allowed(user: User, action: str, match_id: str, case_id: str) -> tuple[MatchRow, MatchThing]:
    row = match_of_case(match_id, case_id)
    thing = match_thing(user, row) if row else None
    if row is None or thing is None or not may(user, action, thing):
        raise CaseNotFound(match_id)
    return row, thing


def _same_pair(row: MatchRow) -> list[PersonMatch]:
    """The matches between these two people in any forms of the two cases."""
    return [
        each.match
        for each in matches_between(row.own.case_id, row.other.case_id)
        if (each.own.node, each.other.node) == (row.own.node, row.other.node)
    ]


def _check(row: MatchRow, state: str) -> None:
    """A profile must not hold two people of whom somebody said that they are not the same."""
    mine = profile_of(row.own.node)
    if state == SAME and are_held_apart(mine, mine):
        raise NotNow(APART)
    if state == NOT_SAME and row.other.node in mine:
        raise NotNow(TOGETHER)


def _decision(user: User, row: MatchRow, match: PersonMatch, words: str) -> PersonMatchDecision:
    decision = PersonMatchDecision(
        id=new_id(),
        match_id=match.id,
        revision=match.revision,
        at=clock(),
        actor=user.actor,
        state=match.state,
    )
    if words.strip():
        readers = _readers(user, row)
        decision.sealed_words = seal_for(
            words.strip().encode(), keys().recipients(readers), words_context(decision.id)
        )
    return decision


def _readers(user: User, row: MatchRow) -> list[str]:
    """Who may read why: teams that have a part in both cases, and those of whoever decided. Not
    those that were sent only sections of a form: the reason may quote the rest."""
    cases = cases_with_teams((row.own.case_id, row.other.case_id)).values()
    parts = [
        {part.team_id for part in case.destinations} - limited_teams(case.id) for case in cases
    ]
    both = set.intersection(*parts)
    return sorted(both | {team for team in set.union(*parts) if team in user.teams})


def _history(user: User, match_id: str) -> tuple[Decision, ...]:
    query = (
        sa.select(PersonMatchDecision)
        .where(PersonMatchDecision.match_id == match_id)
        .order_by(PersonMatchDecision.revision.desc())
    )
    rows = db.session.scalars(query).all()
    names = actor_names(row.actor for row in rows)
    return tuple(
        Decision(row.state, row.at, names.get(row.actor, ""), _words(user, row)) for row in rows
    )


def _words(user: User, row: PersonMatchDecision) -> str | None:
    if row.sealed_words is None:
        return ""
    context, private_key = words_context(row.id), keys_of(keys(), user.teams)
    try:
        return open_sealed(row.sealed_words, context, private_key, as_teams=user.teams).decode()
    except SealingError:
        return None


def _side(submitted: Submitted, position: int, case_id: str) -> Side:
    if position >= len(submitted.people):  # damaged, or sealed to others meanwhile
        raise CaseNotFound(case_id)
    reference = db.session.get_one(Case, case_id).reference
    return Side(submitted, reference, submitted.people[position])


def _teams(user: User, case: CaseThing) -> list[str]:
    return sorted(user.teams & case.parts.keys())


def _one_at_a_time() -> None:
    """On SQLite there is one writer anyway."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(DECISIONS_LOCK)))
