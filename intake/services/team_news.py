"""Tell a team that a referral has come, or that a form was completed: as it chose to hear."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from intake import outbox
from intake.database import db, transaction
from intake.models import Team
from intake.outbox import Work
from intake.services.enough_messages import has_enough
from intake.services.messages import team_message
from intake.services.notice_choices import Recipient, at_once
from intake.services.staff_messages import queue_for
from intake.services.webhook_events import RECEIVED, emit
from referral_router import Urgency

KIND = "team-news"


def news(
    *,
    case_id: str,
    reference: str,
    key: str,
    urgency: int = 0,
    acknowledge_by: datetime | None = None,
    is_passed_on: bool = False,
) -> dict[str, Any]:
    """What the worker needs to tell a team. Without an urgency, it is no new referral to them.

    ``key`` names what happened: each recipient is told of it once.
    """
    return {
        "case_id": case_id,
        "reference": reference,
        "key": key,
        "urgency": urgency,
        "acknowledge_by": acknowledge_by.isoformat() if acknowledge_by else "",
        "is_passed_on": is_passed_on,
    }


def tell_team(work: Work, now: datetime) -> None:
    """Queue a message to everybody who hears of the team's news at once, and to its webhooks.

    An urgent referral is never told to nobody. Who may hear is asked now, not when it came.
    """
    told, team_id = work.payload, str(work.team_id)
    with transaction():
        if db.session.get(Team, team_id) is None:
            return
        for person in at_once(team_id, always=told["urgency"] >= Urgency.URGENT):
            is_one_of_many = told.get("is_passed_on") and has_enough(
                person, team_id, told["urgency"], now
            )
            if not is_one_of_many:
                _queue(told, team_id, person)
        if told["urgency"]:
            emit(
                RECEIVED,
                team_id=team_id,
                reference=str(told["reference"]),
                now=now,
                due=_moment(told["acknowledge_by"]),
                key=str(told["key"]),
            )


def _queue(told: Mapping[str, Any], team_id: str, person: Recipient) -> None:
    message_id = f"{told['key']}-{person.staff_id or team_id}"
    message = team_message(
        person.email,
        reference=told["reference"],
        case_id=told["case_id"],
        urgency=Urgency(told["urgency"]).label if told["urgency"] else "",
        acknowledge_by=_moment(told["acknowledge_by"]),
        message_id=message_id,
        is_new_case=bool(told["urgency"]),
    )
    # the key alone is short enough: a team's id may be as long as a key
    queue_for(person, [team_id], message, once=outbox.short_key("news", message_id))


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
