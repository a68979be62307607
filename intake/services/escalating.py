"""What becomes of a part that is late: its team is told, then people up a chain, then another team.

Nothing ever closes by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from intake import audit
from intake.access import LIVE
from intake.database import db
from intake.models import Case, Destination, EscalationStep, Membership, Staff
from intake.services.case_notes import add_event
from intake.services.clock_notices import tell_leaders, tell_person, tell_team_of_lateness
from intake.services.passing_on import give_to_fallback, readers_of, stand_in
from intake.services.webhook_events import ESCALATED, OVERDUE, emit

WORKER = "worker"
SHORTEST_GRACE, LONGEST_GRACE = timedelta(minutes=30), timedelta(days=1)
TEAM, PERSON, END = "team", "person", "end"
ALL_DONE = 99  # the step after the last, however long the chain is by then


@dataclass(frozen=True, slots=True)
class Stage:
    """What is to happen at a time, if nobody has acted until then."""

    at: datetime
    kind: str
    staff_id: str = ""
    email: str = ""
    name: str = ""
    is_there: bool = True  # a person whose account is active, and who is of the team


def escalate_late(
    case: Case, part: Destination, clock: str, due: datetime, now: datetime
) -> datetime | None:
    """Do what should have been done by now about a late part; when to look at it next, if ever.

    In the caller's transaction, with the case locked. What was missed is not made up for: only
    the last stage that is reached takes place. Raises KeyNotFound.
    """
    if part.escalation_step == ALL_DONE:
        return None
    stages = stages_of(part, due)
    # a chain that is shorter than when it was begun still has its end before it
    done = min(part.escalation_step, len(stages) - 1)
    reached = sum(stage.at <= now for stage in stages)
    if reached > done:
        number = _present(stages, reached - 1)
        _take_place(stages[number], case, part, clock, due, now)
        done = number + 1
        part.escalation_step = done if done < len(stages) else ALL_DONE
    return stages[done].at if done < len(stages) else None


def stages_of(part: Destination, due: datetime) -> tuple[Stage, ...]:
    """What happens to a part after its due time, in order, with the team's chain as it is now.

    A referral that was late when it came counts from then.
    """
    begins = max(due, part.delivered_at)
    people = [
        Stage(
            begins + timedelta(minutes=step.after_minutes),
            PERSON,
            staff.id,
            staff.email,
            staff.name,
            is_there=bool(staff.is_active and is_member),
        )
        for step, staff, is_member in _chain(part.team_id)
    ]
    last = max([begins, *(person.at for person in people)])
    return (Stage(begins, TEAM), *people, Stage(last + grace(part), END))


def grace(part: Destination) -> timedelta:
    """How long the last of a chain has, before another team gets the referral: as long as the
    team had to answer it, but at least half an hour and at most a day."""
    time_given = part.acknowledge_by - part.delivered_at
    return min(max(time_given, SHORTEST_GRACE), LONGEST_GRACE)


def _chain(team_id: str) -> Sequence[tuple[EscalationStep, Staff, bool]]:
    is_member = sa.exists().where(
        Membership.staff_id == Staff.id, Membership.team_id == EscalationStep.team_id
    )
    query = (
        sa.select(EscalationStep, Staff, is_member)
        .join(Staff, Staff.id == EscalationStep.staff_id)
        .where(EscalationStep.team_id == team_id)
        .order_by(EscalationStep.after_minutes, EscalationStep.position)
    )
    return db.session.execute(query).tuples().all()


def _present(stages: Sequence[Stage], number: int) -> int:
    """The stage to take place: whoever is gone is passed over, upwards."""
    return next(at for at in range(number, len(stages)) if stages[at].is_there)


def _take_place(
    stage: Stage, case: Case, part: Destination, clock: str, due: datetime, now: datetime
) -> None:
    if part.escalation_step == 0:
        add_event(case.id, "overdue", WORKER, now, team_id=part.team_id)
        emit(OVERDUE, team_id=part.team_id, reference=case.reference, now=now, due=due)
    why = stage.kind
    if stage.kind == TEAM:
        tell_team_of_lateness(case, part, clock, due)
    elif stage.kind == PERSON:
        _up_the_chain(stage, case, part, clock, due, now)
        why = f"to staff:{stage.staff_id}"
    else:
        why = _to_another_team(case, part, clock, due, now)
    audit.record(WORKER, "case.escalate", "case", case.id, team=part.team_id, why=why)


def _up_the_chain(
    stage: Stage, case: Case, part: Destination, clock: str, due: datetime, now: datetime
) -> None:
    tell_person(case, part, clock, due, staff_id=stage.staff_id, email=stage.email)
    words = f"{stage.name} was told, because nobody had answered in time."
    readers = {part.team_id, *readers_of(case)}
    add_event(
        case.id, "told-in-charge", WORKER, now, team_id=part.team_id, words=words, readers=readers
    )


def _to_another_team(
    case: Case, part: Destination, clock: str, due: datetime, now: datetime
) -> str:
    """Give it to the fallback team, unless it is the late one, or has it already; what was done."""
    team = stand_in(case)
    has_it = any(each.team_id == team and each.state in LIVE for each in case.destinations)
    if has_it:
        tell_leaders(case, part, clock, due, of_team=team)
        return f"to those who lead {team}"
    give_to_fallback(case, part, WORKER, now)
    given = next(each for each in case.destinations if each.team_id == team)
    db.session.flush()  # a part that came again begins anew
    given.escalation_step = 1  # that it is late was in the message that it has come
    case.updated_at = now
    emit(ESCALATED, team_id=part.team_id, reference=case.reference, now=now, due=due)
    return f"to {team}"
