"""Profiles: who is the same person by decisions, however many forms name them.

A profile is not stored. It is whoever can be reached by matches that were decided to be the same;
taking such a decision back parts it again, and nothing has to be undone.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.database import db
from intake.models import Case, PersonMatch, Submission
from intake.services.match_rows import Node

SAME, NOT_SAME = "same", "not-same"


def profile_of(node: Node) -> frozenset[Node]:
    """Everybody who is the same person by decisions, the one asked for among them."""
    return profiles_of([node])[node]


def profiles_of(nodes: Iterable[Node]) -> dict[Node, frozenset[Node]]:
    """The profile of each of these people, by one query."""
    wanted = sorted(set(nodes))
    found: dict[Node, set[Node]] = {node: {node} for node in wanted}
    if wanted:
        for start, case_id, digest in db.session.execute(_reached_from(wanted)):
            found[wanted[start]].add((case_id, bytes(digest)))
    return {node: frozenset(profile) for node, profile in found.items()}


def _reached_from(nodes: Sequence[Node]) -> sa.Select[tuple[int, str, bytes]]:
    edges = _edges(SAME)
    starts = [
        sa.select(
            sa.literal(at, sa.Integer).label("start"),
            sa.literal(case_id, sa.String).label("case_id"),
            sa.literal(digest, sa.LargeBinary).label("digest"),
        )
        for at, (case_id, digest) in enumerate(nodes)
    ]
    begun = sa.union_all(*starts).subquery()
    profile = sa.select(begun).cte("profile", recursive=True)
    onward = sa.select(profile.c.start, edges.c.to_case, edges.c.to_digest).join(
        profile,
        sa.and_(edges.c.from_case == profile.c.case_id, edges.c.from_digest == profile.c.digest),
    )
    reached = profile.union(onward)
    return sa.select(reached.c.start, reached.c.case_id, reached.c.digest)


def are_held_apart(one: Iterable[Node], two: Iterable[Node]) -> bool:
    """Whether somebody decided that one of these is not the same person as one of those."""
    ones, twos = frozenset(one), frozenset(two)
    edges = _edges(NOT_SAME)
    query = sa.select(edges).where(
        edges.c.from_case.in_({case for case, _ in ones}),
        edges.c.to_case.in_({case for case, _ in twos}),
    )
    return any(
        (row.from_case, bytes(row.from_digest)) in ones
        and (row.to_case, bytes(row.to_digest)) in twos
        for row in db.session.execute(query)
    )


def naming(nodes: Iterable[Node]) -> dict[Node, frozenset[str]]:
    """The submissions with a decided match in which each of these people is named."""
    wanted = frozenset(nodes)
    edges = _edges(SAME)
    query = sa.select(edges.c.from_case, edges.c.from_digest, edges.c.from_submission).where(
        edges.c.from_case.in_({case for case, _ in wanted})
    )
    found: dict[Node, set[str]] = {node: set() for node in wanted}
    for case_id, digest, submission_id in db.session.execute(query):
        if (node := (case_id, bytes(digest))) in wanted:
            found[node].add(submission_id)
    return {node: frozenset(named) for node, named in found.items()}


def _edges(state: str) -> sa.Subquery:
    """The decided pairs, each in both directions."""
    first, second = aliased(Submission), aliased(Submission)
    first_case, second_case = aliased(Case), aliased(Case)

    def directed(one: str, two: str) -> sa.Select[tuple[str, str, bytes, str, bytes]]:
        submissions = {"first": first.id, "second": second.id}
        ends = {
            "first": sa.func.coalesce(first_case.merged_into, first_case.id),
            "second": sa.func.coalesce(second_case.merged_into, second_case.id),
        }
        digests = {"first": PersonMatch.first_digest, "second": PersonMatch.second_digest}
        return (
            sa.select(
                submissions[one].label("from_submission"),
                ends[one].label("from_case"),
                digests[one].label("from_digest"),
                ends[two].label("to_case"),
                digests[two].label("to_digest"),
            )
            .join(first, first.id == PersonMatch.first_submission_id)
            .join(first_case, first_case.id == first.case_id)
            .join(second, second.id == PersonMatch.second_submission_id)
            .join(second_case, second_case.id == second.case_id)
            .where(PersonMatch.state == state)
        )

    return sa.union_all(directed("first", "second"), directed("second", "first")).subquery()
