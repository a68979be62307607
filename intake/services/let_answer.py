"""Let somebody answer for a case whose every team at work on it a later form excludes."""

from datetime import datetime

import sqlalchemy as sa

from intake import audit
from intake.access import LIVE
from intake.database import db, transaction
from intake.models import Case, Submission
from intake.services.case_notes import add_event
from intake.services.giving_all import GAVE_ALL
from intake.services.joined_cases import going_on
from intake.services.passing_on import may_be_given, share_all, stand_in

WHY = "a form excludes every other team"


def let_answer(case_id: str, actor: str, now: datetime) -> None:
    """Give the team that answers for a case all of it, if no other at work on it may have it: else
    those alone could read the referral whom it is about.

    In the caller's transaction. Done already, it is not done again.
    """
    case = db.session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None or not case.excluded_teams:
        return
    team_id = stand_in(case)
    live = {part.team_id: part for part in case.destinations if part.state in LIVE}
    others = [part for part in live.values() if part.team_id != team_id]
    if team_id not in live or any(may_be_given(case, each.team_id) for each in others):
        return
    if others and share_all(case, team_id, first=others[0]):
        add_event(case_id, GAVE_ALL, actor, now, team_id=team_id)
        audit.record(actor, "case.share", "case", case_id, team=team_id, why=WHY)


def let_answer_after(submission_id: str, now: datetime) -> None:
    """The same for what a process without the master key has stored: by the worker."""
    home = db.session.scalar(sa.select(Submission.case_id).where(Submission.id == submission_id))
    case_id = going_on(home) if home else ""
    excludes = sa.select(Case.id).where(Case.id == case_id, Case.excluded_teams.is_not(None))
    if db.session.scalar(excludes) is not None:  # hardly ever: no write lock is taken for others
        with transaction():
            let_answer(case_id, "worker", now)
