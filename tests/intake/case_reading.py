"""What has become of a case, for tests of the staff side."""

import sqlalchemy as sa

from intake.access import User
from intake.database import db
from intake.models import Destination
from intake.services.cases import CasePage, find_case, read_case


def read_as(user: User, case_id: str) -> CasePage:
    """The case as its page shows it to somebody."""
    db.session.rollback()
    thing = find_case(case_id)
    assert thing
    return read_case(user, thing, address="")


def states(case_id: str) -> dict[str, str]:
    """The state of each team's part."""
    db.session.rollback()
    rows = sa.select(Destination.team_id, Destination.state).where(Destination.case_id == case_id)
    return dict(db.session.execute(rows).tuples().all())
