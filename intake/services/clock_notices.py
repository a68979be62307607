"""Messages about time: to whom a reminder goes, and whom a late referral is told to."""

from collections.abc import Iterable
from datetime import datetime

from intake.app_state import clock as time_of
from intake.models import Case, Destination
from intake.services.enough_messages import has_enough
from intake.services.messages import clock_message
from intake.services.notice_choices import Recipient, at_once, leaders, member
from intake.services.staff_messages import queue_for

REMINDER, OVERDUE, ESCALATION = "rem", "due", "esc"


def remind(case: Case, part: Destination, clock: str, due: datetime) -> None:
    """Say that time is running out: to whoever has taken it, else to the team."""
    _queue(REMINDER, case, part, clock, due, _own(part))


def tell_team_of_lateness(case: Case, part: Destination, clock: str, due: datetime) -> None:
    """Say that time has run out: to the team, and to whoever has taken it."""
    people = {each.email: each for each in (*at_once(part.team_id, always=True), *_own(part))}
    _queue(OVERDUE, case, part, clock, due, people.values())


def tell_person(
    case: Case, part: Destination, clock: str, due: datetime, *, staff_id: str, email: str
) -> None:
    """Say to one person of the chain that nobody has answered in time."""
    _queue(ESCALATION, case, part, clock, due, [Recipient(email, staff_id)])


def tell_leaders(case: Case, part: Destination, clock: str, due: datetime, *, of_team: str) -> None:
    """Say to those who lead a team that nobody has answered in time."""
    people = leaders(of_team) or at_once(of_team, always=True)
    _queue(ESCALATION, case, part, clock, due, people, team_id=of_team)


def _own(part: Destination) -> tuple[Recipient, ...]:
    """Who has taken it, if they still may; else the team."""
    assigned = getattr(part, "assigned_to", None)
    person = member(part.team_id, assigned) if assigned else None
    return (person,) if person else at_once(part.team_id, always=True)


def _queue(
    kind: str,
    case: Case,
    part: Destination,
    clock: str,
    due: datetime,
    people: Iterable[Recipient],
    team_id: str = "",
) -> None:
    """Queue a message to each in the caller's transaction; one about the same time only once, and
    not more than they can read."""
    team_id = team_id or part.team_id
    for person in people:
        if has_enough(person, team_id, part.urgency, time_of()):
            continue
        message_id = f"{kind}-{part.id}-{int(due.timestamp()):x}-{person.staff_id or 'team'}"
        message = clock_message(
            person.email,
            kind=kind,
            clock=clock,
            reference=case.reference,
            case_id=case.id,
            due=due,
            message_id=message_id,
        )
        queue_for(person, [team_id], message, once=message_id)
