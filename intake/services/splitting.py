"""Split a case: two children were referred in one form, and each gets a case of their own."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from intake import audit
from intake.access import LIVE, CasePart, User, may
from intake.app_state import clock
from intake.database import new_id, transaction
from intake.models import Case, CaseSubmission, Destination, Submission
from intake.services.case_decisions import CHANGED, NotNow
from intake.services.case_notes import add_event
from intake.services.case_things import case_thing
from intake.services.joined_cases import ids_read_by, lock_cases
from intake.services.part_columns import copy_of
from intake.services.passing_on import may_be_given, readers_of
from intake.services.receipts import new_reference

SPLIT, SPLIT_FROM = "split", "split-from"


def teams_to_choose(case: CasePart) -> tuple[str, ...]:
    """The teams that a case made from this one may have: those at work on this one."""
    thing = case.case
    return tuple(
        sorted(
            team
            for team, state in thing.parts.items()
            if state in LIVE and team not in thing.excluded
        )
    )


def split(user: User, part: CasePart, teams: Collection[str], words: str, *, address: str) -> str:
    """Make a second case of what was sent to this one, for these of its teams; the new case's id.

    It reads every form that this one reads, and its teams have the keys already; what comes to
    either from now on is its own, but what the sender adds goes to both. ``words`` say whom it is
    about, and are sealed to the teams of each. Raises NotNow if the case has moved on, or one of
    the teams has left it.
    """
    now = clock()
    with transaction() as session:
        case = lock_cases(session, [part.case.id]).get(part.case.id)
        if case is None or not may(user, "case.split", CasePart(case_thing(case), part.team)):
            raise NotNow(CHANGED)
        chosen = [each for each in case.destinations if each.team_id in teams]
        if not chosen or not all(_may_have_it(case, each) for each in chosen):
            raise NotNow("One of these teams has left the case since you opened it.")
        new = _new_case(session, case, chosen, now)
        _join(session, case.id, new.id, now)
        _tell(user, case, new, part.team, words.strip(), now)
        case.updated_at = now
        for each, other in ((case, new), (new, case)):
            audit.record(
                user.actor,
                "case.split",
                "case",
                each.id,
                team=part.team,
                address=address,
                why=f"{'into' if each is case else 'from'} {other.reference}",
            )
        return new.id


def _may_have_it(case: Case, part: Destination) -> bool:
    return part.state in LIVE and may_be_given(case, part.team_id)


def _new_case(session: Session, case: Case, parts: Collection[Destination], now: datetime) -> Case:
    """The new case; each part of it is as far, as urgent and as late as it was."""
    new = Case(
        id=new_id(),
        reference=new_reference(case.reference.rsplit("-", 2)[0]),
        form_id=case.form_id,
        state=case.state if any(part.state == "accepted" for part in parts) else "new",
        created_at=now,
        updated_at=now,
        split_from=case.id,
        excluded_teams=case.excluded_teams,
    )
    session.add(new)
    session.flush()
    new.destinations = [copy_of(part) for part in parts]
    return new


def _join(session: Session, case_id: str, new_id: str, now: datetime) -> None:
    """Let the new case read what the old one reads."""
    read = session.scalars(sa.select(Submission.id).where(Submission.id.in_(ids_read_by(case_id))))
    session.add_all(
        CaseSubmission(case_id=new_id, submission_id=each, at=now) for each in read.all()
    )


def _tell(user: User, case: Case, new: Case, team: str, words: str, now: datetime) -> None:
    """Both timelines tell it, to those who may see both cases."""
    both = {*readers_of(case)} & {*readers_of(new)}
    for here, kind, there in ((case, SPLIT, new), (new, SPLIT_FROM, case)):
        event = add_event(
            here.id,
            kind,
            user.actor,
            now,
            team_id=team,
            words=words,
            readers=both | {team},
        )
        event.about_case_id = there.id
