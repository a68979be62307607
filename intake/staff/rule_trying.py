"""See the effect of a draft: on what was really sent, and with made-up answers."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from intake.access import RulesThing, User
from intake.services.directory import team_names
from intake.services.forms import FormNotFound
from intake.services.rule_trials import (
    MOST,
    count_words,
    greatest,
    trial_of,
    trial_words,
    try_on_the_past,
)
from intake.services.rule_tryouts import Tryout, tryout
from intake.services.rule_versions import StoredRules
from intake.staff.blueprint import bp
from intake.staff.guard import needs, the_rules
from intake.staff.rules import stored_page


@bp.get("/rule-versions/<rules_id>/trial")
@needs("rules.try", the_rules)
def rules_trial(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """What the last trial on past referrals found, and a button for another."""
    page = stored_page(rules_id)
    return render_template(
        "staff/rule_trial.html", page=page, trial=trial_shown(page.stored), most=MOST
    )


@bp.post("/rule-versions/<rules_id>/trial")
@needs("rules.try", the_rules)
def try_rules_on_the_past(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Route the last referrals by the draft and by what it follows."""
    try_on_the_past(_stored(rules_id), actor=user.actor)
    flash("The draft was tried on what was sent. Nobody was routed by it.")
    return redirect(url_for("staff.rules_trial", rules_id=rules_id), 303)


@bp.get("/rule-versions/<rules_id>/try")
@needs("rules.try", the_rules)
def try_rules(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Ask for made-up answers to what the rules look at."""
    return render_template("staff/rule_try.html", tryout=_tryout(rules_id, None))


@bp.post("/rule-versions/<rules_id>/try")
@needs("rules.try", the_rules)
def try_rules_with(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Show what the rules decide about the answers. Nothing is stored."""
    posted = {name: request.form.getlist(name) for name in request.form}
    return render_template("staff/rule_try.html", tryout=_tryout(rules_id, posted))


def trial_shown(stored: StoredRules | None) -> dict[str, Any] | None:
    """The last trial's figures in words and bars; None if it was never tried."""
    trial = trial_of(stored) if stored else None
    if trial is None or stored is None:
        return None
    counts = {
        name: count_words(getattr(trial, name))
        for name in (
            "referrals",
            "not_opened",
            "changed",
            "elsewhere",
            "more_urgent",
            "less_urgent",
        )
    }
    return {
        "trial": trial,
        "counts": counts,
        "teams": trial_words(trial, team_names()),
        "greatest": greatest(trial),
        "is_of_this": trial.tried == stored.content_hash,
    }


def _stored(rules_id: str) -> StoredRules:
    stored = stored_page(rules_id).stored
    if stored is None:
        abort(404)
    return stored


def _tryout(rules_id: str, posted: dict[str, list[str]] | None) -> Tryout:
    try:
        return tryout(_stored(rules_id), posted)
    except FormNotFound:
        abort(404)
