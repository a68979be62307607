"""Pass on that the holder of a link asks for a new one."""

from datetime import timedelta

from intake import audit, outbox
from intake.app_state import clock
from intake.database import transaction
from intake.models import Link, Team
from intake.sealing import BadToken
from intake.services.case_notes import add_event
from intake.services.form_titles import form_titles
from intake.services.link_opening import read_token
from intake.services.messages import new_link_asked_message
from intake.throttling import Limit, attempt

A_LINK = Limit("ask-for-link", attempts=2, window=timedelta(days=1))


def ask_for_new_link(token: str) -> bool:
    """Tell the issuing team; whether it was told. A bad token asks no database.

    Each link may ask twice a day: a team's mailbox is not to be filled by whoever holds one.
    """
    try:
        capability = read_token(token)
    except BadToken:
        return False
    now = clock()
    if not attempt(A_LINK, capability.link_id, now).is_allowed:
        return False
    with transaction() as session:
        link = session.get(Link, capability.link_id)
        if link is None:
            return False
        if link.case_id:
            add_event(link.case_id, "new-link-asked", f"link:{link.id}", now, team_id=link.team_id)
        _tell_team(session.get_one(Team, link.team_id), link)
        audit.record(f"link:{link.id}", "link.ask", "link", link.id, team=link.team_id)
    return True


def _tell_team(team: Team, link: Link) -> None:
    if not team.email:
        return
    title = form_titles({link.form_id}).get(link.form_id, link.form_id)
    message = new_link_asked_message(
        team.email,
        link_id=link.id,
        form_title=title,
        issued_at=link.created_at,
        message_id=f"ask-{link.id}-{int(clock().timestamp())}",
    )
    outbox.enqueue("email", message, team_id=team.id)
