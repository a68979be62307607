"""Made-up master referrals: help for a young person, or information only."""

from typing import Any

from intake.demo.people import MadeUpPeople, Name

ORGANISATIONS = (
    ("education", "Northgate Academy", "Designated safeguarding lead"),
    ("health", "Lantern Road Surgery", "GP"),
    ("voluntary", "Beacon Youth Project", "Youth worker"),
    ("housing", "Alder Homes", "Tenancy officer"),
    ("police", "Neighbourhood policing team", "Police constable"),
)
WORRIES = (
    "Missing overnight three times this month. Came back with new trainers and a second phone.",
    "Collected from school twice by a man nobody knew. Says he is a cousin.",
    "Found at a train station 80 miles from home with cash and would not say why.",
    "Has stopped coming to football and spends time with an older group by the shops.",
    "Told a friend that they have to pay money back and cannot say to whom.",
)
IMPACTS = (
    "Tired, not eating at school, and has dropped two subjects.",
    "Frightened when the phone rings. Sleeps badly.",
    "Angry at home, and no longer talks to a trusted aunt.",
)
INFORMATION = (
    "The same small van stops by the school gate on Fridays, and children are handed bags.",
    "A flat on the second floor has visitors all night. A young person seems to live there alone.",
    "Someone online offers pupils money to let parcels come to their homes.",
)
SIGNS = ("missing", "school", "money", "phones", "associates", "weapons", "injuries", "drugs")


def referral_for_help(
    people: MadeUpPeople, borough: str, risk: str, *, danger: bool = False
) -> dict[str, Any]:
    """A request for help for a young person; in danger, only what is needed to find them."""
    young_person = people.name()
    answers = {
        **_opening(people, borough, "intervention", danger),
        "referrer_relationship": "I see them most weeks",
        **_young_person(people, young_person, borough),
        **_concern(people, risk, danger),
        **_awareness(people, danger),
    }
    if not danger:
        answers |= _background(people) | _family(people, young_person) | _signs(people)
    return answers


def information_only(people: MadeUpPeople, borough: str) -> dict[str, Any]:
    """Information about exploitation that asks for no support."""
    return {
        **_opening(people, borough, "intelligence", danger=False),
        "safe_to_name_referrer": people.chance.choice(["yes", "no"]),
        "information": people.chance.choice(INFORMATION),
        "information_when": "Most Fridays since half term",
        "information_source": ["saw-it", "other-person-said"],
        "information_confidence": people.chance.choice(["sure", "likely", "not-sure"]),
        "source_at_risk": "yes",
        "source_at_risk_details": "Only two people saw this, so do not repeat the place and time.",
        "people_known": True,
        "people_involved": [
            {"name": people.name().first, "part": "exploited", "age": "14 or 15"},
            {"name": "Not known", "part": "exploiting", "description": "About 30, grey jacket"},
        ],
        "information_details": "A small grey van with a dent in the left door",
    }


def _opening(people: MadeUpPeople, borough: str, kind: str, danger: bool) -> dict[str, Any]:
    sector, organisation, job = people.chance.choice(ORGANISATIONS)
    name = people.name()
    answers: dict[str, Any] = {
        "immediate_danger": danger,
        "referral_type": kind,
        "borough": borough,
        "referrer": {
            "full_name": name.full,
            "job": job,
            "organisation": organisation,
            "sector": sector,
            "telephone": people.london_landline(),
            "email": name.email,
        },
    }
    if danger:
        answers |= {"called_999": "called", "more_detail_now": "send-soon"}
    return answers


def _young_person(people: MadeUpPeople, name: Name, borough: str) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "first_name": name.first,
        "last_name": name.last,
        "date_of_birth_known": "exact",
        "date_of_birth": people.born(people.chance.randint(12, 17)),
        "address_known": "yes",
        "address": people.address("Eastmere" if borough == "outside-london" else "London"),
        "safe_to_contact": "yes",
    }
    if people.chance.random() < 0.3:
        answers |= {"date_of_birth_known": "estimated", "estimated_age": 15}
    if people.chance.random() < 0.4:
        answers["telephone"] = people.mobile()
    if people.chance.random() < 0.4:
        answers |= {
            "safe_to_contact": "only-some-ways",
            "safe_contact": "At school, through the form tutor. No messages.",
        }
    return answers


def _concern(people: MadeUpPeople, risk: str, danger: bool) -> dict[str, Any]:
    return {
        "location": "somewhere-else" if danger else "home",
        "worries": people.chance.choice(WORRIES),
        "impact": people.chance.choice(IMPACTS),
        "exploitation_types": people.chance.choice(
            [["county-lines"], ["sexual"], ["county-lines", "online"], ["not-sure"]]
        ),
        "risk_level": risk,
        "risk_reasoning": "The signs have grown in the last month, and they trust one teacher.",
    }


def _awareness(people: MadeUpPeople, danger: bool) -> dict[str, Any]:
    if danger or people.chance.random() < 0.3:
        return {
            "young_person_aware": "no",
            "young_person_not_aware_reason": "Telling them now could put them at risk.",
            "carer_aware": "not-known",
            "consent_given": False,
            "no_consent_reason": "not-safe",
            "no_consent_explanation": "There is a risk of serious harm to a child.",
        }
    return {
        "young_person_aware": "yes",
        "carer_aware": "yes",
        "consent_given": True,
        "consent_from": ["young-person", "parental-responsibility"],
        "consent_covers": ["young-person", "parents-or-carers"],
        "consent_date": people.days_ago(1, 9),
    }


def _background(people: MadeUpPeople) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "gender": people.chance.choice(["female", "male", "not-known"]),
        "ethnicity": people.chance.choice(["caribbean", "bangladeshi", "white-british", "arab"]),
        "first_language": "English",
        "interpreter": "no",
        "disability": "not-known",
        "education": "in-school",
        "school_name": "Northgate Academy",
        "going_well": "Likes drawing, and comes to art club every week.",
        "disclosed": False,
    }
    if people.chance.random() < 0.5:
        answers["nhs_number"] = people.nhs_number()
    return answers


def _family(people: MadeUpPeople, young_person: Name) -> dict[str, Any]:
    mother, brother = people.name(young_person.last), people.name(young_person.last)
    worker = people.name()
    return {
        "household_known": True,
        "household": [
            _relative(mother, "Mother", people.born(39), "yes"),
            _relative(brother, "Brother", people.born(10), "no"),
        ],
        "professionals_known": True,
        "professionals": [
            {
                "full_name": worker.full,
                "job": "School nurse",
                "organisation": "School health service",
                "telephone": people.london_landline(),
                "email": worker.email,
            }
        ],
        "has_social_worker": "not-known",
        "has_youth_justice_worker": "no",
    }


def _relative(name: Name, relationship: str, born: str, responsibility: str) -> dict[str, Any]:
    return {
        "first_name": name.first,
        "last_name": name.last,
        "relationship": relationship,
        "date_of_birth": born,
        "parental_responsibility": responsibility,
        "lives_with": "yes",
        "also_worried_about": "not-known",
    }


def _signs(people: MadeUpPeople) -> dict[str, Any]:
    signs = [sign for sign in SIGNS if people.chance.random() < 0.4] or ["missing"]
    recency = ("within-6-months", "within-6-months", "before-6-months", "not-known")
    return {
        "indicators": signs,
        "indicators_not_known": ["self-harm", "care"],
        **{f"recency_{sign}": people.chance.choice(recency) for sign in signs},
        "owes_debt": people.chance.choice(["yes", "not-known"]),
        "arrested_outside_london": "no",
        "nrm_referral": "not-known",
    }
