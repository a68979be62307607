"""A case as its teams read it: the audit entry first, then what is sealed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, joinedload

from form_definitions import FormDefinition
from intake import audit
from intake.access import CasePart, CaseThing, User, may
from intake.app_state import clock
from intake.database import db, transaction
from intake.models import Case, CaseEvent, Destination, Submission, Team
from intake.sealing.submissions import sealed_to
from intake.services.case_notes import add_event
from intake.services.case_things import case_thing as case_thing
from intake.services.case_things import find_case as find_case
from intake.services.case_things import kept_out_of
from intake.services.case_timeline import Happening, timeline
from intake.services.directory import current_directory
from intake.services.forms import current_forms
from intake.services.joined_cases import events_of, is_of
from intake.services.limited_teams import limited_teams
from intake.services.part_clocks import PartClocks, clocks_of
from intake.services.people_named import PersonNamed
from intake.services.submitted import Submitted as Submitted
from intake.services.submitted import submitted
from intake.services.whom_to_ask import whom_to_ask
from referral_router import Team as KnownTeam

log = structlog.get_logger("intake.cases")


class CaseNotFound(Exception):  # noqa: N818 — a state of things, not a mistake
    """Raised if there is no such case, or it is not the user's to see: nobody learns which."""


@dataclass(frozen=True, slots=True)
class Part:
    """A team's part in a case."""

    team_id: str
    team: str
    organisation: str
    state: str
    urgency: int
    acknowledge_by: datetime
    decided_at: datetime | None
    decline_reason: str
    is_escalated: bool
    is_own: bool
    clocks: PartClocks
    is_named: bool | None = None  # whether the sender may see its name; None: nobody said
    first_contact_at: datetime | None = None
    outcome: str = ""
    more_by: datetime | None = None  # when it wants to have what it asked for
    sent_from: str = ""  # the name of the team that sent it on


@dataclass(frozen=True, slots=True)
class CasePage:
    """All that the case page shows."""

    thing: CaseThing
    reference: str
    form_title: str
    state: str
    created_at: datetime
    parts: tuple[Part, ...]
    submissions: tuple[Submitted, ...]
    timeline: tuple[Happening, ...]
    ask_for_rest: tuple[KnownTeam, ...] = ()  # if the user was sent only sections of a form

    @property
    def referral(self) -> Submitted | None:
        """The submission that opened the case, or the one that it was split from."""
        return _opening(self.submissions, self.reference)

    @property
    def sent_in_part(self) -> bool:
        """Whether another team was sent only sections of a form that the user reads all of."""
        return any(
            each.sections is None and any(sent.sections for sent in each.sent_to)
            for each in self.submissions
        )

    @property
    def urgency(self) -> int:
        """The highest urgency of any part."""
        return max((part.urgency for part in self.parts), default=1)


def read_case(user: User, thing: CaseThing, *, address: str) -> CasePage:
    """The case page. Records the reading, in a committed transaction, before anything is opened.

    The first reading by a team turns its part from delivered to seen. A team that declined sees
    nothing that came later. Raises CaseNotFound if the user may not read it.
    """
    record_reading(user, thing, "case.read", address=address)
    own = user.teams & thing.parts.keys()
    case = db.session.get_one(Case, thing.id, populate_existing=True)
    until = _readable_until(user, case)
    submissions = tuple(submitted(row, own, case.id) for row in _submissions_of(case.id, until))
    has_part_only = any(each.sections is not None for each in submissions)
    hides_others = has_part_only or _is_kept_out(case, own)
    if hides_others:  # what else there is could tell of the rest
        submissions = tuple(each for each in submissions if each.is_open or each.is_damaged)
    by_id = {each.id: each for each in submissions}
    opening = _opening(submissions, case.reference)
    return CasePage(
        thing=case_thing(case),
        reference=case.reference,
        form_title=opening.form_title if opening else "",
        state=case.state,
        created_at=case.created_at,
        parts=_parts(case.id, own),
        submissions=submissions,
        timeline=timeline(user, case.id, own, by_id, until=until, only_these=hides_others),
        ask_for_rest=whom_to_ask(case, own) if has_part_only else (),
    )


def read_submission(user: User, thing: CaseThing, submission_id: str, *, address: str) -> Submitted:
    """One submission of the case, opened. Raises CaseNotFound if it is not of this case, came after
    the user's teams had declined, or is one that the case page does not show them.
    """
    submission = readable_submission(user, thing, submission_id)
    read = ("submission", submission_id)
    record_reading(user, thing, "decision.read", address=address, read=read)
    own = user.teams & thing.parts.keys()
    opened = submitted(submission, own, thing.id)
    is_closed = not opened.is_open and not opened.is_damaged
    if is_closed and (own <= limited_teams(thing.id) or not own.isdisjoint(thing.excluded)):
        raise CaseNotFound(submission_id)
    return opened


def readable_submission(user: User, thing: CaseThing, submission_id: str) -> Submission:
    """One submission of the case, sealed as it is. Raises CaseNotFound if it is not of this case,
    came after the user's teams had declined, or is not theirs to read at all.
    """
    if not may(user, "case.read", thing):
        raise CaseNotFound(thing.id)
    until = _readable_until(user, db.session.get_one(Case, thing.id))
    for submission in _submissions_of(thing.id, until):
        if submission.id == submission_id:
            return submission
    raise CaseNotFound(submission_id)


def readable_event(user: User, thing: CaseThing, event_id: str) -> CaseEvent:
    """One line of the case's timeline. Raises CaseNotFound like ``readable_submission``."""
    if not may(user, "case.read", thing):
        raise CaseNotFound(thing.id)
    until = _readable_until(user, db.session.get_one(Case, thing.id))
    event = db.session.scalar(
        sa.select(CaseEvent).where(CaseEvent.id == event_id, events_of(thing.id, until))
    )
    if event is None:
        raise CaseNotFound(event_id)
    return event


def opened_for(submission_id: str, teams: Collection[str]) -> Submitted:
    """One submission, opened with these teams' keys. The caller has decided and recorded that it
    may be read.
    """
    return submitted(db.session.get_one(Submission, submission_id), teams)


def people_on_case(user: User, part: CasePart, *, address: str) -> tuple[PersonNamed, ...]:
    """Everybody named in what every team at work on the case can read, oldest first.

    For a form that is filled in for one of the user's teams and then goes to all of them: what
    another of the user's teams alone knows is not carried over. Recorded as a reading of the
    case, before anything is opened. Raises CaseNotFound.
    """
    opened = open_for_part(user, part, address=address, for_all=True)
    return tuple(person for each in opened for person in each.people)


def open_for_part(
    user: User, part: CasePart, *, address: str, for_all: bool = False
) -> tuple[Submitted, ...]:
    """What a team may read of its case, oldest first: whoever is in two teams acts for this one.

    With ``for_all``, only what every team at work on the case can read that such a form goes to.
    Recorded as a reading of
    the case, before anything is opened. Raises CaseNotFound.
    """
    acting, thing = replace(user, teams=user.teams & {part.team}), part.case
    record_reading(acting, thing, "case.read", address=address)
    until = _readable_until(acting, db.session.get_one(Case, thing.id))
    rows = _submissions_of(thing.id, until)
    if for_all:
        readers = {team for team, state in thing.parts.items() if state != "declined"}
        readers -= limited_teams(thing.id)  # they get no form of the others
        sealed = sealed_to(rows)
        rows = [row for row in rows if readers <= sealed[row.id]]
    return tuple(submitted(row, acting.teams, thing.id) for row in rows)


def record_reading(
    user: User, thing: CaseThing, action: str, *, address: str, read: tuple[str, str] | None = None
) -> None:
    """Commit the audit entry of a reading that is about to happen, one for each team whose keys
    it uses. ``read`` is the type and id of what is read, if not the case. Raises CaseNotFound.
    """
    if not may(user, "case.read", thing):
        raise CaseNotFound(thing.id)
    own = sorted(user.teams & thing.parts.keys())
    kind, subject = read or ("case", thing.id)
    now = clock()
    with transaction() as session:
        _mark_seen(session, user, thing.id, own, now)
        for team in own:
            audit.record(user.actor, action, kind, subject, team=team, address=address)


def _mark_seen(
    session: Session, user: User, case_id: str, teams: Iterable[str], now: datetime
) -> None:
    delivered = sa.select(Destination).where(
        Destination.case_id == case_id,
        Destination.team_id.in_(teams),
        Destination.state == "delivered",
    )
    if not session.scalars(delivered).all():
        return
    # as every decision does, so that nobody's decision is undone by somebody else's reading
    session.execute(sa.select(Case.id).where(Case.id == case_id).with_for_update())
    for part in session.scalars(delivered.execution_options(populate_existing=True)):
        part.state, part.seen_at = "seen", now
        add_event(case_id, "seen", user.actor, now, team_id=part.team_id)


def _readable_until(user: User, case: Case) -> datetime | None:
    """When the last of the user's teams declined the case; None if one of them still has it."""
    if may(user, "case.follow", case_thing(case)):
        return None
    declined = (part.decided_at for part in case.destinations if part.team_id in user.teams)
    return max((at for at in declined if at), default=case.created_at)


def _opening(submissions: Sequence[Submitted], reference: str) -> Submitted | None:
    own = (each for each in submissions if each.reference == reference)
    return next(own, next(iter(submissions), None))


def _is_kept_out(case: Case, own: Collection[str]) -> bool:
    """Whether a form of the case excludes one of these teams: that there is one, and its title,
    could tell them what it says about them."""
    return not kept_out_of(case).isdisjoint(own)


def _submissions_of(case_id: str, until: datetime | None) -> Sequence[Submission]:
    query = sa.select(Submission).where(is_of(case_id, until))
    return db.session.scalars(query.order_by(Submission.submitted_at, Submission.id)).all()


def _parts(case_id: str, own: Collection[str]) -> tuple[Part, ...]:
    query = (
        sa.select(Destination)
        .where(Destination.case_id == case_id)
        .options(joinedload(Destination.team).joinedload(Team.organisation))
        .order_by(Destination.urgency.desc(), Destination.acknowledge_by, Destination.team_id)
    )
    return tuple(_part(row, row.team_id in own) for row in db.session.scalars(query))


def _part(row: Destination, is_own: bool) -> Part:
    return Part(
        team_id=row.team_id,
        team=row.team.name,
        organisation=row.team.organisation.name,
        state=row.state,
        urgency=row.urgency,
        acknowledge_by=row.acknowledge_by,
        decided_at=row.decided_at,
        decline_reason=row.decline_reason or "",
        is_escalated=row.is_escalated,
        is_own=is_own,
        clocks=clocks_of(row),
        is_named=row.is_named,
        first_contact_at=row.first_contact_at,
        outcome=row.outcome or "",
        more_by=row.more_by if row.state == "more-information" else None,
        sent_from=current_directory().team_name(row.sent_from) if row.sent_from else "",
    )


def case_forms(now: datetime) -> tuple[FormDefinition, ...]:
    """The forms that can be started on a case."""
    return tuple(form.definition for form in current_forms(now) if form.definition.on_case)
