"""The demonstration's cases, made by the services that the web pages call, at earlier times."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from form_definitions import FormDefinition
from intake.access import CasePart, CaseThing, User, parts_for
from intake.app_state import clock, state, system_clock
from intake.database import db, transaction
from intake.demo.examples import (
    ExampleCaseForm,
    ExampleReferral,
    ExampleState,
    example_case_forms,
    example_referrals,
)
from intake.models import Case, Destination, Submission
from intake.services import case_decisions, cases, drafts, submitting
from intake.services.case_notes import add_event
from intake.services.directory import current_directory
from intake.services.forms import startable
from intake.services.journeys import journey
from intake.services.receipts import Receipt
from intake.worker import run_once

S = ExampleState
UNTOUCHED = frozenset({S.NEW, S.OVERDUE})
ACCEPTED = frozenset({S.OPEN, S.REVIEW, S.CLOSED, S.ARCHIVED, S.REOPENED})
FINISHED = frozenset({S.CLOSED, S.ARCHIVED, S.REOPENED})
SOONEST_ANSWER = timedelta(minutes=20)  # nobody decides faster than they read
LATEST_ANSWER = timedelta(hours=20)
NOBODY_AT_WORK = ""  # the address of an actor who is not at a browser


class DemoIncomplete(Exception):  # noqa: N818
    """Raised if an example cannot be submitted: the form has moved on from it."""

    def __init__(self, form_id: str, page_id: str) -> None:
        super().__init__(f"the example of {form_id} stops at the page “{page_id}”")


@dataclass(frozen=True, slots=True)
class Team:
    """The staff of the demonstration: who acts for a case."""

    users: tuple[User, ...]

    def for_action(self, action: str, thing: CaseThing) -> Iterator[tuple[User, CasePart]]:
        """Everybody who may do it now, once a team."""
        taken: set[str] = set()
        for user in self.users:
            for part in parts_for(user, action, thing):
                if part.team not in taken:
                    taken.add(part.team)
                    yield user, part


def make_cases(definitions: Mapping[str, FormDefinition], users: tuple[User, ...]) -> int:
    """Make every example referral with what has happened to it since; answers how many."""
    now, team = clock(), Team(users)
    referrals = sorted(example_referrals(definitions, now), key=lambda each: -each.days_ago)
    forms: dict[str, list[ExampleCaseForm]] = {}
    for form in example_case_forms(definitions, now):
        forms.setdefault(form.referral_key, []).append(form)
    for example in referrals:
        _make_case(example, forms.get(example.key, []), team, now)
    return len(referrals)


def _make_case(
    example: ExampleReferral, forms: list[ExampleCaseForm], team: Team, now: datetime
) -> None:
    arrived = example.submitted_at(now)
    answered = arrived + min(max((now - arrived) / 4, SOONEST_ANSWER), LATEST_ANSWER)
    with time_at(arrived):
        receipt = submit(example.form_id, example.answers)
        run_once()
    case_id = case_of(receipt.reference)
    with time_at(answered):
        _answer(example, case_id, team)
    for form in sorted(forms, key=lambda each: -each.days_ago):
        with time_at(form.submitted_at(now)):
            _fill_in(form, case_id, team)
            run_once()
    if example.state in FINISHED:
        with time_at(now - timedelta(days=example.days_ago * 0.15)):
            closing = partial(case_decisions.close, outcome="helped")
            _each(closing, "case.close", case_id, team, "")
    _last_step(example, case_id, team, now)


def _answer(example: ExampleReferral, case_id: str, team: Team) -> None:
    """What the teams did when they first read it."""
    if example.state in UNTOUCHED:
        return
    for user, _part in list(team.for_action("case.accept", thing_of(case_id))):
        cases.read_case(user, thing_of(case_id), address=NOBODY_AT_WORK)
    if example.state in ACCEPTED:
        _each(case_decisions.accept, "case.accept", case_id, team)
    elif example.state is S.DECLINED:
        words = "The family has moved; they told us the new address."
        _each(case_decisions.decline, "case.decline", case_id, team, example.decline_reason, words)
    elif example.state is S.MORE_INFORMATION:
        _mark(case_id, "more-information")


def _last_step(example: ExampleReferral, case_id: str, team: Team, now: datetime) -> None:
    with time_at(now - timedelta(days=example.days_ago * 0.1)):
        if example.state is S.ARCHIVED:
            _first(case_decisions.archive, "case.archive", case_id, team)
        elif example.state is S.REOPENED:
            _first(case_decisions.reopen, "case.reopen", case_id, team)
        elif example.state is S.REVIEW:
            _mark(case_id, "review")


def _each(decide: Callable[..., Any], action: str, case_id: str, team: Team, *words: str) -> None:
    """Every team that has staff decides; a team whose turn is over meanwhile is passed over."""
    for user, part in list(team.for_action(action, thing_of(case_id))):
        current = CasePart(thing_of(case_id), part.team)
        if action != "case.decline" or part.team != current_directory().fallback_team:
            decide(user, current, *words, address=NOBODY_AT_WORK)


def _first(decide: Callable[..., Any], action: str, case_id: str, team: Team) -> None:
    """The first team that may decides for the case."""
    for user, part in team.for_action(action, thing_of(case_id)):
        decide(user, part, address=NOBODY_AT_WORK)
        return


def _mark(case_id: str, kind: str) -> None:
    """A step as it is stored: the state, and a line on the timeline.

    Nobody is sent a link, as the page would: the form is published today, the case is days old.
    """
    with transaction() as session:
        case = session.get_one(Case, case_id)
        parts = session.scalars(sa.select(Destination).where(Destination.case_id == case_id))
        if kind == "review":
            case.state = kind
        for part in parts:
            if kind == "more-information" and part.state == "seen":
                part.state, part.more_by = kind, clock() + timedelta(days=7)
        add_event(case_id, kind, "demonstration", clock())


def _fill_in(form: ExampleCaseForm, case_id: str, team: Team) -> None:
    """A form on the case, by somebody who works on it."""
    thing = thing_of(case_id)
    user = next((user for user, _part in team.for_action("case.work", thing)), None)
    if user is not None:
        submit(form.form_id, form.answers, case_id=case_id, staff_id=user.staff_id)


def submit(
    form_id: str,
    answers: Mapping[str, Any],
    *,
    case_id: str | None = None,
    staff_id: str | None = None,
) -> Receipt:
    """Go through a form as a visitor's requests would. Raises DemoIncomplete."""
    now = clock()
    # the form is published today, and these cases are days old
    version = startable(form_id, None, system_clock()).definition.version
    opened = drafts.start_draft(form_id, version, now=now, case_id=case_id, staff_id=staff_id)
    draft = drafts.load_draft(opened.draft_id, opened.key, now)
    pages = journey(draft.form.definition, answers, frozenset()).pages
    drafts.save_answers(draft, answers, done=[page.id for page in pages], now=now)
    result = submitting.submit_referral(opened.draft_id, opened.key, now=now)
    if isinstance(result, submitting.Incomplete):
        raise DemoIncomplete(form_id, result.page_id)
    return result


def case_of(reference: str) -> str:
    """The case that a submission belongs to."""
    found = db.session.scalars(
        sa.select(Submission.case_id).where(Submission.reference == reference)
    )
    return str(found.one())


def thing_of(case_id: str) -> CaseThing:
    """The case as access sees it now."""
    db.session.rollback()  # a fresh look: the services have committed since
    thing = cases.find_case(case_id)
    assert thing is not None  # noqa: S101 — it was made a moment ago
    return thing


@contextmanager
def time_at(moment: datetime) -> Iterator[None]:
    """The application's clock, set to another time for a while."""
    application = state()
    real = application.clock
    application.clock = lambda: moment
    try:
        yield
    finally:
        application.clock = real
