"""Let routing rules hold: see what changes, ask for a second person, publish, send back."""

from datetime import datetime, time
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from wtforms import Form, RadioField, TextAreaField

from intake.access import RulesThing, User, may
from intake.app_state import clock
from intake.services.forms import FormNotFound
from intake.services.rule_pages import ChangesPage, changes_page
from intake.services.rule_publishing import (
    LONGEST_WORDS,
    RulesRefused,
    ask_for_second_person,
    publish_rules,
    send_back,
    withdraw_rules,
)
from intake.staff.blueprint import bp
from intake.staff.choices import choices
from intake.staff.day_field import DayField
from intake.staff.guard import needs, the_rules
from intake.staff.posted_numbers import posted_number
from intake.staff.rule_trying import trial_shown
from intake.staff.rules import author, back_to, stored_page
from intake.staff.words_field import has_words
from referral_router.calendars import LONDON

FROM = {"published": "As soon as somebody else publishes it", "day": "From a day on"}


class FromForm(Form):  # type: ignore[misc]
    """From when the rules are to hold."""

    start = RadioField("From when are these rules to hold?", choices=choices(FROM))
    day = DayField("day")

    def moment(self) -> datetime | None:
        """Midnight of the day, on the clock in London; None for as soon as possible."""
        if self.start.data not in FROM:
            self.start.errors = ["Select from when these rules are to hold"]
        elif self.start.data == "day":
            if self.day.data:
                return datetime.combine(self.day.data, time(0), LONDON)
            self.day.errors = ["Enter a real date, like 1 4 2027"]
        return None


class BackForm(Form):  # type: ignore[misc]
    """Why a draft is sent back, or published rules are withdrawn."""

    words = TextAreaField("What has to change?")

    def is_complete(self, missing: str) -> bool:
        """Whether there are words, and not too many."""
        return has_words(self.words, missing, LONGEST_WORDS)


@bp.get("/rule-versions/<rules_id>/publish")
@needs("rules.see", the_rules)
def publish_page(user: User, thing: RulesThing, rules_id: str) -> Any:
    """What changes in words, the checks, the figures of the last try; then who does what."""
    return _page(user, thing, rules_id)


@bp.post("/rule-versions/<rules_id>/ask")
@needs("rules.ask", the_rules)
def ask_to_publish(user: User, thing: RulesThing, rules_id: str) -> Any:
    """Ask for a second person."""
    form = FromForm(request.form)
    moment = form.moment()
    if form.errors:
        return _page(user, thing, rules_id, start=form), 422
    try:
        ask_for_second_person(rules_id, author(user), posted_number("seen"), moment)
    except RulesRefused:
        return _page(user, thing, rules_id), 422
    flash("Another administrator can now look at the draft and publish it.")
    return back_to(rules_id)


@bp.post("/rule-versions/<rules_id>/approve")
@needs("rules.publish", the_rules)
def publish(user: User, thing: RulesThing, rules_id: str) -> Any:
    """The second person lets it hold."""
    follows = request.form.get("follows", "")
    try:
        publish_rules(rules_id, author(user), posted_number("seen"), follows=follows)
    except RulesRefused:
        return _page(user, thing, rules_id), 422
    flash("The rules are published.")
    return back_to(rules_id)


@bp.post("/rule-versions/<rules_id>/send-back")
@needs("rules.send-back", the_rules)
def send_rules_back(user: User, thing: RulesThing, rules_id: str) -> Any:
    """Send a draft back in words."""
    form = BackForm(request.form)
    if not form.is_complete("Enter what has to change"):
        return _page(user, thing, rules_id, back=form), 422
    send_back(rules_id, author(user), posted_number("seen"), form.words.data)
    flash("The draft is sent back.")
    return back_to(rules_id)


@bp.get("/rule-versions/<rules_id>/withdraw")
@needs("rules.withdraw", the_rules)
def withdraw_page(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Ask why."""
    return _withdraw_page(rules_id, BackForm())


@bp.post("/rule-versions/<rules_id>/withdraw")
@needs("rules.withdraw", the_rules)
def withdraw(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Take published rules back: those before them hold again."""
    form = BackForm(request.form)
    if not form.is_complete("Enter why you withdraw these rules"):
        return _withdraw_page(rules_id, form), 422
    withdraw_rules(rules_id, author(user), posted_number("seen"), form.words.data)
    flash("The rules are withdrawn. Those before them hold again.")
    stored = stored_page(rules_id).stored
    return redirect(url_for("staff.form_rules", rules_form=stored.form_id if stored else ""), 303)


def _withdraw_page(rules_id: str, form: BackForm) -> str:
    form.words.label.text = "Why do you withdraw them?"
    return render_template("staff/rule_withdraw.html", page=stored_page(rules_id), form=form)


def _page(
    user: User,
    thing: RulesThing,
    rules_id: str,
    *,
    start: FromForm | None = None,
    back: BackForm | None = None,
) -> str:
    changed = _changes(rules_id)
    return render_template(
        "staff/rule_publish.html",
        changed=changed,
        trial=trial_shown(changed.page.stored),
        start=start or FromForm(),
        back=back or BackForm(),
        may_publish=may(user, "rules.publish", thing),
    )


def _changes(rules_id: str) -> ChangesPage:
    try:
        found = changes_page(rules_id, clock())
    except FormNotFound:
        found = None
    if found is None:
        abort(404)
    return found
