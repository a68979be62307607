"""What a case page says of people who may be the same: the user's own cases, and whom to ask."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from intake.access import LIVE, User, may
from intake.database import db
from intake.matching.explaining import in_words, is_against
from intake.models import Case, MatchingRun
from intake.services.case_things import kept_out_of
from intake.services.cases import CasePage
from intake.services.directory import current_directory
from intake.services.following import sensitive_cases
from intake.services.form_titles import form_titles
from intake.services.match_rows import (
    MatchRow,
    cases_with_teams,
    followed_cases,
    matches_of,
    may_read,
    opened_by,
)
from intake.services.matching import SUGGESTED
from intake.services.people_named import PersonNamed
from intake.services.profiles import NOT_SAME, SAME, naming, profiles_of
from referral_router import Team

KNOWN_STATES = LIVE | {"done"}  # of a team that knows the case


@dataclass(frozen=True, slots=True)
class PossibleMatch:
    """Somebody of this case and somebody of another case that the user reads too."""

    id: str
    state: str
    own_case_id: str  # the one that it is looked at from: not this one, if that was split from it
    case_id: str
    reference: str
    form_title: str
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    person: PersonNamed | None = field(default=None, repr=False)  # of this case


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Another case with the same person, known by decisions about others in between."""

    case_id: str
    reference: str
    name: str = field(repr=False)  # in this case


@dataclass(frozen=True, slots=True)
class MatchesShown:
    """What the page shows: one's own, and whom to ask about others, without saying about whom."""

    matches: tuple[PossibleMatch, ...] = ()
    also: tuple[SamePerson, ...] = ()
    ask: tuple[Team, ...] = ()
    has_nobody_to_ask: bool = False  # somebody is known to a team that cannot be named
    left_out: int = 0

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.matches or self.also or self.ask or self.has_nobody_to_ask)

    @property
    def open(self) -> tuple[PossibleMatch, ...]:
        """Those that wait for somebody to decide."""
        return tuple(each for each in self.matches if each.state in (SUGGESTED, "not-sure"))

    @property
    def decided(self) -> tuple[PossibleMatch, ...]:
        """Those that somebody has decided."""
        return tuple(each for each in self.matches if each not in self.open)


def matches_on_case(user: User, page: CasePage) -> MatchesShown:
    """What the page of a case says. Nothing of the other cases is opened for it.

    A match in a case that the user does not follow, or in a form that is not sealed to their
    teams, says only that there is one, and whom to ask.
    """
    # evidence could tell of sections that were not sent, so a part of a form matches nobody
    opened = {each.id: each for each in page.submissions if each.is_open and each.sections is None}
    if not opened or page.thing.merged_into or not may(user, "case.follow", page.thing):
        return MatchesShown()
    rows = _one_each(_of_others(page, matches_of(opened.keys())))
    cases = cases_with_teams({end.case_id for row in rows for end in (row.own, row.other)})
    sealed_to_user = opened_by(user, {row.other.submission_id for row in rows})
    readable = [
        row
        for row in rows
        if row.other.submission_id in sealed_to_user and may_read(user, row, cases)
    ]
    hidden = [
        row
        for row in rows
        if row not in readable
        and row.match.state != NOT_SAME
        and user.teams.isdisjoint(kept_out_of(cases[row.other.case_id]))  # it is about them
    ]
    asked = _whom_to_ask(hidden, cases, page.thing.excluded)
    titles = form_titles({cases[row.other.case_id].form_id for row in readable})
    return MatchesShown(
        matches=tuple(
            _shown(row, cases[row.other.case_id], titles, opened[row.own.submission_id].people)
            for row in readable
        ),
        also=_also(user, page, rows),
        ask=tuple(team for team in asked if team.id not in user.teams),
        has_nobody_to_ask=any(team.id in user.teams for team in asked)
        or bool(hidden and not asked),
        left_out=_left_out(opened),
    )


def _of_others(page: CasePage, rows: Iterable[MatchRow]) -> Iterator[MatchRow]:
    """Without those between what this case reads itself, of a case that it was split from."""
    read = {each.id for each in page.submissions}
    for row in rows:
        if row.other.submission_id not in read and row.other.case_id != page.thing.id:
            yield row


def _one_each(rows: Iterable[MatchRow]) -> list[MatchRow]:
    """One for each two people, whichever forms name them: what was decided last, else the best."""
    found: dict[object, MatchRow] = {}
    for row in sorted(rows, key=lambda row: (-row.match.revision, -row.match.score)):
        found.setdefault((row.own.node, row.other.node), row)
    return sorted(found.values(), key=lambda row: -row.match.score)


def _shown(
    row: MatchRow, case: Case, titles: dict[str, str], people: tuple[PersonNamed, ...]
) -> PossibleMatch:
    codes = row.match.evidence
    position = row.own.position
    return PossibleMatch(
        id=row.match.id,
        state=row.match.state,
        own_case_id=row.own.case_id,
        case_id=case.id,
        reference=case.reference,
        form_title=titles.get(case.form_id, case.form_id),
        speaks_for=in_words(code for code in codes if not is_against(code)),
        speaks_against=in_words(code for code in codes if is_against(code)),
        person=people[position] if position < len(people) else None,
    )


def _also(user: User, page: CasePage, rows: list[MatchRow]) -> tuple[SamePerson, ...]:
    """The cases that the user follows, and that name the same person through other decisions."""
    same = {row.own.node: row.own for row in rows if row.match.state == SAME}
    direct = {row.other.node for row in rows if row.match.state == SAME}
    profiles = profiles_of(same)
    further = {node for profile in profiles.values() for node in profile} - direct - set(same)
    named_in = naming(further)
    sealed_to_user = opened_by(user, {each for named in named_in.values() for each in named})
    cases = followed_cases(user, {case_id for case_id, _ in further})
    people = {each.id: each.people for each in page.submissions}
    return tuple(
        SamePerson(case_id, cases[case_id], people[end.submission_id][end.position].name)
        for own, end in same.items()
        for case_id, digest in sorted(profiles[own] & further)
        if case_id in cases and not sealed_to_user.isdisjoint(named_in[case_id, digest])
    )


def _whom_to_ask(
    rows: list[MatchRow], cases: dict[str, Case], excluded: frozenset[str]
) -> tuple[Team, ...]:
    """The teams that know the other cases; of one that must stay hidden, the fallback team.

    Nobody is led to ask a team that this case is kept from: the question would tell of it.
    """
    directory = current_directory()
    sensitive = sensitive_cases({row.other.case_id for row in rows})
    asked: dict[str, Team] = {}
    for row in rows:
        case = cases[row.other.case_id]
        named = set(_named(case, case.id in sensitive)) - excluded
        for team_id in named or {directory.fallback_team} - excluded:
            if team := directory.teams.get(team_id):
                asked[team_id] = team
    return tuple(sorted(asked.values(), key=lambda team: team.name))


def _named(case: Case, is_sensitive: bool) -> tuple[str, ...]:
    """The teams of a case that may be named. One's word that it is a danger holds for all."""
    if is_sensitive or any(part.is_named is False for part in case.destinations):
        return ()
    return tuple(part.team_id for part in case.destinations if part.state in KNOWN_STATES)


def _left_out(submission_ids: Iterable[str]) -> int:
    query = sa.select(sa.func.max(MatchingRun.left_out)).where(
        MatchingRun.submission_id.in_(list(submission_ids))
    )
    return db.session.scalar(query) or 0
