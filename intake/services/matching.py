"""Suggest who may be the same person: the worker's job, because it opens both submissions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from intake.app_state import clock, keys
from intake.database import db, new_id, transaction
from intake.matching.blocking import KIND_STRENGTH, MOST_CANDIDATES, MOST_IN_A_BLOCK
from intake.matching.comparing import Comparison, suggested
from intake.matching.people import Person
from intake.matching.weights import Weights
from intake.models import BlindIndexEntry, MatchingRun, PersonMatch, Submission
from intake.sealing.opening_many import open_many
from intake.services.forms import Runnable, runnable
from intake.services.known_people import current_weights, person_digest, to_compare
from intake.services.people_named import people_named

SUGGESTED = "suggested"
PAIR = ("first_submission_id", "first_position", "second_submission_id", "second_position")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody named in a submission: where, who among the people of its case, and as compared."""

    submission_id: str
    position: int
    digest: bytes
    person: Person = field(repr=False)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Whom to compare with: the nearest submissions, and how many more share something."""

    submission_ids: tuple[str, ...]
    left_out: int


def match_people(submission_id: str) -> int:
    """Compare the people of an indexed submission with those known; how many suggestions it has.

    Only with other cases, whatever their state: one that is closed is known as well. What was
    suggested before and is no longer is taken away, unless somebody decided about it.
    Raises MasterKeyMissing.
    """
    submission = db.session.get(Submission, submission_id)
    if submission is None:
        return 0
    candidates, weights = _candidates(submission), current_weights()
    wanted = sa.select(Submission).where(Submission.id.in_(candidates.submission_ids))
    others = db.session.scalars(wanted).all()
    named = _named((submission, *others))
    own = named.pop(submission_id, ())
    found = list(_compared(own, named, weights))
    with transaction():
        _store(submission_id, found, weights.version)
        _keep_run(submission_id, candidates, weights.version)
    return len(found)


def _candidates(submission: Submission) -> Candidates:
    """The submissions of other cases that share the most, by one query."""
    mine, theirs = aliased(BlindIndexEntry), aliased(BlindIndexEntry)
    shared = (
        sa.select(
            theirs.submission_id,
            theirs.kind,
            sa.func.count().over(partition_by=(theirs.kind, theirs.digest)).label("size"),
        )
        .join(mine, sa.and_(mine.digest == theirs.digest, mine.kind == theirs.kind))
        .where(
            mine.submission_id == submission.id,
            theirs.submission_id != submission.id,
            mine.kind.in_(KIND_STRENGTH),
        )
        .subquery()
    )
    strength = sa.case(KIND_STRENGTH, value=shared.c.kind)
    is_rare = shared.c.size <= MOST_IN_A_BLOCK
    nearest = sa.func.sum(sa.case((is_rare, strength), else_=0))
    rows = db.session.execute(
        sa.select(shared.c.submission_id, nearest, sa.func.count().over())
        .join(Submission, Submission.id == shared.c.submission_id)
        .where(Submission.case_id != submission.case_id)
        .group_by(shared.c.submission_id)
        .order_by(nearest.desc(), shared.c.submission_id)
        .limit(MOST_CANDIDATES)
    ).all()
    near = tuple(submission_id for submission_id, near_by, _all in rows if near_by)
    return Candidates(near, (rows[0][2] if rows else 0) - len(near))


def _named(submissions: Sequence[Submission]) -> dict[str, tuple[Named, ...]]:
    """The people of each submission that can be opened."""
    answers, _closed = open_many(submissions, keys())
    forms: dict[tuple[str, str], Runnable] = {}
    found: dict[str, tuple[Named, ...]] = {}
    for each in submissions:
        if each.id in answers:
            version = (each.form_id, each.form_version)
            form = forms[version] = forms.get(version) or runnable(*version)
            told_on = each.submitted_at.date()
            people = people_named(form.definition, answers[each.id])
            found[each.id] = tuple(
                Named(each.id, position, person_digest(who), to_compare(who, told_on))
                for position, who in enumerate(people)
            )
    return found


def _compared(
    own: Sequence[Named], others: Mapping[str, Sequence[Named]], weights: Weights
) -> Iterator[tuple[Named, Named, Comparison]]:
    for one in own:
        for people in others.values():
            for two in people:
                if comparison := suggested(one.person, two.person, weights):
                    yield one, two, comparison


def _store(
    submission_id: str, found: Sequence[tuple[Named, Named, Comparison]], version: str
) -> None:
    """Keep what was found; a pair that is known keeps its decision. Another worker may store the
    same pair at the same moment, from its other end."""
    rows = [_row(*each, version) for each in found]
    _drop_others(submission_id, {tuple(row[name] for name in PAIR) for row in rows})
    if not rows:
        return
    dialect = db.session.connection().dialect.name
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(PersonMatch)
    renewed = {name: insert.excluded[name] for name in ("score", "evidence", "weights_version")}
    statement = insert.on_conflict_do_update(index_elements=PAIR, set_=renewed)
    db.session.execute(statement, rows)


def _drop_others(submission_id: str, pairs: Collection[tuple[object, ...]]) -> None:
    """Take away what is no longer suggested, and nobody ever decided about."""
    ends = (PersonMatch.first_submission_id, PersonMatch.second_submission_id)
    query = sa.select(PersonMatch.id, *(getattr(PersonMatch, name) for name in PAIR)).where(
        sa.or_(*(end == submission_id for end in ends)),
        PersonMatch.state == SUGGESTED,
        PersonMatch.revision == 0,
    )
    gone = [row.id for row in db.session.execute(query) if tuple(row[1:]) not in pairs]
    db.session.execute(sa.delete(PersonMatch).where(PersonMatch.id.in_(gone)))


def _row(one: Named, two: Named, comparison: Comparison, version: str) -> dict[str, object]:
    first, second = sorted((one, two), key=lambda each: each.submission_id)
    return {
        "id": new_id(),
        "first_submission_id": first.submission_id,
        "first_position": first.position,
        "first_digest": first.digest,
        "second_submission_id": second.submission_id,
        "second_position": second.position,
        "second_digest": second.digest,
        "score": comparison.score,
        "evidence": list(comparison.evidence),
        "weights_version": version,
        "found_at": clock(),
        "state": SUGGESTED,
        "revision": 0,
    }


def _keep_run(submission_id: str, candidates: Candidates, version: str) -> None:
    db.session.merge(
        MatchingRun(
            submission_id=submission_id,
            at=clock(),
            weights_version=version,
            compared=len(candidates.submission_ids),
            left_out=candidates.left_out,
        )
    )
