"""After submitting: the link to a status page, what that page shows, and what its holder may do.

A status link is made only when somebody asks for one. Its secret follows from the draft's key,
which only the visitor has; the database has a check of it (docs/decisions/0016).
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from intake import outbox
from intake.app_state import clock, settings
from intake.database import db, transaction
from intake.models import (
    Case,
    CaseEvent,
    CaseSubmission,
    Destination,
    Organisation,
    StatusLink,
    Submission,
    Team,
)
from intake.request_language import address_in
from intake.sealing import LinkCapability, derive, mint, read
from intake.sealing.weblinks import LINK_SECRET_SIZE, STATUS
from intake.services.forms import runnable
from intake.services.joined_cases import cases_reading, going_on, teams_by_merging
from intake.services.mail_limits import EmailUnsafe, minutes_to_wait
from intake.services.messages import receipt_message
from intake.services.sealed_drafts import Draft
from intake.services.telling_sender import (
    Point,
    keep_address,
    offers_news,
    points_reached,
    wants_news,
)

WITHDRAWAL = "withdrawal-asked"
OVER = frozenset({"closed", "archived"})
PROGRESS = ("delivered", "seen", "more-information", "accepted", "done", "declined")


class NotFollowed(Exception):  # noqa: N818
    """Raised if a status link shows nothing: nobody learns why."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far one team is; ``kind`` is empty where it could tell what somebody asked for."""

    kind: str
    state: str
    answer_by: datetime | None  # while the team owes an answer


@dataclass(frozen=True, slots=True)
class Following:
    """What a status page shows."""

    capability: LinkCapability
    case_ids: tuple[str, ...]  # where what its sender adds goes: its case, and those split from it
    reference: str
    submitted_at: datetime
    form: tuple[str, str]  # its id and version: for the way out, not to be shown
    steps: tuple[Step, ...]
    organisations: tuple[str, ...]
    is_over: bool
    withdrawn_at: datetime | None
    points: tuple[Point, ...] | None = None  # what the form tells of it; None: the steps
    gets_mails: bool = False  # when there is news


def can_follow(draft: Draft) -> bool:
    """Whether what was sent began a case of its own: then its sender may see how far it is."""
    return draft.receipt is not None and draft.case_id is None and draft.staff_id is None


def status_token(draft: Draft) -> str:
    """The token of the status page of what a draft became; the same secret each time.

    Raises NotFollowed.
    """
    submission_id = db.session.scalar(
        sa.select(Submission.id).where(Submission.draft_id == draft.id)
    )
    if submission_id is None or not can_follow(draft):
        raise NotFollowed
    secret = derive(draft.key, "status-secret", draft.id)[:LINK_SECRET_SIZE]
    with suppress(IntegrityError):  # asked for twice at once
        _keep(submission_id, secret)
    return mint(settings().secret_keys, submission_id, secret, STATUS)


def _keep(submission_id: str, secret: bytes) -> None:
    with transaction() as session:
        if session.get(StatusLink, submission_id) is None:
            check = derive(secret, "status-check", submission_id)
            session.add(
                StatusLink(submission_id=submission_id, secret_check=check, created_at=clock())
            )


def send_receipt(draft: Draft, email: str, *, requester: str = "", with_news: bool = False) -> int:
    """Send a receipt with the way to the status page; 0, or in how many minutes to ask again.

    ``requester`` is the network that asks. With ``with_news`` the address is kept, sealed to the
    worker, and told when there is news, if the form tells anything. Raises EmailUnsafe,
    NotFollowed.
    """
    if draft.is_email_unsafe:
        raise EmailUnsafe
    wait, receipt = minutes_to_wait(draft, email, requester, clock()), draft.receipt
    if wait or receipt is None:
        return wait
    language = draft.form.definition.language
    url = address_in(f"{settings().base_url}/s/{status_token(draft)}", language)
    message = receipt_message(
        email,
        reference=receipt.reference,
        submitted_at=receipt.submitted_at,
        answer_by=answer_by(draft),
        url=url,
        language=language,
    )
    with transaction() as session:
        outbox.enqueue("email", message)
        if with_news and offers_news(draft.form.definition):
            sent = sa.select(Submission.id).where(Submission.draft_id == draft.id)
            keep_address(session.scalars(sent).one(), email, url, language)
    return 0


def answer_by(draft: Draft) -> datetime | None:
    """By when every team is to have answered what a draft became."""
    return db.session.scalar(
        sa.select(sa.func.max(Destination.acknowledge_by))
        .join(Submission, Submission.case_id == Destination.case_id)
        .where(Submission.draft_id == draft.id)
    )


def follow(token: str) -> Following:
    """What a status link shows. Raises BadToken before any query, or NotFollowed."""
    capability = read(settings().secret_keys, token, STATUS)
    query = (
        sa.select(Submission, StatusLink.secret_check)
        .join(StatusLink, StatusLink.submission_id == Submission.id)
        .where(Submission.id == capability.link_id)
    )
    row = db.session.execute(query).first()
    check = derive(capability.secret, "status-check", capability.link_id)
    if row is None or not compare_digest(row.secret_check, check):
        raise NotFollowed
    sent: Submission = row.Submission
    cases = cases_reading(sent.id, sent.case_id)
    is_sensitive = bool(sensitive_cases(cases))
    parts = parts_followed(sent.id, sent.case_id)
    is_over = _are_over(cases)
    return Following(
        capability=capability,
        case_ids=cases,
        reference=sent.reference,
        submitted_at=sent.submitted_at,
        form=(sent.form_id, sent.form_version),
        steps=tuple(_step(part, team.kind, hides=is_sensitive) for part, team, _ in parts),
        organisations=_named(parts, is_sensitive),
        is_over=is_over,
        points=points_reached(
            runnable(sent.form_id, sent.form_version).definition,
            sent.submitted_at,
            [part for part, _, _ in parts],
            names_openly=all(_names_openly(part, is_sensitive) for part, _, _ in parts),
            is_over=is_over,
        ),
        gets_mails=wants_news(sent.id),
        withdrawn_at=db.session.scalar(
            sa.select(sa.func.min(CaseEvent.at)).where(
                CaseEvent.case_id.in_({sent.case_id, *cases}),
                CaseEvent.kind == WITHDRAWAL,
                CaseEvent.submission_id == sent.id,
            )
        ),
    )


def sensitive_cases(case_ids: Collection[str]) -> frozenset[str]:
    """The cases with any form that is sensitive: it may be why a team came to it later."""
    version = (Submission.form_id, Submission.form_version)
    own = sa.select(*version, Submission.case_id).where(Submission.case_id.in_(case_ids))
    joined = (
        sa.select(*version, CaseSubmission.case_id)
        .join(CaseSubmission, CaseSubmission.submission_id == Submission.id)
        .where(CaseSubmission.case_id.in_(case_ids))
    )
    found: dict[tuple[str, str], set[str]] = {}
    for form_id, form_version, case_id in db.session.execute(sa.union(own, joined)):
        found.setdefault((form_id, form_version), set()).add(case_id)
    return frozenset[str]().union(
        *(cases for form, cases in found.items() if runnable(*form).definition.sensitive)
    )


def _names_openly(part: Destination, is_sensitive: bool) -> bool:
    """Whether whoever sent the referral may see the organisation's name.

    The team says so for itself; until it does, it is not shown on a case with a sensitive form.
    """
    return (not is_sensitive) if part.is_named is None else part.is_named


def _named(parts: list[tuple[Destination, Team, str]], is_sensitive: bool) -> tuple[str, ...]:
    """The organisations to name. One team's word that it is a danger holds for all of its own."""
    shown = {name for part, _, name in parts if _names_openly(part, is_sensitive)}
    return tuple(sorted(shown - {name for part, _, name in parts if part.is_named is False}))


def _are_over(case_ids: Collection[str]) -> bool:
    running = sa.exists().where(Case.id.in_(case_ids), Case.state.not_in(OVER))
    return not db.session.scalar(sa.select(running))


def parts_followed(submission_id: str, home: str) -> list[tuple[Destination, Team, str]]:
    """How far each team is that was sent a submission: one of each, the one with most to do.

    Of cases that were merged, only the teams that had its own: that others have the other one could
    tell its sender what somebody else asked for.
    """
    split = sa.select(CaseSubmission.case_id).where(
        CaseSubmission.submission_id == submission_id, CaseSubmission.merge_id.is_(None)
    )
    found: dict[str, tuple[Destination, Team, str]] = {}
    for case_id in (home, *db.session.scalars(split)):
        own, goes_on = parts_of(case_id), going_on(case_id)
        now = parts_of(goes_on) if goes_on != case_id else own
        had = {part.team_id for part, _, _ in own} - teams_by_merging(case_id)
        for each in now:
            team_id = each[0].team_id
            if team_id in had and (team_id not in found or _is_before(each[0], found[team_id][0])):
                found[team_id] = each
    return list(found.values())


def _is_before(one: Destination, two: Destination) -> bool:
    return PROGRESS.index(one.state) < PROGRESS.index(two.state)


def parts_of(case_id: str) -> list[tuple[Destination, Team, str]]:
    """Each team's part in a case, with the team and its organisation's name."""
    query = (
        sa.select(Destination, Team, Organisation.name)
        .join(Team, Team.id == Destination.team_id)
        .join(Organisation, Organisation.id == Team.organisation_id)
        .where(Destination.case_id == case_id)
        .order_by(Destination.delivered_at, Destination.id)
    )
    return list(db.session.execute(query).tuples())


def _step(part: Destination, kind: str, *, hides: bool) -> Step:
    owes = part.state in ("delivered", "seen")
    hides = hides or part.is_named is False  # the kind of team could tell what the name would
    return Step("" if hides else kind, part.state, part.acknowledge_by if owes else None)
