"""Who would read more if two cases became one: shown before, and given when somebody confirms."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from intake.access import LIVE
from intake.database import db
from intake.models import (
    Case,
    CaseEvent,
    ExtractKeyCopy,
    SealedKeyCopy,
    Submission,
    SubmissionExtract,
)
from intake.sealing.envelopes import sealed_keys
from intake.sealing.errors import CannotOpen
from intake.services.case_things import kept_out_of
from intake.services.form_titles import form_titles
from intake.services.joined_cases import events_of, is_of
from intake.services.passing_on import DECLINED
from intake.services.sharing import share_case

# what, a submission or an extract of one or a note, and the team that can open it
Held = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NewReader:
    """A team that would read one of the cases which it does not have, and what it would see."""

    team_id: str
    case_id: str  # the one that it would read
    reference: str
    forms: tuple[str, ...]  # their titles
    notes: int
    token: str  # says exactly what it would see, so that nobody confirms something else


@dataclass(frozen=True, slots=True)
class _Gain:
    """A team and the case that it would come to."""

    team_id: str
    case: Case
    submissions: Held
    notes: Held


def readers_after(kept: Case, other: Case) -> frozenset[str]:
    """The teams that have the case which goes on: all of it, and who is at work on the other."""
    following = {part.team_id for part in kept.destinations if part.state != DECLINED}
    return frozenset(
        following | {part.team_id for part in other.destinations if part.state in LIVE}
    )


def kept_out(kept: Case, other: Case) -> frozenset[str]:
    """The teams that a rule of either case excludes, and that would have both all the same."""
    excluded = kept_out_of(kept) | kept_out_of(other)
    followers = {
        part.team_id
        for case in (kept, other)
        for part in case.destinations
        if part.state != DECLINED
    }
    return frozenset(excluded & followers)


def new_readers(kept: Case, other: Case, givers: Collection[str]) -> tuple[NewReader, ...]:
    """What each team would newly read, by team: only what the ``givers`` can open themselves."""
    gains = list(_gains(kept, other, givers))
    titles = _titles({what for gain in gains for what, _ in gain.submissions})
    return tuple(
        NewReader(
            team_id=gain.team_id,
            case_id=gain.case.id,
            reference=gain.case.reference,
            forms=tuple(sorted(titles[what] for what, _ in gain.submissions)),
            notes=len(gain.notes),
            token=_token(gain),
        )
        for gain in gains
    )


def give(kept: Case, other: Case, givers: Collection[str]) -> tuple[NewReader, ...]:
    """Let every new reader open what ``new_readers`` says; it again. In the transaction."""
    readers = new_readers(kept, other, givers)
    for reader in readers:
        for giver in givers:
            share_case(reader.case_id, from_team=giver, to_team=reader.team_id)
    return readers


def held(case_id: str) -> tuple[Held, Held]:
    """Which team can open which submission of a case, or extract of one, and which note."""
    copies = (
        sa.select(SealedKeyCopy.submission_id, SealedKeyCopy.team_id)
        .join(Submission, Submission.id == SealedKeyCopy.submission_id)
        .where(is_of(case_id), SealedKeyCopy.team_id.is_not(None))
    )
    submissions = frozenset((what, team or "") for what, team in db.session.execute(copies))
    notes = sa.select(CaseEvent).where(events_of(case_id), CaseEvent.sealed_note.is_not(None))
    return submissions | _held_in_part(case_id), frozenset(
        (event.id, team) for event in db.session.scalars(notes) for team in _openers(event)
    )


def _held_in_part(case_id: str) -> Held:
    extracts = (
        sa.select(SubmissionExtract.id, ExtractKeyCopy.team_id)
        .join(ExtractKeyCopy, ExtractKeyCopy.extract_id == SubmissionExtract.id)
        .join(Submission, Submission.id == SubmissionExtract.submission_id)
        .where(is_of(case_id), ExtractKeyCopy.team_id.is_not(None))
    )
    return frozenset((what, team or "") for what, team in db.session.execute(extracts))


def _needs_no_part(case_id: str) -> Held:
    """The extracts of a case that a team needs no key to, because it has all of the submission."""
    whole = (
        sa.select(SubmissionExtract.id, SealedKeyCopy.team_id)
        .join(SealedKeyCopy, SealedKeyCopy.submission_id == SubmissionExtract.submission_id)
        .join(Submission, Submission.id == SubmissionExtract.submission_id)
        .where(is_of(case_id), SealedKeyCopy.team_id.is_not(None))
    )
    return frozenset((what, team or "") for what, team in db.session.execute(whole))


def _openers(event: CaseEvent) -> Iterator[str]:
    try:
        copies = sealed_keys(event.sealed_note or b"")
    except CannotOpen:  # damaged: nobody can
        return
    yield from (copy.team_id for copy in copies if copy.team_id)


def _gains(kept: Case, other: Case, givers: Collection[str]) -> Iterator[_Gain]:
    after = readers_after(kept, other)
    for case in (kept, other):
        had = {part.team_id for part in case.destinations if part.state != DECLINED}
        if not after - had:
            continue
        submissions, notes = held(case.id)
        known = _needs_no_part(case.id)
        for team in sorted(after - had):
            missing = _missing(submissions, team, givers) - known
            yield _Gain(team, case, missing, _missing(notes, team, givers))


def _missing(of_case: Held, team: str, givers: Collection[str]) -> Held:
    given = {what for what, holder in of_case if holder in givers}
    own = {what for what, holder in of_case if holder == team}
    return frozenset((what, team) for what in given - own)


def _titles(submission_ids: Collection[str]) -> dict[str, str]:
    query = sa.select(Submission.id, Submission.form_id).where(Submission.id.in_(submission_ids))
    forms = dict(db.session.execute(query).tuples().all())
    in_part = (
        sa.select(SubmissionExtract.id, Submission.form_id)
        .join(Submission, Submission.id == SubmissionExtract.submission_id)
        .where(SubmissionExtract.id.in_(submission_ids))
    )
    parts = dict(db.session.execute(in_part).tuples().all())
    titles = form_titles({*forms.values(), *parts.values()})
    found = {what: titles.get(form, form) for what, form in (forms | parts).items()}
    return found | {what: f"{found[what]} (some sections)" for what in parts}


def _token(gain: _Gain) -> str:
    seen = sorted(what for what, _ in gain.submissions | gain.notes)
    text = "|".join((gain.team_id, gain.case.id, *seen))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
