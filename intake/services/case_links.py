"""Links that staff send: who they went to, and the training that a licensed form asks for."""

from collections.abc import Collection
from dataclasses import dataclass, field

from form_definitions.prefill_sources import PERSON
from intake import audit
from intake.access import CasePart, User
from intake.app_state import clock, keys
from intake.database import db, transaction
from intake.models import Link
from intake.sealing.envelopes import Context, open_sealed
from intake.sealing.errors import CannotOpen
from intake.sealing.team_keys import keys_of
from intake.services.carried_answers import carried, offers_on_case
from intake.services.case_notes import add_event
from intake.services.cases import people_on_case
from intake.services.drafts import start_draft
from intake.services.forms import startable
from intake.services.known_answers import answers_of_person, answers_of_worker, asks_of
from intake.services.link_issuing import purpose_context, recipient_context
from intake.services.link_terms import LinkKind, Shown, Verification, required_verification
from intake.services.links import IssuedLink, issue_link
from intake.services.sealed_drafts import OpenedDraft


def issue_case_link(
    user: User,
    part: CasePart,
    form_id: str,
    recipient: str,
    *,
    training: str = "",
    shown: Shown | None = None,
    answers: Collection[str] = (),
    verify: Verification | None = None,
    verify_answer: str = "",
    address: str,
) -> IssuedLink:
    """Send a form of the case to a named professional.

    ``shown`` and ``answers`` (paths of questions of the form, of those that are offered) are all
    that they see of the case. A link that carries answers asks for a code at the least, so that no
    mail scanner gets to them. ``training`` is the course that the issuer confirms the professional
    has completed. Both are audited before the link exists. Raises as ``issue_link`` does, and
    CaseNotFound.
    """
    chosen = dict.fromkeys(answers)
    prefill = {}
    if chosen:
        definition = startable(form_id, None, clock()).definition
        offered = offers_on_case(user, part, [definition], address=address)[form_id]
        prefill = carried(offered, chosen)
        least = required_verification(definition, LinkKind.TASK, shows_answers=True)
        verify = least if verify is None or verify.is_weaker_than(least) else verify
        why = audit.shortened(f"into a link to {form_id}: {', '.join(chosen)}")
        with transaction():
            _record(user, "case.carry", part, address, why)
    if training:
        why = f"{training} confirmed for a link to {form_id}"
        with transaction():
            _record(user, "training.confirm", part, address, why)
    return issue_link(
        form_id,
        recipient=recipient,
        actor=user.actor,
        team_id=part.team,
        case_id=part.case.id,
        shown=shown,
        prefill=prefill,
        verify=verify,
        verify_answer=verify_answer,
        address=address,
    )


def start_case_form(user: User, part: CasePart, form_id: str, *, address: str) -> OpenedDraft:
    """Start a form on the case for signed-in staff, filled in with what they may read already.

    Raises FormNotFound.
    """
    now = clock()
    definition = startable(form_id, None, now).definition
    answers = answers_of_worker(definition, user)
    if asks_of(definition, PERSON):
        people = people_on_case(user, part, address=address)
        answers |= answers_of_person(definition, people)
    opened = start_draft(
        form_id,
        definition.version,
        now=now,
        case_id=part.case.id,
        staff_id=user.staff_id,
        answers=answers,
    )
    with transaction():
        add_event(part.case.id, "form-started", user.actor, now, team_id=part.team)
        _record(user, "case.fill-form", part, address, form_id)
    return opened


def _record(user: User, action: str, part: CasePart, address: str, why: str) -> None:
    case_id, team = part.case.id, part.team
    audit.record(user.actor, action, "case", case_id, team=team, address=address, why=why)


@dataclass(frozen=True, slots=True)
class LinkDetails:
    """What the issuing team alone reads of a link; empty where it cannot be opened."""

    recipient: str = field(default="", repr=False)
    purpose: str = field(default="", repr=False)


def read_details(user: User, link_id: str, *, address: str) -> LinkDetails:
    """Who a link went to and why, recorded before it is opened."""
    link = db.session.get_one(Link, link_id)
    team_id, recipient, purpose = link.team_id, link.sealed_recipient, link.sealed_purpose
    if recipient is None and purpose is None:
        return LinkDetails()
    with transaction():
        audit.record(user.actor, "link.read", "link", link_id, team=team_id, address=address)
    return LinkDetails(
        _opened(recipient, recipient_context(link_id), team_id),
        _opened(purpose, purpose_context(link_id), team_id),
    )


def _opened(sealed: bytes | None, context: Context, team_id: str) -> str:
    if sealed is None:
        return ""
    try:
        opened = open_sealed(sealed, context, keys_of(keys(), [team_id]), as_teams=[team_id])
    except CannotOpen:
        return ""
    return opened.decode()
