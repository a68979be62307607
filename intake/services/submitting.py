"""Submit a referral: checked, routed, sealed and stored in one transaction, exactly once."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from form_definitions import check_answers
from intake import audit
from intake.access import CaseForm, may, parts_for
from intake.app_state import keys
from intake.database import db, new_id, read_without_transaction, transaction
from intake.models import Case, Link
from intake.sealing.submissions import seal_submission
from intake.services.arrivals import (
    Arrival,
    CaseChanged,
    store_arrival,
    work_for,
)
from intake.services.asking_more import answer_came
from intake.services.case_teams import CaseTeams, readers_of, teams_of_case
from intake.services.case_things import case_thing
from intake.services.directory import current_directory, team_load
from intake.services.drafts import DraftChanged, load_draft, write_revision
from intake.services.extracting import keep_extract_files, seal_extracts
from intake.services.files import file_ids, keep_files, strayed
from intake.services.joined_cases import going_on
from intake.services.journeys import journey
from intake.services.let_answer import let_answer
from intake.services.link_opening import count_use
from intake.services.own_copies import copy_to_keep
from intake.services.receipts import Receipt, new_reference
from intake.services.rules_in_force import rules_now
from intake.services.sealed_drafts import Draft, emptied
from intake.services.staff_accounts import load_signed_in
from intake.services.stored_files import FileNotFound
from referral_router import route

MOST_ATTEMPTS = 5  # each failed one means that somebody else got further with the same draft


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Nothing was submitted: this page is to be completed first, or it ends the journey."""

    page_id: str


class NotYours(Exception):  # noqa: N818
    """Raised if whoever began a form on a case may no longer add it: nothing was stored."""


class SubmissionContended(Exception):  # noqa: N818
    """Raised if others kept changing the same draft: nothing was stored, try again."""


def submit_referral(
    draft_id: str, key: bytes, *, now: datetime, address: str = "", loaded: Draft | None = None
) -> Receipt | Incomplete:
    """Store and route a referral; for a draft that was submitted already, its receipt again.

    Whoever gets a receipt has a referral that is stored, routed and readable by its teams
    (DESIGN.md section 8). Raises DraftNotFound, LinkNotUsable if its link was revoked or used up,
    NotYours, KeyNotFound if a team cannot be sealed to, SubmissionContended.

    ``loaded`` is the draft if the caller has it already; if it was saved since, it is read again.
    """
    for _ in range(MOST_ATTEMPTS):
        draft, loaded = loaded or load_draft(draft_id, key, now), None
        if draft.receipt:
            return draft.receipt
        incomplete = what_is_missing(draft)
        if incomplete:
            return incomplete
        try:
            return _store(draft, _prepare(draft, now), address)
        except (DraftChanged, CaseChanged, FileNotFound, IntegrityError):
            # sent twice at once, or a second tab saved: look again at what is stored now
            continue
    raise SubmissionContended


def what_is_missing(draft: Draft) -> Incomplete | None:
    """The first page that keeps this draft from being submitted; None if nothing does."""
    way = journey(draft.form.definition, draft.answers, draft.done)
    page = way.first_open()
    if page is None and not check_answers(draft.form.definition, draft.answers).accepted:
        page = way.first_problem()
    if page is None and (name := strayed(draft, way.seen.answers)):
        page = next(page for page in way.pages if name in {one.name for one in page.questions})
    return Incomplete(page.id) if page else None


def _prepare(draft: Draft, now: datetime) -> Arrival:
    """Everything that takes time, before the write lock is taken."""
    read_without_transaction()
    definition = draft.form.definition
    answers = check_answers(definition, draft.answers).answers
    receipt = Receipt(
        new_reference(definition.reference_prefix), now, definition.is_email_unsafe(answers)
    )
    before, case_id, authors = CaseTeams(), None, frozenset[str]()
    if draft.case_id:
        case_id = going_on(draft.case_id)
        before = teams_of_case(db.session.connection(), case_id)
        authors = _teams_of_author(draft) if before.limited else authors
    directory, rules = current_directory(), rules_now(draft.form, now)
    decision = route(
        rules,
        answers,
        directory,
        now,
        case_teams=before.told(authors),
        never=before.excluded,
        load=team_load(),
    )
    submission_id = new_id()
    whole = readers_of(before, decision, authors) | {*decision.kept_for}
    in_part = {to.team for to in decision.destinations} - whole
    *recipients, worker = keys().recipients_and_worker(whole | in_part)
    arrival = Arrival(
        submission_id=submission_id,
        case_id=case_id or new_id(),
        is_new_case=case_id is None,
        before=before,
        authors=authors,
        receipt=receipt,
        own_copy=copy_to_keep(draft, answers, receipt),
        draft=draft,
        facets={name: answers[name] for name in definition.facets if name in answers},
        rules=rules,
        decision=decision,
        file_ids=frozenset(chain(*file_ids(definition, answers).values())),
        sealed=seal_submission(
            submission_id,
            definition.id,
            definition.version,
            answers,
            decision.to_json(),
            [key for key in recipients if key.team_id not in in_part],
        ),
    )
    if in_part:
        part = seal_extracts(submission_id, answers, decision, rules, recipients, whole=whole)
        arrival = replace(arrival, extracts=part)
    return replace(arrival, work=tuple(work_for(arrival, worker)))


def _store(draft: Draft, arrival: Arrival, address: str) -> Receipt:
    receipt = arrival.receipt
    with transaction() as session:
        # first, because it is what stops a second submission of the same draft
        write_revision(
            session, draft, emptied(draft, receipt), receipt.submitted_at, arrival.own_copy
        )
        if draft.link_id:
            count_use(session, draft.link_id)
        store_arrival(session, arrival)
        if draft.link_id and not arrival.is_new_case:
            answer_came(session, [arrival.case_id], link_id=draft.link_id)
        _keep_files(session, draft, arrival)
        if not arrival.is_new_case and keys().can_open:  # else the worker does it
            let_answer(arrival.case_id, arrival.actor, receipt.submitted_at)
        if draft.staff_id:
            _ask_again(draft, arrival.case_id, draft.staff_id)
        audit.record(
            arrival.actor, "referral.submit", "submission", arrival.submission_id, address=address
        )
    return receipt


def _keep_files(session: Session, draft: Draft, arrival: Arrival) -> None:
    if draft.form.definition.file_questions:
        now, key = arrival.receipt.submitted_at, arrival.sealed.data_key
        kept = keep_files(session, draft, arrival.submission_id, key, arrival.file_ids, now)
        keep_extract_files(session, kept, arrival.extracts)


def _teams_of_author(draft: Draft) -> frozenset[str]:
    """The teams of whoever fills in a form on a case: their members, or the issuer of its link."""
    if draft.staff_id:
        signed_in = load_signed_in(draft.staff_id)
        return signed_in.user.teams if signed_in else frozenset()
    issuer = sa.select(Link.team_id).where(Link.id == draft.link_id)
    return frozenset(filter(None, db.session.scalars(issuer)))


def _ask_again(draft: Draft, case_id: str, staff_id: str) -> None:
    """Whether staff may still fill in this form on the case, which is locked by now.

    They were asked when they began it; their team or their training may be gone since, or the case
    may be closed. Raises NotYours.
    """
    signed_in = load_signed_in(staff_id)
    case = db.session.get(Case, case_id, populate_existing=True)
    if signed_in is None or case is None:
        raise NotYours
    thing, training = case_thing(case), draft.form.definition.requires_training
    parts = parts_for(signed_in.user, "case.work", thing)
    if not any(may(signed_in.user, "case.fill-form", CaseForm(part, training)) for part in parts):
        raise NotYours
