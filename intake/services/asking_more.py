"""Ask somebody for more information by a weblink, and what happens when the answer comes."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from form_definitions import FormDefinition
from intake.access import CasePart, User
from intake.app_state import clock
from intake.database import db
from intake.models import Destination, Link
from intake.services.case_notes import add_event
from intake.services.cases import case_forms
from intake.services.deciding import deciding_on
from intake.services.following import sensitive_cases
from intake.services.link_issuing import IssuedLink, issue_link
from intake.services.link_terms import Shown, Verification
from referral_router.calendars import LONDON

ASKED, WAITING = "more-information", "more-information"  # the event, and the part's state
ANSWERED = "more-answered"
USUAL_FORM = "more-information"  # one question: what somebody can tell
NOT_ASKED = frozenset({"closure"})  # forms on a case that nobody outside answers
LONGEST_WAIT = timedelta(days=90)
STILL_OPEN = timedelta(days=7)  # after the day by which the answer was wanted: late is better


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of whom, and by when. Without a ``recipient`` the link is handed over."""

    form_id: str
    words: str = field(repr=False)
    by: date
    recipient: str = field(default="", repr=False)
    verify: Verification | None = None
    verify_answer: str = field(default="", repr=False)


def forms_to_ask() -> tuple[FormDefinition, ...]:
    """The forms that somebody can be asked to fill in: the one with a single question first."""
    forms = [each for each in case_forms(clock()) if _is_for_others(each)]
    return tuple(sorted(forms, key=lambda each: (each.id != USUAL_FORM, each.title)))


def _is_for_others(form: FormDefinition) -> bool:
    """Whether somebody outside can answer it, without the training that a licensed tool needs."""
    is_for_staff = form.id in NOT_ASKED or not {"public", "professional"} & set(form.audience)
    return not is_for_staff and not form.requires_training


def ask_for_more(user: User, part: CasePart, asked: Asked, *, address: str) -> IssuedLink:
    """Send a link, or make one to hand over, and have the team's part wait for the answer.

    The clocks go on: who wants to pause them does so. Raises NotNow, or LinkNotIssued naming what
    is wrong; then nothing was sent.
    """
    is_sent = bool(asked.recipient)
    with deciding_on(user, "case.ask", part, address, why=asked.form_id) as deciding:
        deciding.part.state, deciding.part.more_by = WAITING, _end_of(asked.by)
        if deciding.part.seen_at is None:
            deciding.part.seen_at = deciding.now
        deciding.tell(ASKED, asked.words)
        return issue_link(
            asked.form_id,
            recipient=asked.recipient,
            actor=user.actor,
            team_id=part.team,
            case_id=part.case.id,
            expires_at=_end_of(asked.by) + STILL_OPEN,
            verify=asked.verify or (Verification.CODE if is_sent else None),
            verify_answer=asked.verify_answer,
            shown=Shown(asked.words),
            address=address,
            in_hand=not is_sent,
            names_team=_names_team(deciding.part),
            session=db.session(),
        )


def answer_came(session: Session, case_ids: Collection[str], *, link_id: str | None = None) -> None:
    """Let a part that waits for information be seen again: somebody has to read the answer.

    That of the team whose link was answered; without a link, when the sender wrote by themselves,
    every part of the cases that waits. In the caller's transaction.
    """
    waiting = sa.select(Destination).where(
        Destination.case_id.in_(case_ids), Destination.state == WAITING
    )
    if link_id:
        waiting = waiting.join(Link, Link.team_id == Destination.team_id).where(Link.id == link_id)
    for part in session.scalars(waiting).all():
        part.state, part.more_by = "seen", None
        if link_id:
            who, team = f"link:{link_id}", part.team_id
            add_event(part.case_id, ANSWERED, who, clock(), team_id=team)


def _names_team(part: Destination) -> bool:
    """Whether the message may name the team: not where its name could tell what this is about."""
    if part.is_named is not None:
        return part.is_named
    return part.case_id not in sensitive_cases([part.case_id])


def _end_of(day: date) -> datetime:
    """The last minute of a day in London."""
    return datetime.combine(day, time(23, 59), LONDON).astimezone(UTC)
