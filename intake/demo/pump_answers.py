"""Made-up requests for a breast pump."""

from collections.abc import Mapping
from typing import Any

from intake.demo.people import MadeUpPeople

TOWNS: Mapping[str, str] = {
    "belfast-hsct": "Belfast",
    "northern-hsct": "Antrim",
    "south-eastern-hsct": "Lisburn",
    "southern-hsct": "Armagh",
    "western-hsct": "Omagh",
}


def pump_request(people: MadeUpPeople, trust: str, *, by_professional: bool) -> dict[str, Any]:
    """A request to the trust, by a parent or by somebody who works with them."""
    in_hospital = people.chance.random() < 0.7
    answers: dict[str, Any] = {
        "applying_as": "professional" if by_professional else "parent",
        "baby_now": "in-hospital" if in_hospital else "at-home",
        "trust": trust,
        "interpreter_needed": False,
        **_parent(people, TOWNS[trust]),
        **_baby(people),
        **_pump(people, in_hospital),
        "agrees_to_sharing": "yes",
        "loan_terms": people.chance.choice(["agree", "agree", "talk-first"]),
    }
    if by_professional:
        answers |= _professional(people)
    if in_hospital:
        answers["hospital_unit"] = f"{TOWNS[trust]} General, neonatal unit"
        answers["expected_discharge"] = people.in_days(10, 50)
    return answers


def _professional(people: MadeUpPeople) -> dict[str, Any]:
    name = people.name()
    return {
        "professional_name": name.full,
        "professional_role": people.chance.choice(["Neonatal nurse", "Midwife", "Health visitor"]),
        "ward": "Neonatal unit",
        "professional_telephone": people.landline(),
        "professional_email": name.email,
    }


def _parent(people: MadeUpPeople, town: str) -> dict[str, Any]:
    name = people.name()
    return {
        "parent_first_name": name.first,
        "parent_last_name": name.last,
        "parent_date_of_birth": people.born(people.chance.randint(19, 41)),
        "address": people.address(town),
        "safe_to_send_letters": people.chance.choice(["yes", "yes", "no", "not-known"]),
        "telephone": people.mobile(),
        "safe_to_leave_message": people.chance.choice(["yes", "yes", "no"]),
        "email": name.email,
    }


def _baby(people: MadeUpPeople) -> dict[str, Any]:
    weeks = people.chance.randint(25, 37)
    answers: dict[str, Any] = {
        "baby_date_of_birth": people.days_ago(3, 40),
        "gestation": {"weeks": weeks, "days": people.chance.randrange(7)},
        "birth_weight": 700 + (weeks - 25) * 190 + people.chance.randrange(150),
        "multiple_birth": people.chance.choice(["one", "one", "one", "twins"]),
    }
    if people.chance.random() < 0.7:
        answers["baby_name"] = people.name().first
    if people.chance.random() < 0.6:
        answers["baby_hc_number"] = people.nhs_number()
    return answers


def _pump(people: MadeUpPeople, in_hospital: bool) -> dict[str, Any]:
    ways = ["collect", "deliver-hospital"] if in_hospital else ["collect", "deliver-home"]
    return {
        "feeding_status": people.chance.choice(["expressing", "mixed", "not-started"]),
        "kit_type": people.chance.choice(["double", "double", "single", "not-sure"]),
        "kit_size": people.chance.choice(["24", "24", "27", "21", "not-known"]),
        "collect_or_deliver": people.chance.choice(ways),
        "needed_by": people.in_days(0, 6),
    }
