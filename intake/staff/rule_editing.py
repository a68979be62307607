"""Change a draft of routing rules: a rule by choosing, the fallback, or the file as it is."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import abort, flash, render_template, request

from form_definitions import Problem
from intake.access import RulesThing, User
from intake.services.forms import FormNotFound
from intake.services.rule_drafts import VersionTaken
from intake.services.rule_editing import Draft, open_draft, put_fallback, put_file, put_rule
from intake.staff.blueprint import bp
from intake.staff.guard import needs, the_rules
from intake.staff.posted_numbers import posted_number, whole
from intake.staff.rule_choices import URGENCIES, choices_of
from intake.staff.rule_input import RuleInput, checked, from_post, from_rule, to_rule, with_problems
from intake.staff.rules import author, back_to
from referral_router.rule_reading import AREA_KEYS
from referral_router.rule_set import FALLBACK

SAVE = "save"


@bp.get("/rule-versions/<rules_id>/rule")
@needs("rules.edit", the_rules)
def edit_rule(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """One rule of a draft in fields, or an empty one."""
    draft = _draft(rules_id)
    return _rule_page(draft, from_rule(draft.rule(_number()), draft.definition))


@bp.post("/rule-versions/<rules_id>/rule")
@needs("rules.edit", the_rules)
def edit_rule_submitted(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Save the rule; or show it with one more line, or one fewer."""
    draft, number = _draft(rules_id), _number()
    given = from_post(request.form)
    if request.form.get("action", SAVE) != SAVE:
        return _rule_page(draft, given)
    given = checked(given, draft.definition)
    problems: tuple[Problem, ...] = ()
    if not given.errors:
        rule = to_rule(given, draft.rule(number), draft.definition)
        problems = put_rule(draft, author(user), posted_number("seen"), number, rule)
    if given.errors or problems:
        return _rule_page(draft, with_problems(given, problems) if problems else given), 422
    flash("The rule is saved in the draft.")
    return back_to(rules_id)


@bp.get("/rule-versions/<rules_id>/fallback")
@needs("rules.edit", the_rules)
def edit_fallback(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Who gets what no rule sends anywhere."""
    draft = _draft(rules_id)
    stored = draft.content.get(FALLBACK)
    fallback = stored if isinstance(stored, dict) else {}
    return _fallback_page(draft, from_rule(_as_rule(fallback), draft.definition), fallback)


@bp.post("/rule-versions/<rules_id>/fallback")
@needs("rules.edit", the_rules)
def edit_fallback_submitted(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Save the fallback, and whose bank holidays count."""
    draft, given = _draft(rules_id), from_post(request.form)
    fallback = _posted_fallback(draft, given)
    nation = request.form.get("nation", "")
    if nation not in dict(choices_of(draft).nations):
        given = replace(given, errors={"nation": ["Select whose bank holidays count"]})
    problems: tuple[Problem, ...] = ()
    if not given.errors:
        problems = put_fallback(draft, author(user), posted_number("seen"), fallback, nation)
    if given.errors or problems:
        given = with_problems(given, problems, depth=1) if problems else given
        return _fallback_page(draft, given, fallback), 422
    flash("The fallback is saved in the draft.")
    return back_to(rules_id)


@bp.get("/rule-versions/<rules_id>/file")
@needs("rules.edit", the_rules)
def edit_file(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """The draft as its file."""
    draft = _draft(rules_id)
    return _file_page(draft, draft.stored.content, "")


@bp.post("/rule-versions/<rules_id>/file")
@needs("rules.edit", the_rules)
def edit_file_submitted(user: User, thing: RulesThing, rules_id: str) -> Any:  # noqa: ARG001
    """Save the file as it was written; what is wrong with it stands on the draft's page."""
    draft, text = _draft(rules_id), request.form.get("content", "")
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or not isinstance(content.get("version"), str):
            return _file_page(draft, text, "Write one JSON object that names a “version”"), 422
        put_file(draft, author(user), posted_number("seen"), content)
    except VersionTaken as error:
        return _file_page(draft, text, str(error)), 422
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return _file_page(
            draft, text, f"Line {line}: this is no JSON. Look at a comma before it"
        ), 422
    flash("The file is saved in the draft.")
    return back_to(rules_id)


def _as_rule(fallback: Mapping[str, Any]) -> dict[str, Any]:
    target = {key: fallback[key] for key in ("team", "service", *AREA_KEYS) if key in fallback}
    return {**fallback, "id": FALLBACK, "to": [target]}


def _posted_fallback(draft: Draft, given: RuleInput) -> dict[str, Any]:
    """The fallback as its file has it: a team that was chosen takes the place of a service."""
    stored = draft.content.get(FALLBACK)
    fallback = dict(stored) if isinstance(stored, dict) else {}
    if team := request.form.get("team"):
        for key in ("service", *AREA_KEYS):
            fallback.pop(key, None)
        fallback["team"] = team
    written = {
        "instead": request.form.get("instead", ""),
        "urgency": given.urgency,
        "acknowledge_within": given.acknowledge,
        "decide_within": given.decide,
        "why": given.why,
    }
    fallback.update(written)
    optional = ("instead", "decide_within")
    return {key: value for key, value in fallback.items() if value or key not in optional}


def _rule_page(draft: Draft, given: RuleInput) -> str:
    return render_template(
        "staff/rule_edit.html",
        draft=draft,
        given=given,
        number=_number(),
        choices=choices_of(draft),
        urgencies=URGENCIES,
    )


def _fallback_page(draft: Draft, given: RuleInput, fallback: Mapping[str, Any]) -> str:
    return render_template(
        "staff/rule_fallback.html",
        draft=draft,
        given=given,
        fallback=fallback,
        nation=request.form.get("nation") or draft.content.get("nation", "england-and-wales"),
        choices=choices_of(draft),
        urgencies=URGENCIES,
    )


def _file_page(draft: Draft, text: str, problem: str) -> str:
    return render_template("staff/rule_file.html", draft=draft, text=text, problem=problem)


def _draft(rules_id: str) -> Draft:
    try:
        return open_draft(rules_id)
    except FormNotFound:
        abort(404)


def _number() -> int | None:
    """The place of the rule in its file; None: it is a new one."""
    return whole(request.args.get("number", ""))
