"""Webhooks: a team's own systems that are told of what happens to its referrals."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import Form, RadioField, SelectMultipleField, StringField

from intake.access import TeamThing, User, may
from intake.services.directory import names_of
from intake.services.webhook_events import EVENTS
from intake.services.webhooks import (
    add_webhook,
    delete_webhook,
    read_webhook,
    start_webhook,
    stop_webhook,
    webhooks_of,
)
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.guard import needs, the_webhook
from intake.staff.session import request_address
from intake.staff.words import count_of
from intake.webhook_calls import BadAddress


class WebhookForm(Form):  # type: ignore[misc]
    """Whose system is told of what."""

    team = RadioField("Whose referrals is it told of?", choices=[])
    url = StringField("Address of the system")
    events = SelectMultipleField("What is it told of?", choices=choices(EVENTS))

    def is_complete(self, user: User) -> bool:
        """Whether everything was answered."""
        if not may(user, "webhook.add", TeamThing(self.team.data or "")):
            self.team.errors = ["Select whose referrals it is told of"]
        if not (self.url.data or "").strip():
            self.url.errors = ["Enter the address of the system"]
        if not self.events.data or not set(self.events.data) <= EVENTS.keys():
            self.events.errors = ["Select what it is told of"]
        return not self.errors


@bp.get("/webhooks")
@needs("webhook.list")
def webhooks(user: User) -> Any:
    """Those of the teams that the user leads."""
    return render_template("staff/webhooks.html", webhooks=webhooks_of(user))


@bp.get("/webhooks/new")
@needs("webhook.list")
def new_webhook(user: User) -> Any:
    """Ask for the address."""
    form = _form(user)
    form.team.data = form.team.data or form.team.choices[0].value
    form.events.data = list(EVENTS)
    return render_template("staff/webhook_new.html", form=form)


@bp.post("/webhooks/new")
@needs("webhook.list")
def new_webhook_submitted(user: User) -> Any:
    """Register it, and show its secret, once."""
    form = _form(user)
    if form.is_complete(user):
        try:
            added = add_webhook(
                user,
                form.team.data,
                form.url.data,
                form.events.data,
                address=request_address(),
            )
        except BadAddress as problem:
            form.url.errors = [str(problem)]
        else:
            return render_template("staff/webhook_added.html", added=added)
    return render_template("staff/webhook_new.html", form=form), 422


@bp.get("/webhooks/<webhook_id>")
@needs("webhook.see", the_webhook)
def webhook(user: User, thing: TeamThing, webhook_id: str) -> Any:  # noqa: ARG001
    """What it was sent, and how that went."""
    return render_template("staff/webhook.html", page=read_webhook(webhook_id), events=EVENTS)


@bp.post("/webhooks/<webhook_id>/stop")
@needs("webhook.stop", the_webhook)
def stop_one_webhook(user: User, thing: TeamThing, webhook_id: str) -> Any:  # noqa: ARG001
    """Send it nothing for now."""
    stop_webhook(user, webhook_id, address=request_address())
    flash("The webhook is stopped. It is sent nothing until you start it again.")
    return redirect(url_for("staff.webhook", webhook_id=webhook_id), 303)


@bp.post("/webhooks/<webhook_id>/start")
@needs("webhook.start", the_webhook)
def start_one_webhook(user: User, thing: TeamThing, webhook_id: str) -> Any:  # noqa: ARG001
    """Send it what happens again, and what was given up."""
    again = start_webhook(user, webhook_id, address=request_address())
    told = f" {count_of(again, 'message')} will be sent again." if again else ""
    flash(f"The webhook is started.{told}")
    return redirect(url_for("staff.webhook", webhook_id=webhook_id), 303)


@bp.post("/webhooks/<webhook_id>/delete")
@needs("webhook.delete", the_webhook)
def delete_one_webhook(user: User, thing: TeamThing, webhook_id: str) -> Any:  # noqa: ARG001
    """Take it away."""
    delete_webhook(user, webhook_id, address=request_address())
    flash("The webhook is gone.")
    return redirect(url_for("staff.webhooks"), 303)


def _form(user: User) -> WebhookForm:
    form = WebhookForm(request.form)
    form.team.choices = choices(names_of(user.led))
    return form
