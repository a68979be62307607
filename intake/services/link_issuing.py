"""Issue a weblink: checked, stored sealed and, if it has a recipient, sent."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions import FormDefinition
from form_definitions.languages import ENGLISH
from intake import audit, outbox
from intake.app_state import clock, keys, settings
from intake.database import db, new_id, transaction
from intake.models import Case, CaseEvent, Destination, Link, Team
from intake.sealing import (
    Context,
    LinkCapability,
    mint,
    new_link_secret,
    seal_for,
)
from intake.services import messages
from intake.services.directory import current_directory
from intake.services.forms import in_language, startable
from intake.services.holder_answers import AnswerRefused, answer_hash
from intake.services.link_ending import end_replaced
from intake.services.link_holders import Holder, seal_holder
from intake.services.link_rules import LinkNotIssued, LinkRequest, check_request
from intake.services.link_terms import (
    LinkKind,
    Shown,
    Verification,
    VersionPolicy,
    required_verification,
)
from intake.services.safe_contact import check_address


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A link that was just issued. Its URL is known now and never again."""

    id: str
    url: str = field(repr=False)
    expires_at: datetime


def issue_link(
    form_id: str,
    *,
    actor: str,
    recipient: str = "",
    kind: LinkKind | str | None = None,
    team_id: str | None = None,
    expires_at: datetime | None = None,
    uses: int | None = None,
    case_id: str | None = None,
    version: str | None = None,
    version_policy: VersionPolicy | str = VersionPolicy.PINNED,
    verify: Verification | str | None = None,
    verify_answer: str = "",
    prefill: Mapping[str, Any] | None = None,
    purpose: str = "",
    shown: Shown | None = None,
    address: str = "",
    language: str = "",
    replaces: str | None = None,
    in_hand: bool = False,
    names_team: bool = True,
    session: Session | None = None,
) -> IssuedLink:
    """Issue a link and queue its message, in one transaction.

    A link with a ``case_id`` is a task on it, any other one is personal, unless ``kind`` says that
    it is shared: then it has no recipient, and nobody is sent it. The form's own policy says how
    long it lasts, how often it may be used and how its holder is verified, unless told. It belongs
    to ``team_id``; without one to the case's first team, else to the fallback team.
    Its message is in ``language``, and so is its form where nobody chooses another. The link that
    it ``replaces`` ends in the same transaction. With ``in_hand`` it is for one person, but nobody
    is sent it: its issuer hands it over. With ``session`` all of it happens in that transaction.
    Raises FormNotFound, FormWithdrawn, or LinkNotIssued naming the argument that is wrong, and
    ``to`` if an email there is not safe. Who may is decided before.
    """
    now = clock()
    form = startable(form_id, version, now)
    policy = form.definition.link
    chosen = LinkKind(kind or (LinkKind.TASK if case_id else LinkKind.PERSONAL))
    request = LinkRequest(
        form=form,
        kind=chosen,
        recipient=recipient.strip(),
        actor=actor,
        now=now,
        expires_at=expires_at or now + policy.expires,
        uses=policy.uses if uses is None else uses,
        case_id=case_id,
        version_policy=VersionPolicy(version_policy),
        verify=Verification(verify or _least(form.definition, chosen, shown)),
        verify_answer=verify_answer,
        prefill=prefill or {},
        purpose=purpose.strip(),
        shown=shown or Shown(),
        address=address,
        language=language,
        replaces=replaces,
        in_hand=in_hand,
        names_team=names_team,
    )
    check_request(request, version)
    team = team_id or _team_of_case(case_id) or current_directory().fallback_team
    check_address(request.recipient, team)
    return _store(request, team, session)


def _store(request: LinkRequest, team_id: str, caller: Session | None = None) -> IssuedLink:
    capability = LinkCapability(new_id(), new_link_secret())
    token = mint(settings().secret_keys, capability.link_id, capability.secret)
    issued = IssuedLink(capability.link_id, f"{settings().base_url}/l/{token}", request.expires_at)
    row = link_row(request, capability, token, team_id)
    with nullcontext(caller) if caller else transaction() as session:
        team = session.get(Team, team_id)
        if team is None:
            raise LinkNotIssued("team", f"There is no team ‘{team_id}’")
        session.add(row)
        session.flush()
        if request.replaces:
            end_replaced(session, request, issued.id)
        if request.is_sent:
            _send(request, issued, team)
        if request.case_id:
            session.add(_case_event(request, team.id))
        audit.record(
            request.actor,
            "link.issue",
            "link",
            issued.id,
            team=team.id,
            address=request.address,
            why=f"replaces {request.replaces}" if request.replaces else "",
        )
        if request.shown.answers:
            _record_shown(request, issued.id, team.id)
    return issued


def _least(definition: FormDefinition, kind: LinkKind, shown: Shown | None) -> Verification:
    return required_verification(definition, kind, shows_answers=bool(shown and shown.answers))


def _record_shown(request: LinkRequest, link_id: str, team_id: str) -> None:
    """Which answers of the case its holder will see: the questions' names, never what was said."""
    count, names = len(request.shown.answers), ", ".join(request.shown.sources)
    why, address = audit.shortened(f"{count}: {names}"), request.address
    audit.record(
        request.actor, "link.show-answers", "link", link_id, team=team_id, address=address, why=why
    )


def _send(request: LinkRequest, issued: IssuedLink, team: Team) -> None:
    outbox.enqueue(
        "email",
        messages.weblink_message(
            in_language(request.form, request.language or ENGLISH).definition,
            request.recipient,
            link_id=issued.id,
            url=issued.url,
            expires_at=issued.expires_at,
            team_name=team.name if request.names_team else "",
        ),
        team_id=team.id,
        link_id=issued.id,
        dedupe_key=f"link:{issued.id}",
    )


def link_row(request: LinkRequest, capability: LinkCapability, token: str, team_id: str) -> Link:
    """The row of a link that was asked for. Raises LinkNotIssued if the team is unknown."""
    holder = Holder(request.recipient, dict(request.prefill), request.shown)
    link_id = capability.link_id
    return Link(
        id=link_id,
        kind=request.kind,
        form_id=request.form.definition.id,
        form_version=request.form.definition.version,
        version_policy=request.version_policy,
        team_id=team_id,
        case_id=request.case_id,
        created_by=request.actor,
        created_at=request.now,
        sent_at=request.now if request.in_hand else None,
        expires_at=request.expires_at,
        uses_allowed=request.uses,
        secret_key_id=token.partition(".")[0],
        verify=request.verify,
        language=request.language or None,
        answer_hash=_answer_hash(request, capability),
        sealed_holder=seal_holder(capability, request.form.definition.id, holder),
        sealed_recipient=_for_team(request.recipient, team_id, recipient_context(link_id)),
        sealed_purpose=_for_team(request.purpose, team_id, purpose_context(link_id)),
    )


def _for_team(words: str, team_id: str, context: Context) -> bytes | None:
    """Words sealed to the issuing team; None for no words or a team that does not exist."""
    if not words or db.session.get(Team, team_id) is None:
        return None
    return seal_for(words.encode(), [keys().public_key("team", team_id)], context)


def _answer_hash(request: LinkRequest, capability: LinkCapability) -> bytes | None:
    if not request.verify.has_answer:
        return None
    try:
        today = request.now.date()
        return answer_hash(capability, request.verify, request.verify_answer, today)
    except AnswerRefused as error:
        raise LinkNotIssued("answer", str(error)) from error


def _case_event(request: LinkRequest, team_id: str) -> CaseEvent:
    return CaseEvent(
        case_id=request.case_id,
        at=request.now,
        kind="link-sent",
        actor=request.actor,
        team_id=team_id,
    )


def recipient_context(link_id: str) -> Context:
    """The context in which a link's recipient is sealed to the issuing team."""
    return Context("link-recipient", subject=link_id)


def purpose_context(link_id: str) -> Context:
    """The context in which a link's purpose is sealed to the issuing team."""
    return Context("link-purpose", subject=link_id)


def _team_of_case(case_id: str | None) -> str | None:
    """The team that has worked longest on the case, of those that did not decline it."""
    query = (
        sa.select(Destination.team_id)
        .where(Destination.case_id == case_id, Destination.state != "declined")
        .order_by(Destination.delivered_at, Destination.team_id)
        .limit(1)
    )
    return db.session.scalar(query) if case_id else None


def case_of_reference(reference: str) -> str:
    """The id of a case by its reference. Raises LinkNotIssued."""
    found = db.session.scalar(sa.select(Case.id).where(Case.reference == reference.strip()))
    if found is None:
        raise LinkNotIssued("case", f"There is no case ‘{reference}’")
    return found
