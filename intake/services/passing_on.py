"""Give a case to the fallback team: nothing is ever nowhere."""

from datetime import datetime

from intake import outbox
from intake.database import new_id
from intake.models import Case, Destination
from intake.services.case_notes import add_event
from intake.services.directory import current_directory
from intake.services.messages import team_message
from intake.services.sharing import share_case
from referral_router import Urgency


def give_to_fallback(case: Case, part: Destination, actor: str, now: datetime) -> str:
    """Make the fallback team a part of the case, with a key to everything in it; that team's id.

    In the caller's transaction, with the case locked. It keeps the urgency and the due time of
    ``part``, which gives it: the family has waited already. Raises KeyNotFound.
    """
    fallback = current_directory().fallback_team
    target = next((each for each in case.destinations if each.team_id == fallback), None)
    if target is None:
        target = Destination(case_id=case.id, team_id=fallback)
        case.destinations.append(target)
    target.state, target.is_escalated = "delivered", True
    target.urgency, target.acknowledge_by = part.urgency, part.acknowledge_by
    target.delivered_at = now
    target.seen_at = target.decided_at = target.decided_by = target.decline_reason = None
    share_case(case.id, from_team=part.team_id, to_team=fallback)
    add_event(case.id, "escalated", actor, now, team_id=fallback)
    _tell_team(case, target)
    return fallback


def _tell_team(case: Case, target: Destination) -> None:
    """Queue a message to the team that the case was passed to: a reference and a time."""
    team = current_directory().teams[target.team_id]
    if not team.email:
        return
    message_id = f"escalated-{new_id()}"
    message = team_message(
        team.email,
        reference=case.reference,
        case_id=case.id,
        urgency=Urgency(target.urgency).label,
        acknowledge_by=target.acknowledge_by,
        message_id=message_id,
        is_new_case=True,
    )
    outbox.enqueue("email", message, team_id=team.id, dedupe_key=message_id)
