"""Made-up answers to the forms that staff fill in on a case."""

from datetime import date, timedelta
from typing import Any

from intake.demo.people import MadeUpPeople, Name

SUB_AREAS = (
    "nutrition", "housing", "clothing", "hygiene", "health", "in_presence", "in_absence", "carer",
    "mutual_engagement", "stimulation", "approval", "disapproval", "acceptance",
)  # fmt: skip
NEEDS = (
    ("good-education", "Missed 1 day of school in 4", "Attendance record of the school"),
    ("family-relationships", "Arguments at home most days", "What both carers and the child say"),
    ("money", "Behind with the rent", "Letter from the landlord"),
    ("health", "No dentist for two years", "Letter from the dentist"),
)


def graded_care_profile(people: MadeUpPeople, child: Name) -> dict[str, Any]:
    """A profile of a child with grades from 1 to 4, one sub-area not scored, and a plan."""
    carer = people.name(child.last)
    answers: dict[str, Any] = {
        "consent_recorded": True,
        "consent_from": f"{carer.full}, mother",
        "consent_date": people.days_ago(20, 30),
        "child_first_name": child.first,
        "child_last_name": child.last,
        "child_date_of_birth": people.born(people.chance.randint(12, 16)),
        "carers": [{"full_name": carer.full, "relationship": "Mother"}],
        "scored_by": people.name().full,
        "scored_by_role": "Family support worker, Eastmere City Council",
        "scored_on": people.days_ago(6, 15),
        "period": "The last 4 weeks",
        "first_profile": "first",
        **_grades(people),
        **_plan(people),
        "carer_seen": True,
        "carer_seen_on": people.days_ago(1, 5),
        "carer_comments": "I agree with most of it. The mornings are the hard part.",
    }
    return answers


def _grades(people: MadeUpPeople) -> dict[str, Any]:
    grades: dict[str, Any] = {
        f"grade_{name}": people.chance.choice(["1", "2", "2", "3", "4"]) for name in SUB_AREAS
    }
    missing = people.chance.choice(["in_absence", "disapproval"])
    grades[f"grade_{missing}"] = "not-scored"
    grades[f"reason_{missing}"] = "There was no chance to see this."
    grades["comment_nutrition"] = "Seen at two visits and talked about with the carer."
    return grades


def _plan(people: MadeUpPeople) -> dict[str, Any]:
    return {
        "has_targets": True,
        "targeted_items": [
            {
                "area": "a",
                "item": "Hygiene, first item",
                "current_grade": "4",
                "target_grade": "2",
                "period": "6 weeks",
            }
        ],
        "plan_needed": True,
        "family_plan": [
            {
                "need": "A calm start to the day",
                "action": "Agree a morning routine and try it for two weeks",
                "who": people.name().full,
                "by_when": people.in_days(7, 20),
                "review_date": people.in_days(30, 50),
            }
        ],
    }


def closure(people: MadeUpPeople, closed_on: date, *, reason: str = "needs-met") -> dict[str, Any]:
    """A closure form with three needs; all met if that is the reason."""
    lead = people.name()
    return {
        "reason": reason,
        "closed_on": closed_on.isoformat(),
        "involvement_reason": "School was worried about attendance, and home was under strain.",
        "whole_family_assessment": True,
        "whole_family_plan": True,
        "needs": [_need(people, *need, met=reason == "needs-met") for need in NEEDS[:3]],
        "discussed_with_family": True,
        "family_view": "We know whom to call now.",
        "discussed_with_child": "yes",
        "child_view": "Mornings are better.",
        **_afterwards(closed_on, reason, lead),
        "summary": "Attendance is up, and the rent is being paid. Keep an eye on the summer.",
    }


def _need(
    people: MadeUpPeople, headline: str, need: str, evidence: str, *, met: bool
) -> dict[str, Any]:
    answers = {
        "headline": headline,
        "need": need,
        "result": "met" if met else "partly-met",
        "evidence": evidence,
        "evidence_date": people.days_ago(5, 40),
    }
    return answers if met else answers | {"partly_met_reason": "The lead goes on with this."}


def _afterwards(closed_on: date, reason: str, lead: Name) -> dict[str, Any]:
    answers: dict[str, Any] = {"support_continues": reason != "family-withdrew"}
    if reason in ("needs-met", "single-agency"):
        # six months, as Supporting Families asks; a day or two more does no harm
        answers["sustained_until"] = (closed_on + timedelta(days=184)).isoformat()
    if reason == "family-withdrew":
        answers["withdrawal_reason"] = "They feel that things are better. School has no worries."
    else:
        answers["lead"] = {
            "full_name": lead.full,
            "job": "Family link worker",
            "organisation": "Hillside Primary School",
            "email": lead.email,
            "knows": True,
        }
    return answers
