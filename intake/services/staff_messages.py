"""Emails to members of teams: each goes only to somebody who is one still when it is sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from intake import outbox
from intake.services.notice_choices import Recipient, member


def queue_for(
    person: Recipient, teams: Sequence[str], message: Mapping[str, Any], *, once: str
) -> None:
    """Queue a message that tells a member, or a team's address, of these teams; the first keeps it.

    In the caller's transaction. The same ``once`` is queued once.
    """
    told = {"for_staff": person.staff_id, "for_teams": [*teams]}
    outbox.enqueue("email", {**message, **told}, team_id=teams[0], dedupe_key=once)


def is_for_nobody(message: Mapping[str, Any]) -> bool:
    """Whether the account that a queued message is for has ended, or its place in one of the teams
    that it tells of."""
    staff_id = str(message.get("for_staff", ""))
    return bool(staff_id) and not all(member(team, staff_id) for team in message["for_teams"])
