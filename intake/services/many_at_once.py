"""One action on many cases of a queue: each is decided by itself, and has its own result."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from intake.access import CasePart, User
from intake.database import db
from intake.models import Case
from intake.services import assignments
from intake.services.case_things import case_thing
from intake.services.cases import CaseNotFound
from intake.services.deciding import NotNow

MOST_AT_ONCE = 100  # more than a page of the queue has


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case of a list, and who had it when the list was made; empty: nobody."""

    case_id: str
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case."""

    case_id: str
    reference: str
    problem: str = ""  # why nothing was done with it; empty: it was done


def take_many(user: User, team: str, chosen: Sequence[Chosen], *, address: str) -> list[Result]:
    """Take each of the cases for oneself. Raises CaseNotFound if one is not the team's."""

    def act(part: CasePart, _holder: str) -> None:
        assignments.take(user, part, address=address)

    return _each(user, team, chosen, act)


def assign_many(
    user: User, team: str, chosen: Sequence[Chosen], to: str, *, address: str
) -> list[Result]:
    """Give each of the cases to a member of the team. Raises CaseNotFound like ``take_many``."""

    def act(part: CasePart, holder: str) -> None:
        assignments.assign(user, part, to, "", seen=holder, address=address)

    return _each(user, team, chosen, act)


def _each(
    user: User, team: str, chosen: Sequence[Chosen], act: Callable[[CasePart, str], None]
) -> list[Result]:
    """A transaction for each: whoever is faster with one case does not undo the others."""
    wanted = list({each.case_id: each for each in chosen}.values())[:MOST_AT_ONCE]
    found = list(_parts(user, team, wanted))
    return [
        Result(part.case.id, reference, _problem(act, part, each.holder))
        for each, (part, reference) in zip(wanted, found, strict=True)
    ]


def _problem(act: Callable[[CasePart, str], None], part: CasePart, holder: str) -> str:
    try:
        act(part, holder)
    except NotNow as problem:
        return str(problem)
    return ""


def _parts(user: User, team: str, chosen: Sequence[Chosen]) -> Iterator[tuple[CasePart, str]]:
    """The team's parts in the cases, in the order asked. Raises CaseNotFound if one has none."""
    ids = [each.case_id for each in chosen]
    query = sa.select(Case).where(Case.id.in_(ids)).options(selectinload(Case.destinations))
    found = {case.id: case for case in db.session.scalars(query)}
    for case_id in ids:
        thing = case_thing(found[case_id]) if case_id in found else None
        if thing is None or team not in user.teams or team not in thing.parts:
            raise CaseNotFound(case_id)
        yield CasePart(thing, team), found[case_id].reference
