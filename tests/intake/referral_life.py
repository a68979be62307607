"""What must hold of every referral whatever was done to it: looked at after each step of a life."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from intake import audit
from intake.access import LIVE, CaseThing
from intake.app_state import keys
from intake.database import Base, db, transaction
from intake.models import (
    Case,
    CaseEvent,
    CaseSubmission,
    DirectoryRevision,
    ExtractKeyCopy,
    Membership,
    SealedKeyCopy,
    Staff,
    Submission,
    SubmissionExtract,
    Team,
)
from intake.sealing.submissions import open_submission
from intake.services.case_things import case_thing
from intake.services.following import follow
from intake.services.queue import QueueFilter, queue_page
from intake.services.unattended import find_unattended

KEPT = {  # tables that a life begins with
    "alembic_version",
    "areas",
    "directory_revision",
    "directory_revisions",
    "form_translations",
    "form_versions",
    "keys",
    "memberships",
    "organisations",
    "provisions",
    "rule_versions",
    "services",
    "staff",
    "teams",
    "training_records",
}
CASES = {  # DESIGN.md section 8
    "new": {"open", "closed"},
    "open": {"review", "closed", "new"},  # new again: a merge was undone
    "review": {"open", "closed"},
    "closed": {"archived", "open", "new"},
    "archived": {"open"},
}
PARTS = {
    "": {"delivered", "seen", "accepted"},
    "delivered": {"seen", "accepted", "declined", "more-information", "done"},
    "seen": {"delivered", "accepted", "declined", "more-information", "done"},
    "more-information": {"seen", "accepted", "declined", "done"},
    "accepted": {"done", "declined", "seen", "delivered"},
    "declined": {"accepted", "delivered", "seen"},
    "done": {"accepted", "delivered", "seen", "more-information"},
}


@dataclass
class Seen:
    """How all cases were after a step."""

    cases: dict[str, str] = field(default_factory=dict)
    parts: dict[tuple[str, str], str] = field(default_factory=dict)


def begin_again() -> None:
    """Take away all that an earlier life has left; people and teams are there as at first."""
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in KEPT:
                session.execute(table.delete())
        session.execute(sa.update(Staff).values(is_active=True))
        session.execute(sa.update(Team).values(is_paused=False))
        session.execute(
            sa.update(DirectoryRevision).values(revision=DirectoryRevision.revision + 1)
        )
    db.session.expire_all()


def cases() -> list[Case]:
    """Every case as it is stored now."""
    db.session.rollback()
    db.session.expire_all()
    query = sa.select(Case).options(sa.orm.selectinload(Case.destinations))
    return list(db.session.scalars(query.order_by(Case.created_at, Case.id)))


def things() -> list[CaseThing]:
    """Every case as access sees it."""
    return [case_thing(each) for each in cases()]


def happened() -> dict[str, int]:
    """How often each kind of thing happened, by the timelines."""
    query = sa.select(CaseEvent.kind, sa.func.count()).group_by(CaseEvent.kind)
    return dict(db.session.execute(query).tuples().all())


def check(before: Seen | None = None) -> Seen:
    """What holds after every step. Answers how all is now, for the next one."""
    stored = cases()
    read, sealed, in_part = _read(), _sealed(), _sealed_in_part()
    opened = {each: sealed[each] | in_part[each] for each in {*sealed, *in_part}}
    for case in stored:
        _check_case(case, read[case.id], opened)
        if before:
            _check_steps(case, before)
    _check_keys(stored, read, opened, kept_for_fallback=in_part.keys())
    _check_nothing_is_lost()
    return Seen(
        {case.id: case.state for case in stored},
        {(case.id, part.team_id): part.state for case in stored for part in case.destinations},
    )


def check_thoroughly(tokens: list[str]) -> None:
    """What is costly to look at, at the end of a life: keys, queues, status pages, the chain."""
    stored, read, sealed = cases(), _read(), _sealed()
    for case in stored:
        for part in case.destinations:
            if part.state in LIVE and part.team_id not in (case.excluded_teams or ()):
                for submission_id in read[case.id]:
                    if part.team_id not in sealed[submission_id]:
                        continue  # it has sections of it, as `check` saw
                    submission = db.session.get_one(Submission, submission_id)
                    assert open_submission(submission, keys(), as_teams=[part.team_id]).answers
    _check_queues(stored)
    over = {case.id: case.state in ("closed", "archived") for case in stored}
    for token in tokens:
        following = follow(token)
        assert following.steps
        assert following.is_over == all(over[case_id] for case_id in following.case_ids)
    assert audit.verify() == []


def _check_steps(case: Case, before: Seen) -> None:
    """What became of a case and its parts is among what can become of them."""
    was = before.cases.get(case.id, case.state)
    assert case.state == was or case.state in CASES[was], f"{was} → {case.state}"
    for part in case.destinations:
        then = before.parts.get((case.id, part.team_id), "")
        assert part.state == then or part.state in PARTS[then], f"{then} → {part.state}"


def _check_case(case: Case, read: set[str], sealed: dict[str, set[str]]) -> None:
    live = [part for part in case.destinations if part.state in LIVE]
    is_running = case.state in ("new", "open", "review")
    assert bool(live) == is_running, "a running case has a live part, a case that ended has none"
    assert (case.merged_into is None) or case.state == "closed"
    assert (case.closed_at is not None) == (case.state in ("closed", "archived"))
    assert (case.archived_at is not None) == (case.state == "archived")
    assert read, "a case reads something"
    for part in case.destinations:
        assert part.is_archived == (case.state == "archived")
        assert part.form_id == case.form_id
    for part in live:
        if part.team_id not in (case.excluded_teams or ()):
            unread = [each for each in read if part.team_id not in sealed[each]]
            assert not unread, f"{part.team_id} cannot read what it is to work on"


def _check_keys(
    stored: list[Case],
    read: dict[str, set[str]],
    sealed: dict[str, set[str]],
    kept_for_fallback: Iterable[str],
) -> None:
    """Nobody can open what no case of theirs has, or part of it was sent and they keep the rest."""
    may_have = defaultdict(set, {each: {"duty-desk"} for each in kept_for_fallback})
    for case in stored:
        for submission_id in read[case.id]:
            may_have[submission_id] |= {part.team_id for part in case.destinations}
    for submission_id, teams in sealed.items():
        assert teams <= may_have[submission_id], "a team has a key to what it never had"


def _check_nothing_is_lost() -> None:
    """As `intake doctor --referrals`; a team may be without staff until the worker comes round."""
    kinds = {each.kind for each in find_unattended()}
    assert kinds <= {"unstaffed"}, kinds


def _check_queues(stored: list[Case]) -> None:
    """Every live part is in its team's queue, once, and nothing else is."""
    for team in ("belfast-pumps", "northern-pumps", "duty-desk"):
        shown = [
            row.case_id
            for show in ("waiting", "accepted")
            for row in queue_page(team, QueueFilter(show=show)).rows
        ]
        wanted = [
            case.id
            for case in stored
            for part in case.destinations
            if part.team_id == team and part.state in LIVE
        ]
        assert sorted(shown) == sorted(wanted)


def is_staffed(team: str) -> bool:
    """Whether anybody of the team can sign in."""
    query = sa.select(Membership).join(Staff).where(Membership.team_id == team, Staff.is_active)
    return db.session.scalar(query) is not None


def _read() -> dict[str, set[str]]:
    """Case → the submissions that it reads."""
    found: dict[str, set[str]] = defaultdict(set)
    for case_id, submission_id in _pairs():
        found[case_id].add(submission_id)
    return found


def _pairs() -> Iterator[tuple[str, str]]:
    yield from db.session.execute(sa.select(Submission.case_id, Submission.id)).tuples()
    joined = sa.select(CaseSubmission.case_id, CaseSubmission.submission_id)
    yield from db.session.execute(joined).tuples()


def _sealed() -> dict[str, set[str]]:
    """Submission → the teams that have a key."""
    found: dict[str, set[str]] = defaultdict(set)
    query = sa.select(SealedKeyCopy.submission_id, SealedKeyCopy.team_id)
    for submission_id, team in db.session.execute(query).tuples():
        if team:
            found[submission_id].add(team)
    return found


def _sealed_in_part() -> dict[str, set[str]]:
    """Submission → the teams that have a key to sections of it."""
    found: dict[str, set[str]] = defaultdict(set)
    query = sa.select(SubmissionExtract.submission_id, ExtractKeyCopy.team_id).join(
        ExtractKeyCopy, ExtractKeyCopy.extract_id == SubmissionExtract.id
    )
    for submission_id, team in db.session.execute(query).tuples():
        if team:
            found[submission_id].add(team)
    return found
