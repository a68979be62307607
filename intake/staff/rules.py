"""Routing rules: each form's, one version in sentences, and the drafts that people work on."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from intake.access import RulesThing, User
from intake.app_state import clock
from intake.services.forms import FormNotFound
from intake.services.rule_drafts import (
    Author,
    begin_draft,
    change_draft,
    discard_draft,
    signed_in,
)
from intake.services.rule_pages import (
    VersionPage,
    form_history,
    list_forms,
    own_page,
    rank_of,
    version_page,
)
from intake.services.rule_versions import names_of
from intake.staff.blueprint import bp
from intake.staff.guard import needs, rules_as_such, the_rules
from intake.staff.posted_numbers import posted_number
from intake.staff.session import request_address


@bp.get("/rules")
@needs("rules.list", rules_as_such)
def rules(user: User, thing: RulesThing) -> Any:  # noqa: ARG001
    """Every form with the rules that hold, those that are coming, and the drafts."""
    return render_template("staff/rules.html", lines=list_forms(clock()))


@bp.get("/rules/<rules_form>")
@needs("rules.list", rules_as_such)
def form_rules(user: User, thing: RulesThing, rules_form: str) -> Any:  # noqa: ARG001
    """One form: the rules that hold, in sentences, and every version with who and when."""
    page = _or_not_found(rules_form)
    history = form_history(rules_form, clock())
    people = (each.published_by or each.edited_by for _standing, each in history)
    return render_template(
        "staff/form_rules.html",
        form_id=rules_form,
        page=page,
        history=history,
        names=names_of(people),
    )


@bp.post("/rules/<rules_form>/draft")
@needs("rules.edit", rules_as_such)
def new_rules(user: User, thing: RulesThing, rules_form: str) -> Any:  # noqa: ARG001
    """Begin a draft from what holds, or is to hold."""
    _or_not_found(rules_form)
    rules_id = begin_draft(rules_form, author(user))
    return redirect(url_for("staff.rule_version", rules_id=rules_id), 303)


@bp.get("/rule-versions/<rules_id>")
@needs("rules.see", the_rules)
def rule_version(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """One version in sentences; a draft with what one can change."""
    return render_template("staff/rule_version.html", page=stored_page(rules_id))


@bp.post("/rule-versions/<rules_id>/remove")
@needs("rules.edit", the_rules)
def remove_rule(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Take a rule out of a draft."""
    number = posted_number("number")

    def remove(content: dict[str, Any]) -> None:
        if 0 <= number < len(content.get("rules", [])):
            del content["rules"][number]

    change_draft(rules_id, author(user), posted_number("seen"), remove)
    flash("The rule is taken out of the draft.")
    return back_to(rules_id)


@bp.post("/rule-versions/<rules_id>/move")
@needs("rules.edit", the_rules)
def move_rule(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Put a rule before or after its neighbour of the same rank."""
    number, step = posted_number("number"), -1 if request.form.get("where") == "up" else 1

    def move(content: dict[str, Any]) -> None:
        found = content.get("rules", [])
        if not 0 <= number < len(found):
            return
        rank = rank_of(found[number])
        beside = [at for at, each in enumerate(found) if rank_of(each) == rank]
        place = beside.index(number) + step
        if 0 <= place < len(beside):
            other = beside[place]
            found[number], found[other] = found[other], found[number]

    change_draft(rules_id, author(user), posted_number("seen"), move)
    return back_to(rules_id)


@bp.get("/rule-versions/<rules_id>/discard")
@needs("rules.edit", the_rules)
def discard_rules(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Ask whether a draft is to be given up."""
    return render_template("staff/rule_discard.html", page=stored_page(rules_id))


@bp.post("/rule-versions/<rules_id>/discard")
@needs("rules.edit", the_rules)
def discard_rules_confirmed(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Give a draft up."""
    form_id = _form_of(rules_id)
    discard_draft(rules_id, author(user), posted_number("seen"))
    flash("The draft is deleted. It never routed anybody.")
    return redirect(url_for("staff.form_rules", rules_form=form_id), 303)


# -- what the other files of these pages use ------------------------------------------------------


def author(user: User) -> Author:
    """Whoever is signed in, as an author of rules."""
    return signed_in(user, request_address())


def stored_page(rules_id: str) -> VersionPage:
    """A stored version; not found if it, or its form, is gone."""
    try:
        page = version_page(rules_id, clock())
    except FormNotFound:
        page = None
    if page is None:
        abort(404)
    return page


def back_to(rules_id: str) -> Any:
    """To the page of the version."""
    return redirect(url_for("staff.rule_version", rules_id=rules_id), 303)


def _form_of(rules_id: str) -> str:
    stored = stored_page(rules_id).stored
    return stored.form_id if stored else ""


def _or_not_found(form_id: str) -> VersionPage:
    try:
        return own_page(form_id, clock())
    except FormNotFound:
        abort(404)
