"""About forty made-up referrals in every state, and the forms filled in on some of their cases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from form_definitions import FieldError, FormDefinition, check_answers
from intake.demo.case_form_answers import closure, graded_care_profile
from intake.demo.people import MadeUpPeople, Name
from intake.demo.pump_answers import pump_request
from intake.demo.referral_answers import information_only, referral_for_help

SEED = 2026


class ExampleState(StrEnum):
    """What the staff of the demonstration have done with a referral."""

    NEW = "new"  # nobody has looked at it
    SEEN = "seen"  # opened by a team, not decided, still in time
    OVERDUE = "overdue"  # not decided, and past the time to acknowledge
    MORE_INFORMATION = "more-information"  # a team has asked for more
    OPEN = "open"  # accepted
    REVIEW = "review"  # accepted, and at its review
    DECLINED = "declined"  # declined by every team, so passed to the fallback team
    CLOSED = "closed"  # accepted, then closed
    ARCHIVED = "archived"  # closed, then put away
    REOPENED = "reopened"  # closed, then opened again


@dataclass(frozen=True, slots=True)
class ExampleReferral:
    """One referral: accepted answers, when it came, and what has happened since.

    ``key`` is its name among the examples. ``decline_reason`` is one of the codes of a decline.
    """

    key: str
    form_id: str
    answers: Mapping[str, Any]
    state: ExampleState
    days_ago: float
    decline_reason: str = ""

    def submitted_at(self, now: datetime) -> datetime:
        """When it was submitted."""
        return now - timedelta(days=self.days_ago)


@dataclass(frozen=True, slots=True)
class ExampleCaseForm:
    """A form filled in on the case of the referral ``referral_key``."""

    referral_key: str
    form_id: str
    answers: Mapping[str, Any]
    days_ago: float

    def submitted_at(self, now: datetime) -> datetime:
        """When it was submitted."""
        return now - timedelta(days=self.days_ago)


class ExampleNotAccepted(Exception):  # noqa: N818 — the form has moved on from its examples
    """Raised if a form refuses an example, with the errors that it gives."""

    def __init__(self, key: str, errors: tuple[FieldError, ...]) -> None:
        super().__init__(f"{key}: " + "; ".join(f"{each.path}: {each.message}" for each in errors))
        self.key = key
        self.errors = errors


@dataclass(frozen=True, slots=True)
class _Plan:
    state: ExampleState
    days_ago: float
    where: str  # a trust or a borough
    kind: str  # parent, professional, low, medium, high, danger or information
    decline_reason: str = ""


_S = ExampleState
_BRENT, _HARROW, _HACKNEY = "E09000005", "E09000015", "E09000012"
_CROYDON, _WESTMINSTER = "E09000008", "E09000033"

PUMPS = (
    _Plan(_S.NEW, 0.05, "belfast-hsct", "parent"),
    _Plan(_S.NEW, 0.3, "belfast-hsct", "professional"),
    _Plan(_S.SEEN, 0.6, "belfast-hsct", "parent"),
    _Plan(_S.OVERDUE, 6, "belfast-hsct", "parent"),
    _Plan(_S.OPEN, 9, "belfast-hsct", "professional"),
    _Plan(_S.MORE_INFORMATION, 2, "belfast-hsct", "parent"),
    _Plan(_S.CLOSED, 120, "belfast-hsct", "parent"),
    _Plan(_S.NEW, 0.2, "northern-hsct", "parent"),
    _Plan(_S.OPEN, 14, "northern-hsct", "professional"),
    _Plan(_S.DECLINED, 5, "northern-hsct", "parent", "outside-area"),
    _Plan(_S.NEW, 0.4, "western-hsct", "parent"),
    _Plan(_S.ARCHIVED, 200, "western-hsct", "professional"),
    _Plan(_S.OPEN, 20, "western-hsct", "parent"),
    _Plan(_S.NEW, 0.8, "south-eastern-hsct", "parent"),
    _Plan(_S.NEW, 0.7, "southern-hsct", "parent"),
)
REFERRALS = (
    _Plan(_S.NEW, 0.01, _BRENT, "danger"),
    _Plan(_S.NEW, 0.1, _BRENT, "high"),
    _Plan(_S.NEW, 0.4, _BRENT, "medium"),
    _Plan(_S.SEEN, 0.7, _BRENT, "low"),
    _Plan(_S.OVERDUE, 8, _BRENT, "high"),
    _Plan(_S.OPEN, 12, _BRENT, "high"),
    _Plan(_S.REVIEW, 70, _BRENT, "medium"),
    _Plan(_S.DECLINED, 4, _BRENT, "low", "other-team"),
    _Plan(_S.CLOSED, 160, _BRENT, "medium"),
    _Plan(_S.REOPENED, 240, _HARROW, "medium"),
    _Plan(_S.MORE_INFORMATION, 3, _HARROW, "medium"),
    _Plan(_S.NEW, 0.5, _HACKNEY, "high"),
    _Plan(_S.OPEN, 30, _HARROW, "medium"),
    _Plan(_S.OPEN, 25, _HARROW, "high"),
    _Plan(_S.NEW, 0.9, _CROYDON, "low"),
    _Plan(_S.ARCHIVED, 300, _HARROW, "high"),
    _Plan(_S.NEW, 0.2, "not-known", "medium"),
    _Plan(_S.NEW, 0.15, _BRENT, "information"),
    _Plan(_S.SEEN, 1.1, _WESTMINSTER, "information"),
    _Plan(_S.OPEN, 18, _HACKNEY, "information"),
    # the demonstration's directory sends what is outside London to Eastmere
    _Plan(_S.NEW, 0.25, "outside-london", "medium"),
    _Plan(_S.OPEN, 35, "outside-london", "medium"),
    _Plan(_S.OPEN, 50, "outside-london", "low"),
    _Plan(_S.REVIEW, 90, "outside-london", "medium"),
    _Plan(_S.CLOSED, 230, "outside-london", "low"),
    _Plan(_S.ARCHIVED, 320, "outside-london", "medium"),
)
#: Referrals by number, whose young person another one of these named before: to the same teams,
#: and to one that cannot read it.
KNOWN_ALREADY = {3: 6, 15: 13, 21: 22}
# states in which the work on a case has ended, so that it has a closure form
ENDED = frozenset({_S.CLOSED, _S.ARCHIVED, _S.REOPENED})
WORKED_ON = frozenset({_S.OPEN, _S.REVIEW, _S.CLOSED, _S.ARCHIVED})


def example_referrals(
    definitions: Mapping[str, FormDefinition], now: datetime
) -> list[ExampleReferral]:
    """The referrals, newest first; the same on the same day. Raises ExampleNotAccepted."""
    people = MadeUpPeople(SEED, now.date())
    pumps = [_pump(definitions, people, n, plan) for n, plan in enumerate(PUMPS, 1)]
    referrals = [_referral(definitions, people, n, plan) for n, plan in enumerate(REFERRALS, 1)]
    for number, known in KNOWN_ALREADY.items():
        again, before = referrals[number - 1], referrals[known - 1]
        told = {name: each for name, each in again.answers.items() if name != "estimated_age"}
        answers = {**told, **_met_again(before.answers)}
        checked = _accepted(definitions["master-referral"], again.key, answers)
        referrals[number - 1] = replace(again, answers=checked)
    return sorted(pumps + referrals, key=lambda example: example.days_ago)


def _met_again(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Who a referral is about, as somebody else writes it: day and month of birth swapped if both
    can be, the first name in capitals."""
    same = ("last_name", "date_of_birth_known", "date_of_birth", "address_known", "address")
    again = {name: answers[name] for name in same if name in answers}
    again["first_name"] = answers["first_name"].upper()
    year, month, day = answers["date_of_birth"].split("-")
    if int(day) <= 12:
        again["date_of_birth"] = f"{year}-{day}-{month}"
    return again


def example_case_forms(
    definitions: Mapping[str, FormDefinition], now: datetime
) -> list[ExampleCaseForm]:
    """The forms filled in on cases: profiles in Eastmere, closures where the work has ended.

    Raises ExampleNotAccepted.
    """
    people = MadeUpPeople(SEED + 1, now.date())
    forms: list[ExampleCaseForm] = []
    for example in example_referrals(definitions, now):
        if _has_profile(example):
            forms.append(_profile(definitions, people, example))
        if example.state in ENDED:
            forms.append(_closure(definitions, people, example, now))
    return forms


def _pump(
    definitions: Mapping[str, FormDefinition], people: MadeUpPeople, number: int, plan: _Plan
) -> ExampleReferral:
    answers = pump_request(people, plan.where, by_professional=plan.kind == "professional")
    return _example(definitions["breast-pump-loan"], f"pump-{number}", answers, plan)


def _referral(
    definitions: Mapping[str, FormDefinition], people: MadeUpPeople, number: int, plan: _Plan
) -> ExampleReferral:
    if plan.kind == "information":
        answers = information_only(people, plan.where)
    elif plan.kind == "danger":
        answers = referral_for_help(people, plan.where, "high", danger=True)
    else:
        answers = referral_for_help(people, plan.where, plan.kind)
    return _example(definitions["master-referral"], f"referral-{number}", answers, plan)


def _example(
    definition: FormDefinition, key: str, answers: Mapping[str, Any], plan: _Plan
) -> ExampleReferral:
    return ExampleReferral(
        key=key,
        form_id=definition.id,
        answers=_accepted(definition, key, answers),
        state=plan.state,
        days_ago=plan.days_ago,
        decline_reason=plan.decline_reason,
    )


def _has_profile(example: ExampleReferral) -> bool:
    return example.answers.get("borough") == "outside-london" and example.state in WORKED_ON


def _profile(
    definitions: Mapping[str, FormDefinition], people: MadeUpPeople, example: ExampleReferral
) -> ExampleCaseForm:
    child = Name(str(example.answers["first_name"]), str(example.answers["last_name"]))
    answers = _accepted(definitions["gcp2"], example.key, graded_care_profile(people, child))
    return ExampleCaseForm(example.key, "gcp2", answers, example.days_ago * 0.7)


def _closure(
    definitions: Mapping[str, FormDefinition],
    people: MadeUpPeople,
    example: ExampleReferral,
    now: datetime,
) -> ExampleCaseForm:
    days_ago = example.days_ago * 0.2
    reason = people.chance.choice(["needs-met", "needs-met", "single-agency", "family-withdrew"])
    closed_on = (now - timedelta(days=days_ago)).date()
    answers = closure(people, closed_on, reason=reason)
    return ExampleCaseForm(
        example.key, "closure", _accepted(definitions["closure"], example.key, answers), days_ago
    )


def _accepted(
    definition: FormDefinition, key: str, answers: Mapping[str, Any]
) -> Mapping[str, Any]:
    outcome = check_answers(definition, answers)
    if not outcome.accepted:
        raise ExampleNotAccepted(f"{key} ({definition.id})", outcome.errors)
    return outcome.answers
