"""Messages that could not be delivered."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from intake.access import TeamThing, User
from intake.services.directory import team_names
from intake.services.undelivered import send_again, undelivered_messages
from intake.staff.blueprint import bp
from intake.staff.guard import needs, the_message
from intake.staff.session import request_address


@bp.get("/messages")
@needs("message.list")
def messages(user: User) -> Any:
    """What did not arrive, why, and what is done about it."""
    return render_template(
        "staff/messages.html", messages=undelivered_messages(user), teams=team_names()
    )


@bp.post("/messages/<message_id>/send-again")
@needs("message.send-again", the_message)
def send_message_again(user: User, thing: TeamThing, message_id: str) -> Any:  # noqa: ARG001
    """Try once more."""
    is_queued = send_again(user, message_id, address=request_address())
    flash(
        "The message will be sent again in a moment."
        if is_queued
        else "This message is already on its way, or its content is gone."
    )
    return redirect(url_for("staff.messages"), 303)
