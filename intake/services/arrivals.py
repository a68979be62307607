"""What a submission leaves in the database: its rows, its timeline and its messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from intake import outbox
from intake.database import new_id
from intake.models import Case, CaseEvent, Destination, SealedKeyCopy, Submission
from intake.models.part_clocks import AS_NEW
from intake.sealing.extracts import SealedExtract
from intake.sealing.keypairs import PublicKey
from intake.sealing.submissions import SealedSubmission
from intake.services import team_news
from intake.services.case_teams import CaseTeams, readers_of, teams_of_case
from intake.services.extracting import insert_extracts
from intake.services.receipts import KeptCopy, Receipt
from intake.services.sealed_drafts import Draft
from intake.written_sql import insert, sent_together
from referral_router import Decision, RuleSet, clock_kinds
from referral_router import Destination as RoutedTo


class CaseChanged(Exception):  # noqa: N818
    """Raised if a case got or lost a team while something was being sealed to those it had, or
    was merged into another.
    """


@dataclass(frozen=True, slots=True)
class Arrival:
    """A referral that is ready to be stored: routed, and sealed to those who may read it."""

    submission_id: str
    case_id: str
    is_new_case: bool
    before: CaseTeams  # those that the case had already
    receipt: Receipt
    draft: Draft
    facets: dict[str, Any]
    rules: RuleSet  # those that decided: the form's own, or what was published since
    decision: Decision
    sealed: SealedSubmission
    own_copy: KeptCopy | None = None  # for whoever sends it
    authors: frozenset[str] = frozenset()  # the teams of whoever fills it in on a case
    extracts: tuple[SealedExtract, ...] = ()  # for teams that are sent only sections of it
    file_ids: frozenset[str] = frozenset()  # the draft's files that are answers
    work: tuple[Mapping[str, Any], ...] = ()  # for the worker, sealed already

    @property
    def actor(self) -> str:
        """Who submitted it, as audit entries and timelines name them."""
        if self.draft.staff_id:
            return f"staff:{self.draft.staff_id}"
        return f"link:{self.draft.link_id}" if self.draft.link_id else "visitor"

    @property
    def new_parts(self) -> tuple[RoutedTo, ...]:
        """The destinations that never were a part of the case."""
        known = {*self.before.working, *self.before.declined}
        return tuple(to for to in self.decision.destinations if to.team not in known)

    @property
    def readers(self) -> frozenset[str]:
        """The teams that read it or a part of it: not one that it excludes, unless nobody else is
        left."""
        sent = {to.team for to in self.decision.destinations}
        return readers_of(self.before, self.decision, self.authors) | sent

    @property
    def excluded(self) -> list[str] | None:
        """The teams that must never be given the case, as a case keeps them."""
        return sorted({*self.before.excluded, *self.decision.excluded}) or None

    @property
    def renewed_parts(self) -> tuple[RoutedTo, ...]:
        """The destinations that declined the case, and that a rule names all the same."""
        declined = self.before.declined
        return tuple(to for to in self.decision.destinations if to.team in declined)


# Written once: building these anew for each submission takes longer than running them.
_INSERT_CASE = insert(
    Case, "id", "reference", "form_id", "state", "created_at", "updated_at", "excluded_teams"
)
_INSERT_EVENT = insert(
    CaseEvent, "id", "case_id", "at", "kind", "actor", "team_id", "submission_id"
)
_INSERT_PART = insert(
    Destination,
    "id",
    "case_id",
    "team_id",
    "state",
    "urgency",
    "acknowledge_by",
    "delivered_at",
    "is_escalated",
    "decide_by",
    "acknowledge_kind",
    "decide_kind",
    "watch_at",
    "form_id",
)
_INSERT_KEY_COPY = insert(SealedKeyCopy)
_INSERT_SUBMISSION = insert(Submission)
_LOCK_CASE = (
    sa.select(Case.form_id, Case.merged_into)
    .where(Case.id == sa.bindparam("case"))
    .with_for_update()
)
_RENEW_PART = (
    sa.update(cast(sa.Table, Destination.__table__))
    .where(Destination.case_id == sa.bindparam("case"), Destination.team_id == sa.bindparam("to"))
    .values(
        state="delivered",
        urgency=sa.bindparam("how_urgent"),
        acknowledge_by=sa.bindparam("by"),
        delivered_at=sa.bindparam("now"),
        seen_at=None,
        decided_at=None,
        decided_by=None,
        decline_reason=None,
        decide_by=sa.bindparam("decide"),
        acknowledge_kind=sa.bindparam("how_counted"),
        decide_kind=sa.bindparam("how_decision_counted"),
        **AS_NEW,
        assigned_to=None,
        assigned_at=None,
        is_archived=False,
    )
)
_TOUCH_CASE = (
    sa.update(cast(sa.Table, Case.__table__))
    .where(Case.id == sa.bindparam("case"))
    .values(updated_at=sa.bindparam("now"), excluded_teams=sa.bindparam("never"))
)


def store_arrival(session: Session, arrival: Arrival) -> None:
    """Write all of it inside the caller's transaction. Raises CaseChanged."""
    connection = session.connection()
    form_id = arrival.draft.form.definition.id
    if not arrival.is_new_case:
        form_id = _hold_case(connection, arrival)
    with sent_together(connection):
        _insert_all(connection, arrival, form_id)


def _insert_all(connection: sa.Connection, arrival: Arrival, form_id: str) -> None:
    if arrival.is_new_case:
        _INSERT_CASE.run(connection, _case(arrival))
    _INSERT_SUBMISSION.run(connection, _submission(arrival))
    _INSERT_KEY_COPY.run(connection, *_key_copies(arrival))
    insert_extracts(connection, arrival.submission_id, arrival.extracts)
    if arrival.new_parts:
        _INSERT_PART.run(connection, *_parts(arrival, form_id))
    for to in arrival.renewed_parts:
        connection.execute(_RENEW_PART, _renewed(arrival, to))
    _INSERT_EVENT.run(connection, *_events(arrival))
    outbox.queue_rows(connection, arrival.work)


def _hold_case(connection: sa.Connection, arrival: Arrival) -> str:
    """Lock the case; whoever shares or declines it meanwhile waits, or has won. Its form's id."""
    which = {"case": arrival.case_id}
    case = connection.execute(_LOCK_CASE, which).one()
    if case.merged_into or teams_of_case(connection, arrival.case_id) != arrival.before:
        raise CaseChanged
    now, never = arrival.receipt.submitted_at, arrival.excluded
    connection.execute(_TOUCH_CASE, {**which, "now": now, "never": never})
    form_id: str = case.form_id
    return form_id


def _case(arrival: Arrival) -> dict[str, Any]:
    now = arrival.receipt.submitted_at
    return {
        "id": arrival.case_id,
        "reference": arrival.receipt.reference,
        "form_id": arrival.draft.form.definition.id,
        "state": "new",
        "created_at": now,
        "updated_at": now,
        "excluded_teams": arrival.excluded,
    }


def _submission(arrival: Arrival) -> dict[str, Any]:
    definition = arrival.draft.form.definition
    return {
        "id": arrival.submission_id,
        "reference": arrival.receipt.reference,
        "draft_id": arrival.draft.id,
        "case_id": arrival.case_id,
        "link_id": arrival.draft.link_id,
        "form_id": definition.id,
        "form_version": definition.version,
        "content_hash": definition.content_hash,
        "rules_version": arrival.decision.rules_version,
        "submitted_at": arrival.receipt.submitted_at,
        "submitted_by": arrival.actor,
        "facets": arrival.facets,
        "sealed_answers": arrival.sealed.answers,
        "sealed_decision": arrival.sealed.decision,
    }


def _key_copies(arrival: Arrival) -> Iterator[dict[str, Any]]:
    for key in arrival.sealed.keys:
        yield {
            "submission_id": arrival.submission_id,
            "key_id": key.key_id,
            "team_id": key.team_id,
            "suite": key.suite,
            "sealed_key": key.blob,
        }


def _parts(arrival: Arrival, form_id: str) -> Iterator[dict[str, Any]]:
    for to in arrival.new_parts:
        yield {
            "id": new_id(),
            "case_id": arrival.case_id,
            "team_id": to.team,
            "state": "delivered",
            "urgency": int(to.urgency),
            "acknowledge_by": to.acknowledge_by,
            "delivered_at": arrival.receipt.submitted_at,
            "is_escalated": False,
            "decide_by": to.decide_by,
            "watch_at": arrival.receipt.submitted_at,
            **_kinds(arrival, to),
            "form_id": form_id,
        }


def _kinds(arrival: Arrival, to: RoutedTo) -> dict[str, str]:
    acknowledge, decide = clock_kinds(arrival.rules, to.rules)
    return {"acknowledge_kind": acknowledge, "decide_kind": decide}


def _renewed(arrival: Arrival, to: RoutedTo) -> dict[str, Any]:
    kinds = _kinds(arrival, to)
    return {
        "case": arrival.case_id,
        "to": to.team,
        "how_urgent": int(to.urgency),
        "by": to.acknowledge_by,
        "decide": to.decide_by,
        "how_counted": kinds["acknowledge_kind"],
        "how_decision_counted": kinds["decide_kind"],
        "now": arrival.receipt.submitted_at,
    }


def _events(arrival: Arrival) -> Iterator[dict[str, Any]]:
    kind = "submitted" if arrival.is_new_case else "form-submitted"
    yield _event(arrival, kind, None)
    for to in (*arrival.new_parts, *arrival.renewed_parts):
        yield _event(arrival, "delivered", to.team)


def _event(arrival: Arrival, kind: str, team_id: str | None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_id": arrival.case_id,
        "at": arrival.receipt.submitted_at,
        "kind": kind,
        "actor": arrival.actor,
        "team_id": team_id,
        "submission_id": arrival.submission_id,
    }


def work_for(arrival: Arrival, worker: PublicKey) -> Iterator[dict[str, Any]]:
    """What the worker is to do: index the submission, and tell every team that may read it.

    Sealed before the transaction begins, so that nobody waits for it.
    """
    which = {"submission_id": arrival.submission_id}
    yield outbox.sealed_row("index-submission", which, worker)
    routed = {to.team: to for to in arrival.decision.destinations}
    for team_id in sorted(arrival.readers):
        told = _news(arrival, routed.get(team_id), team_id)
        yield outbox.sealed_row(team_news.KIND, told, worker, team_id=team_id)


def _news(arrival: Arrival, to: RoutedTo | None, team_id: str) -> dict[str, Any]:
    """What a team that has a part in the case is told; the worker asks how it wants to hear."""
    is_new = to is not None and team_id not in arrival.before.working
    return team_news.news(
        case_id=arrival.case_id,
        reference=arrival.receipt.reference,
        key=arrival.submission_id,
        urgency=int(to.urgency) if to and is_new else 0,
        acknowledge_by=to.acknowledge_by if to and is_new else None,
    )
