"""A case: what was told, who is named, why it came here, what happened since."""

from typing import Any

from flask import abort, render_template

from intake.access import CaseThing, User, parts_for
from intake.app_state import clock
from intake.downloads import download
from intake.sealing import SealedToOthers
from intake.services.assignments import holders_of
from intake.services.case_decisions import closure_submitted
from intake.services.cases import case_forms, read_case, read_submission
from intake.services.form_titles import form_titles
from intake.services.links import list_links
from intake.services.possible_matches import matches_on_case
from intake.services.related_cases import related_cases
from intake.services.stored_files import FileNotFound
from intake.services.submitted_files import open_file_sent_later, open_submitted_file
from intake.staff.blueprint import bp
from intake.staff.guard import needs, the_case
from intake.staff.session import request_address

PART_ACTIONS = (
    "take",
    "assign",
    "accept",
    "decline",
    "work",
    "close",
    "archive",
    "reopen",
    "name",
    "ask",
    "send-on",
    "escalate",
    "contact",
    "split",
    "choose-merge",
    "pause",
    "conclude",
    "give-all",
)


@bp.get("/cases/<case_id>")
@needs("case.read", the_case)
def case(user: User, thing: CaseThing, case_id: str) -> Any:
    """The case page. That it was read is recorded before anything is opened."""
    page = read_case(user, thing, address=request_address())
    sent = list_links(user, case_id=case_id)
    return render_template(
        "staff/case.html",
        case=page,
        allowed=_allowed(user, page.thing),
        people_known=matches_on_case(user, page),
        related=related_cases(user, page.thing),
        forms=[form for form in case_forms(clock()) if "staff" in form.audience],
        has_closure=closure_submitted(case_id),
        holders=holders_of(case_id, user.teams),
        links=sent,
        titles=form_titles({each.form_id for each in sent}),
    )


@bp.get("/cases/<case_id>/decision/<submission_id>")
@needs("case.read", the_case)
def decision(user: User, thing: CaseThing, case_id: str, submission_id: str) -> Any:  # noqa: ARG001
    """Every rule, whether it matched or not, and why, in the form's own words."""
    submitted = read_submission(user, thing, submission_id, address=request_address())
    return render_template("staff/decision.html", case_id=thing.id, submitted=submitted)


@bp.get("/cases/<case_id>/files/<submission_id>/<file_id>")
@needs("case.read", the_case)
def submitted_file(
    user: User,
    thing: CaseThing,
    case_id: str,  # noqa: ARG001
    submission_id: str,
    file_id: str,
) -> Any:
    """A file that came with a submission, to be saved. That it was read is recorded first."""
    address = request_address()
    try:
        return download(*open_submitted_file(user, thing, submission_id, file_id, address=address))
    except (FileNotFound, SealedToOthers):
        abort(404)


@bp.get("/cases/<case_id>/more/<event_id>/<file_id>")
@needs("case.read", the_case)
def file_sent_later(
    user: User,
    thing: CaseThing,
    case_id: str,  # noqa: ARG001
    event_id: str,
    file_id: str,
) -> Any:
    """A file that the sender added later, to be saved. That it was read is recorded first."""
    address = request_address()
    try:
        return download(*open_file_sent_later(user, thing, event_id, file_id, address=address))
    except (FileNotFound, SealedToOthers):
        abort(404)


def _allowed(user: User, thing: CaseThing) -> dict[str, frozenset[str]]:
    """Each team of the user's → what it may do with the case now."""
    allowed = {team: set[str]() for team in sorted(user.teams & thing.parts.keys())}
    for action in PART_ACTIONS:
        for part in parts_for(user, f"case.{action}", thing):
            allowed[part.team].add(action)
    return {team: frozenset(actions) for team, actions in allowed.items()}
